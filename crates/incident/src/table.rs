//! What is kept of incidents in `control.db`: the question, numbers and digests, the timeline, notices.

use model::{IncidentId, MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::IncidentError;
use crate::scope::{Question, Summary};

/// The most incidents of one workspace, or of the installation.
pub const INCIDENTS_MAX: u32 = 1_000;
/// The longest title or line.
pub const LINE_BYTES_MAX: usize = 2_000;
/// The most lines of one timeline that are shown.
const LINES_MAX: u32 = 500;

/// An incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// Of which workspace; `None` is the installation's.
    pub scope: Option<WorkspaceId>,
    /// In a few words.
    pub title: String,
    /// Who opened it.
    pub opened_by: String,
    /// When, milliseconds since 1970, UTC.
    pub opened_ms: i64,
    /// What was asked of the ledger.
    pub asked: Question,
    /// What came of it, in numbers, for each workspace that was touched.
    pub facts: Vec<Summary>,
}

impl Incident {
    /// The numbers of one workspace.
    pub fn facts_of(&self, workspace: WorkspaceId) -> Option<&Summary> {
        self.facts.iter().find(|facts| facts.workspace == workspace)
    }

    /// The workspaces in which anything was seen or done: they are told, and no other.
    pub fn affected(&self) -> impl Iterator<Item = &Summary> {
        self.facts.iter().filter(|facts| facts.is_affected())
    }
}

/// A line of the timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Who.
    pub by: String,
    /// `opened`, `note`, `drafted`, `sent`, `reset`, `status` or `closed`.
    pub kind: String,
    /// What.
    pub text: String,
}

/// What a workspace is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Of which incident.
    pub incident: IncidentId,
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// The text.
    pub text: String,
    /// Who drafted it.
    pub drafted_by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub drafted_ms: i64,
    /// Who approved it.
    pub approved_by: Option<MemberId>,
    /// When it was sent, milliseconds since 1970, UTC; a draft has not been.
    pub sent_ms: Option<i64>,
    /// The members who were told.
    pub told: Vec<MemberId>,
}

const COLUMNS: &str = "id, scope, title, opened_by, opened_ms, asked, facts";
const NOTICE: &str = "incident, workspace, text, drafted_by, drafted_ms, approved_by, sent_ms, told";

/// Refuses a title or line that is empty, too long, or has control characters.
///
/// # Errors
/// [`IncidentError::Text`].
pub fn checked<'t>(field: &'static str, text: &'t str) -> Result<&'t str, IncidentError> {
    let text = text.trim();
    if text.is_empty() || text.len() > LINE_BYTES_MAX || text.chars().any(char::is_control) {
        let want = format!("1 to {LINE_BYTES_MAX} bytes on one line");
        return Err(IncidentError::Text { field, want });
    }
    Ok(text)
}

/// Keeps a new incident.
///
/// # Errors
/// There are as many as may be; the database's.
pub fn add(tx: &Transaction<'_>, incident: &Incident) -> Result<(), IncidentError> {
    let known: u32 =
        tx.query_row("select count(*) from incident where scope = ?1", [bytes(incident.scope)], |row| {
            row.get(0)
        })?;
    if known >= INCIDENTS_MAX {
        return Err(IncidentError::Full { max: INCIDENTS_MAX });
    }
    tx.execute(
        &format!("insert into incident ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
        params![
            incident.id.0.to_be_bytes(),
            bytes(incident.scope),
            incident.title,
            incident.opened_by,
            incident.opened_ms,
            json(&incident.asked),
            json(&incident.facts),
        ],
    )?;
    Ok(())
}

/// The incidents of the workspace or installation, the newest first; a workspace's with those of the installation that it
/// has been told of.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>, scope: Option<WorkspaceId>) -> Result<Vec<Incident>, IncidentError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {COLUMNS} from incident where scope = ?1
         or id in (select incident from incident_notice where workspace = ?1 and sent_ms is not null)
         order by opened_ms desc, id desc limit {INCIDENTS_MAX}"
    ))?;
    let rows = statement.query_map([bytes(scope)], incident)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of those that [`list`] shows.
///
/// # Errors
/// The database's.
pub fn by_id(
    tx: &Transaction<'_>,
    scope: Option<WorkspaceId>,
    id: IncidentId,
) -> Result<Option<Incident>, IncidentError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {COLUMNS} from incident where id = ?2 and (scope = ?1
         or id in (select incident from incident_notice where workspace = ?1 and sent_ms is not null))"
    ))?;
    Ok(statement.query_row(params![bytes(scope), id.0.to_be_bytes()], incident).optional()?)
}

/// Adds a line to the timeline.
///
/// # Errors
/// The database's.
pub fn add_line(tx: &Transaction<'_>, id: IncidentId, line: &Line) -> Result<(), IncidentError> {
    tx.execute(
        "insert into incident_line (incident, at_ms, by, kind, text) values (?1, ?2, ?3, ?4, ?5)",
        params![id.0.to_be_bytes(), line.at_ms, line.by, line.kind, line.text],
    )?;
    Ok(())
}

