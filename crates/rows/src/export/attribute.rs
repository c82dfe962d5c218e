//! Which export a leaked file came from. A name is said only where a canary of that export is in the file, or where the
//! file is exactly its set of people; otherwise there is a ranked guess, and it is called one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use guard::Granted;
use model::{GrantId, PersonId, WorkspaceId};
use people::IdentifierKind;
use serde_json::{Value, json};

use super::canary::{Mark, mark_of, normalised};
use super::set::Set;
use crate::Rows;
use crate::error::RowsError;

/// The most lines looked at; of a longer file the first ones.
pub const LINES_MAX: usize = 20_000;
/// The most lines whose people are looked up, spread over the file.
const PEOPLE_LINES_MAX: usize = 2_000;
/// The most values of one line.
const VALUES_MAX: usize = 100;
/// The longest and shortest value that counts, in bytes.
const VALUE_BYTES: std::ops::RangeInclusive<usize> = 4..=320;

/// What a leaked file says of where it came from.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attribution {
    /// How many lines were looked at.
    pub lines: usize,
    /// How many people of the workspace were recognised among those looked up.
    pub people: usize,
    /// The export it came from, where that is proved.
    pub proved: Option<(GrantId, Proof)>,
    /// Every export that could be it, the likeliest first.
    pub exports: Vec<Trace>,
}

/// What proves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// Somebody is in the file who was in this export and nowhere else.
    Canary,
    /// The file's people are exactly this export's, and no other's.
    Set,
}

impl Proof {
    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Canary => "canary",
            Self::Set => "set",
        }
    }
}

/// What of an export is in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The export.
    pub grant: GrantId,
    /// How many of its canaries.
    pub canaries: usize,
    /// How many of the recognised people it had.
    pub people: usize,
    /// How many people it had.
    pub of: usize,
}

impl Rows {
    /// Which export `text` came from. The entry holds what was found, not what was looked for.
    ///
    /// # Errors
    /// The database's, the disk's; the ledger's, and then nothing is said.
    pub fn attribute(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        text: &str,
    ) -> Result<Attribution, RowsError> {
        let lines: Vec<Vec<String>> =
            text.lines().filter(|line| !line.trim().is_empty()).take(LINES_MAX).map(values).collect();
        let canaries = self.canaries_in(granted, workspace, &lines)?;
        let people = self.people_in(workspace, &lines)?;
        let mut traces = Vec::new();
        let mut exact = Vec::new();
        for grant in self.guard.exports_made(granted)? {
            let canaries = canaries.get(&grant.id).map_or(0, BTreeSet::len);
            if canaries == 0 && people.is_empty() {
                continue;
            }
            let Some(set) = Set::find(&self.shelf, workspace, grant.id)? else { continue };
            let shared = people.iter().filter(|person| set.has(**person)).count();
            if shared == people.len() && shared == set.people.len() && shared > 0 {
                exact.push(grant.id);
            }
            if shared + canaries > 0 {
                traces.push(Trace { grant: grant.id, canaries, people: shared, of: set.people.len() });
            }
        }
        let attribution = judged(lines.len(), people.len(), traces, &exact);
        let object = attribution.proved.map_or_else(|| "exports".to_owned(), |(grant, _)| grant.to_string());
        let detail = json!({
            "lines": attribution.lines, "people": attribution.people, "exports": attribution.exports.len(),
            "proof": attribution.proved.map(|(_, proof)| proof.as_str()),
        });
        self.ledger.enter(granted.does("export.attributed", object, detail))?;
        Ok(attribution)
    }

    /// The canaries in the lines, by export: by the line that each is in.
    fn canaries_in(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        lines: &[Vec<String>],
    ) -> Result<HashMap<GrantId, BTreeSet<usize>>, RowsError> {
        let keys = self.shelf.keys.get(workspace).ok_or(RowsError::NoKeys)?;
        let values =
            || lines.iter().enumerate().flat_map(|(line, values)| values.iter().map(move |v| (line, v)));
        let marks: Vec<Mark> = values().map(|(_, value)| mark_of(&keys.hash, value)).collect();
        let found = self.guard.canaries_among(granted, &marks)?;
        let mut canaries: HashMap<GrantId, BTreeSet<usize>> = HashMap::new();
        for ((line, value), grant) in values().zip(found) {
            // Somebody real has it by now: it proves nothing any more.
            if let Some(grant) = grant
                && self.person_by(workspace, value)?.is_none()
            {
                canaries.entry(grant).or_default().insert(line);
            }
        }
        Ok(canaries)
    }

    fn people_in(
        &self,
        workspace: WorkspaceId,
        lines: &[Vec<String>],
    ) -> Result<BTreeSet<PersonId>, RowsError> {
        let mut people = BTreeSet::new();
        for values in lines.iter().step_by(lines.len().div_ceil(PEOPLE_LINES_MAX).max(1)) {
            for value in values {
                if let Some(person) = self.person_by(workspace, value)? {
                    people.insert(person);
                    break;
                }
            }
        }
        Ok(people)
    }

    fn person_by(&self, workspace: WorkspaceId, value: &str) -> Result<Option<PersonId>, RowsError> {
        if let Ok(id) = value.parse::<PersonId>() {
            return Ok(self.people.code_of(workspace, id)?.map(|_| id));
        }
        let kinds: &[IdentifierKind] = match value.contains('@') {
            true => &[IdentifierKind::Email, IdentifierKind::UserId],
            false => &[IdentifierKind::UserId, IdentifierKind::AnonymousId],
        };
        for kind in kinds {
            if let Some(person) = self.people.find(workspace, *kind, value)? {
                return Ok(Some(person.id));
            }
        }
        Ok(None)
    }
}

/// What follows from what was found.
fn judged(lines: usize, people: usize, mut traces: Vec<Trace>, exact: &[GrantId]) -> Attribution {
    traces
        .sort_by_key(|trace| std::cmp::Reverse((trace.canaries, trace.people, std::cmp::Reverse(trace.of))));
    let with_canaries: Vec<&Trace> = traces.iter().filter(|trace| trace.canaries > 0).collect();
    let proved = match (with_canaries.as_slice(), exact) {
        // Of two exports put together the one with more is named; both are listed.
        ([first, ..], _) => Some((first.grant, Proof::Canary)),
        ([], [only]) => Some((*only, Proof::Set)),
        ([], _) => None,
    };
    Attribution { lines, people, proved, exports: traces }
}

/// The values of a line that could be somebody's: cells of CSV, values of JSON, words between marks.
fn values(line: &str) -> Vec<String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |value: &str| {
        let value = value.trim().trim_start_matches('\'').trim();
        if VALUE_BYTES.contains(&value.len()) && found.len() < VALUES_MAX {
            found.entry(normalised(value)).or_insert_with(|| value.to_owned());
        }
    };
    if let Ok(json) = serde_json::from_str::<Value>(line) {
        leaves(&json, &mut add);
    }
    let between =
        |c: char| matches!(c, ',' | ';' | '\t' | '|' | '"' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']');
    line.split(between).for_each(&mut add);
    line.split(|c: char| between(c) || c.is_whitespace()).for_each(&mut add);
    found.into_values().collect()
}

fn leaves(json: &Value, add: &mut impl FnMut(&str)) {
    match json {
        Value::String(text) => add(text),
        Value::Number(number) => add(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, add)),
        Value::Object(members) => members.values().for_each(|item| leaves(item, add)),
        Value::Null | Value::Bool(_) => {}
    }
}
