//! Lists: people who are in because somebody said so, one by one or as a file of identifiers.

use std::collections::HashMap;

use guard::Granted;
use insight::judge::Verdict;
use model::{PersonCode, PersonId, WorkspaceId};
use people::IdentifierKind;
use serde_json::json;

use crate::changes::whose;
use crate::definition::Segment;
use crate::error::{SegmentError, invalid};
use crate::members::{self, MEMBERS_MAX, Of, Why};
use crate::pending::Cause;
use crate::segments::Segments;

/// How many people are named at a time.
pub const NAMED_MAX: usize = 1_000;
/// The most lines of one file.
pub const LINES_MAX: usize = 50_000;
/// How many people are written at a time.
const AT_ONCE: usize = 1_000;
/// How many lines nobody was found by are named.
const UNKNOWN_NAMED_MAX: usize = 1_000;

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// How many lines had an identifier.
    pub lines: u64,
    /// How many people were added.
    pub added: u64,
    /// How many were in already, or stood there twice.
    pub already: u64,
    /// By how many lines nobody was found.
    pub unknown: u64,
    /// Those lines by number, the first thousand. What stands there is not repeated.
    pub unknown_lines: Vec<u64>,
}

impl Segments {
    /// Puts people on a list, and takes others off.
    ///
    /// # Errors
    /// Not found, no list, too many at a time, or the ledger's or database's.
    pub fn list_people(
        &self,
        granted: &Granted,
        segment: &str,
        (add, remove): (&[PersonId], &[PersonId]),
    ) -> Result<(u64, u64), SegmentError> {
        let (workspace, _) = whose(granted)?;
        let segment = self.a_list(workspace, segment)?;
        if !(1..=NAMED_MAX).contains(&(add.len() + remove.len())) {
            return Err(invalid("add", format!("1 to {NAMED_MAX} people")));
        }
        let code = |id: &PersonId| -> Result<PersonCode, SegmentError> {
            let fix = format!("{id} is nobody of this workspace");
            self.0.people.code_of(workspace, *id)?.ok_or_else(|| invalid("add", fix))
        };
        let add: Vec<PersonCode> = add.iter().map(code).collect::<Result<_, _>>()?;
        let remove: Vec<PersonCode> = remove.iter().map(code).collect::<Result<_, _>>()?;
        let detail = json!({ "add": add.len(), "remove": remove.len() });
        let intent = self.0.ledger.intend(granted.does("segment.listed", segment.id.to_string(), detail))?;
        let added = self.settle_all(&segment, &add, (true, "added by hand"))?;
        let removed = self.settle_all(&segment, &remove, (false, "removed by hand"))?;
        intent.done(json!({ "added": added, "removed": removed }))?;
        self.ring();
        Ok((added, removed))
    }

    /// Puts those on a list whom a file names: a user id or an e-mail address a line, or in the first column.
    ///
    /// # Errors
    /// Not found, no list, too many lines, or the ledger's or database's. What was added before stays.
    pub fn import(&self, granted: &Granted, segment: &str, csv: &str) -> Result<Imported, SegmentError> {
        let (workspace, _) = whose(granted)?;
        let segment = self.a_list(workspace, segment)?;
        let rows = identifiers(csv);
        if rows.len() > LINES_MAX {
            return Err(invalid("file", format!("at most {LINES_MAX} lines: send it in parts")));
        }
        let detail = json!({ "lines": rows.len() });
        let intent =
            self.0.ledger.intend(granted.does("segment.imported", segment.id.to_string(), detail))?;
        let mut imported = Imported::default();
        for some in rows.chunks(AT_ONCE) {
            let mut codes = Vec::with_capacity(some.len());
            for (line, value) in some {
                imported.lines += 1;
                match self.found(workspace, value)? {
                    Some(code) => codes.push(code),
                    None => {
                        imported.unknown += 1;
                        if imported.unknown_lines.len() < UNKNOWN_NAMED_MAX {
                            imported.unknown_lines.push(*line);
                        }
                    }
                }
            }
            let added = self.settle_all(&segment, &codes, (true, "imported"))?;
            imported.added += added;
            imported.already += (codes.len() as u64).saturating_sub(added);
        }
        intent.done(json!({ "added": imported.added, "unknown": imported.unknown }))?;
        self.ring();
        Ok(imported)
    }