/// That an incident is closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closing {
    /// What is said of it.
    pub text: String,
    /// Who closed it.
    pub by: String,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// Closes an incident; whether it was open.
///
/// # Errors
/// The database's.
pub fn close(tx: &Transaction<'_>, id: IncidentId, closing: &Closing) -> Result<bool, IncidentError> {
    let closed = tx.execute(
        "insert or ignore into incident_closing (incident, text, by, at_ms) values (?1, ?2, ?3, ?4)",
        params![id.0.to_be_bytes(), closing.text, closing.by, closing.at_ms],
    )?;
    Ok(closed > 0)
}

/// How an incident was closed; nothing while it is open.
///
/// # Errors
/// The database's.
pub fn closing(tx: &Transaction<'_>, id: IncidentId) -> Result<Option<Closing>, IncidentError> {
    let mut statement =
        tx.prepare_cached("select text, by, at_ms from incident_closing where incident = ?1")?;
    let found = statement.query_row([id.0.to_be_bytes()], |row| {
        Ok(Closing { text: row.get(0)?, by: row.get(1)?, at_ms: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// The timeline, oldest first.
///
/// # Errors
/// The database's.
pub fn lines(tx: &Transaction<'_>, id: IncidentId) -> Result<Vec<Line>, IncidentError> {
    let mut statement = tx.prepare_cached(&format!(
        "select at_ms, by, kind, text from incident_line where incident = ?1 order by id limit {LINES_MAX}"
    ))?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| {
        Ok(Line { at_ms: row.get(0)?, by: row.get(1)?, kind: row.get(2)?, text: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a draft in the place of an older one; what was sent stays as it is.
///
/// # Errors
/// The database's.
pub fn put_draft(tx: &Transaction<'_>, notice: &Notice) -> Result<(), IncidentError> {
    tx.execute(
        "insert into incident_notice (incident, workspace, text, drafted_by, drafted_ms, told)
         values (?1, ?2, ?3, ?4, ?5, '[]')
         on conflict (incident, workspace) do update
         set text = excluded.text, drafted_by = excluded.drafted_by, drafted_ms = excluded.drafted_ms
         where sent_ms is null",
        params![
            notice.incident.0.to_be_bytes(),
            notice.workspace.0.to_be_bytes(),
            notice.text,
            notice.drafted_by.0.to_be_bytes(),
            notice.drafted_ms,
        ],
    )?;
    Ok(())
}

/// The notices of an incident, sent and drafted, by workspace.
///
/// # Errors
/// The database's.
pub fn notices(tx: &Transaction<'_>, id: IncidentId) -> Result<Vec<Notice>, IncidentError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {NOTICE} from incident_notice where incident = ?1 order by workspace"
    ))?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| {
        let member = |bytes: [u8; 16]| MemberId(u128::from_be_bytes(bytes));
        Ok(Notice {
            incident: IncidentId(u128::from_be_bytes(row.get(0)?)),
            workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
            text: row.get(2)?,
            drafted_by: member(row.get(3)?),
            drafted_ms: row.get(4)?,
            approved_by: row.get::<_, Option<[u8; 16]>>(5)?.map(member),
            sent_ms: row.get(6)?,
            told: serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes down that a notice was approved and sent, and to whom.
///
/// # Errors
/// The database's.
pub fn sent(
    tx: &Transaction<'_>,
    notice: &Notice,
    (approved_by, at_ms): (MemberId, i64),
    told: &[MemberId],
) -> Result<(), IncidentError> {
    tx.execute(
        "update incident_notice set approved_by = ?3, sent_ms = ?4, told = ?5 where incident = ?1 and workspace = ?2",
        params![
            notice.incident.0.to_be_bytes(),
            notice.workspace.0.to_be_bytes(),
            approved_by.0.to_be_bytes(),
            at_ms,
            json(&told),
        ],
    )?;
    Ok(())
}

fn incident(row: &Row<'_>) -> rusqlite::Result<Incident> {
    let scope: Vec<u8> = row.get(1)?;
    let scope: Option<[u8; 16]> = scope.as_slice().try_into().ok();
    Ok(Incident {
        id: IncidentId(u128::from_be_bytes(row.get(0)?)),
        scope: scope.map(|bytes| WorkspaceId(u128::from_be_bytes(bytes))),
        title: row.get(2)?,
        opened_by: row.get(3)?,
        opened_ms: row.get(4)?,
        asked: serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or_default(),
        facts: serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default(),
    })
}

fn bytes(scope: Option<WorkspaceId>) -> Vec<u8> {
    scope.map(|id| id.0.to_be_bytes().to_vec()).unwrap_or_default()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
