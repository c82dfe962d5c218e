//! What is told while an incident goes on: updates for everybody on the public status page, and for each workspace that was
//! told of it an entry of its own, which names the digest of its exact list, so that nothing said later contradicts it.

use model::{IncidentId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

use crate::error::IncidentError;
use crate::scope::Summary;
use crate::table::LINE_BYTES_MAX;

/// The longest title.
pub const TITLE_BYTES_MAX: usize = 200;
/// The most updates of one page.
const SHOWN_MAX: u32 = 100;

/// How far a matter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Something is wrong.
    Investigating,
    /// It is known what.
    Identified,
    /// It is over.
    Resolved,
}

impl State {
    /// The word in the database and in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Resolved => "resolved",
        }
    }

    /// The state of that word.
    ///
    /// # Errors
    /// [`IncidentError::Text`].
    pub fn of(word: &str) -> Result<Self, IncidentError> {
        let known = [Self::Investigating, Self::Identified, Self::Resolved];
        known.into_iter().find(|state| state.as_str() == word).ok_or_else(|| IncidentError::Text {
            field: "state",
            want: "investigating, identified or resolved".to_owned(),
        })
    }
}

/// An update as everybody may read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Update {
    /// Its number.
    pub id: i64,
    /// The number of the first update of the same matter.
    pub matter: i64,
    /// How far the matter is.
    pub state: State,
    /// What it is about.
    pub title: String,
    /// What is said.
    pub text: String,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// An update that is to be published.
#[derive(Clone, Debug)]
pub struct NewUpdate {
    /// Which matter it goes on with; a new one where it is none.
    pub matter: Option<i64>,
    /// Of which incident it tells.
    pub incident: Option<IncidentId>,
    /// How far the matter is.
    pub state: State,
    /// What it is about.
    pub title: String,
    /// What is said.
    pub text: String,
}

impl NewUpdate {
    /// Refuses words that are none or too many.
    ///
    /// # Errors
    /// [`IncidentError::Text`] names the field.
    pub fn check(&self) -> Result<(), IncidentError> {
        let wrong = |field, max| IncidentError::Text { field, want: format!("1 to {max} bytes") };
        let is_line = !self.title.chars().any(char::is_control);
        if self.title.trim().is_empty() || self.title.len() > TITLE_BYTES_MAX || !is_line {
            return Err(wrong("title", TITLE_BYTES_MAX));
        }
        let is_text = !self.text.chars().any(|c| c.is_control() && c != '\n' && c != '\r');
        if self.text.trim().is_empty() || self.text.len() > LINE_BYTES_MAX || !is_text {
            return Err(wrong("text", LINE_BYTES_MAX));
        }
        Ok(())
    }
}

/// What a workspace heard of an incident that it was told of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// Which, from 1.
    pub number: u32,
    /// The update.
    pub update: Update,
    /// SHA-256 of the workspace's exact list, the same in every entry.
    pub scope_sha256: String,
    /// How many people are in that list.
    pub people: u64,
    /// The number of the ledger's entry.
    pub entry: u64,
}

/// Keeps an update.
///
/// # Errors
/// There is no such matter; the database's.
pub fn add(tx: &Transaction<'_>, new: &NewUpdate, (by, at_ms): (&str, i64)) -> Result<Update, IncidentError> {
    let matter = match new.matter {
        Some(matter) => {
            let known =
                tx.query_row("select 1 from status_update where id = ?1 and matter = ?1", [matter], |_| {
                    Ok(())
                });
            let want = || IncidentError::Text {
                field: "matter",
                want: "the number of a matter on the page".to_owned(),
            };
            known.optional()?.map(|()| matter).ok_or_else(want)?
        }
        None => tx.query_row("select coalesce(max(id), 0) + 1 from status_update", [], |row| row.get(0))?,
    };
    let incident = new.incident.map(|id| id.0.to_be_bytes());
    tx.execute(
        "insert into status_update (matter, incident, state, title, text, by, at_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![matter, incident, new.state.as_str(), new.title.trim(), new.text.trim(), by, at_ms],
    )?;
    let id = tx.last_insert_rowid();
    let (title, text) = (new.title.trim().to_owned(), new.text.trim().to_owned());
    Ok(Update { id, matter, state: new.state, title, text, at_ms })
}

