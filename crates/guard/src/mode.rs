//! Normal or read-only. Anybody who runs a workspace makes it read-only at once; the way back needs a
//! second person with a fresh touch, unless there is none.
//!
//! The mode itself stands in the control database, where whoever acts on its own (a journey, a sender)
//! can ask for it; here it gets its authenticator. What does not bear one counts as read-only.

use control::mode::{self, Mode, ModeState};
use model::{GrantId, MemberId, WorkspaceId};
use policy::Role;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::json;
use signin::config::CLOCK_STEP_MS;
use signin::marks::RowMark;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// How long a request for normal mode waits for its second person.
const APPROVAL_LIFE_MS: i64 = 24 * 3_600_000;
/// The most open requests of one workspace.
const APPROVALS_MAX: usize = 20;

/// A request for normal mode that waits for a second person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Its id.
    pub id: GrantId,
    /// For which workspace; `None` is the installation.
    pub workspace: Option<WorkspaceId>,
    /// Who asked.
    pub asked_by: MemberId,
    /// Why, in their words.
    pub reason: String,
    /// When, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// Until when it can be approved.
    pub expires_ms: i64,
}

impl Approval {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.id.0).blob(&scope_bytes(self.workspace)).id(self.asked_by.0).text(&self.reason);
        row.int(self.created_ms).int(self.expires_ms)
    }
}

impl Guard {
    /// The mode that holds for a workspace (the installation's, where that is stricter), or for the
    /// installation. Asked before every hand-over by what acts on its own.
    ///
    /// # Errors
    /// The database's. An altered row is no error: it counts as read-only.
    pub fn mode(&self, workspace: Option<WorkspaceId>) -> Result<ModeState, GuardError> {
        self.0.db.read(|tx| self.mode_in(tx, workspace))
    }

    /// The mode that the workspace has of its own, whatever the installation's: to tell which of the two holds it.
    ///
    /// # Errors
    /// No such workspace, or the database's. An altered row counts as read-only.
    pub fn own_mode(&self, workspace: WorkspaceId) -> Result<ModeState, GuardError> {
        self.0.db.read(|tx| self.checked_mode(tx, Some(workspace), mode::of_workspace(tx, workspace)?))
    }

    /// Makes the workspace, or the installation, read-only; at once.
    ///
    /// # Errors
    /// An overlong reason, or the ledger's or database's.
    pub fn set_read_only(&self, granted: &Granted, reason: &str) -> Result<ModeState, GuardError> {
        granted.must_be_for(&["SetMode", "SetInstallationMode"])?;
        self.make_read_only(&Actor::from(granted), reason)
    }

