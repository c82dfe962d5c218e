// What is ordinary on every harder page: a button, a link, a choice, a tick and a form, each of which must
// arrive, once, with its structure; and what the SDK may leave on the device.

export const shop = `<section id="shop"><button id="add-to-cart" class="btn btn-primary" type="button">Add to cart</button> <a id="plans" href="/plans">Plans</a> <select id="size" name="size"><option>S</option><option>M</option></select> <input type="checkbox" id="terms" name="terms"> <form id="contact"><input type="checkbox" name="copy"><button id="send-form">Send</button></form></section>`;

// The page's own script, so that it stands under a page's policy as well.
export const shopScript = `document.getElementById("plans").addEventListener("click",(e)=>e.preventDefault());document.getElementById("contact").addEventListener("submit",(e)=>e.preventDefault())`;

export async function goShopping(page) {
  await page.click("#add-to-cart");
  await page.click("#plans");
  await page.selectOption("#size", "M");
  await page.check("#terms");
  await page.click("#send-form");
}

export const shopExpects = (plain) => [
  { type: "click", tag: "button", id: "add-to-cart", times: 1, ...(plain || { classes: "btn btn-primary", text: "Add to cart", elements: /section#shop > button#add-to-cart$/ }) },
  { type: "click", tag: "a", id: "plans", times: 1, ...(plain || { href: /\/plans$/, elements: /section#shop > a#plans$/ }) },
  { type: "change", tag: "select", id: "size", times: 1, ...(plain || { name: "size" }) },
  { type: "change", tag: "input", input: "checkbox", id: "terms", times: 1 },
  { type: "submit", tag: "form", id: "contact", times: 1, ...(plain || { elements: /section#shop > form#contact$/ }) },
];

// Which of `expects` did not arrive as often as it should; once at least where nothing is said.
export function missing(expects, messages) {
  // Sent again is not captured again: the collector knows a message by its id.
  const once = [...new Map(messages.map((message) => [message.messageId, message])).values()];
  const captured = once.filter((message) => message.event === "$autocapture").map((message) => message.properties);
  return expects.flatMap(({ times, ...wanted }) => {
    const fits = (properties) => Object.entries(wanted).every(([name, value]) => (value instanceof RegExp ? value.test(properties[name] ?? "") : properties[name] === value));
    const count = captured.filter(fits).length;
    const shown = Object.entries(wanted).map(([name, value]) => `${name}=${value}`).join(" ");
    return (times === undefined ? count > 0 : count === times) ? [] : [`${shown}: ${count} times`];
  });
}

// Everything that a page keeps on the device, as one text. Runs in the page.
export async function kept() {
  const read = async (get) => {
    try {
      return JSON.stringify(await get());
    } catch {
      return "";
    }
  };
  const parts = [
    read(() => ({ ...localStorage })),
    read(() => ({ ...sessionStorage })),
    read(() => document.cookie),
    read(async () => (await indexedDB.databases()).map((base) => base.name)),
    read(async () => caches.keys()),
  ];
  return (await Promise.all(parts)).filter((part) => !["{}", '""', "[]", ""].includes(part)).join("\n");
}
