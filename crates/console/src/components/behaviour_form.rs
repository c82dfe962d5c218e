//! A question about what people do as the address of its page holds it, and as the API takes it.

use serde_json::{Value, json};

use super::trend_form::{FilterPart, PARTS_MAX, read_filter};

/// How many steps or parts one question may have here; the API takes more.
pub const STEPS_MAX: usize = 8;

/// Which kind of question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// How many people got how far.
    Funnel,
    /// How many came back.
    Retention,
    /// What they did next.
    Flow,
    /// How long they stayed.
    Sessions,
    /// How many did something.
    People,
}

/// A question as the form holds it: every field is text, judged when it is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BehaviourForm {
    /// Which kind.
    pub kind: Kind,
    /// The steps of a funnel; of other kinds the event that begins it.
    pub events: Vec<String>,
    /// Events that end an attempt.
    pub without: Vec<String>,
    /// What counts as coming back.
    pub back: String,
    /// What must hold of people.
    pub parts: Vec<DidPart>,
    /// Properties and traits to split by.
    pub by: Vec<String>,
    /// Conditions.
    pub filters: Vec<FilterPart>,
    /// The first day.
    pub from: String,
    /// The last day, whole.
    pub to: String,
    /// The other fields by name, in the order of [`Kind::choices`].
    pub chosen: Vec<String>,
}

/// Something that people did or did not do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DidPart {
    /// `did` or `not`.
    pub has: String,
    /// What.
    pub event: String,
    /// How often at least.
    pub least: String,
    /// How lately; ever if empty.
    pub lately: String,
}

/// A field with few values: name, label, words before it, values with their words. The first is what holds if
/// nothing is chosen.
pub struct Choice {
    /// Its name in the address and in the question.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// The word before it in the sentence.
    pub before: &'static str,
    /// Values and their words.
    pub values: &'static [(&'static str, &'static str)],
}

const fn choice(
    name: &'static str,
    label: &'static str,
    before: &'static str,
    values: &'static [(&'static str, &'static str)],
) -> Choice {
    Choice { name, label, before, values }
}

/// The longest pause within a session.
const PAUSES: &[(&str, &str)] =
    &[("30m", "30 minutes"), ("5m", "5 minutes"), ("2h", "2 hours"), ("1d", "a day")];
const FUNNEL: &[Choice] = &[
    choice(
        "within",
        "Within",
        "within",
        &[
            ("7d", "7 days"),
            ("1h", "an hour"),
            ("1d", "a day"),
            ("14d", "14 days"),
            ("30d", "30 days"),
            ("90d", "90 days"),
            ("366d", "a year"),
            ("session", "one session"),
        ],
    ),
    choice("session", "Session", "with pauses up to", PAUSES),
    choice(
        "order",
        "Order",
        "",
        &[("ordered", "in this order"), ("strict", "with nothing between"), ("any", "in any order")],
    ),
    choice("select", "Shown", "show", &[("steps", "each step"), ("times", "how long it took")]),
];
const RETENTION: &[Choice] = &[
    choice("returned", "Returned", "", &[("on", "in"), ("on_or_after", "in or after")]),
    choice("interval", "Interval", "each", &[("week", "week"), ("day", "day"), ("month", "month")]),
    choice(
        "intervals",
        "Counted",
        "counted",
        &[("calendar", "by the calendar"), ("rolling", "from the start itself")],
    ),
    choice(
        "periods",
        "Periods",
        "for",
        &[
            ("8", "8 of them"),
            ("4", "4 of them"),
            ("12", "12 of them"),
            ("14", "14 of them"),
            ("30", "30 of them"),
        ],
    ),
];
const FLOW: &[Choice] = &[
    choice("direction", "Direction", "", &[("forward", "after"), ("back", "before")]),
    choice(
        "depth",
        "Depth",
        "up to",
        &[("4", "4 events"), ("2", "2 events"), ("3", "3 events"), ("5", "5 events"), ("6", "6 events")],
    ),
    choice("session", "Session", "pauses up to", PAUSES),
    choice(
        "names",
        "Names",
        "keeping apart",
        &[
            ("5", "5 events a step"),
            ("3", "3 events a step"),
            ("10", "10 events a step"),
            ("50", "50 events a step"),
        ],
    ),
];
const SESSIONS: &[Choice] = &[
    choice(
        "interval",
        "Interval",
        "by",
        &[("day", "day"), ("hour", "hour"), ("week", "week"), ("month", "month")],
    ),
    choice("session", "Session", "with pauses up to", PAUSES),
];