    /// Asks for normal mode.
    ///
    /// # Errors
    /// An empty or overlong reason, too many open requests, or the ledger's or database's.
    pub fn ask_for_normal(&self, granted: &Granted, reason: &str) -> Result<Approval, GuardError> {
        granted.must_be_for(&["SetMode", "SetInstallationMode"])?;
        let created_ms = self.now_ms();
        let approval = Approval {
            id: GrantId::new(created_ms),
            workspace: granted.workspace,
            asked_by: granted.member()?,
            reason: checked_reason(reason)?.to_owned(),
            created_ms,
            expires_ms: created_ms + APPROVAL_LIFE_MS,
        };
        self.change(|tx| {
            tx.execute("delete from approval where expires_ms <= ?1", [created_ms])?;
            if self.approvals_in(tx, granted.workspace)?.len() >= APPROVALS_MAX {
                return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
            }
            tx.execute(
                "insert into approval (id, scope, asked_by, reason, created_ms, expires_ms, mac)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    approval.id.0.to_be_bytes(),
                    scope_bytes(approval.workspace),
                    approval.asked_by.0.to_be_bytes(),
                    approval.reason,
                    created_ms,
                    approval.expires_ms,
                    approval.mark(self.marks().row("approval")).made(),
                ],
            )?;
            self.notice(tx, granted.workspace, None, "mode.normal_asked", &json!({"approval": approval.id}))?;
            let entry = Actor::from(granted).does(
                "mode.normal_asked",
                approval.id.to_string(),
                json!({"reason": reason}),
            );
            Ok((approval, entry))
        })
    }

    /// The open requests for normal mode of the workspace or installation.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn approvals(&self, granted: &Granted) -> Result<Vec<Approval>, GuardError> {
        self.0.db.read(|tx| self.approvals_in(tx, granted.workspace))
    }

    /// Approves a request: back to normal mode. By another person than the one who asked, unless nobody
    /// else could; the ledger then says so.
    ///
    /// # Errors
    /// Not found, [`GuardError::SecondPerson`], or the ledger's or database's.
    pub fn approve_normal(&self, granted: &Granted, id: GrantId) -> Result<ModeState, GuardError> {
        granted.must_be_for(&["ApproveNormalMode", "ApproveInstallationNormalMode"])?;
        let by = granted.member()?;
        self.change(|tx| {
            let open = self.approvals_in(tx, granted.workspace)?;
            let approval = open.into_iter().find(|approval| approval.id == id).ok_or(Denied::NotFound)?;
            let alone = self.second_person(tx, granted, approval.asked_by)?;
            let actor = Actor::from(granted);
            let state = self.state(Mode::Normal, &approval.reason, &actor);
            self.write_mode(tx, granted.workspace, &state)?;
            tx.execute("delete from approval where scope = ?1", [scope_bytes(granted.workspace)])?;
            let detail = json!({"asked_by": approval.asked_by, "alone": alone, "reason": approval.reason});
            self.notice(tx, granted.workspace, None, "mode.normal", &json!({"by": by, "alone": alone}))?;
            Ok((state, actor.does("mode.normal", id.to_string(), detail)))
        })
    }

    /// Whether whoever holds this right is another person than the one who asked (of operators: `operators::voice`). Where
    /// nobody else could approve, one person is enough: `true` says that they were alone, and the entry has to say so, too.
    ///
    /// # Errors
    /// [`GuardError::SecondPerson`] where somebody else could; an altered row, or the database's.
    pub fn second_person(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        asked_by: MemberId,
    ) -> Result<bool, GuardError> {
        let by = granted.member()?;
        let alone = match granted.workspace {
            Some(_) => asked_by == by,
            None => !self.are_two(tx, asked_by, by)?,
        };
        if alone && self.others_who_could(tx, granted.workspace, by)? > 0 {
            return Err(GuardError::SecondPerson);
        }
        Ok(alone)
    }

    pub(crate) fn make_read_only(&self, actor: &Actor, reason: &str) -> Result<ModeState, GuardError> {
        let reason = checked_reason(reason)?;
        self.change(|tx| {
            let state = self.state(Mode::ReadOnly, reason, actor);
            self.write_mode(tx, actor.workspace, &state)?;
            self.notice(tx, actor.workspace, None, "mode.read_only", &json!({"by": actor.principal}))?;
            Ok((state, actor.does("mode.read_only", scope_name(actor.workspace), json!({"reason": reason}))))
        })
    }

    pub(crate) fn mode_in(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
    ) -> Result<ModeState, GuardError> {
        let installation = self.checked_mode(tx, None, mode::of_installation(tx)?)?;
        match workspace {
            Some(id) if installation.mode == Mode::Normal => {
                self.checked_mode(tx, workspace, mode::of_workspace(tx, id)?)
            }
            _ => Ok(installation),
        }
    }

    pub(crate) fn write_mode(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
        state: &ModeState,
    ) -> Result<(), GuardError> {
        match workspace {
            Some(id) => mode::set_workspace(tx, id, state)?,
            None => mode::set_installation(tx, state)?,
        }
        tx.execute(
            "insert into mode_mark (scope, mac) values (?1, ?2) on conflict (scope) do update set mac = excluded.mac",
            params![scope_bytes(workspace), self.mode_mark(workspace, state).made()],
        )?;
        Ok(())
    }

    pub(crate) fn state(&self, mode: Mode, reason: &str, actor: &Actor) -> ModeState {
        ModeState { mode, reason: reason.to_owned(), by: actor.principal.clone(), at_ms: self.now_ms() }
    }

    fn checked_mode(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
        state: ModeState,
    ) -> Result<ModeState, GuardError> {
        let mut statement = tx.prepare_cached("select mac from mode_mark where scope = ?1")?;
        let mac: Option<Vec<u8>> =
            statement.query_row([scope_bytes(workspace)], |row| row.get(0)).optional()?;
        let genuine = mac.is_some_and(|mac| self.mode_mark(workspace, &state).check(&mac).is_ok());
        let altered = || "the mode was changed outside Holdfast: set it again".to_owned();
        Ok(if genuine { state } else { ModeState { mode: Mode::ReadOnly, reason: altered(), ..state } })
    }

    fn mode_mark(&self, workspace: Option<WorkspaceId>, state: &ModeState) -> RowMark<'_> {
        let row = self.marks().row("mode").blob(&scope_bytes(workspace));
        row.text(state.mode.as_str()).text(&state.reason).text(&state.by).int(state.at_ms)
    }

    /// How many others could approve: they run the same thing and can sign in.
    pub(crate) fn others_who_could(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
        but: MemberId,
    ) -> Result<usize, GuardError> {
        let candidates: Vec<MemberId> = match workspace {
            Some(id) => {
                let runs = |role: Role| role.is_powerful();
                let active = self.active_memberships_in(tx, id)?.into_iter();
                active.filter(|m| runs(m.role)).map(|m| m.member).collect()
            }
            None => self.active_operators(tx)?,
        };
        let mut count = 0;
        for candidate in candidates.into_iter().filter(|candidate| *candidate != but) {
            let another = workspace.is_some() || self.are_two(tx, candidate, but)?;
            count += usize::from(another && !self.0.signin.passkeys(tx, candidate)?.is_empty());
        }
        Ok(count)
    }

    fn approvals_in(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
    ) -> Result<Vec<Approval>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select id, asked_by, reason, created_ms, expires_ms, mac from approval
             where scope = ?1 and expires_ms > ?2 and created_ms - ?3 <= ?2 order by id",
        )?;
        let rows =
            statement.query_map(params![scope_bytes(workspace), self.now_ms(), CLOCK_STEP_MS], |row| {
                let approval = Approval {
                    id: GrantId(u128::from_be_bytes(row.get(0)?)),
                    workspace,
                    asked_by: MemberId(u128::from_be_bytes(row.get(1)?)),
                    reason: row.get(2)?,
                    created_ms: row.get(3)?,
                    expires_ms: row.get(4)?,
                };
                Ok((approval, row.get::<_, Vec<u8>>(5)?))
            })?;
        rows.map(|found| {
            let (approval, mac) = found?;
            approval.mark(self.marks().row("approval")).check(&mac)?;
            Ok(approval)
        })
        .collect()
    }
}

/// A workspace's id, or nothing for the installation.
fn scope_bytes(workspace: Option<WorkspaceId>) -> Vec<u8> {
    workspace.map(|id| id.0.to_be_bytes().to_vec()).unwrap_or_default()
}

pub(crate) fn scope_name(workspace: Option<WorkspaceId>) -> String {
    workspace.map_or_else(|| "installation".to_owned(), |id| id.to_string())
}

pub(crate) fn checked_reason(reason: &str) -> Result<&str, GuardError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > 500 || reason.chars().any(char::is_control) {
        return Err(GuardError::Invalid {
            field: "reason",
            want: "1 to 500 bytes without control characters".to_owned(),
        });
    }
    Ok(reason)
}
