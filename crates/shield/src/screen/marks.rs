//! The marks that stand where something was: a class, and for personal values a keyed hash.

use model::Class;

use crate::find::Hit;

/// Makes marks. The keyed hash lets equal values be counted without being known.
pub(super) struct Marks<'a> {
    pub keyed_hash: &'a dyn Fn(&str) -> String,
}

impl Marks<'_> {
    /// `[removed: password]`, `[sealed: email #0f3a…]`.
    pub fn of(&self, hit: &Hit, found: &str) -> String {
        let class = hit.class;
        if hit.removes {
            return removed(class);
        }
        format!("[sealed: {class} #{}]", self.hash(&canonical(class, found)))
    }

    /// A mark with a keyed hash of the whole text, for what must stay distinguishable.
    pub fn distinct(&self, hit: &Hit, whole: &str) -> String {
        let what = if hit.removes { "removed" } else { "sealed" };
        format!("[{what}: {} #{}]", hit.class, self.hash(whole))
    }

    /// The hash as given, letters and digits only, so that a mark never needs escaping.
    fn hash(&self, text: &str) -> String {
        const CHARS_MAX: usize = 64;
        (self.keyed_hash)(text).chars().filter(char::is_ascii_alphanumeric).take(CHARS_MAX).collect()
    }
}

/// `[removed: password]`.
pub(super) fn removed(class: Class) -> String {
    format!("[removed: {class}]")
}

/// `[sealed: email]`: the value is on its way to the vault.
pub(super) fn sealed(class: Class) -> String {
    format!("[sealed: {class}]")
}

/// One spelling for one thing, so that its hash is one: addresses in small letters, numbers bare.
fn canonical(class: Class, found: &str) -> String {
    let trimmed = found.trim();
    match class {
        Class::Email => trimmed.replace("%2540", "@").replace("%40", "@").to_lowercase(),
        Class::Phone => {
            let digits = crate::find::number::ascii_digits(trimmed);
            digits.as_deref().unwrap_or(trimmed).chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
        }
        Class::Iban | Class::NationalId => {
            trimmed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        }
        _ => trimmed.to_owned(),
    }
}