/// The updates, the newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>) -> Result<Vec<Update>, IncidentError> {
    let mut statement = tx.prepare_cached(&format!(
        "select id, matter, state, title, text, at_ms from status_update order by id desc limit {SHOWN_MAX}"
    ))?;
    let rows = statement.query_map([], update)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The matter that the first update of an incident began; nothing before there was one.
///
/// # Errors
/// The database's.
pub fn matter_of(tx: &Transaction<'_>, id: IncidentId) -> Result<Option<i64>, IncidentError> {
    let found = tx.query_row(
        "select min(matter) from status_update where incident = ?1",
        [id.0.to_be_bytes()],
        |row| row.get(0),
    );
    Ok(found?)
}

/// The number of the next thing that a workspace hears of an incident; refused where its list is not the one it was told of.
///
/// # Errors
/// [`IncidentError::Contradicts`]; the database's.
pub fn next_number(tx: &Transaction<'_>, id: IncidentId, facts: &Summary) -> Result<u32, IncidentError> {
    let mut statement = tx.prepare_cached(
        "select number, scope_sha256 from incident_status where incident = ?1 and workspace = ?2
         order by number desc limit 1",
    )?;
    let whose = params![id.0.to_be_bytes(), facts.workspace.0.to_be_bytes()];
    let before: Option<(u32, String)> =
        statement.query_row(whose, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match before {
        Some((_, digest)) if digest != facts.sha256 => Err(IncidentError::Contradicts),
        Some((number, _)) => Ok(number + 1),
        None => Ok(1),
    }
}

/// Keeps what a workspace hears: which update, and the number of the ledger's entry.
///
/// # Errors
/// As [`next_number`].
pub fn hear(
    tx: &Transaction<'_>,
    id: IncidentId,
    facts: &Summary,
    (status, entry): (i64, u64),
) -> Result<(), IncidentError> {
    let number = next_number(tx, id, facts)?;
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    tx.execute(
        "insert into incident_status (incident, workspace, number, status, scope_sha256, people, entry)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id.0.to_be_bytes(),
            facts.workspace.0.to_be_bytes(),
            number,
            status,
            facts.sha256,
            whole(facts.people),
            whole(entry)
        ],
    )?;
    Ok(())
}

/// What a workspace heard of an incident, oldest first.
///
/// # Errors
/// The database's.
pub fn heard(
    tx: &Transaction<'_>,
    id: IncidentId,
    workspace: WorkspaceId,
) -> Result<Vec<Heard>, IncidentError> {
    let mut statement = tx.prepare_cached(
        "select u.id, u.matter, u.state, u.title, u.text, u.at_ms, s.number, s.scope_sha256, s.people, s.entry
         from incident_status s join status_update u on u.id = s.status
         where s.incident = ?1 and s.workspace = ?2 order by s.number",
    )?;
    let rows = statement.query_map(params![id.0.to_be_bytes(), workspace.0.to_be_bytes()], |row| {
        Ok(Heard {
            number: row.get(6)?,
            update: update(row)?,
            scope_sha256: row.get(7)?,
            people: u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0),
            entry: u64::try_from(row.get::<_, i64>(9)?).unwrap_or(0),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn update(row: &Row<'_>) -> rusqlite::Result<Update> {
    let state: String = row.get(2)?;
    Ok(Update {
        id: row.get(0)?,
        matter: row.get(1)?,
        state: State::of(&state).unwrap_or(State::Investigating),
        title: row.get(3)?,
        text: row.get(4)?,
        at_ms: row.get(5)?,
    })
}
