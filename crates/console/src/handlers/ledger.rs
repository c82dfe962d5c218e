//! The ledger of the workspace, and the checkpoint that proves the whole of it.

use ::ledger::{EntriesPage, EntryId, EntryView, Outcome, Phase};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{ReadCheckpoint, ReadLedger};
use serde::Deserialize;
use service::ServiceError;
use service::ledgers::Wanted;

use super::inside::{Inside, instant};
use super::reply::Page;
use super::view::moment;
use crate::components::form::Typed;
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
#[serde(default)]
struct Asked {
    code: String,
    principal: String,
    session: String,
    address: String,
    person: String,
    from: String,
    to: String,
    after: Option<u64>,
}

async fn page(
    may: Permit<ReadLedger>,
    inside: Inside,
    _checkpoint: Permit<ReadCheckpoint>,
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Ledger)?;
        let found = wanted(&asked).and_then(|wanted| services.entries(may.granted(), workspace, wanted));
        let (found, wrong) = match found {
            Ok(found) => (found, None),
            Err(ServiceError::Invalid { field, fix }) => {
                (EntriesPage { entries: Vec::new(), next: None }, Some((field, fix)))
            }
            Err(error) => return Err(error),
        };
        let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let signed = services.ledger.checkpoint();
        let here = paths::ledger(workspace);
        let next = found.next.map(|id| id.0.to_string());
        let (codes, after) = (codes(&found.entries, &asked.code), asked.after);
        let typed = Typed { texts: texts(asked), wrong };
        let pairs: Vec<(&str, &str)> =
            typed.texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let entries = entry_rows(&found.entries);
        let pager = Pager {
            first: after.map(|_| paths::with_query(&here, &pairs)),
            next: next.map(|next| {
                let pairs: Vec<_> = pairs.iter().copied().chain([("after", next.as_str())]).collect();
                paths::with_query(&here, &pairs)
            }),
            shown: format!("{} entries", entries.len()),
        };
        let (size, checkpoint) = (signed.size, Some(signed.note));
        let view = LedgerView { codes, pager, entries, typed, size, checkpoint };
        Ok::<_, ServiceError>((status, Page(ledger::page(&frame, &view))).into_response())
    })
    .await
}

fn wanted(asked: &Asked) -> Result<Wanted, ServiceError> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let person = given(&asked.person).map(|text| {
        let fix = "write a person's id, as it stands on their page (p_…)".to_owned();
        text.parse().map_err(|_| ServiceError::Invalid { field: "person".to_owned(), fix })
    });
    Ok(Wanted {
        code: given(&asked.code),
        principal: given(&asked.principal),
        session: given(&asked.session),
        address: given(&asked.address),
        person: person.transpose()?,
        object: None,
        from_ms: moment("from", &asked.from)?,
        to_ms: moment("to", &asked.to)?,
        after: asked.after,
        limit: ENTRIES_MAX,
    })
}

fn texts(asked: Asked) -> Vec<(&'static str, String)> {
    vec![
        ("code", asked.code),
        ("principal", asked.principal),
        ("session", asked.session),
        ("address", asked.address),
        ("person", asked.person),
        ("from", asked.from),
        ("to", asked.to),
    ]
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
                session: entry.session.clone(),
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
