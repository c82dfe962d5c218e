//! Who is who, where members decide it: what an alias proposes, merges undone, people kept apart.

use axum::extract::State;
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::PersonId;
use policy::actions::{DecideIdentity, ListMembers, ListPeople};
use rows::{ApartView, DecidedView, IdentifierView, MergeView, PairLine, PartedView, PersonView};
use service::ServiceError;

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::people::{person_row, words};
use super::reply::{self, Page};
use super::view::MemberNames;
use crate::frame::Section;
use crate::pages::joined::{ApartRow, Decided, IdentifierRow, JoinedView, PartedRow, Record};
use crate::pages::suggestions::{self, PairRow, SuggestionsView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/people/suggestions", list)
        .post("/w/{w}/people/suggestions", decide)
        .post("/w/{w}/people/unmerge", unmerge)
        .post("/w/{w}/people/lift", lift)
}

async fn list(
    may: Permit<ListPeople>,
    inside: Inside,
    members: Also<ListMembers>,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::People)?;
        let names = MemberNames::read(services, &inside, members.0.as_ref())?;
        let row = |line: &PairLine| PairRow {
            one: person_row(&line.one),
            other: person_row(&line.other),
            at: instant(line.at_ms),
            offset: line.offset,
            decided: line.decided.as_ref().map(|(by, words)| (names.of(&by.to_string()), words.clone())),
        };
        let proposed = services.rows.suggestions(may.granted(), workspace)?;
        let apart = services.rows.kept_apart(may.granted(), workspace)?;
        let view = SuggestionsView {
            proposed: proposed.iter().map(|line| row(line)).collect(),
            apart: apart.iter().map(|line| row(line)).collect(),
            may_decide: inside.may::<DecideIdentity>(&services.guard),
        };
        Ok::<_, ServiceError>(Page(suggestions::page(&frame, &view)))
    })
    .await
}

async fn decide(
    may: Permit<DecideIdentity>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let [one, other] = [person(&fields, "one")?, person(&fields, "other")?];
    let done = match fields.text("decision") {
        "first" | "second" => "people-merged",
        "apart" => "people-apart",
        "lift" => "people-lifted",
        _ => return Err(Problem::invalid("decision", "first, second, apart or lift")),
    };
    blocking(move || {
        let (services, reason) = (&state.services, fields.text("reason"));
        match fields.text("decision") {
            "first" => services.merge_people(may.granted(), workspace, (one, other), reason),
            "second" => services.merge_people(may.granted(), workspace, (other, one), reason),
            decision => {
                services.keep_apart(may.granted(), workspace, ([one, other], decision == "apart"), reason)
            }
        }
    })
    .await?;
    Ok(reply::done(&paths::people_suggestions(workspace), done))
}

async fn unmerge(
    may: Permit<DecideIdentity>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let from = person(&fields, "from")?;
    blocking(move || {
        state.services.unmerge_people(may.granted(), workspace, from, fields.text("unmerge_reason"))
    })
    .await?;
    Ok(reply::done(&paths::person(workspace, from), "people-unmerged"))
}

async fn lift(
    may: Permit<DecideIdentity>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let people @ [one, _] = [person(&fields, "one")?, person(&fields, "other")?];
    blocking(move || {
        state.services.keep_apart(may.granted(), workspace, (people, false), fields.text("lift_reason"))
    })
    .await?;
    Ok(reply::done(&paths::person(workspace, one), "people-lifted"))
}

fn person(fields: &Fields, name: &'static str) -> Result<PersonId, Problem> {
    fields.text(name).parse().map_err(|_| Problem::invalid(name, "the id of a person"))
}

/// What a person's page tells of how they came to be one.
pub(super) fn joined_view(row: &PersonView, names: &MemberNames, may_decide: bool) -> JoinedView {
    let mut records = vec![record(row, row.id, 0, None)];
    let mut next = 0;
    // Below each record those that were merged into it, in the order in which that happened.
    while let Some((id, depth)) = records.get(next).map(|record| (record.id, record.depth)) {
        next += 1;
        let merged = row.merges.iter().filter(|merge| merge.into == id);
        let below: Vec<Record> = merged
            .map(|merge| record(row, merge.from, depth.saturating_add(1), Some(merged_how(merge, names))))
            .collect();
        records.splice(next..next, below);
    }
    JoinedView {
        records,
        parted: row.parted.iter().map(|parted| parted_row(parted, row, names)).collect(),
        apart: row.apart.iter().map(|apart| apart_row(apart, names)).collect(),
        may_decide,
    }
}

fn record(row: &PersonView, id: PersonId, depth: u8, merge: Option<Decided>) -> Record {
    let own = row.identifiers.iter().filter(|identifier| identifier.origin == id);
    Record { id, depth, merge, identifiers: own.map(identifier_row).collect() }
}

fn identifier_row(identifier: &IdentifierView) -> IdentifierRow {
    IdentifierRow {
        kind: words(&identifier.kind),
        masked: identifier.masked.clone(),
        how: identifier.how.clone(),
        at: identifier.at_ms.map(instant),
        offset: identifier.offset,
    }
}

fn merged_how(merge: &MergeView, names: &MemberNames) -> Decided {
    Decided {
        reason: merge.reason.clone(),
        by: merge.by.map(|by| names.of(&by.to_string())),
        at: instant(merge.at_ms),
        offset: merge.offset,
    }
}

fn decided(said: &DecidedView, names: &MemberNames) -> Decided {
    Decided {
        reason: said.reason.clone(),
        by: Some(names.of(&said.by.to_string())),
        at: instant(said.at_ms),
        offset: said.offset,
    }
}

fn parted_row(parted: &PartedView, row: &PersonView, names: &MemberNames) -> PartedRow {
    let PartedView { merge, undone } = parted;
    let is_own = |id: PersonId| id == row.id || row.merges.iter().any(|merge| merge.from == id);
    let other = if is_own(merge.from) { merge.into } else { merge.from };
    PartedRow { other, merge: merged_how(merge, names), undone: decided(undone, names) }
}

fn apart_row(apart: &ApartView, names: &MemberNames) -> ApartRow {
    ApartRow { other: apart.other, said: decided(&apart.said, names) }
}
