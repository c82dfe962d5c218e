//! What a purge did: by person the properties, counts, times and libraries; by place what went; what remains. Never a
//! value. The ledger holds the digest, the database of decisions the report.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use ledger::NewEntry;
use model::PurgeId;
use people::Sifted;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use crate::error::PurgeError;
use crate::found::{self, Line, Looked};
use crate::remains;
use crate::rows::Tally;
use crate::steps::Run;

/// Keeps what was found among people.
pub(crate) fn set_people(tx: &Transaction<'_>, id: PurgeId, sifted: &Sifted) -> Result<(), PurgeError> {
    let text = people_json(sifted).to_string();
    tx.execute("update purge set people = ?2 where id = ?1", params![id.0.to_be_bytes(), text])?;
    Ok(())
}

pub(crate) fn people_json(sifted: &Sifted) -> Value {
    json!({
        "traits": sifted.traits,
        "earlier_traits": sifted.earlier,
        "sealed_values": sifted.sealed,
        "identifiers": sifted.identifiers,
        "group_traits": sifted.group_traits,
        "names_and_reasons": sifted.words,
    })
}

/// The report, if it was compiled before.
pub(crate) fn present(tx: &Transaction<'_>, id: PurgeId) -> Result<Option<String>, PurgeError> {
    let found: Option<Option<String>> = tx
        .query_row("select report from purge where id = ?1", [id.0.to_be_bytes()], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Puts the report together from the account.
pub(crate) fn compile(run: &Run<'_>) -> Result<String, PurgeError> {
    let (parts, purge) = (&run.inner.parts, &run.purge);
    let Account { people, set_aside, lines, left_out, erased, looked, files } =
        parts.control.read(|tx| Account::read(tx, purge.id))?;
    let events: u64 = looked.iter().map(|chunk| chunk.events).sum();
    let records: u64 = files.values().map(|(changed, _)| changed).sum();
    let report = json!({
        "purge": purge.id,
        "workspace": purge.workspace,
        "asked": purge.shown,
        "ordered_by": purge.principal,
        "ordered_at": instant(purge.created_ms),
        "before_record": purge.before,
        "events": events,
        "people_erased": erased,
        "places": {
            "store": { "chunks": looked.len(), "rewritten": looked.iter().filter(|chunk| chunk.events > 0).count(), "events": events },
            "journal": { "files": files.len(), "rewritten": files.values().filter(|(changed, _)| *changed > 0).count(), "records": records },
            "people": people,
            "quarantine": { "events": set_aside },
        },
        "remains": remains::of(run)?,
        "by_person": by_person(run, &lines)?,
        "lines_left_out": left_out,
    });
    Ok(report.to_string())
}

/// What was kept account of.
struct Account {
    people: Value,
    set_aside: u64,
    lines: Vec<Line>,
    left_out: u64,
    erased: usize,
    looked: Vec<Looked>,
    files: BTreeMap<u64, (u64, bool)>,
}

impl Account {
    fn read(tx: &Transaction<'_>, id: PurgeId) -> Result<Self, PurgeError> {
        let (people, set_aside): (Option<String>, i64) =
            tx.query_row("select people, set_aside from purge where id = ?1", [id.0.to_be_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let (lines, left_out) = found::lines(tx, id)?;
        Ok(Self {
            people: people.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            set_aside: set_aside.unsigned_abs(),
            lines,
            left_out,
            erased: found::people(tx, id)?.len(),
            looked: found::looked(tx, id)?,
            files: found::files(tx, id)?,
        })
    }
}

/// One object a person, with a line for each property.
fn by_person(run: &Run<'_>, lines: &[Line]) -> Result<Vec<Value>, PurgeError> {
    let mut out: Vec<Value> = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let own = rest.iter().take_while(|line| line.person == first.person).count();
        let (lines, later) = rest.split_at(own);
        let living = run.inner.parts.people.living(run.purge.workspace, &[first.person])?;
        let person = living.first().map(|person| person.id.to_string());
        out.push(json!({ "person": person, "properties": properties(lines) }));
        rest = later;
    }
    Ok(out)
}

fn properties(lines: &[Line]) -> Vec<Value> {
    let mut out = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let own = rest.iter().take_while(|line| line.property == first.property).count();
        let (lines, later) = rest.split_at(own);
        let mut tally: Option<Tally> = None;
        for line in lines {
            match &mut tally {
                Some(tally) => tally.add(&line.tally),
                None => tally = Some(line.tally),
            }
        }
        let sdks: Vec<&str> =
            lines.iter().map(|line| line.sdk.as_str()).filter(|sdk| !sdk.is_empty()).collect();
        if let Some(Tally { events, first_ms, last_ms }) = tally {
            out.push(json!({
                "property": first.property, "events": events,
                "first": instant(first_ms), "last": instant(last_ms), "sdks": sdks,
            }));
        }
        rest = later;
    }
    out
}

/// Enters the report's digest.
pub(crate) fn enter(run: &Run<'_>, report: &str) -> Result<u64, PurgeError> {
    let digest = HEXLOWER.encode(digest(&SHA256, report.as_bytes()).as_ref());
    let parsed: Value = serde_json::from_str(report).unwrap_or_default();
    let entry = run.inner.parts.ledger.enter(NewEntry {
        code: "purge.done",
        principal: "purge".to_owned(),
        session: None,
        from: None,
        workspace: Some(run.purge.workspace),
        object: run.purge.id.to_string(),
        detail: json!({ "report_sha256": digest, "events": parsed["events"], "places": parsed["places"] }),
    })?;
    Ok(entry.0)
}

pub(crate) fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| at.to_string())
}
