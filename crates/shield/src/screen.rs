//! Screening one event: every field through the judgement, and a record of what may be kept.

mod document;
mod marks;

use std::borrow::Cow;

use model::{Event, EventRecord, Finding, Sensitivity, limits};

use crate::clean::Clean;
use crate::find::Hit;
use crate::json::Budget;
use crate::judge::{Judge, Value};
use crate::refusal::{Refusal, RefusalReason};
use crate::rewrite;
use document::Section;
use marks::Marks;

/// The most findings kept of one event; what lies beyond is replaced all the same.
const FINDINGS_MAX: usize = 256;

/// One event on its way.
pub(crate) struct Screening<'a> {
    judge: Judge<'a>,
    marks: Marks<'a>,
    hits: Vec<Hit>,
    sealed: Vec<model::SealedValue>,
    findings: Vec<Finding>,
}

/// Screens an event.
pub(crate) fn screen(
    judge: Judge<'_>,
    event: Event<'_>,
    keyed_hash: &dyn Fn(&str) -> String,
) -> Result<Clean, Refusal> {
    check_sizes(&event)?;
    let mut screening = Screening {
        judge,
        marks: Marks { keyed_hash },
        hits: Vec::new(),
        sealed: Vec::new(),
        findings: Vec::new(),
    };
    let mut budget = Budget::default();
    let kind = event.kind;
    let record = EventRecord {
        workspace: event.workspace,
        source: event.source,
        message_id: cut(screening.message_id(&event.message_id)),
        kind,
        name: screening.name(&event.name),
        time_ms: event.time_ms,
        received_ms: event.received_ms,
        user_id: screening.identifier(event.user_id, "user_id")?,
        anonymous_id: screening.identifier(event.anonymous_id, "anonymous_id")?,
        group_id: screening.identifier(event.group_id, "group_id")?,
        previous_id: screening.identifier(event.previous_id, "previous_id")?,
        properties: screening.document(&event.properties, Section::Properties, &mut budget)?,
        traits: screening.document(&event.traits, Section::Traits(kind), &mut budget)?,
        context: screening.document(&event.context, Section::Context, &mut budget)?,
        sealed: screening.sealed,
        findings: screening.findings,
    };
    Ok(Clean::new(record))
}

fn check_sizes(event: &Event<'_>) -> Result<(), Refusal> {
    let ids = [&event.user_id, &event.anonymous_id, &event.group_id, &event.previous_id];
    let ids_bytes: usize = ids.into_iter().flatten().map(|id| id.len()).sum();
    let documents = event.properties.len() + event.traits.len() + event.context.len();
    if event.name.len() > limits::NAME_BYTES_MAX {
        return Err(Refusal { reason: RefusalReason::NameTooLong, field: "event" });
    }
    if documents + ids_bytes + event.name.len() + event.message_id.len() > limits::EVENT_BYTES_MAX {
        return Err(Refusal { reason: RefusalReason::EventTooLarge, field: "event" });
    }
    Ok(())
}

impl Screening<'_> {
    /// A person's, device's or group's id: kept as it is unless it is a secret.
    fn identifier(
        &mut self,
        id: Option<Cow<'_, str>>,
        field: &'static str,
    ) -> Result<Option<String>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        if id.len() > limits::IDENTIFIER_BYTES_MAX {
            return Err(Refusal { reason: RefusalReason::IdentifierTooLong, field });
        }
        self.judge.judge(&Value { is_identifier: true, ..Value::nameless(&id) }, &mut self.hits);
        if self.hits.iter().any(|hit| hit.class.sensitivity() == Sensitivity::Secret) {
            return Err(Refusal { reason: RefusalReason::SecretIdentifier, field });
        }
        Ok(Some(id.into_owned()))
    }

    /// The event's name: running text.
    fn name(&mut self, name: &str) -> String {
        self.judge.judge(&Value::nameless(name), &mut self.hits);
        self.text(name, "event", &mut |marks, hit, found| marks.of(hit, found))
    }

    /// The sender's id for the event. Two different ids must stay different, or one event would be
    /// taken for the repetition of the other: the mark carries a keyed hash of the whole id.
    fn message_id(&mut self, id: &str) -> String {
        self.judge.judge(&Value { is_identifier: true, ..Value::nameless(id) }, &mut self.hits);
        self.text(id, "message_id", &mut |marks, hit, _| marks.distinct(hit, id))
    }

    fn text(
        &mut self,
        text: &str,
        field: &str,
        mark: &mut dyn FnMut(&Marks<'_>, &Hit, &str) -> String,
    ) -> String {
        if self.hits.is_empty() {
            return text.to_owned();
        }
        let hits = std::mem::take(&mut self.hits);
        for hit in &hits {
            self.note(field.to_owned(), hit);
        }
        rewrite::marked(text, &hits, &mut |hit, found| mark(&self.marks, hit, found))
    }

    fn note(&mut self, path: String, hit: &Hit) {
        if self.findings.len() < FINDINGS_MAX {
            let custom = hit.custom.and_then(|number| Some(self.judge.custom()?.shown(number)));
            let rule = custom.unwrap_or(hit.rule).to_owned();
            self.findings.push(Finding { path, class: hit.class, rule });
        }
    }
}

/// Long message ids are cut at a character.
fn cut(mut id: String) -> String {
    let end = (0..=limits::MESSAGE_ID_BYTES_MAX.min(id.len())).rev().find(|at| id.is_char_boundary(*at));
    id.truncate(end.unwrap_or(0));
    id
}
