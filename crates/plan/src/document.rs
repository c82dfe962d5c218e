//! What a plan says: the document as types. [`crate::read`] makes it of JSON, [`crate::write`] the other way.

use std::collections::BTreeMap;

/// The most events of a plan.
pub const EVENTS_MAX: usize = 2_000;
/// The most properties of one event or one object in it.
pub const PROPERTIES_MAX: usize = 256;
/// The most properties of a whole plan.
pub const PROPERTIES_TOTAL_MAX: usize = 20_000;
/// How deep properties nest.
pub const DEPTH_MAX: usize = 6;
/// The longest name of a plan.
pub const NAME_BYTES_MAX: usize = 64;

/// A tracking plan.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// Its name: small letters, digits, `-` and `_`.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What is done with an event that departs from it, where the event says nothing else.
    pub mode: Mode,
    /// What is done with a `track` event that is not in it.
    pub unplanned_events: Unplanned,
    /// What is done with a property that is not in it, where the event says nothing else.
    pub unplanned_properties: Unplanned,
    /// The `track` events by name.
    pub events: BTreeMap<String, EventPlan>,
    /// The traits of `identify`; without it they are left alone.
    pub identify: Option<EventPlan>,
    /// The traits of `group`; without it they are left alone.
    pub group: Option<EventPlan>,
    /// The properties of `page`; without it they are left alone.
    pub page: Option<EventPlan>,
    /// The properties of `screen`; without it they are left alone.
    pub screen: Option<EventPlan>,
}

/// What is expected of one event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EventPlan {
    /// When it is sent.
    pub description: String,
    /// What is done with it when it departs from the plan; the plan's mode where it says nothing.
    pub mode: Option<Mode>,
    /// What is done with properties that are not here; the plan's word where it says nothing.
    pub unplanned_properties: Option<Unplanned>,
    /// Its properties, or traits, by name.
    pub properties: BTreeMap<String, Property>,
}

/// What is expected of one property.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Property {
    /// What it means.
    pub description: String,
    /// What kind of value it is.
    pub kind: Type,
    /// Whether it must be there. `null` is as good as absent.
    pub required: bool,
    /// The only values it may have; any where empty.
    pub one_of: Vec<Scalar>,
    /// A regular expression that a text must match somewhere.
    pub pattern: Option<String>,
    /// The fewest characters of a text, or elements of an array.
    pub min_length: Option<u32>,
    /// The most characters of a text, or elements of an array.
    pub max_length: Option<u32>,
    /// The smallest number.
    pub minimum: Option<f64>,
    /// The largest number.
    pub maximum: Option<f64>,
    /// What the elements of an array are.
    pub items: Option<Box<Property>>,
    /// The members of an object; where empty any are allowed.
    pub properties: BTreeMap<String, Property>,
    /// Whom its value may concern.
    pub classification: Option<Classification>,
}

/// What kind of value a property has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Type {
    /// A text.
    String,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A text that is an instant by RFC 3339: `2026-08-01T12:00:00Z`.
    DateTime,
    /// An object.
    Object,
    /// A list.
    Array,
    /// Anything.
    #[default]
    Any,
}

/// What is done with an event that departs from the plan; the later ones are the stricter ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Mode {
    /// It is kept, and the violation counted and told.
    #[default]
    Watch,
    /// It is set aside, encrypted, until somebody releases or drops it.
    Quarantine,
    /// It is refused and counted.
    Block,
}

/// What is done with what the plan does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unplanned {
    /// Nothing: it is no violation.
    Allow,
    /// It is a violation, and the event is treated so.
    As(Mode),
}

/// Whom a value may concern.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Classification {
    /// It may be shown to anybody.
    Public,
    /// It is the company's own, and no person's.
    Internal,
    /// It says something about a person: sealed in traits, a keyed mark elsewhere.
    Personal,
    /// It gives power to whoever has it: removed on arrival.
    Secret,
}

/// A value of an enumeration.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

impl Default for Unplanned {
    fn default() -> Self {
        Self::As(Mode::Watch)
    }
}

macro_rules! names {
    ($($kind:ident { $($variant:ident = $name:literal),* })*) => {$(
        impl $kind {
            /// All of them, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in documents.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The one of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == name)
            }
        }
    )*};
}

names! {
    Type {
        String = "string", Integer = "integer", Number = "number", Boolean = "boolean",
        DateTime = "date-time", Object = "object", Array = "array", Any = "any"
    }
    Mode { Watch = "watch", Quarantine = "quarantine", Block = "block" }
    Classification { Public = "public", Internal = "internal", Personal = "personal", Secret = "secret" }
}

impl Unplanned {
    /// The name in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::As(mode) => mode.as_str(),
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "allow" { Some(Self::Allow) } else { Mode::from_name(name).map(Self::As) }
    }

    /// How a violation of this kind is treated, if it is one.
    pub fn mode(self) -> Option<Mode> {
        match self {
            Self::Allow => None,
            Self::As(mode) => Some(mode),
        }
    }
}

impl Plan {
    /// The kinds of call beside `track` that the plan speaks of, with their names in documents.
    pub fn calls(&self) -> [(&'static str, Option<&EventPlan>); 4] {
        [
            ("identify", self.identify.as_ref()),
            ("group", self.group.as_ref()),
            ("page", self.page.as_ref()),
            ("screen", self.screen.as_ref()),
        ]
    }

    /// Sets the mode of the whole plan, or of one event.
    ///
    /// Returns whether there is such an event.
    pub fn set_mode(&mut self, event: Option<&str>, mode: Mode) -> bool {
        match event {
            None => self.mode = mode,
            Some(event) => match self.events.get_mut(event) {
                Some(planned) => planned.mode = Some(mode),
                None => return false,
            },
        }
        true
    }
}

/// Whether this can be the name of a plan.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}