    /// Found by keyed hash: the value is neither kept nor told.
    fn found(&self, workspace: WorkspaceId, value: &str) -> Result<Option<PersonCode>, SegmentError> {
        for kind in [IdentifierKind::UserId, IdentifierKind::Email] {
            if let Some(person) = self.0.people.find(workspace, kind, value)? {
                return Ok(Some(person.code));
            }
        }
        Ok(None)
    }

    fn a_list(&self, workspace: WorkspaceId, segment: &str) -> Result<Segment, SegmentError> {
        let segment = self.standing(workspace, segment)?;
        if segment.is_list() {
            return Ok(segment);
        }
        let why = "people join and leave this segment by its condition: add them to a list";
        Err(SegmentError::Conflict(why.to_owned()))
    }

    /// How many of these people's rows were otherwise.
    fn settle_all(
        &self,
        segment: &Segment,
        people: &[PersonCode],
        (is_in, reason): (bool, &str),
    ) -> Result<u64, SegmentError> {
        let at_ms = self.0.clock.now_ms();
        let asking = self.asking(segment.workspace, segment.id);
        let changed = self.0.people_db.write(|tx| {
            let run = members::run_of(tx, segment.id)?.ok_or(SegmentError::NotFound("segment"))?;
            if is_in && run.members + people.len() as u64 > MEMBERS_MAX {
                return Err(SegmentError::Conflict(format!("at most {MEMBERS_MAX} people are on a list")));
            }
            let Segment { workspace, id, name, .. } = segment;
            let space = members::space(tx, *workspace)?;
            let of = Of { no: run.no, space, workspace: *workspace, segment: *id, name, is_trait: false };
            let living: HashMap<PersonCode, PersonId> = members::living(tx, space, people.iter().copied())?;
            for (code, id) in &living {
                let verdict = Verdict { is_in, next_ms: None };
                members::settle(tx, of, (*code, *id), verdict, Why { reason, tell: true, at_ms })?;
            }
            // Looked at again after a crash, too; until then they wait with the reason.
            for asking in &asking {
                if let Some(run) = members::run_of(tx, asking.id)? {
                    members::make_due(tx, (run.no, space), living.keys().copied(), at_ms)?;
                }
            }
            let now = members::run_of(tx, segment.id)?.map_or(0, |run| run.members);
            Ok(now.abs_diff(run.members))
        })?;
        if !asking.is_empty() {
            let mut pending = self.0.pending.lock();
            people.iter().for_each(|person| pending.touch(segment.workspace, *person, Cause::List));
        }
        Ok(changed)
    }
}

/// What stands in the first column, with the number of its line. A first line that names the column is passed over.
fn identifiers(csv: &str) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    for (number, line) in (1_u64..).zip(csv.trim_start_matches('\u{feff}').lines()) {
        let value = first_column(line);
        let names_column =
            ["user_id", "userid", "email", "e-mail", "id"].contains(&value.to_lowercase().as_str());
        let is_head = number == 1 && names_column;
        if !value.is_empty() && !is_head {
            found.push((number, value));
        }
    }
    found
}

/// In quotes a comma belongs to the value, and a doubled quote is one.
fn first_column(line: &str) -> String {
    let line = line.trim();
    let Some(quoted) = line.strip_prefix('"') else {
        return line.split([',', ';', '\t']).next().unwrap_or_default().trim().to_owned();
    };
    let mut value = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' if rest.next_if_eq(&'"').is_some() => value.push('"'),
            '"' => break,
            letter => value.push(letter),
        }
    }
    value.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_by_its_first_column() {
        let csv = "\u{feff}user_id,plan\nu1,pro\n\n\"u,2\"\"x\",free\r\n u3 ;x\nemail\n";
        let expected = [(2, "u1"), (4, "u,2\"x"), (5, "u3"), (6, "email")];
        assert_eq!(identifiers(csv), expected.map(|(line, value)| (line, value.to_owned())));
    }
}
