//! Clean traffic: 200 properties of many kinds, with what happens to them in a year of a product's life.

use crate::dice::Dice;
use crate::words::{ENGLISH, FAMILY, FRENCH, GERMAN, NAMES, SPANISH, invented};

const HEX: &[u8] = b"0123456789abcdef";
const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER36: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// What a property carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Plan,
    Label,
    Category,
    Title,
    Slug,
    Search,
    Review,
    FullName,
    GivenName,
    Company,
    City,
    Username,
    Uuid,
    HexHash,
    Base62Id,
    NumericId,
    OrderNumber,
    Sku,
    Voucher,
    Url,
    Path,
    Campaign,
    FileName,
    Device,
    Version,
    Network,
    ErrorText,
    Selector,
    Tag,
    Flag,
    Amount,
    Count,
    Currency,
    Day,
    Instant,
    Coupon,
    PostCode,
    Song,
    Note,
    Sometimes,
}

/// Every kind.
pub const KINDS: [Kind; 40] = [
    Kind::Plan,
    Kind::Label,
    Kind::Category,
    Kind::Title,
    Kind::Slug,
    Kind::Search,
    Kind::Review,
    Kind::FullName,
    Kind::GivenName,
    Kind::Company,
    Kind::City,
    Kind::Username,
    Kind::Uuid,
    Kind::HexHash,
    Kind::Base62Id,
    Kind::NumericId,
    Kind::OrderNumber,
    Kind::Sku,
    Kind::Voucher,
    Kind::Url,
    Kind::Path,
    Kind::Campaign,
    Kind::FileName,
    Kind::Device,
    Kind::Version,
    Kind::Network,
    Kind::ErrorText,
    Kind::Selector,
    Kind::Tag,
    Kind::Flag,
    Kind::Amount,
    Kind::Count,
    Kind::Currency,
    Kind::Day,
    Kind::Instant,
    Kind::Coupon,
    Kind::PostCode,
    Kind::Song,
    Kind::Note,
    Kind::Sometimes,
];

/// How long a product stays as it is, in values of a property.
const RELEASE: u64 = 40_000;

