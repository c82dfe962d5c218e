//! Formulas over the columns of a trend: `A / B * 100`, where A is the first event.
//!
//! ```text
//! sum     = product { ( "+" | "-" ) product }
//! product = part { ( "*" | "/" ) part }
//! part    = "-" part | "(" sum ")" | number | letter
//! ```

use serde::Serialize;
use serde_json::Value;

use crate::invalid::Invalid;
use crate::plain::number;
use crate::read::Node;

/// The most formulas of one trend; more are refused.
pub const FORMULAS_MAX: usize = 5;
/// The longest formula, in bytes; longer ones are refused.
pub const FORMULA_BYTES_MAX: usize = 200;
/// The longest name, in bytes; longer ones are refused.
pub const FORMULA_NAME_BYTES_MAX: usize = 100;
/// How deep parentheses and signs may nest.
const DEPTH_MAX: usize = 16;

/// A column that is worked out of those of the events.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Formula {
    /// What the column is called; the formula itself if not said.
    pub name: String,
    /// The formula as it was written.
    pub formula: String,
    /// The same in the order in which it is worked out.
    #[serde(skip)]
    steps: Vec<Step>,
}

/// A step takes what it needs from the end of what the steps before left, and leaves one number.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Step {
    Number(f64),
    Event(usize),
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Formula {
    /// Reads a formula over so many events.
    pub(super) fn read(node: &Node<'_>, events: usize) -> Result<Self, Invalid> {
        let object = node.object(&["name", "formula"])?;
        let text = object.required("formula", "\"A / B\"")?;
        let formula = text.text(FORMULA_BYTES_MAX)?.to_owned();
        let name = match object.optional("name") {
            Some(name) => name.text(FORMULA_NAME_BYTES_MAX)?.to_owned(),
            None => formula.trim().to_owned(),
        };
        let mut reader = Reader { text: formula.as_bytes(), at: 0, events, depth: 0, steps: Vec::new() };
        match reader.whole() {
            Ok(()) => Ok(Self { name, steps: reader.steps, formula }),
            Err((problem, fix)) => {
                // Counted in letters, as people do; what is before was ASCII.
                Err(text.wrong(format!("at letter {}: {problem}", reader.at + 1), fix))
            }
        }
    }

    /// Its value where the events' columns hold these; null where one that it needs is null, where something is divided by
    /// zero, and beyond what a number can be.
    pub fn value(&self, events: &[Value]) -> Value {
        self.worked_out(events).filter(|value| value.is_finite()).map_or(Value::Null, number)
    }

    fn worked_out(&self, events: &[Value]) -> Option<f64> {
        let mut left: Vec<f64> = Vec::new();
        for step in &self.steps {
            let value = match step {
                Step::Number(number) => *number,
                Step::Event(place) => events.get(*place)?.as_f64()?,
                Step::Negate => -left.pop()?,
                Step::Add | Step::Subtract | Step::Multiply | Step::Divide => {
                    let (b, a) = (left.pop()?, left.pop()?);
                    match step {
                        Step::Add => a + b,
                        Step::Subtract => a - b,
                        Step::Multiply => a * b,
                        _ if b == 0.0 => return None,
                        _ => a / b,
                    }
                }
            };
            left.push(value);
        }
        left.pop()
    }
}

/// What is wrong, and what to write.
type Wrong = (&'static str, String);

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    events: usize,
    depth: usize,
    steps: Vec<Step>,
}

impl Reader<'_> {
    fn whole(&mut self) -> Result<(), Wrong> {
        self.sum()?;
        match self.next() {
            None => Ok(()),
            Some(b')') => Err(("closes what was not opened", "take it away, or open it before".to_owned())),
            Some(_) => Err(("is not joined to what is before", "write one of + - * / between".to_owned())),
        }
    }

    /// The next letter that is no space.
    fn next(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn sum(&mut self) -> Result<(), Wrong> {
        self.product()?;
        while let Some(sign @ (b'+' | b'-')) = self.next() {
            self.at += 1;
            self.product()?;
            self.steps.push(if sign == b'+' { Step::Add } else { Step::Subtract });
        }
        Ok(())
    }

    fn product(&mut self) -> Result<(), Wrong> {
        self.part()?;
        while let Some(sign @ (b'*' | b'/')) = self.next() {
            self.at += 1;
            self.part()?;
            self.steps.push(if sign == b'*' { Step::Multiply } else { Step::Divide });
        }
        Ok(())
    }

    fn part(&mut self) -> Result<(), Wrong> {
        match self.next() {
            Some(b'-') => {
                self.deeper(Self::part)?;
                self.steps.push(Step::Negate);
                Ok(())
            }
            Some(b'(') => {
                self.deeper(Self::sum)?;
                if self.next() != Some(b')') {
                    return Err(("a parenthesis is not closed", "write ) where it ends".to_owned()));
                }
                self.at += 1;
                Ok(())
            }
            Some(b'0'..=b'9' | b'.') => self.number(),
            Some(letter) if letter.is_ascii_alphabetic() => self.event(letter),
            Some(_) => Err(("is no part of a formula", self.known())),
            None => Err(("something is missing", self.known())),
        }
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        if self.depth == DEPTH_MAX {
            return Err(("is nested too deep", format!("nest at most {DEPTH_MAX} deep")));
        }
        self.at += 1;
        self.depth += 1;
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Wrong> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let digits = rest.get(..length).and_then(|digits| std::str::from_utf8(digits).ok());
        let Some(number) = digits.and_then(|digits| digits.parse().ok()) else {
            return Err(("is not a number", "write 100 or 0.5".to_owned()));
        };
        self.at += length;
        self.steps.push(Step::Number(number));
        Ok(())
    }

    fn event(&mut self, letter: u8) -> Result<(), Wrong> {
        let place = usize::from(letter.to_ascii_uppercase() - b'A');
        if place >= self.events {
            return Err(("names an event that is not there", self.known()));
        }
        if self.text.get(self.at + 1).is_some_and(u8::is_ascii_alphanumeric) {
            return Err(("is longer than one letter", self.known()));
        }
        self.at += 1;
        self.steps.push(Step::Event(place));
        Ok(())
    }

    fn known(&self) -> String {
        let last = char::from(b'A' + u8::try_from(self.events.saturating_sub(1)).unwrap_or_default());
        let events =
            if self.events == 1 { "A, the event".to_owned() } else { format!("A to {last}, the events") };
        format!("use {events}, numbers, + - * / and parentheses")
    }
}
