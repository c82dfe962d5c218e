//! Using a grant: whether it holds is asked before every use, and while it is used.

use model::{GrantId, MemberId, WorkspaceId};
use policy::actions::{ApproveGrant, ExportPeople, SendBroadcast};
use policy::{Action, PrincipalKind, Request, RoleSet, ScopeSet};
use rusqlite::Transaction;
use serde_json::json;
use signin::ceremony::LEVEL_PASSKEY;

use super::{ExportScope, Grant, Purpose, State, UNWITNESSED_MS_MAX, Used, not_yours};
use crate::caller::Caller;
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::standing::Membership;

/// How long the file of an export that was begun can be taken.
pub const FETCH_MS: i64 = 10 * 60_000;

/// An approved export, about to leave: what the row-writer demands. It is made here alone, once for each grant, in the
/// session that began the export.
///
/// ```
/// fn needs(_: &guard::grants::Approved) {}
/// ```
///
/// Nothing else makes one:
///
/// ```compile_fail
/// fn forge(grant: guard::grants::Grant) -> guard::grants::Approved {
///     guard::grants::Approved { grant }
/// }
/// ```
///
/// And it cannot be used twice:
///
/// ```compile_fail
/// fn twice(approved: guard::grants::Approved) -> [guard::grants::Approved; 2] {
///     [approved.clone(), approved]
/// }
/// ```
#[derive(Debug)]
pub struct Approved {
    grant: Grant,
    scope: ExportScope,
}

impl Approved {
    /// The grant.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// What may leave.
    pub fn scope(&self) -> &ExportScope {
        &self.scope
    }
}

impl Guard {
    /// Refuses while the ledger's witnesses, where there are some, do not see it: what leaves and who is let in stops
    /// first, what members do last.
    pub(crate) fn must_be_witnessed(&self) -> Result<(), Denied> {
        let standing = self.0.ledger.standing();
        let lags = standing.behind_ms(self.now_ms()) > UNWITNESSED_MS_MAX;
        if lags || standing.is_refused() { Err(Denied::Unwitnessed) } else { Ok(()) }
    }

