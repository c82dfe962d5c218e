//! What somebody saw and did in a workspace: people, fields, codes, with counts and times, exactly as the ledger has it.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use ledger::{EntryId, EntryView, Filter, Ledger, Phase, Scope, Shown};
use model::{PersonId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::error::IncidentError;
use crate::instant;

/// The most people that one answer names.
pub const PEOPLE_MAX: usize = 500_000;
/// The most fields that one answer names.
pub const FIELDS_MAX: usize = 50_000;
/// Refusals are neither looks nor acts: nothing was shown or done.
const REFUSALS: [&str; 2] = ["access.denied", "people.refused"];

/// Whose looks and acts are asked for. What is given must all hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Question {
    /// A session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// A member, a token, an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// An address or network, as the ledger marks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// From this instant on, milliseconds since 1970, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    /// Only entries before this one: what is entered later changes no answer.
    pub before: u64,
}

impl Question {
    /// Refuses a question about nobody, or about no time.
    ///
    /// # Errors
    /// [`IncidentError::Nobody`], [`IncidentError::Window`].
    pub fn check(&self) -> Result<(), IncidentError> {
        if self.session.is_none() && self.principal.is_none() && self.from.is_none() {
            return Err(IncidentError::Nobody);
        }
        match (self.from_ms, self.to_ms) {
            (Some(from), Some(to)) if from >= to => Err(IncidentError::Window),
            _ => Ok(()),
        }
    }

    fn filter(&self, workspace: WorkspaceId) -> Filter {
        Filter {
            session: self.session.clone(),
            principal: self.principal.clone(),
            from: self.from.clone(),
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            after: Some(EntryId(self.before)),
            ..Filter::newest(Scope::Workspaces(vec![workspace]))
        }
    }
}

/// The answer for one workspace. Its JSON is the same whenever it is asked: everything in it is sorted and nothing is of the
/// moment of asking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct WorkspaceScope {
    /// Whose people.
    pub workspace: WorkspaceId,
    /// What was asked.
    pub asked: Question,
    /// How many entries of the ledger fit.
    pub entries: u64,
    /// When the first of them was made.
    pub first_at: Option<String>,
    /// When the last.
    pub last_at: Option<String>,
    /// Who it was, with how many entries each: members, tokens.
    pub principals: Vec<Count>,
    /// In which sessions, with how many entries each.
    pub sessions: Vec<Count>,
    /// What was looked at, by code.
    pub looks: Vec<Count>,
    /// What else was done, by code.
    pub acts: Vec<Count>,
    /// What was refused, by code.
    pub refused: Vec<Count>,
    /// Who was shown.
    pub people: Vec<PersonShown>,
    /// Which fields were shown.
    pub fields: Vec<FieldShown>,
}

/// How many entries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Count {
    /// Of which code, by whom, or in which session.
    pub of: String,
    /// How many.
    pub entries: u64,
}

/// A person who was shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PersonShown {
    /// Who.
    pub person: PersonId,
    /// In how many looks.
    pub looks: u64,
    /// When first.
    pub first_at: String,
    /// When last.
    pub last_at: String,
}

/// A field that was shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldShown {
    /// Its name.
    pub field: String,
    /// `value`, or `masked` where no more than a masked form or its kind was seen.
    #[serde(rename = "as")]
    pub form: &'static str,
    /// In how many looks.
    pub looks: u64,
}

/// An answer in numbers, with the digest by which it is known again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Whose people.
    pub workspace: WorkspaceId,
    /// How many entries of the ledger fit.
    pub entries: u64,
    /// How many of them are looks at people.
    pub looks: u64,
    /// How many are other acts.
    pub acts: u64,
    /// How many are refusals.
    pub refused: u64,
    /// How many people were shown.
    pub people: u64,
    /// How many fields were shown with their values.
    pub fields: u64,
    /// How many were shown masked only.
    pub masked: u64,
    /// When the first entry was made.
    pub first_at: Option<String>,
    /// When the last.
    pub last_at: Option<String>,
    /// SHA-256 of the whole answer as JSON.
    pub sha256: String,
}

impl Summary {
    /// Whether anything was seen or done there.
    pub fn is_affected(&self) -> bool {
        self.looks + self.acts > 0
    }
}

