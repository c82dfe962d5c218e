// What the plan allows: all of this compiles.
import { planned } from "./client.js";

const analytics = planned({
  track: (event: string, properties?: object) => [event, properties],
  identify: () => undefined,
  group: () => undefined,
  page: () => undefined,
});

analytics.track("Order Completed", { order_id: "A-1", revenue: 12.5, currency: "EUR" });
analytics.track("Order Completed", {
  order_id: "A-2",
  revenue: 1,
  currency: "USD",
  coupon: "SPRING",
  items: [{ sku: "x", count: 2 }, { sku: "y" }],
  paid_at: new Date(),
});
analytics.track("Signed Out");
analytics.identify("ada", { plan: "pro", nickname: "Countess" });
analytics.identify("ada");
planned().page("Home");
