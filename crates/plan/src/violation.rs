//! How an event departs from a plan: which property, which rule, and what follows. Never a value.

use crate::document::Mode;

/// The most violations named of one event; how many more there were is said.
pub const VIOLATIONS_MAX: usize = 16;

/// Which rule of the plan an event broke.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// The plan has no such event.
    UnplannedEvent,
    /// The plan has no such property of this event.
    UnplannedProperty,
    /// A required property is absent.
    Missing,
    /// The value is of another type.
    Type,
    /// The value is none of those allowed.
    Enum,
    /// The text does not match the pattern.
    Pattern,
    /// The text or list is too short or too long.
    Length,
    /// The number is too small or too large.
    Range,
    /// A property that the plan calls public or internal carried a personal value or a secret.
    Classification,
}

/// One departure from the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Violation {
    /// The property's path: `items[].price`; empty where the event itself is not in the plan.
    pub property: String,
    /// The rule.
    pub rule: Rule,
    /// What it leads to.
    pub mode: Mode,
}

/// What the plan says of one event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// How it departs from the plan; at most [`VIOLATIONS_MAX`].
    pub violations: Vec<Violation>,
    /// How many more violations there were.
    pub left_out: u32,
    /// What follows: the strictest of the violations' modes; nothing for an event that keeps to the plan.
    pub mode: Option<Mode>,
}

impl Verdict {
    pub(crate) fn add(&mut self, property: impl FnOnce() -> String, rule: Rule, mode: Mode) {
        self.mode = self.mode.max(Some(mode));
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(Violation { property: property(), rule, mode });
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

impl Rule {
    /// All of them, in a fixed order.
    pub const ALL: [Self; 9] = [
        Self::UnplannedEvent,
        Self::UnplannedProperty,
        Self::Missing,
        Self::Type,
        Self::Enum,
        Self::Pattern,
        Self::Length,
        Self::Range,
        Self::Classification,
    ];

    /// The name in reports and violation events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnplannedEvent => "unplanned_event",
            Self::UnplannedProperty => "unplanned_property",
            Self::Missing => "missing",
            Self::Type => "type",
            Self::Enum => "enum",
            Self::Pattern => "pattern",
            Self::Length => "length",
            Self::Range => "range",
            Self::Classification => "classification",
        }
    }

    /// The rule of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == name)
    }
}
