//! A purge in the journal: what is left of a record.

use std::collections::{BTreeSet, HashSet};

use model::{Entry, EventRecord, Stored, WorkspaceId};
use people::{IdentityMark, People};

use crate::json::PURGED;
use crate::matcher::{Edited, Matcher, Sight, is_below};
use crate::selector::Remove;

/// What is done to the records of a workspace.
pub(crate) struct Records<'a> {
    pub(crate) matcher: &'a Matcher,
    pub(crate) people: &'a People,
    pub(crate) workspace: WorkspaceId,
    /// How the people who are meant are known; everybody is meant if `None`.
    pub(crate) marks: Option<HashSet<IdentityMark>>,
}

impl Records<'_> {
    /// The record as it is to be; `None` where it stays.
    pub(crate) fn change(&self, entry: &Entry) -> Option<Stored> {
        match &entry.record {
            Stored::Event(event) => self.event(entry.offset.0, event),
            Stored::Order(order)
                if order.reason().is_some_and(|reason| self.matcher.content.is_wanted_text(reason)) =>
            {
                Some(Stored::Order(order.clone().with_reason(PURGED.to_owned())))
            }
            Stored::Purged { workspace, source, message_id, received_ms }
                if self.matcher.content.is_wanted_text(message_id) =>
            {
                let message_id = format!("[purged {}]", entry.offset.0);
                let (source, received_ms) = (*source, *received_ms);
                Some(Stored::Purged { workspace: *workspace, source, message_id, received_ms })
            }
            Stored::Order(_) | Stored::Purged { .. } => None,
        }
    }

    /// The event as it is to be; `None` where it stays.
    pub(crate) fn event(&self, offset: u64, event: &EventRecord) -> Option<Stored> {
        let matcher = self.matcher;
        let fits = matcher.fits_head(offset, event.time_ms, event.source, &event.name)
            && self.is_of_wanted(event)
            && (matcher.takes_whole_people() || matcher.fits_sdk(&event.context));
        if !fits {
            return None;
        }
        if matcher.takes_whole_people() {
            return Some(self.gone(offset, event));
        }
        let sight = Sight {
            kind: event.kind,
            name: &event.name,
            message_id: &event.message_id,
            offset,
            objects: [&event.properties, &event.context, &event.traits],
            findings: &event.findings,
        };
        let edited = matcher.find(&sight);
        let sealed = self.sealed(event);
        let ids = [&event.user_id, &event.anonymous_id, &event.group_id, &event.previous_id]
            .map(|id| id.as_deref().is_some_and(|id| matcher.content.is_wanted_text(id)));
        if edited.is_none() && sealed.is_empty() && !ids.contains(&true) {
            return None;
        }
        match matcher.remove {
            Remove::Property => Some(Stored::Event(changed(event, edited.unwrap_or_default(), &sealed, ids))),
            // Whole people go once they are known; what only names somebody here does not make it so.
            Remove::Event | Remove::Person => Some(self.gone(offset, event)),
        }
    }

    fn is_of_wanted(&self, event: &EventRecord) -> bool {
        let Some(marks) = &self.marks else { return true };
        // As the resolving pass decides: the user before the device.
        self.people.marks_of(event).first().is_some_and(|mark| marks.contains(mark))
    }

    /// The names of the sealed traits that are meant.
    fn sealed(&self, event: &EventRecord) -> BTreeSet<String> {
        let wanted = |sealed: &&model::SealedValue| {
            self.matcher.content.is_wanted_kept(&format!("traits.{}", sealed.name), &sealed.value)
        };
        event.sealed.iter().filter(wanted).map(|sealed| sealed.name.clone()).collect()
    }

    fn gone(&self, offset: u64, event: &EventRecord) -> Stored {
        let is_wanted = self.matcher.content.is_wanted_text(&event.message_id);
        let message_id = if is_wanted { format!("[purged {offset}]") } else { event.message_id.clone() };
        let EventRecord { source, received_ms, .. } = *event;
        Stored::Purged { workspace: self.workspace, source, message_id, received_ms }
    }
}

fn changed(event: &EventRecord, edited: Edited, sealed: &BTreeSet<String>, ids: [bool; 4]) -> EventRecord {
    let mut event = event.clone();
    let Edited { name, message_id, objects: [properties, context, traits], drop_findings, .. } = edited;
    event.name = name.unwrap_or(event.name);
    event.message_id = message_id.unwrap_or(event.message_id);
    event.properties = properties.unwrap_or(event.properties);
    event.context = context.unwrap_or(event.context);
    event.traits = traits.unwrap_or(event.traits);
    if drop_findings {
        event.findings.clear();
    }
    if !sealed.is_empty() {
        event.sealed.retain(|value| !sealed.contains(&value.name));
        event.traits = crate::json::mark_all(&event.traits, "traits", &|path| {
            sealed.iter().any(|name| path.strip_prefix("traits.").is_some_and(|path| is_below(path, name)))
        });
    }
    let [user, anonymous, group, previous] = ids;
    for (is_wanted, id) in [
        (user, &mut event.user_id),
        (anonymous, &mut event.anonymous_id),
        (group, &mut event.group_id),
        (previous, &mut event.previous_id),
    ] {
        if is_wanted {
            *id = None;
        }
    }
    event
}
