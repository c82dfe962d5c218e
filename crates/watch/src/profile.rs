//! What one property usually looks like: shares and sketches, never a value.

use model::Class;
use serde::{Deserialize, Serialize};

use crate::alarm::Verdict;
use crate::drift::{Drift, Suspicion};
use crate::shape::{SHAPES, Shape, entropy_hundredths};
use crate::sketch::{Distinct, Recent};
use crate::versions::Shares;
use crate::walk::Scalar;

/// How many places of suspect values are told apart; further ones are counted with the last.
const SUSPECTS_MAX: usize = 16;

/// One property of one event; with an empty path, the event itself: how often who sent it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub event: String,
    pub path: String,
    pub first_ms: i64,
    pub last_ms: i64,
    /// Values: none, true or false, numbers, texts.
    pub kinds: [u64; 4],
    /// Of texts, by the power of two of their length in bytes.
    pub lengths: [u64; 12],
    /// Of texts that did not come just before, by shape.
    pub shapes: [u64; SHAPES],
    /// The sum over some of them, in hundredths of bits for each character.
    pub entropy: u64,
    pub entropy_of: u64,
    pub marks: Vec<(Class, u64)>,
    pub automatic: u64,
    pub senders: Shares,
    pub distinct: Distinct,
    pub recent: Recent,
    pub drift: Drift,
    pub suspects: Vec<Suspect>,
    /// Under which number it is followed while it is new in the workspace.
    pub arrival: Option<u32>,
    /// Somebody said that it is meant to carry what it carries: versions are not compared any more.
    pub is_meant: bool,
    /// The alarm that stands, once it has a row.
    pub alarm: Option<i64>,
    #[serde(skip)]
    pub changed: bool,
}

/// Where suspect values came from since something is suspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspect {
    pub origin: u16,
    pub page: String,
    pub count: u64,
    pub first_ms: i64,
    pub last_ms: i64,
}

/// What is the same for all values of an event.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub at_ms: i64,
    pub source: u128,
    pub origin: u16,
    pub automatic: bool,
    pub page_path: &'a str,
}

/// A text with its keyed hash, escapes undone.
pub(crate) struct Text<'a> {
    pub text: &'a str,
    pub hash: u64,
}

impl Profile {
    pub fn new(event: &str, path: String, at_ms: i64) -> Self {
        Self { event: event.to_owned(), path, first_ms: at_ms, last_ms: at_ms, ..Self::default() }
    }