fn word(dice: &mut Dice) -> &'static str {
    match dice.below(10) {
        0..6 => dice.pick(ENGLISH),
        6..8 => dice.pick(GERMAN),
        8 => dice.pick(FRENCH),
        _ => dice.pick(SPANISH),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn words(dice: &mut Dice, count: u64) -> String {
    (0..count).map(|_| word(dice)).collect::<Vec<_>>().join(" ")
}

/// One of `many` made by `make` from its number, few of them often.
fn catalogue(dice: &mut Dice, seed: u64, many: u64, make: impl Fn(&mut Dice) -> String) -> String {
    let number = dice.rank(many);
    make(&mut Dice::new(seed ^ number.wrapping_mul(0x5851_f42d_4c95_7f2d)))
}

/// The `at`-th value of a property, as JSON. `seed` is the property's own: two of a kind differ in their lists.
pub fn value(kind: Kind, seed: u64, at: u64, dice: &mut Dice) -> String {
    let release = at / RELEASE;
    let quoted = |text: String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match kind {
        Kind::Plan => quoted(catalogue(dice, seed, 4 + release.min(2), |own| own.pick(ENGLISH).to_owned())),
        Kind::Label => {
            // Every release renames a few; in the third one, German comes.
            let many = 60 + release * 4;
            let german = release >= 3 && dice.chance(0.3);
            quoted(catalogue(dice, seed ^ u64::from(german), many, |own| match own.below(4) {
                0 if german => own.pick(GERMAN).to_owned(),
                0 => capital(own.pick(ENGLISH)),
                1 => format!("{} {}!", capital(word(own)), word(own)),
                _ => capital(&format!("{} {}", word(own), word(own))),
            }))
        }
        Kind::Category => quoted(catalogue(dice, seed, 25, |own| capital(word(own)))),
        Kind::Title => quoted(catalogue(dice, seed, 4_000 + release * 300, |own| {
            let model = if own.chance(0.2) { format!(" {}", own.below(900)) } else { String::new() };
            format!("{} {} {}{model}", capital(word(own)), word(own), invented(own.next()))
        })),
        Kind::Slug => quoted(catalogue(dice, seed, 4_000 + release * 300, |own| {
            format!("{}-{}-{}", own.pick(ENGLISH), invented(own.next()), own.below(100))
        })),
        Kind::Search => quoted(search(dice, seed)),
        Kind::Review | Kind::Note => {
            let count = if kind == Kind::Note { 2 } else { 5 };
            let count = count + dice.below(12);
            quoted(capital(&words(dice, count)) + dice.pick(&[".", "!", "", "?"]))
        }
        Kind::FullName => quoted(format!("{} {}", dice.pick(NAMES), dice.pick(FAMILY))),
        Kind::GivenName => quoted(match dice.below(20) {
            0 => capital(&invented(dice.next())),
            _ => dice.pick(NAMES).to_owned(),
        }),
        Kind::Company => quoted(catalogue(dice, seed, 3_000, |own| {
            let name = capital(&invented(own.next()));
            format!("{name} {}", own.pick(&["GmbH", "Ltd.", "& Co. KG", "Inc.", "S.A.", "Group", "24"]))
        })),
        Kind::City => quoted(catalogue(dice, seed, 2_000, |own| capital(&invented(own.next())))),
        Kind::Username => quoted(username(dice)),
        Kind::Uuid => quoted(uuid(dice)),
        Kind::HexHash => quoted(dice.text(HEX, 40)),
        Kind::Base62Id => quoted(dice.text(BASE62, 20)),
        Kind::NumericId => quoted(format!("{}", 10_000_000 + dice.below(90_000_000))),
        Kind::OrderNumber => quoted(format!("ORD-{}", 100_000 + at)),
        Kind::Sku => quoted(catalogue(dice, seed, 6_000 + release * 500, |own| {
            format!(
                "{}-{}{}",
                own.text(UPPER, 3),
                own.below(9_000) + 1_000,
                own.pick(&["", "-BK", "-XL", "-RD"])
            )
        })),
        Kind::Voucher | Kind::Coupon => {
            // Campaigns come and go, most of them one code that everybody types, some one for each.
            if dice.chance(0.6) {
                quoted(catalogue(dice, seed ^ release, 12, |own| {
                    format!("{}{}", own.pick(ENGLISH).to_uppercase(), 5 * (1 + own.below(20)))
                }))
            } else if kind == Kind::Voucher {
                quoted(format!("{}-{}", dice.text(UPPER, 4), dice.text(LOWER36, 4).to_uppercase()))
            } else {
                "null".to_owned()
            }
        }
        Kind::Url => quoted(format!(
            "https://shop.example/{}/{}-{}?ref={}&page={}",
            dice.pick(&["products", "blog", "help"]),
            dice.pick(ENGLISH),
            dice.below(5_000),
            dice.text(LOWER36, 6),
            dice.below(9)
        )),
        Kind::Path => quoted(format!(
            "/{}/{}/{}",
            dice.pick(&["p", "c", "orders"]),
            dice.pick(ENGLISH),
            dice.below(3_000)
        )),
        Kind::Campaign => quoted(catalogue(dice, seed, 40 + release * 6, |own| match own.below(3) {
            0 => format!(
                "{}_{}_{}",
                own.pick(ENGLISH),
                own.pick(&["sale", "launch", "retargeting"]),
                2024 + own.below(3)
            ),
            1 => format!("{}{:02}-IG-{:02}", own.text(UPPER, 2), 20 + own.below(8), own.below(20)),
            _ => format!("{}{}", own.pick(ENGLISH), 2024 + own.below(3)),
        })),
        Kind::FileName => quoted(match dice.below(3) {
            0 => format!("IMG_{:04}.jpg", dice.below(10_000)),
            1 => format!("{}-{}-v{}.pdf", dice.pick(ENGLISH), dice.pick(ENGLISH), dice.below(9)),
            _ => format!(
                "Screenshot 2026-0{}-1{} at 1{}.{}.png",
                1 + dice.below(9),
                dice.below(9),
                dice.below(9),
                dice.below(60)
            ),
        }),
        Kind::Device => quoted(catalogue(dice, seed, 300 + release * 10, |own| match own.below(4) {
            0 => format!("iPhone{},{}", 8 + own.below(10), 1 + own.below(6)),
            1 => format!("SM-{}{}{}", own.text(UPPER, 1), 100 + own.below(900), own.text(UPPER, 1)),
            2 => format!("Pixel {}", 3 + own.below(8)),
            _ => format!("{}{}", capital(&invented(own.next())), own.below(90)),
        })),
        Kind::Version => quoted(format!("{}.{}.{}", 3 + release / 4, release % 4, dice.below(3))),
        Kind::Network => quoted(catalogue(dice, seed, 20_000, |own| match own.below(4) {
            0 => format!("FRITZ!Box {} {}", 7_000 + own.below(900), own.text(UPPER, 2)),
            1 => format!("Vodafone-{}", own.text(BASE62, 6).to_uppercase()),
            2 => format!("{}_5G", capital(own.pick(ENGLISH))),
            _ => format!("{}'s WiFi", own.pick(NAMES)),
        })),
        Kind::ErrorText => quoted(match dice.below(3) {
            0 => format!("TypeError: cannot read property '{}' of undefined", dice.pick(ENGLISH)),
            1 => format!("timeout of {}ms exceeded", dice.below(30) * 1_000),
            _ => format!("ERR_{}_{}", dice.pick(ENGLISH).to_uppercase(), dice.below(40)),
        }),
        Kind::Selector => quoted(catalogue(dice, seed, 200 + release * 20, |own| match own.below(3) {
            0 => format!(
                "#{} > div.{}-primary:nth-child({})",
                own.pick(ENGLISH),
                own.pick(ENGLISH),
                own.below(9)
            ),
            1 => format!("btn-{}", own.pick(ENGLISH)),
            _ => format!("{}{}", own.pick(ENGLISH), capital(own.pick(ENGLISH))),
        })),
        Kind::Tag => quoted(match dice.below(3) {
            0 => format!("#{}{}", word(dice), 2020 + dice.below(7)),
            _ => format!("#{}", word(dice)),
        }),
        Kind::Flag => dice.pick(&["true", "false"]).to_owned(),
        Kind::Amount => format!("{}.{:02}", dice.below(900), dice.below(100)),
        Kind::Count => format!("{}", dice.below(40)),
        Kind::Currency => quoted(dice.pick(&["EUR", "USD", "GBP", "CHF", "SEK"]).to_owned()),
        Kind::Day => quoted(format!("2026-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28))),
        Kind::Instant => quoted(format!(
            "2026-08-{:02}T{:02}:{:02}:0{}Z",
            1 + dice.below(28),
            dice.below(24),
            dice.below(60),
            dice.below(9)
        )),
        Kind::PostCode => quoted(match dice.below(2) {
            0 => format!("{:05}", dice.below(100_000)),
            _ => {
                format!("{}{} {}{}", dice.text(UPPER, 2), dice.below(20), dice.below(9), dice.text(UPPER, 2))
            }
        }),
        Kind::Song => quoted(catalogue(dice, seed, 30_000, |own| {
            let count = 1 + own.below(3);
            let words = words(own, count);
            capital(&words) + own.pick(&["", "", "", " (Live)", " (feat. DJ X)", " 2", "!"])
        })),
        Kind::Sometimes => {
            if dice.chance(0.9) {
                "null".to_owned()
            } else {
                quoted(words(dice, 1))
            }
        }
    }
}

fn search(dice: &mut Dice, seed: u64) -> String {
    let mut query = match dice.below(10) {
        0..5 => catalogue(dice, seed, 20_000, |own| {
            let count = 1 + own.below(3);
            words(own, count)
        }),
        5..7 => word(dice).to_lowercase(),
        7 => format!("{}{}", word(dice).to_lowercase(), dice.below(30)),
        8 => format!("{} {}", invented(dice.next()), dice.below(2_000)),
        _ => dice.pick(&["красное платье", "سماعات", "ノートパソコン", "耳机", "κόκκινο φόρεμα"]).to_owned(),
    };
    // People mistype.
    if dice.chance(0.08) && query.is_ascii() && query.len() > 3 {
        let place = 1 + dice.below(query.len() as u64 - 2) as usize;
        query.remove(place);
    }
    query
}

/// Names that people give themselves: the nearest thing to a password that is none.
fn username(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => format!("{}{}", dice.pick(NAMES).to_lowercase(), dice.below(100)),
        1 => format!("{}_{}{}", dice.pick(ENGLISH), dice.pick(ENGLISH), dice.below(100)),
        2 => format!("{}.{}", dice.pick(NAMES).to_lowercase(), invented(dice.next())),
        3 => format!("xX{}Xx", capital(dice.pick(ENGLISH))),
        4 => format!("{}{}", capital(dice.pick(ENGLISH)), 1970 + dice.below(40)),
        _ => invented(dice.next()),
    }
}

fn uuid(dice: &mut Dice) -> String {
    let hex = dice.text(HEX, 32);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
