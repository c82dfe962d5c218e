//! Who visits: people with an account, and what is told of them.

use crate::catalogue::Country;
use crate::dice::{Dice, mix};
use crate::words::{FAMILY, GIVEN};

/// Somebody with an account. Every field of text but `user_id` is personal.
pub(crate) struct Member {
    pub(crate) user_id: String,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) plan: &'static str,
    pub(crate) newsletter: bool,
}

impl Member {
    /// The member of that number. No two share an e-mail address or a telephone; some share a name.
    pub(crate) fn new(seed: u64, number: u64, country: Country) -> Self {
        let mut dice = Dice::new(mix(seed ^ 0x6d65_6d62_6572, number));
        let given = dice.pick(&GIVEN[country.names]);
        let family = dice.pick(&FAMILY[country.names]);
        let host = dice.pick(&["example.com", "example.org", "example.net", "post.example", "mail.example"]);
        let email = format!("{}.{}{}@{host}", given.to_lowercase(), family.to_lowercase(), 10 + number);
        Self {
            user_id: format!("u_{:08x}", mix(seed, number) as u32),
            given,
            family,
            email,
            phone: if dice.chance(550) { phone(country, number) } else { None },
            plan: dice.weighted(&[("free", 68), ("plus", 23), ("pro", 9)]),
            newsletter: dice.chance(420),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// A number out of the ranges that regulators keep free for films and books; none for other countries.
fn phone(country: Country, number: u64) -> Option<String> {
    match country.code {
        "US" | "CA" => Some(format!("+1{}55501{:02}", 201 + number / 100 % 700, number % 100)),
        "GB" => {
            let city = ["2079460", "1134960", "1144960", "1214960", "1314960", "1414960"];
            Some(format!("+44{}{:03}", city[(number / 1_000) as usize % city.len()], number % 1_000))
        }
        "DE" => {
            let city = ["3023125", "6990009", "4066969", "2214710", "8999998"];
            Some(format!("+49{}{:03}", city[(number / 1_000) as usize % city.len()], number % 1_000))
        }
        "FR" => Some(format!("+3363998{:04}", number % 10_000)),
        _ => None,
    }
}