impl Kind {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 5] = [Self::Funnel, Self::Retention, Self::Flow, Self::Sessions, Self::People];

    /// The name in addresses and in questions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Funnel => "funnel",
            Self::Retention => "retention",
            Self::Flow => "flow",
            Self::Sessions => "sessions",
            Self::People => "people",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its answer can be split by a property.
    pub fn is_split(self) -> bool {
        matches!(self, Self::Funnel | Self::Sessions)
    }

    /// Its fields with few values.
    pub fn choices(self) -> &'static [Choice] {
        match self {
            Self::Funnel => FUNNEL,
            Self::Retention => RETENTION,
            Self::Flow => FLOW,
            Self::Sessions => SESSIONS,
            Self::People => &[],
        }
    }
}

impl BehaviourForm {
    /// The form as the address holds it. Names repeat: `has` stands before its event, what belongs to a part
    /// behind it.
    pub fn from_pairs<'a>(kind: Kind, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = Self::new(kind);
        let mut has = String::new();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match (kind, name) {
                (Kind::People, "has") => has = value,
                (Kind::People, "event") => {
                    let has = std::mem::take(&mut has);
                    form.parts.push(DidPart { has, event: value, ..DidPart::default() });
                }
                (Kind::People, "least") => set(form.parts.last_mut(), |part| part.least = value),
                (Kind::People, "lately") => set(form.parts.last_mut(), |part| part.lately = value),
                (_, "event") => form.events.push(value),
                (_, "without") => form.without.push(value),
                (_, "back") => form.back = value,
                (_, "by") => form.by.push(value),
                (_, "from") => form.from = value,
                (_, "to") => form.to = value,
                (_, "where" | "op" | "value") => read_filter(&mut form.filters, name, value),
                (_, name) => form.choose(name, value),
            }
        }
        form.parts.retain(|part| !part.event.is_empty());
        form.filters.retain(|part| !part.property.is_empty());
        for list in [&mut form.events, &mut form.without, &mut form.by] {
            list.retain(|name| !name.is_empty());
        }
        form.events.truncate(if kind == Kind::Funnel { STEPS_MAX } else { 1 });
        form.without.truncate(1);
        form.parts.truncate(PARTS_MAX);
        form.by.truncate(1);
        form.filters.truncate(PARTS_MAX);
        form
    }

    fn new(kind: Kind) -> Self {
        let first = |choice: &Choice| choice.values.first().map_or("", |(value, _)| value).to_owned();
        Self {
            kind,
            events: Vec::new(),
            without: Vec::new(),
            back: "*".to_owned(),
            parts: Vec::new(),
            by: Vec::new(),
            filters: Vec::new(),
            from: String::new(),
            to: String::new(),
            chosen: kind.choices().iter().map(first).collect(),
        }
    }

    fn choose(&mut self, name: &str, value: String) {
        let places = self.kind.choices().iter().zip(&mut self.chosen);
        for (_, slot) in places.filter(|(choice, _)| choice.name == name) {
            slot.clone_from(&value);
        }
    }

    /// What was chosen for the field `name`.
    pub fn chosen(&self, name: &str) -> &str {
        let places = self.kind.choices().iter().zip(&self.chosen);
        places.into_iter().find(|(choice, _)| choice.name == name).map_or("", |(_, value)| value)
    }

    /// Whether a choice means anything beside the others: how long sessions are, only where there are any.
    pub fn is_used(&self, choice: &Choice) -> bool {
        self.kind != Kind::Funnel || choice.name != "session" || self.chosen("within") == "session"
    }

    /// Whether there is enough to ask.
    pub fn is_complete(&self) -> bool {
        match self.kind {
            Kind::Funnel => self.events.len() >= 2,
            Kind::Retention | Kind::Flow => !self.events.is_empty(),
            Kind::Sessions => true,
            Kind::People => !self.parts.is_empty() || !self.filters.is_empty(),
        }
    }

    /// The question as the API takes it.
    pub fn to_json(&self) -> Value {
        let mut question = json!({ "kind": self.kind.name() });
        let choices = self.kind.choices().iter().zip(&self.chosen);
        for (choice, value) in choices.filter(|(choice, _)| self.is_used(choice)) {
            question[choice.name] =
                value.parse::<u32>().map_or_else(|_| json!(value), |number| json!(number));
        }
        let step = |event: &String| json!({ "event": event });
        let first = self.events.first().map(step);
        match self.kind {
            Kind::Funnel => {
                question["steps"] = self.events.iter().map(step).collect();
                if !self.without.is_empty() {
                    question["exclude"] = self.without.iter().map(step).collect();
                }
            }
            Kind::Retention => {
                question["start"] = json!(first);
                question["return"] = step(&self.back);
            }
            Kind::Flow => question["start"] = json!(first),
            Kind::Sessions => {}
            Kind::People => {
                let filters = self.filters.iter().map(FilterPart::to_trait_json);
                let all: Vec<Value> = self.parts.iter().map(DidPart::to_json).chain(filters).collect();
                question["who"] = json!({ "all": all });
                return question;
            }
        }
        if self.kind.is_split() && !self.by.is_empty() {
            question["by"] = json!(self.by);
        }
        question["range"] = json!({ "from": self.from, "to": self.to });
        if !self.filters.is_empty() {
            question["where"] = self.filters.iter().map(FilterPart::to_json).collect();
        }
        question
    }
}

