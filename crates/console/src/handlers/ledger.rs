//! The ledger of the workspace, and the checkpoint that proves the whole of it.

use ::ledger::{EntryId, EntryView, Outcome, Phase};
use axum::extract::{Query, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ReadCheckpoint, ReadLedger};
use serde::Deserialize;
use service::ServiceError;
use service::ledgers::Wanted;

use super::inside::{Inside, instant};
use super::reply::Page;
use crate::components::table::Pager;
use crate::frame::Section;
use crate::pages::ledger::{self, EntryRow, LedgerView};
use crate::paths;
use crate::state::ConsoleState;

/// How many entries a page has.
const ENTRIES_MAX: usize = 100;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/ledger", page)
}

#[derive(Default, Deserialize)]
struct LedgerQuery {
    #[serde(default)]
    code: String,
    #[serde(default)]
    principal: String,
    after: Option<u64>,
}

async fn page(
    may: Permit<ReadLedger>,
    inside: Inside,
    _checkpoint: Permit<ReadCheckpoint>,
    State(state): State<ConsoleState>,
    Query(query): Query<LedgerQuery>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Ledger)?;
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let wanted = Wanted {
            code: given(&query.code),
            principal: given(&query.principal),
            after: query.after,
            limit: ENTRIES_MAX,
            ..Wanted::default()
        };
        let found = services.entries(may.granted(), workspace, wanted)?;
        let signed = services.ledger.checkpoint();
        let here = paths::ledger(workspace);
        let filter = [("code", query.code.as_str()), ("principal", query.principal.as_str())];
        let next = found.next.map(|id| id.0.to_string());
        let entries = entry_rows(&found.entries);
        let view = LedgerView {
            codes: codes(&found.entries, &query.code),
            pager: Pager {
                first: query.after.map(|_| paths::with_query(&here, &filter)),
                next: next.map(|next| paths::with_query(&here, &[filter[0], filter[1], ("after", &next)])),
                shown: format!("{} entries", entries.len()),
            },
            entries,
            code: query.code.clone(),
            principal: query.principal.clone(),
            size: signed.size,
            checkpoint: Some(signed.note),
        };
        Ok::<_, ServiceError>(Page(ledger::page(&frame, &view)))
    })
    .await
}

/// What is on the page and what was asked for; the ledger itself keeps no list of codes.
fn codes(entries: &[EntryView], chosen: &str) -> Vec<String> {
    let mut codes: Vec<String> = entries.iter().map(|entry| entry.code.clone()).collect();
    codes.extend((!chosen.is_empty()).then(|| chosen.to_owned()));
    codes.sort();
    codes.dedup();
    codes
}

/// An intent and its outcome are two entries; where both are on the page they are one row, at the intent's number.
fn entry_rows(entries: &[EntryView]) -> Vec<EntryRow> {
    let result_of = |id: EntryId| {
        entries.iter().find_map(|entry| match entry.phase {
            Phase::Outcome { of, result } if of == id => Some(result),
            _ => None,
        })
    };
    let has_intent = |of: EntryId| entries.iter().any(|entry| entry.id == of);
    entries
        .iter()
        .filter_map(|entry| {
            let outcome = match entry.phase {
                Phase::Entry => "done",
                Phase::Intent => result_of(entry.id).map_or("open", outcome_word),
                Phase::Outcome { of, .. } if has_intent(of) => return None,
                Phase::Outcome { result, .. } => outcome_word(result),
            };
            Some(EntryRow {
                index: entry.id.0,
                at: instant(entry.at_ms),
                code: entry.code.clone(),
                principal: entry.principal.clone(),
                object: entry.object.clone(),
                outcome: outcome.to_owned(),
            })
        })
        .collect()
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Interrupted => "interrupted",
    }
}
