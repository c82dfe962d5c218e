//! What a purge cannot take back: backups made before it, and what had been handed over to whom, by the ledger.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ledger::{EntriesPage, EntryView, Filter, PAGE_ENTRIES_MAX, Phase, Scope};
use serde_json::{Value, json};

use crate::error::PurgeError;
use crate::report::instant;
use crate::steps::Run;

/// The most backups that are named.
const BACKUPS_MAX: usize = 100;
/// The most receivers that are named.
const RECEIVERS_MAX: usize = 1_000;
/// The most pages of the ledger that are looked through.
const PAGES_MAX: usize = 1_000;
/// Entries under which something that came from events or people left, and what it was.
const HAND_OVERS: [(&str, &str); 9] = [
    ("events.read", "events"),
    ("events.followed", "events as they came"),
    ("person.viewed", "a person's profile"),
    ("person.revealed", "one value of a person, in clear"),
    ("export.begun", "a file of people, in clear"),
    ("person.looked_up", "who has an identifier"),
    ("question.asked", "an answer to a question"),
    ("quarantine.read", "events in quarantine"),
    ("shield.reported", "the report by person and property"),
];

/// How often something left.
struct Times {
    count: u64,
    first_ms: i64,
    last: EntryView,
}

/// Everything out of reach.
pub(crate) fn of(run: &Run<'_>) -> Result<Value, PurgeError> {
    let (hand_overs, left_out) = hand_overs(run)?;
    Ok(json!({
        "backups": backups(run)?,
        "until": "they are deleted by whoever keeps them; a restore of one carries this purge out again, by the list of purges",
        "hand_overs": hand_overs,
        "hand_overs_left_out": left_out,
    }))
}

/// Backups are encrypted to somebody else: nothing can be taken out of them.
fn backups(run: &Run<'_>) -> Result<Vec<Value>, PurgeError> {
    let mut filter = Filter::newest(Scope::Installation);
    filter.code = Some("backup.made".to_owned());
    filter.limit = BACKUPS_MAX;
    let entries = run.inner.parts.ledger.entries(&filter)?.entries;
    let done = entries.iter().filter(|entry| matches!(entry.phase, Phase::Outcome { .. }));
    Ok(done.map(|entry| json!({ "made_at": instant(entry.at_ms), "entry": entry.id.0 })).collect())
}

/// Who was handed what, how often, first and last; and how many receivers there are beyond those named. What was handed over
/// after the order is not meant: the purge was under way.
fn hand_overs(run: &Run<'_>) -> Result<(Vec<Value>, usize), PurgeError> {
    let mut found: BTreeMap<(String, &str), Times> = BTreeMap::new();
    let mut left_out = 0;
    let mut filter = Filter::newest(Scope::Workspaces(vec![run.purge.workspace]));
    filter.limit = PAGE_ENTRIES_MAX;
    filter.to_ms = Some(run.purge.created_ms);
    for _ in 0..PAGES_MAX {
        let EntriesPage { entries, next } = run.inner.parts.ledger.entries(&filter)?;
        for entry in entries {
            let Some((_, what)) = HAND_OVERS.iter().find(|(code, _)| *code == entry.code) else { continue };
            if !matches!(entry.phase, Phase::Entry | Phase::Intent) {
                continue;
            }
            let key = (entry.principal.clone(), *what);
            let is_full = found.len() >= RECEIVERS_MAX;
            match found.entry(key) {
                // The newest come first.
                Entry::Occupied(mut known) => {
                    let times = known.get_mut();
                    times.count += 1;
                    times.first_ms = entry.at_ms;
                }
                Entry::Vacant(_) if is_full => left_out += 1,
                Entry::Vacant(place) => {
                    place.insert(Times { count: 1, first_ms: entry.at_ms, last: entry });
                }
            }
        }
        match next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    let named = found.into_iter().map(|((to, what), Times { count, first_ms, last })| {
        json!({
            "to": to, "what": what, "times": count,
            "first": instant(first_ms), "last": instant(last.at_ms), "last_entry": last.id.0,
        })
    });
    Ok((named.collect(), left_out))
}