impl WorkspaceScope {
    /// The answer as it is handed on: compact JSON.
    pub fn document(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The answer in numbers.
    pub fn summary(&self) -> Summary {
        let sum = |counts: &[Count]| counts.iter().map(|count| count.entries).sum();
        let of = |form: &str| self.fields.iter().filter(|field| field.form == form).count() as u64;
        Summary {
            workspace: self.workspace,
            entries: self.entries,
            looks: sum(&self.looks),
            acts: sum(&self.acts),
            refused: sum(&self.refused),
            people: self.people.len() as u64,
            fields: of("value"),
            masked: of("masked"),
            first_at: self.first_at.clone(),
            last_at: self.last_at.clone(),
            sha256: sha256(self.document().as_bytes()),
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

/// What was seen and done in one workspace.
///
/// # Errors
/// A question about nobody, more than an answer may name, the ledger's.
pub fn of_workspace(
    ledger: &Ledger,
    workspace: WorkspaceId,
    question: &Question,
) -> Result<WorkspaceScope, IncidentError> {
    question.check()?;
    let mut gathered = Gathered::default();
    ledger.walk(&question.filter(workspace), &mut |entry| gathered.add(&entry))?;
    Ok(gathered.told(workspace, question.clone()))
}

/// What was seen and done in every workspace that was touched, in numbers. Nobody is named.
///
/// # Errors
/// As [`of_workspace`].
pub fn of_installation(ledger: &Ledger, question: &Question) -> Result<Vec<Summary>, IncidentError> {
    question.check()?;
    let mut touched = Vec::new();
    for workspace in ledger.workspaces() {
        let summary = of_workspace(ledger, workspace, question)?.summary();
        if summary.entries > 0 {
            touched.push(summary);
        }
    }
    touched.sort_by_key(|summary| summary.workspace);
    Ok(touched)
}

#[derive(Default)]
struct Gathered {
    entries: u64,
    span_ms: Option<(i64, i64)>,
    principals: BTreeMap<String, u64>,
    sessions: BTreeMap<String, u64>,
    looks: BTreeMap<String, u64>,
    acts: BTreeMap<String, u64>,
    refused: BTreeMap<String, u64>,
    people: BTreeMap<PersonId, (u64, i64, i64)>,
    fields: BTreeMap<(String, &'static str), u64>,
}

impl Gathered {
    fn add(&mut self, entry: &EntryView) -> Result<(), IncidentError> {
        self.entries += 1;
        let (first, _) = self.span_ms.unwrap_or((entry.at_ms, entry.at_ms));
        self.span_ms = Some((first, entry.at_ms));
        *self.principals.entry(entry.principal.clone()).or_default() += 1;
        if let Some(session) = &entry.session {
            *self.sessions.entry(session.clone()).or_default() += 1;
        }
        let shown = Shown::of(&entry.detail);
        let counted = if !shown.is_empty() {
            Some(&mut self.looks)
        } else if REFUSALS.contains(&entry.code.as_str()) {
            Some(&mut self.refused)
        } else if matches!(entry.phase, Phase::Outcome { .. }) {
            // The intent it closes was counted.
            None
        } else {
            Some(&mut self.acts)
        };
        if let Some(counts) = counted {
            *counts.entry(entry.code.clone()).or_default() += 1;
        }
        for person in shown.people {
            let seen = self.people.entry(person).or_insert((0, entry.at_ms, entry.at_ms));
            *seen = (seen.0 + 1, seen.1, entry.at_ms);
        }
        let fields = shown.fields.into_iter().map(|name| (name, "value"));
        for field in fields.chain(shown.masked.into_iter().map(|name| (name, "masked"))) {
            *self.fields.entry(field).or_default() += 1;
        }
        let limits = [("people", self.people.len(), PEOPLE_MAX), ("fields", self.fields.len(), FIELDS_MAX)];
        match limits.into_iter().find(|(_, found, max)| found > max) {
            Some((what, _, max)) => Err(IncidentError::TooMany { what, max }),
            None => Ok(()),
        }
    }

    fn told(self, workspace: WorkspaceId, asked: Question) -> WorkspaceScope {
        let counts = |counts: BTreeMap<String, u64>| {
            counts.into_iter().map(|(of, entries)| Count { of, entries }).collect()
        };
        let people = self.people.into_iter().map(|(person, (looks, first, last))| PersonShown {
            person,
            looks,
            first_at: instant(first),
            last_at: instant(last),
        });
        let fields = self.fields.into_iter().map(|((field, form), looks)| FieldShown { field, form, looks });
        WorkspaceScope {
            workspace,
            asked,
            entries: self.entries,
            first_at: self.span_ms.map(|(first, _)| instant(first)),
            last_at: self.span_ms.map(|(_, last)| instant(last)),
            principals: counts(self.principals),
            sessions: counts(self.sessions),
            looks: counts(self.looks),
            acts: counts(self.acts),
            refused: counts(self.refused),
            people: people.collect(),
            fields: fields.collect(),
        }
    }
}
