//! What the shop sells and where its visitors come from.

/// One thing on sale.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub(crate) sku: &'static str,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) cents: u64,
}

const fn product(sku: &'static str, name: &'static str, category: &'static str, cents: u64) -> Product {
    Product { sku, name, category, cents }
}

pub(crate) const PRODUCTS: [Product; 32] = [
    product("HG-101", "Brass Storm Lantern", "Lighting", 8_900),
    product("HG-102", "Cabin Wall Lamp", "Lighting", 11_500),
    product("HG-103", "Harbour Night Light", "Lighting", 2_450),
    product("HG-104", "Signal Candle Set", "Lighting", 1_890),
    product("HG-201", "Enamel Deck Mug", "Galley", 1_250),
    product("HG-202", "Galley Kettle", "Galley", 5_400),
    product("HG-203", "Sea Salt Tin", "Galley", 790),
    product("HG-204", "Oak Cutting Board", "Galley", 4_200),
    product("HG-205", "Stoneware Bowl", "Galley", 1_680),
    product("HG-206", "Captain's Coffee", "Galley", 1_390),
    product("HG-207", "Linen Tea Towel", "Galley", 950),
    product("HG-208", "Herring Knife", "Galley", 3_600),
    product("HG-301", "Rope Doormat", "Home", 3_900),
    product("HG-302", "Sailcloth Cushion", "Home", 2_990),
    product("HG-303", "Wool Deck Blanket", "Home", 12_900),
    product("HG-304", "Driftwood Frame", "Home", 2_400),
    product("HG-305", "Tide Clock", "Home", 7_400),
    product("HG-306", "Barometer", "Home", 9_800),
    product("HG-307", "Knotted Wall Hook", "Home", 1_100),
    product("HG-308", "Cedar Storage Chest", "Home", 24_900),
    product("HG-401", "Oilskin Jacket", "Clothing", 18_900),
    product("HG-402", "Striped Sweater", "Clothing", 8_400),
    product("HG-403", "Watch Cap", "Clothing", 2_600),
    product("HG-404", "Deck Boots", "Clothing", 13_400),
    product("HG-405", "Fisherman Socks", "Clothing", 1_450),
    product("HG-406", "Canvas Tote", "Clothing", 2_200),
    product("HG-501", "Splicing Kit", "Workshop", 3_300),
    product("HG-502", "Marlin Spike", "Workshop", 1_900),
    product("HG-503", "Waxed Twine", "Workshop", 650),
    product("HG-504", "Brass Shackle", "Workshop", 1_150),
    product("HG-505", "Sail Repair Tape", "Workshop", 890),
    product("HG-506", "Pocket Compass", "Workshop", 4_700),
];

/// A country: its name in properties, locale, currency and which word list names come from.
#[derive(Clone, Copy)]
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) names: usize,
}

const fn country(code: &'static str, locale: &'static str, currency: &'static str, names: usize) -> Country {
    Country { code, locale, currency, names }
}

/// Countries with their share of visitors.
pub(crate) const COUNTRIES: [(Country, u64); 9] = [
    (country("US", "en-US", "USD", 0), 27),
    (country("GB", "en-GB", "GBP", 0), 16),
    (country("DE", "de-DE", "EUR", 1), 20),
    (country("FR", "fr-FR", "EUR", 2), 12),
    (country("BR", "pt-BR", "BRL", 3), 8),
    (country("NL", "nl-NL", "EUR", 1), 6),
    (country("CA", "en-CA", "CAD", 0), 5),
    (country("PT", "pt-PT", "EUR", 3), 3),
    (country("AT", "de-AT", "EUR", 1), 3),
];

/// How a visit began: source, medium, name; empty for those who came by themselves.
pub(crate) const CAMPAIGNS: [((&str, &str, &str), u64); 7] = [
    (("", "", ""), 52),
    (("google", "cpc", "brand-search"), 14),
    (("google", "organic", ""), 12),
    (("newsletter", "email", "autumn-crew-letter"), 9),
    (("instagram", "social", "lantern-stories"), 6),
    (("affiliate", "referral", "slow-living-blog"), 4),
    (("pinterest", "social", "cabin-mood"), 3),
];

/// Devices with their share: name, user agent.
pub(crate) const DEVICES: [((&str, &str), u64); 4] = [
    (
        (
            "mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.4 Mobile/15E148 Safari/604.1",
        ),
        38,
    ),
    (
        (
            "desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        ),
        33,
    ),
    (
        (
            "mobile",
            "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
        ),
        19,
    ),
    (("desktop", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:148.0) Gecko/20100101 Firefox/148.0"), 10),
];

pub(crate) const SEARCHES: [&str; 10] =
    ["lantern", "blanket", "gift", "mug", "rope", "jacket", "clock", "doormat", "wool", "compass"];

pub(crate) const COUPONS: [&str; 3] = ["CREW10", "LIGHTHOUSE", "FIRSTVOYAGE"];

pub(crate) const INDUSTRIES: [&str; 5] = ["hotel", "restaurant", "boatyard", "gift shop", "design studio"];