impl DidPart {
    fn to_json(&self) -> Value {
        let mut did = json!({ "did": { "event": self.event } });
        if !self.least.is_empty() {
            // What is no number is refused with its place, as from anybody else.
            let least = self.least.parse::<u32>().map_or_else(|_| json!(self.least), |least| json!(least));
            did["times"] = json!({ "gte": least });
        }
        if !self.lately.is_empty() {
            did["within"] = json!(self.lately);
        }
        if self.has == "not" { json!({ "not": did }) } else { did }
    }
}

fn set<T>(part: Option<&mut T>, change: impl FnOnce(&mut T)) {
    if let Some(part) = part {
        change(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_the_question_that_the_api_takes() {
        let check = |kind: Kind, pairs: &[(&str, &str)], wanted: Value| {
            assert_eq!(BehaviourForm::from_pairs(kind, pairs.iter().copied()).to_json(), wanted, "{pairs:?}");
        };
        let days = [("from", "2026-08-01"), ("to", "2026-08-31")];
        let range = json!({ "from": "2026-08-01", "to": "2026-08-31" });
        check(
            Kind::Funnel,
            &[
                days[0],
                days[1],
                ("event", "A"),
                ("event", ""),
                ("event", "B"),
                ("without", "C"),
                ("by", "plan"),
                ("within", "1d"),
                ("where", "country"),
                ("op", "eq"),
                ("value", "DE"),
            ],
            json!({ "kind": "funnel", "steps": [{ "event": "A" }, { "event": "B" }], "exclude": [{ "event": "C" }],
                "by": ["plan"], "within": "1d", "order": "ordered", "select": "steps", "range": range,
                "where": [{ "property": "country", "op": "eq", "value": "DE" }] }),
        );
        check(
            Kind::Funnel,
            &[days[0], days[1], ("event", "A"), ("event", "B"), ("within", "session"), ("session", "2h")],
            json!({ "kind": "funnel", "steps": [{ "event": "A" }, { "event": "B" }], "within": "session",
                "session": "2h", "order": "ordered", "select": "steps", "range": range }),
        );
        check(
            Kind::Retention,
            &[days[0], days[1], ("event", "A"), ("interval", "day"), ("periods", "14")],
            json!({ "kind": "retention", "start": { "event": "A" }, "return": { "event": "*" }, "returned": "on",
                "interval": "day", "intervals": "calendar", "periods": 14, "range": range }),
        );
        check(
            Kind::Flow,
            &[days[0], days[1], ("event", "A"), ("event", "B"), ("direction", "back")],
            json!({ "kind": "flow", "start": { "event": "A" }, "direction": "back", "depth": 4, "session": "30m",
                "names": 5, "range": range }),
        );
        check(
            Kind::Sessions,
            &[days[0], days[1], ("by", "channel"), ("session", "5m")],
            json!({ "kind": "sessions", "interval": "day", "session": "5m", "by": ["channel"], "range": range }),
        );
        check(
            Kind::People,
            &[
                ("has", "did"),
                ("event", "A"),
                ("least", "3"),
                ("lately", "30d"),
                ("has", "not"),
                ("event", "B"),
                ("where", "trait.plan"),
                ("op", "eq"),
                ("value", "pro"),
            ],
            json!({ "kind": "people", "who": { "all": [
                { "did": { "event": "A" }, "times": { "gte": 3 }, "within": "30d" },
                { "not": { "did": { "event": "B" } } },
                { "trait": "plan", "op": "eq", "value": "pro" }] } }),
        );
    }
}
