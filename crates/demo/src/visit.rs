//! One visit to the shop, from the landing page to the order or, mostly, to nothing.

use crate::catalogue::{
    CAMPAIGNS, COUNTRIES, COUPONS, Country, DEVICES, INDUSTRIES, PRODUCTS, Product, SEARCHES,
};
use crate::dice::{Dice, mix};
use crate::message::{Call, Envelope, text};
use crate::person::Member;
use crate::secrets::{Slip, planted};
use crate::words::HOUSES;

const SITE: &str = "https://harbour-goods.example";
/// One visit in this many carries a secret.
const VISITS_A_SECRET: u64 = 44;

/// The shop and who has been to it.
pub(crate) struct Shop {
    seed: u64,
    /// What message ids begin with, so that two runs of live traffic differ.
    run: u64,
    dated: bool,
    visitors: Vec<Visitor>,
    members: Vec<Member>,
    secrets: Vec<String>,
    messages: u64,
}

struct Visitor {
    country: Country,
    device: usize,
    member: Option<usize>,
    orders: u64,
}

impl Shop {
    /// A shop before its first visitor. Messages carry their time if `dated`.
    pub(crate) fn new(seed: u64, run: u64, dated: bool) -> Self {
        Self { seed, run, dated, visitors: Vec::new(), members: Vec::new(), secrets: Vec::new(), messages: 0 }
    }

    /// The messages of visit `number` that begins at `start_ms`, in order of time. What happens in
    /// it depends on the seed and the visits before, not on the time.
    pub(crate) fn visit(&mut self, number: u64, start_ms: i64) -> Vec<(i64, String)> {
        let mut dice = Dice::new(mix(self.seed, number));
        let visitor = self.visitor(&mut dice);
        let mut visit = Visit {
            campaign: dice.weighted(&CAMPAIGNS),
            signed_in: self.visitors[visitor].member.is_some() && dice.chance(640),
            dice,
            visitor,
            at_ms: start_ms,
            out: Vec::with_capacity(12),
            shop: self,
        };
        visit.look_around();
        if number % VISITS_A_SECRET == 7 {
            visit.slip(number / VISITS_A_SECRET);
        }
        visit.out
    }

    /// The planted secrets and personal values that the visits so far have carried.
    pub(crate) fn into_planted(self) -> Vec<String> {
        let mut values = self.secrets;
        for member in self.members {
            values.push(member.name());
            values.push(member.email);
            values.extend(member.phone);
        }
        values
    }

    /// Somebody new, or somebody who was here before, more likely lately.
    fn visitor(&mut self, dice: &mut Dice) -> usize {
        let known = self.visitors.len() as u64;
        if known > 20 && dice.chance(520) {
            let back = dice.below(known).min(dice.below(known));
            return (known - 1 - back) as usize;
        }
        let device =
            dice.weighted(&[(0, DEVICES[0].1), (1, DEVICES[1].1), (2, DEVICES[2].1), (3, DEVICES[3].1)]);
        self.visitors.push(Visitor { country: dice.weighted(&COUNTRIES), device, member: None, orders: 0 });
        known as usize
    }
}

struct Visit<'a> {
    shop: &'a mut Shop,
    dice: Dice,
    visitor: usize,
    campaign: (&'static str, &'static str, &'static str),
    signed_in: bool,
    at_ms: i64,
    out: Vec<(i64, String)>,
}

