//! What was received that should not have been: by person, property, kind, rule, SDK and version, with counts and times.
//! Made of what is stored at the moment of asking, so it is exact, and what was purged is not in it. Never a value.

use std::collections::HashMap;

use guard::Granted;
use ledger::Shown;
use model::{Class, Finding, PersonCode, PersonId, SourceId, WorkspaceId};
use serde_json::json;
use store::{Found, StoreError};

use crate::{ServiceError, Services};

/// The most rows of one report; a wider one has to be narrowed.
pub const ROWS_MAX: usize = 200_000;

/// What the report is about; what is not said is not asked for.
#[derive(Clone, Debug, Default)]
pub struct ReportWanted {
    /// One event.
    pub event: Option<String>,
    /// One property, with everything below it: `properties.payment`.
    pub path: Option<String>,
    /// One kind of value.
    pub class: Option<Class>,
    /// One library.
    pub sdk: Option<String>,
    /// One version of it.
    pub sdk_version: Option<String>,
    /// From this instant (included), milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// To this instant (not included).
    pub to_ms: Option<i64>,
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportRow {
    /// Whose.
    pub person: PersonId,
    /// The event's name.
    pub event: String,
    /// Where it stood.
    pub path: String,
    /// What it was.
    pub class: Class,
    /// Which rule said so.
    pub rule: String,
    /// Which source sent it.
    pub source: SourceId,
    /// The library.
    pub sdk: String,
    /// Its version.
    pub sdk_version: String,
    /// How often.
    pub count: u64,
    /// The first time it happened, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last time.
    pub last_ms: i64,
}

#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    person: u32,
    event: String,
    path: String,
    class: Class,
    rule: String,
    source: SourceId,
    sdk: String,
    sdk_version: String,
}

#[derive(Clone, Copy)]
struct Times {
    count: u64,
    first_ms: i64,
    last_ms: i64,
}

impl ReportWanted {
    fn has_row(&self, found: &Found<'_>) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
        is(&self.event, found.event) && is(&self.sdk, found.sdk) && is(&self.sdk_version, found.sdk_version)
    }

    fn has(&self, finding: &Finding) -> bool {
        let below = |path: &String| {
            finding
                .path
                .strip_prefix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.class.is_none_or(|class| class == finding.class) && self.path.as_ref().is_none_or(below)
    }
}

impl Services {
    /// The report, by person. The people in it are entered in the ledger before it leaves.
    ///
    /// # Errors
    /// More than [`ROWS_MAX`] rows, the store's, the database's, the ledger's.
    pub fn report(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        wanted: &ReportWanted,
    ) -> Result<Vec<ReportRow>, ServiceError> {
        let mut rows: HashMap<Place, Times> = HashMap::new();
        let range = (wanted.from_ms.unwrap_or(i64::MIN), wanted.to_ms.unwrap_or(i64::MAX));
        self.store.view(workspace).findings::<ServiceError>(range, &mut |found| {
            if !wanted.has_row(found) {
                return Ok(());
            }
            let findings: Vec<Finding> =
                serde_json::from_str(found.findings).map_err(|_| ServiceError::broke(StoreError::Stopped))?;
            for finding in findings.into_iter().filter(|finding| wanted.has(finding)) {
                gather(&mut rows, found, finding)?;
            }
            Ok(())
        })?;
        let mut rows: Vec<(Place, Times)> = rows.into_iter().collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut codes: Vec<PersonCode> = rows.iter().map(|(place, _)| PersonCode(place.person)).collect();
        codes.dedup();
        // Rows of somebody who was forgotten meanwhile are nobody's, and leave with nobody.
        let of: HashMap<u32, PersonId> = codes
            .iter()
            .zip(self.people.public_ids(workspace, &codes)?)
            .filter_map(|(code, id)| Some((code.0, id?)))
            .collect();
        let mut shown = Shown::people(of.values().copied());
        shown.masked.extend(rows.iter().map(|(place, _)| place.path.clone()));
        let detail =
            json!({ "rows": rows.len(), "class": wanted.class.map(Class::as_str), "path": wanted.path });
        self.rows.reported(granted, &shown, &detail)?;
        Ok(rows
            .into_iter()
            .filter_map(|(place, times)| Some(row(*of.get(&place.person)?, place, times)))
            .collect())
    }
}

fn gather(rows: &mut HashMap<Place, Times>, found: &Found<'_>, finding: Finding) -> Result<(), ServiceError> {
    let place = Place {
        person: found.person.0,
        event: found.event.to_owned(),
        path: finding.path,
        class: finding.class,
        rule: finding.rule,
        source: found.source,
        sdk: found.sdk.to_owned(),
        sdk_version: found.sdk_version.to_owned(),
    };
    if rows.len() >= ROWS_MAX && !rows.contains_key(&place) {
        return Err(ServiceError::Conflict(format!(
            "the report has more than {ROWS_MAX} rows: ask for one property, class, SDK or a shorter time"
        )));
    }
    let fresh = Times { count: 0, first_ms: found.time_ms, last_ms: found.time_ms };
    let times = rows.entry(place).or_insert(fresh);
    times.count += 1;
    times.first_ms = times.first_ms.min(found.time_ms);
    times.last_ms = times.last_ms.max(found.time_ms);
    Ok(())
}

fn row(person: PersonId, place: Place, times: Times) -> ReportRow {
    ReportRow {
        person,
        event: place.event,
        path: place.path,
        class: place.class,
        rule: place.rule,
        source: place.source,
        sdk: place.sdk,
        sdk_version: place.sdk_version,
        count: times.count,
        first_ms: times.first_ms,
        last_ms: times.last_ms,
    }
}
