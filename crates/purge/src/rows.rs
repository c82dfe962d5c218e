//! A purge in the archive: finding rows and keeping account of them, and taking out what is meant.

use std::collections::HashMap;

use model::PersonCode;
use model::origin::Context;
use store::{Leaves, Part, RowHead, Scrub, StoredEvent, Value, Verdict};

use crate::matcher::{Edited, Matcher, PARTS, Sight};
use crate::selector::Remove;

/// The most different places (person, property, library) of one chunk that are told apart.
const FOUND_MAX: usize = 500_000;

/// What was found, by person, property and library with its version.
pub(crate) type Found = HashMap<(PersonCode, String, String), Tally>;

/// How often and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) events: u64,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
}

impl Tally {
    fn one(time_ms: i64) -> Self {
        Self { events: 1, first_ms: time_ms, last_ms: time_ms }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
    }
}

/// Finds, and takes out where it is not only a survey.
pub(crate) struct Rows<'a> {
    pub(crate) matcher: &'a Matcher,
    /// Kept only by a survey.
    pub(crate) account: Option<Account>,
}

/// What a survey brings.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) found: Found,
    pub(crate) events: Option<Tally>,
    /// Whose traits were written when.
    pub(crate) moments: Vec<(PersonCode, i64)>,
}

impl<'a> Rows<'a> {
    pub(crate) fn survey(matcher: &'a Matcher) -> Self {
        Self { matcher, account: Some(Account::default()) }
    }

    pub(crate) fn cut(matcher: &'a Matcher) -> Self {
        Self { matcher, account: None }
    }

    fn suspects_content(&self, row: &RowHead<'_>, leaves: &mut Leaves<'_>) -> bool {
        let content = &self.matcher.content;
        if !content.is_asked() || content.is_screened() || content.is_wanted_text(row.name) {
            return true;
        }
        if content.is_wanted_text(row.message_id) || content.is_wanted_text(row.findings) {
            return true;
        }
        let mut found = false;
        leaves(&mut |part, path, value| {
            found = found || content.may_be_at(part_name(part), path, &value);
        });
        found
    }
}

impl Scrub for Rows<'_> {
    fn suspects(&mut self, row: &RowHead<'_>, leaves: &mut Leaves<'_>) -> bool {
        let matcher = self.matcher;
        matcher.fits_head(row.offset.0, row.time_ms, row.source, row.name)
            && matcher.people.as_ref().is_none_or(|people| people.contains(&row.person))
            && (matcher.takes_whole_people() || self.suspects_content(row, leaves))
    }

    fn judge(&mut self, event: &StoredEvent) -> Verdict {
        let matcher = self.matcher;
        if matcher.takes_whole_people() {
            return Verdict::Drop;
        }
        if matcher.asks_for_sdk() && !matcher.fits_sdk(&event.context) {
            return Verdict::Keep;
        }
        let sight = Sight {
            kind: event.kind,
            name: &event.name,
            message_id: &event.message_id,
            offset: event.offset.0,
            objects: [&event.properties, &event.context, &event.traits],
            findings: &event.findings,
        };
        let Some(edited) = matcher.find(&sight) else { return Verdict::Keep };
        if let Some(account) = &mut self.account {
            account.enter(event, &edited, matcher.remove);
        }
        match matcher.remove {
            Remove::Event | Remove::Person => Verdict::Drop,
            Remove::Property => Verdict::Change(Box::new(changed(event, edited))),
        }
    }
}

fn changed(event: &StoredEvent, edited: Edited) -> StoredEvent {
    let Edited { name, message_id, objects: [properties, context, traits], drop_findings, .. } = edited;
    let mut event = event.clone();
    event.name = name.unwrap_or(event.name);
    event.message_id = message_id.unwrap_or(event.message_id);
    event.properties = properties.unwrap_or(event.properties);
    event.context = context.unwrap_or(event.context);
    event.traits = traits.unwrap_or(event.traits);
    if drop_findings {
        event.findings.clear();
    }
    event
}

impl Account {
    fn enter(&mut self, event: &StoredEvent, edited: &Edited, remove: Remove) {
        let tally = Tally::one(event.time_ms);
        match &mut self.events {
            Some(events) => events.add(&tally),
            None => self.events = Some(tally),
        }
        let context = Context::read(&event.context);
        let sdk = format!("{} {}", context.sdk, context.sdk_version).trim().to_owned();
        let whole = ["(the whole event)".to_owned()];
        let paths: Vec<&String> =
            if edited.paths.is_empty() { whole.iter().collect() } else { edited.paths.iter().collect() };
        for path in paths {
            let mut key = (event.person, path.clone(), sdk.clone());
            if self.found.len() >= FOUND_MAX && !self.found.contains_key(&key) {
                key = (event.person, "(further properties)".to_owned(), String::new());
            }
            self.found.entry(key).and_modify(|known| known.add(&tally)).or_insert(tally);
        }
        let touches_traits = edited.paths.iter().any(|path| path.starts_with("traits"));
        if (touches_traits || remove == Remove::Event) && event.traits != "{}" {
            self.moments.push((event.person, event.time_ms));
        }
    }
}

pub(crate) fn part_name(part: Part) -> &'static str {
    let index = match part {
        Part::Properties => 0,
        Part::Context => 1,
        Part::Traits => 2,
    };
    PARTS.get(index).copied().unwrap_or_default()
}

/// A value of a column as text, for looking at numbers.
pub(crate) fn number_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