impl Visit<'_> {
    fn look_around(&mut self) {
        self.page("/", "Harbour Goods");
        if self.signed_in {
            self.identify();
            self.track("Signed In", r#"{"method":"passkey"}"#);
        }
        if self.dice.chance(240) {
            return;
        }
        if self.dice.chance(220) {
            let (query, results) = (self.dice.pick(&SEARCHES), self.dice.between(1, 14));
            self.track("Products Searched", &format!(r#"{{"query":"{query}","results":{results}}}"#));
        }
        let mut cart = Vec::new();
        for _ in 0..self.dice.between(1, 5) {
            let product = self.dice.pick(&PRODUCTS);
            self.look_at(product);
            if self.dice.chance(if self.signed_in { 330 } else { 210 }) {
                let quantity = self.dice.weighted(&[(1, 8), (2, 3), (4, 1)]);
                self.track("Product Added", &product_json(product, Some(quantity)));
                cart.push((product, quantity));
            }
        }
        if self.shop.visitors[self.visitor].member.is_none() && self.dice.chance(170) {
            self.sign_up();
        }
        if !cart.is_empty() && self.dice.chance(620) {
            self.check_out(&cart);
        } else if self.dice.chance(45) {
            self.ask_for_help("delivery", "When will my parcel leave the harbour?");
        }
    }

    fn look_at(&mut self, product: Product) {
        let path = format!("/p/{}", product.sku.to_lowercase());
        self.page(&path, product.name);
        self.track("Product Viewed", &product_json(product, None));
        if self.dice.chance(40) {
            self.track("Wishlist Product Added", &product_json(product, None));
        }
    }

    fn sign_up(&mut self) {
        let number = self.shop.members.len();
        let country = self.shop.visitors[self.visitor].country;
        self.shop.members.push(Member::new(self.shop.seed, number as u64, country));
        self.shop.visitors[self.visitor].member = Some(number);
        self.signed_in = true;
        self.page("/join", "Join the crew");
        self.identify();
        let plan = self.shop.members[number].plan;
        let source = if self.campaign.0.is_empty() { "direct" } else { self.campaign.0 };
        self.track("Signed Up", &format!(r#"{{"plan":"{plan}","source":"{source}"}}"#));
        if self.dice.chance(60) {
            self.join_business();
        }
    }

    fn join_business(&mut self) {
        let (number, industry) = (self.dice.below(160), self.dice.pick(&INDUSTRIES));
        let (house, staff) = (self.dice.pick(&HOUSES), self.dice.between(2, 90));
        let traits = format!(
            r#"{{"company":"{house} {industry} {number}","industry":"{industry}","employees":{staff}}}"#
        );
        self.send(&Call::Group(&format!("biz_{number}"), &traits));
    }

    fn check_out(&mut self, cart: &[(Product, u64)]) {
        let cents: u64 = cart.iter().map(|(product, quantity)| product.cents * quantity).sum();
        let currency = self.shop.visitors[self.visitor].country.currency;
        self.page("/checkout", "Checkout");
        self.track(
            "Checkout Started",
            &format!(r#"{{"value":{},"currency":"{currency}","items":{}}}"#, money(cents), cart.len()),
        );
        if self.dice.chance(60) {
            let code = self.dice.pick(&["payment_declined", "address_unknown", "session_expired"]);
            self.track(
                "Error Shown",
                &format!(r#"{{"code":"{code}","message":"Please try again in a moment"}}"#),
            );
        }
        if !self.dice.chance(if self.signed_in { 760 } else { 520 }) {
            return;
        }
        let method = self.dice.weighted(&[("card", 6), ("paypal", 3), ("invoice", 1)]);
        self.track("Payment Info Entered", &format!(r#"{{"payment_method":"{method}"}}"#));
        self.order(cart, cents, currency);
    }

    fn order(&mut self, cart: &[(Product, u64)], cents: u64, currency: &str) {
        let visitor = &mut self.shop.visitors[self.visitor];
        visitor.orders += 1;
        let (first, country, member) = (visitor.orders == 1, visitor.country.code, visitor.member);
        let plan = member.map_or("none", |number| self.shop.members[number].plan);
        let coupon = if self.dice.chance(180) { self.dice.pick(&COUPONS) } else { "" };
        let paid = if coupon.is_empty() { cents } else { cents * 9 / 10 };
        let products: Vec<String> =
            cart.iter().map(|(product, quantity)| product_json(*product, Some(*quantity))).collect();
        let properties = format!(
            r#"{{"order_id":"HG{:07}","revenue":{},"currency":"{currency}","country":"{country}","plan":"{plan}","coupon":"{coupon}","first_order":{first},"products":[{}]}}"#,
            self.shop.messages,
            money(paid),
            products.join(",")
        );
        self.track("Order Completed", &properties);
        if self.dice.chance(55) {
            self.at_ms += 3_600_000;
            self.ask_for_help("return", "The parcel arrived damp, may I send it back?");
            self.track(
                "Refund Requested",
                &format!(r#"{{"value":{},"currency":"{currency}"}}"#, money(paid)),
            );
        }
    }

    /// A support request; members sometimes give their address again, where it does not belong.
    fn ask_for_help(&mut self, topic: &str, note: &str) {
        let member = self.shop.visitors[self.visitor].member.map(|number| &self.shop.members[number]);
        let address = match member {
            Some(member) if self.dice.chance(300) => format!(" You reach me at {}", member.email),
            _ => String::new(),
        };
        self.track("Support Requested", &format!(r#"{{"topic":"{topic}","note":"{note}{address}"}}"#));
    }

    /// Lets the planted secret of that number slip.
    fn slip(&mut self, number: u64) {
        let secret = planted(self.shop.seed, number);
        let value = &secret.value;
        match secret.slip {
            Slip::Password => self.track(
                "Form Submitted",
                &format!(r#"{{"form":{{"id":"sign-in","remember":true,"password":"{value}"}}}}"#),
            ),
            Slip::Card => self.track(
                "Support Requested",
                &format!(
                    r#"{{"topic":"payment","note":"My card {value} was charged twice, please look into it"}}"#
                ),
            ),
            Slip::ApiKey => self.track(
                "Error Shown",
                &format!(
                    r#"{{"code":"payment_service","message":"Refused for key {value}: too many requests"}}"#
                ),
            ),
            Slip::Jwt => self.page(&format!("/welcome-back?session={value}"), "Welcome back"),
            Slip::ResetToken => self.page(&format!("/reset?token={value}&lang=en"), "New password"),
        }
        self.shop.secrets.push(secret.value);
    }

    fn identify(&mut self) {
        let visitor = &self.shop.visitors[self.visitor];
        let Some(member) = visitor.member.map(|number| &self.shop.members[number]) else { return };
        let phone = member.phone.as_ref().map_or(String::new(), |phone| format!(r#","phone":"{phone}""#));
        let traits = format!(
            r#"{{"email":"{}","name":"{}","firstName":"{}","lastName":"{}"{phone},"plan":"{}","country":"{}","newsletter":{},"orders":{}}}"#,
            member.email,
            member.name(),
            member.given,
            member.family,
            member.plan,
            visitor.country.code,
            member.newsletter,
            visitor.orders
        );
        self.send(&Call::Identify(&traits));
    }

    fn page(&mut self, path: &str, title: &str) {
        let properties = format!(r#"{{"url":"{SITE}{path}","path":"{path}","title":"{title}"}}"#);
        self.send(&Call::Page(&properties));
    }

    fn track(&mut self, name: &str, properties: &str) {
        self.send(&Call::Track(name, properties));
    }

    fn send(&mut self, call: &Call<'_>) {
        let visitor = &self.shop.visitors[self.visitor];
        let ((device, agent), _) = DEVICES[visitor.device];
        let campaign = match self.campaign {
            ("", ..) => String::new(),
            (source, medium, name) => {
                format!(r#""campaign":{{"source":"{source}","medium":"{medium}","name":"{name}"}},"#)
            }
        };
        let context = format!(
            r#"{{"library":{{"name":"holdfast.js","version":"0.1.0"}},{campaign}"locale":"{}","device":{{"type":"{device}"}},"userAgent":"{agent}"}}"#,
            visitor.country.locale
        );
        let member = visitor.member.filter(|_| self.signed_in).map(|number| &self.shop.members[number]);
        let anonymous = (u128::from(mix(self.shop.seed ^ 0x616e_6f6e, self.visitor as u64)) << 64)
            | u128::from(mix(self.shop.seed ^ 0x6964, self.visitor as u64));
        let envelope = Envelope {
            id: (self.shop.run, self.shop.messages),
            timestamp: self
                .shop
                .dated
                .then(|| jiff::Timestamp::from_millisecond(self.at_ms).unwrap_or_default()),
            anonymous_id: anonymous,
            user_id: member.map(|member| member.user_id.as_str()),
            context: &context,
        };
        self.out.push((self.at_ms, text(&envelope, call)));
        self.shop.messages += 1;
        self.at_ms += self.dice.between(700, 38_000) as i64;
    }
}

fn product_json(product: Product, quantity: Option<u64>) -> String {
    let quantity = quantity.map_or(String::new(), |quantity| format!(r#","quantity":{quantity}"#));
    format!(
        r#"{{"sku":"{}","product":"{}","category":"{}","price":{}{quantity}}}"#,
        product.sku,
        product.name,
        product.category,
        money(product.cents)
    )
}

/// Cents as a JSON number of whole units.
fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
