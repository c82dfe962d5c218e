//! What the values of one sender look like, counted: for alarms that compare senders and places with each other
//! instead of a property with its own past.

use serde::{Deserialize, Serialize};

use crate::shape::Shape;

/// How many different values like secrets are more than chance.
const SECRETS_MIN: u64 = 20;
/// One of so many new texts must be like a secret.
const SECRETS_OF: u64 = 20;
/// From how many texts on it can be told whether they repeat.
const TEXTS_MIN: u64 = 500;
/// Free text: at least so many of a hundred texts are new and of no fixed form.
const FREE_PERCENT: u64 = 70;

/// Counts of values.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// All values; of an event: all events.
    pub values: u64,
    pub texts: u64,
    /// Texts that did not come just before.
    pub new: u64,
    /// Of the new ones, those like secrets.
    pub secrets: u64,
    /// Of the new ones, those that people may have typed.
    pub free: u64,
}

impl Tally {
    /// Counts a value: the shape of a text, [`Shape::Plain`] for one that came just before; nothing for what is no text.
    pub fn add(&mut self, shape: Option<Shape>, automatic: bool) {
        self.values += 1;
        let Some(shape) = shape else { return };
        self.texts += 1;
        if shape != Shape::Plain {
            self.new += 1;
            self.secrets += u64::from(is_secret(shape, automatic));
            self.free += u64::from(is_free(shape));
        }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            values: self.values + other.values,
            texts: self.texts + other.texts,
            new: self.new + other.new,
            secrets: self.secrets + other.secrets,
            free: self.free + other.free,
        }
    }

    /// Whether what came is like secrets too often for chance.
    pub fn has_secrets(&self) -> bool {
        self.secrets >= SECRETS_MIN && self.secrets * SECRETS_OF >= self.new
    }

    /// Whether what came is free text: nearly every one another one.
    pub fn is_free_text(&self) -> bool {
        self.texts >= TEXTS_MIN && self.free * 100 >= self.texts * FREE_PERCENT
    }
}

/// Whether a value speaks for an alarm. Of what was captured automatically more does: nobody chose to send it.
pub(crate) fn speaks(shape: Shape, automatic: bool) -> bool {
    is_secret(shape, automatic) || (automatic && is_free(shape))
}

/// Names that people give themselves end in digits, ids are mixed, and a release may well add an address: of what
/// somebody wrote a call for, these say nothing.
fn is_secret(shape: Shape, automatic: bool) -> bool {
    match shape {
        Shape::Listed | Shape::DigitsListed | Shape::Mangled | Shape::RandomSigns | Shape::SecretMark => true,
        Shape::MangledListed | Shape::RandomMixed | Shape::PersonalMark => automatic,
        _ => false,
    }
}

/// Anything but ids, numbers, dates, addresses and names made of parts.
fn is_free(shape: Shape) -> bool {
    !matches!(shape, Shape::Plain | Shape::Digits | Shape::Structured | Shape::Slug | Shape::Code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(shapes: &[(Shape, u32)], automatic: bool) -> Tally {
        let mut tally = Tally::default();
        for (shape, many) in shapes {
            (0..*many).for_each(|_| tally.add(Some(*shape), automatic));
        }
        tally
    }

    #[test]
    fn twenty_secrets_of_four_hundred_new_texts_are_too_many() {
        let cases = [
            (20, 380, Shape::RandomSigns, false, true),
            (19, 0, Shape::RandomSigns, false, false),
            (20, 381, Shape::RandomSigns, false, false),
            (50, 50, Shape::MangledListed, false, false),
            (50, 50, Shape::MangledListed, true, true),
            (50, 0, Shape::PersonalMark, false, false),
            (50, 0, Shape::SecretMark, false, true),
        ];
        for (secrets, others, shape, automatic, expected) in cases {
            let tally = tally(&[(shape, secrets), (Shape::Words, others)], automatic);
            assert_eq!(tally.has_secrets(), expected, "{secrets} {others} {shape:?} {automatic}");
        }
    }

    #[test]
    fn free_text_hardly_repeats_and_is_no_id() {
        let cases = [
            (350, Shape::Words, 150, true),
            (349, Shape::Words, 151, false),
            (499, Shape::Words, 0, false),
            (1_000, Shape::Structured, 0, false),
        ];
        for (new, shape, known, expected) in cases {
            let tally = tally(&[(shape, new), (Shape::Plain, known)], true);
            assert_eq!(tally.is_free_text(), expected, "{new} {shape:?} {known}");
        }
    }
}