    /// How many values there were.
    pub fn values(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// Counts one event; of the profile that stands for the event itself.
    pub fn count(&mut self, around: &Around<'_>) {
        self.changed = true;
        self.last_ms = self.last_ms.max(around.at_ms);
        self.kinds[0] += 1;
        self.senders.add(around.origin, None, (around.automatic, around.at_ms));
    }

    /// Takes one value in; tells an alarm once, and what a text looks like if it did not come just before.
    pub fn see(
        &mut self,
        scalar: Scalar<'_>,
        text: Option<Text<'_>>,
        around: &Around<'_>,
        shape_of: impl Fn(&str) -> Shape,
    ) -> (Option<Suspicion>, Option<Shape>) {
        self.changed = true;
        self.last_ms = self.last_ms.max(around.at_ms);
        self.automatic += u64::from(around.automatic);
        let when = (around.automatic, around.at_ms);
        let kind = match scalar {
            Scalar::Null => 0,
            Scalar::Truth => 1,
            Scalar::Number => 2,
            Scalar::Text(_) => 3,
        };
        if let Some(count) = self.kinds.get_mut(kind) {
            *count += 1;
        }
        let Some(text) = text else {
            self.senders.add(around.origin, None, when);
            return (self.drift.see(Shape::Plain, 0), None);
        };
        let length = (usize::BITS - text.text.len().leading_zeros()) as usize;
        if let Some(count) = self.lengths.get_mut(length.min(11)) {
            *count += 1;
        }
        self.distinct.add(text.hash);
        // Marks count every time: the value behind one is another each time.
        let is_mark = text.text.starts_with("[removed: ") || text.text.starts_with("[sealed: ");
        let shape = if !is_mark && self.recent.meet(text.hash) { Shape::Plain } else { shape_of(text.text) };
        if shape != Shape::Plain {
            if let Some(count) = self.shapes.get_mut(shape as usize) {
                *count += 1;
            }
            // One of eight is enough for an average.
            if text.hash & 7 == 0 {
                self.entropy += u64::from(entropy_hundredths(text.text));
                self.entropy_of += 1;
            }
        }
        if matches!(shape, Shape::SecretMark | Shape::PersonalMark) {
            self.count_mark(text.text);
        }
        self.senders.add(around.origin, Some(shape), when);
        let alarm = self.drift.see(shape, text.hash);
        self.remember(shape, around);
        (alarm, Some(shape))
    }

    /// An alarm that does not come from the property's own past. What comes from now on is held back and counted by place;
    /// what the sender sent already is the first of it.
    pub fn raise(&mut self, around: &Around<'_>) {
        self.drift.raise();
        let Some(share) = self.senders.get(around.origin) else { return };
        let count = if share.tally.has_secrets() { share.tally.secrets } else { share.tally.free };
        self.suspects.clear();
        self.suspects.push(Suspect {
            origin: around.origin,
            page: page_pattern(around.page_path),
            count: count.max(1),
            first_ms: share.first_ms,
            last_ms: around.at_ms,
        });
    }

    /// Somebody has looked at the alarm.
    pub fn settle(&mut self, verdict: Verdict) {
        self.drift.settle(verdict == Verdict::Usual);
        self.is_meant = verdict == Verdict::Usual;
        self.senders.begin_anew();
        self.alarm = None;
        self.suspects.clear();
        self.changed = true;
    }

    fn count_mark(&mut self, mark: &str) {
        let class = mark.split_once(": ").and_then(|(_, rest)| rest.split([' ', ']']).next());
        let Some(class) = class.and_then(Class::from_name) else { return };
        match self.marks.iter_mut().find(|(known, _)| *known == class) {
            Some((_, count)) => *count += 1,
            None => self.marks.push((class, 1)),
        }
    }

    /// Where suspect values come from, while something is suspected.
    fn remember(&mut self, shape: Shape, around: &Around<'_>) {
        if !self.drift.is_suspected() {
            self.suspects.clear();
            return;
        }
        let counts = shape.is_suspect()
            || matches!(shape, Shape::RandomMixed | Shape::SecretMark | Shape::PersonalMark);
        if !counts {
            return;
        }
        let page = page_pattern(around.page_path);
        let known =
            self.suspects.iter().position(|known| known.origin == around.origin && known.page == page);
        let index = match known {
            Some(index) => index,
            None if self.suspects.len() < SUSPECTS_MAX => {
                let (first_ms, last_ms) = (around.at_ms, around.at_ms);
                self.suspects.push(Suspect { origin: around.origin, page, count: 0, first_ms, last_ms });
                self.suspects.len() - 1
            }
            None => SUSPECTS_MAX - 1,
        };
        if let Some(suspect) = self.suspects.get_mut(index) {
            suspect.count += 1;
            suspect.last_ms = suspect.last_ms.max(around.at_ms);
        }
    }
}

/// A path with whatever may be an id taken out: at most five parts of small letters and dashes.
pub(crate) fn page_pattern(path: &str) -> String {
    let parts = path.split(['?', '#']).next().unwrap_or_default().split('/').filter(|part| !part.is_empty());
    let mut pattern = String::new();
    for part in parts.take(5) {
        let plain = part.len() <= 24 && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        pattern.push('/');
        pattern.push_str(if plain { part } else { ":id" });
    }
    if pattern.is_empty() && !path.is_empty() { "/".to_owned() } else { pattern }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_no_ids() {
        let cases = [
            ("", ""),
            ("/", "/"),
            ("/checkout/payment", "/checkout/payment"),
            ("/orders/40981/edit?x=1", "/orders/:id/edit"),
            ("/u/Ada.Lovelace", "/u/:id"),
            ("/a/b/c/d/e/f/g", "/a/b/c/d/e"),
        ];
        for (path, pattern) in cases {
            assert_eq!(page_pattern(path), pattern);
        }
    }
}