    /// Begins the one export of an approved grant: by whoever asked for it, in this session.
    ///
    /// # Errors
    /// Not found, not open, another person's, or the ledger's or database's.
    pub fn begin_export(&self, granted: &Granted, id: GrantId) -> Result<Grant, GuardError> {
        granted.must_be_for(&["ExportPeople"])?;
        self.must_be_witnessed()?;
        let (member, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        self.must_be(granted, id, &[State::Open], |tx, grant| self.must_be_usable(tx, grant, member))?;
        let told = self.tell_first(granted, "export.beginning", &json!({"grant": id, "by": member}))?;
        let one_channel = told.is_one_channel();
        self.change(|tx| {
            let mut grant = self.grant_that_is(tx, granted, id, &[State::Open])?;
            self.must_be_usable(tx, &grant, member)?;
            grant.used = Some(Used { at_ms: self.now_ms(), session, opened_ms: None, one_channel });
            self.keep_grant(tx, &grant)?;
            self.notice(tx, Some(grant.workspace), None, "grant.used", &json!({"grant": id, "by": member}))?;
            let detail = json!({"kind": "export", "one_channel": one_channel});
            let entry = Actor::from(granted).does("grant.used", id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Opens the export that this session began, once.
    ///
    /// # Errors
    /// Not found, not begun, begun in another session or too long ago, opened before, or the ledger's or database's.
    pub fn open_export(&self, granted: &Granted, id: GrantId) -> Result<Approved, GuardError> {
        granted.must_be_for(&["FetchExport"])?;
        self.must_be_witnessed()?;
        let (member, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        self.change(|tx| {
            let mut grant = self.grant_that_is(tx, granted, id, &[State::Used])?;
            self.must_be_usable(tx, &grant, member)?;
            let now_ms = self.now_ms();
            let used = grant.used.as_mut().ok_or(GuardError::GrantIs { state: "not begun" })?;
            if used.session != session {
                return Err(not_yours());
            }
            if used.opened_ms.is_some() || now_ms - used.at_ms > FETCH_MS {
                return Err(GuardError::GrantIs { state: "used up" });
            }
            used.opened_ms = Some(now_ms);
            self.keep_grant(tx, &grant)?;
            let scope = grant.export().cloned().ok_or(Denied::NotFound)?;
            let entry = Actor::from(granted).does("export.opened", id.to_string(), json!({}));
            Ok((Approved { grant, scope }, entry))
        })
    }

    /// Whether an export may go on: the grant holds, the session runs, and the workspace is not read-only. Asked
    /// between any two pieces.
    pub fn still_approved(&self, approved: &Approved) -> bool {
        let grant = &approved.grant;
        if self.must_be_witnessed().is_err() {
            return false;
        }
        let holds = self.0.db.read(|tx| {
            let now = self.grant_row(tx, grant.workspace, grant.id)?;
            let Some(used) = now.used else { return Ok(false) };
            let normal = self.mode_in(tx, Some(grant.workspace))?.mode == control::mode::Mode::Normal;
            Ok::<_, GuardError>(
                normal && self.holds(tx, &now)? && self.0.signin.session_runs(tx, used.session)?,
            )
        });
        holds.unwrap_or(false)
    }

    /// The export is over, whole or not; so is its grant.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn export_over(&self, approved: Approved, rows: u64, whole: bool) -> Result<(), GuardError> {
        let id = approved.grant.id;
        self.change(|tx| {
            let mut grant = self.grant_row(tx, approved.grant.workspace, id)?;
            if grant.ended.is_none() {
                let by = grant.subject.to_string();
                self.close(tx, &mut grant, (&by, if whole { "done" } else { "stopped" }))?;
            }
            let code = if whole { "export.finished" } else { "export.stopped" };
            let told = json!({"grant": id, "by": grant.subject, "rows": rows});
            self.notice(tx, Some(grant.workspace), None, code, &told)?;
            let actor = Actor {
                principal: grant.subject.to_string(),
                session: grant.used.map(|used| used.session.to_string()),
                from: None,
                workspace: Some(grant.workspace),
            };
            Ok(((), actor.does(code, id.to_string(), json!({"rows": rows}))))
        })
    }

    /// Whether what was permitted still is: the session or token holds, and so does the standing it was permitted for.
    /// For streams that outlive their request.
    pub fn still_permits(&self, caller: &Caller, granted: &Granted) -> bool {
        let witnessed = !granted.principal.is_operator() || self.must_be_witnessed().is_ok();
        if !witnessed || !self.still_holds(caller) {
            return false;
        }
        let judged = self.0.db.read(|tx| {
            let standing = self.standing(tx, caller, granted.action, granted.workspace)?;
            Ok::<_, GuardError>(self.judge(caller, granted.action, &standing).is_ok())
        });
        judged.unwrap_or(false)
    }

    /// The grant that holds for somebody in a workspace: of a member's an export, of an operator's support or a broken glass.
    pub(crate) fn granted_to(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        who: MemberId,
    ) -> Result<Option<Grant>, GuardError> {
        for grant in self.open_grants_of(tx, who)? {
            if grant.workspace == workspace && grant.send().is_none() && self.holds(tx, &grant)? {
                return Ok(Some(grant));
            }
        }
        Ok(None)
    }

    /// The first look of an operator: told before it is answered.
    pub(crate) fn support_begun(&self, granted: &Granted, id: GrantId) -> Result<(), GuardError> {
        let (operator, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        let workspace = granted.in_workspace()?;
        let told = self.tell_first(granted, "support.beginning", &json!({"grant": id, "by": operator}))?;
        let one_channel = told.is_one_channel();
        self.change(|tx| {
            let mut grant = self.grant_row(tx, workspace, id)?;
            grant.used.get_or_insert(Used { at_ms: self.now_ms(), session, opened_ms: None, one_channel });
            self.keep_grant(tx, &grant)?;
            self.notice(tx, Some(workspace), None, "grant.used", &json!({"grant": id, "by": operator}))?;
            let detail = json!({"kind": grant.purpose.as_str(), "one_channel": one_channel});
            Ok(((), Actor::from(granted).does("grant.used", id.to_string(), detail)))
        })
    }

    /// Whether it may be used now: the time, the epoch, and the standing of everybody it rests on.
    pub(super) fn holds(&self, tx: &Transaction<'_>, grant: &Grant) -> Result<bool, GuardError> {
        let Some(decision) = grant.decision else { return Ok(false) };
        if !matches!(self.state_of(tx, grant)?, State::Open | State::Used) {
            return Ok(false);
        }
        let may = |member: MemberId, action: &'static policy::ActionInfo| {
            let membership = self.membership(tx, grant.workspace, member)?;
            Ok::<_, GuardError>(membership.is_some_and(|membership| self.role_may(&membership, action)))
        };
        let is_there = |operator: MemberId| {
            let account = self.0.signin.account(tx, operator)?;
            Ok::<_, GuardError>(account.is_some_and(|account| account.ended_ms.is_none()))
        };
        if grant.is_look() && control::workspaces::by_id(tx, grant.workspace)?.is_none() {
            return Ok(false);
        }
        Ok(match grant.purpose {
            Purpose::Export(_) => {
                may(grant.subject, ExportPeople::info())? && may(decision.by, ApproveGrant::info())?
            }
            Purpose::Send(ref scope) => {
                let token = scope
                    .token
                    .map(|token| self.0.signin.token_runs(tx, grant.workspace, token))
                    .transpose()?;
                token.unwrap_or(true)
                    && may(grant.subject, SendBroadcast::info())?
                    && (decision.by_rule || may(decision.by, ApproveGrant::info())?)
            }
            Purpose::Support => is_there(grant.subject)? && may(decision.by, ApproveGrant::info())?,
            Purpose::BreakGlass => {
                is_there(grant.subject)? && is_there(decision.by)? && self.is_witnessed(decision.entry)
            }
        })
    }

    fn role_may(&self, membership: &Membership, action: &'static policy::ActionInfo) -> bool {
        let request = Request {
            kind: PrincipalKind::Member,
            level: LEVEL_PASSKEY,
            leave: false,
            roles: RoleSet::NONE.with(membership.role),
            scopes: ScopeSet::NONE,
            action,
            belongs: true,
            granted: true,
            step_up: true,
            read_only: false,
        };
        self.0.policies.decide(&request).is_allow()
    }

    fn must_be_usable(
        &self,
        tx: &Transaction<'_>,
        grant: &Grant,
        member: MemberId,
    ) -> Result<(), GuardError> {
        if grant.subject != member || grant.export().is_none() {
            return Err(not_yours());
        }
        if self.holds(tx, grant)? {
            Ok(())
        } else {
            Err(GuardError::GrantIs { state: State::Ended.as_str() })
        }
    }
}
