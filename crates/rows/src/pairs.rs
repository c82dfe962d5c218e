//! Pairs of people, masked: whom an alias calls one, and whom a member said are two.

use guard::Granted;
use ledger::Shown;
use model::record::PersonRef;
use model::{MemberId, PersonId, WorkspaceId};
use serde_json::{Value, json};

use crate::error::RowsError;
use crate::released::Released;
use crate::view::{PersonLine, Row};
use crate::{PAGE_MAX, Rows};

/// Two people, and what is said of them.
pub struct PairLine {
    /// One of them.
    pub one: PersonLine,
    /// The other.
    pub other: PersonLine,
    /// Who said that they are two, and in which words; nobody where an alias said that they are one.
    pub decided: Option<(MemberId, String)>,
    /// The journal record that said so.
    pub offset: u64,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// What is said of a pair.
struct Said {
    people: [PersonRef; 2],
    decided: Option<(MemberId, String)>,
    offset: u64,
    at_ms: i64,
}

impl Row for PairLine {
    fn document(&self) -> Value {
        let mut document = json!({
            "one": self.one.document(),
            "other": self.other.document(),
            "offset": self.offset,
            "at_ms": self.at_ms,
        });
        if let Some((by, reason)) = &self.decided {
            document["by"] = json!(by);
            document["reason"] = json!(reason);
        }
        document
    }
}

impl Rows {
    /// Pairs of known people whom an alias calls one, the newest first; at most 100.
    ///
    /// # Errors
    /// The budget, the database's; the ledger's, and then nothing is shown.
    pub fn suggestions(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<Released<PairLine>>, RowsError> {
        let found = self.people.suggestions(workspace)?.into_iter().map(|pair| Said {
            people: [pair.one, pair.other],
            decided: None,
            offset: pair.offset.0,
            at_ms: pair.at_ms,
        });
        self.pairs(granted, workspace, "suggestions", found.collect())
    }

    /// Pairs that a member said are two people, the newest first; at most 100.
    ///
    /// # Errors
    /// The budget, the database's; the ledger's, and then nothing is shown.
    pub fn kept_apart(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<Released<PairLine>>, RowsError> {
        let found = self.people.kept_apart(workspace)?.into_iter().map(|pair| Said {
            people: [pair.one, pair.other],
            decided: Some((pair.by, pair.reason)),
            offset: pair.offset.0,
            at_ms: pair.at_ms,
        });
        self.pairs(granted, workspace, "apart", found.collect())
    }

    fn pairs(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        what: &str,
        mut said: Vec<Said>,
    ) -> Result<Vec<Released<PairLine>>, RowsError> {
        said.truncate(PAGE_MAX as usize / 2);
        let people: Vec<PersonRef> = said.iter().flat_map(|pair| pair.people).collect();
        let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        self.count(granted, workspace, &ids)?;
        let mut lines = self.people.summaries(workspace, &people)?.into_iter().map(PersonLine::from);
        let mut shown = Shown::people(ids);
        let mut pairs = Vec::with_capacity(said.len());
        for Said { decided, offset, at_ms, .. } in said {
            let (Some(one), Some(other)) = (lines.next(), lines.next()) else { break };
            one.tell(&mut shown);
            other.tell(&mut shown);
            pairs.push(Released::of(PairLine { one, other, decided, offset, at_ms }));
        }
        self.enter(granted, "people.listed", what, &shown)?;
        Ok(pairs)
    }
}
