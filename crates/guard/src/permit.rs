//! The second question asked of every request: may they, here and now, and is the touch fresh?

use control::mode::{Mode, ModeState};
use model::{PasskeyId, WorkspaceId};
use policy::{ActionInfo, Decision, PrincipalKind, Request, RoleSet, Scope, ScopeSet};
use rusqlite::Transaction;
use serde_json::{Value, json};
use signin::ceremony::LEVEL_PASSKEY;
use signin::password::BY_PASSWORD;
use signin::step_up::Bound;

use crate::caller::{Caller, Who};
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::{Granted, Grounds, Principal};
use crate::grants::Grant;
use crate::guard::Guard;
use crate::standing::Membership;
use crate::usage::{Holder, OPEN_TO_THE_LAPSED, Usage};

/// The reason given to whoever has no passkey to touch.
pub const NO_PASSKEY: &str = "no-passkey";

/// What a request shows for itself. A fresh touch is bound to all of it.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query, as sent.
    pub path: &'a str,
    /// SHA-256 of the body.
    pub body_digest: [u8; 32],
    /// The step-up that was answered for it, if any.
    pub step_up_id: Option<&'a str>,
}

/// What a caller is, here and now, to a workspace or to the installation.
pub(crate) struct Standing {
    roles: RoleSet,
    scopes: ScopeSet,
    belongs: bool,
    /// Whether the workspace lets them in with what opened their session, where that is no passkey.
    leave: bool,
    /// Whether what they had there has lapsed, unused.
    lapsed: bool,
    /// Whose use is to be written down once it is granted, and what is known of it.
    used: Option<(Holder, Usage)>,
    /// The grant that holds for them there.
    grant: Option<Grant>,
    mode: ModeState,
}

impl Guard {
    /// Whether the caller may do it, here and now.
    ///
    /// # Errors
    /// Every [`Denied`].
    pub fn permit(
        &self,
        caller: &Caller,
        action: &'static ActionInfo,
        workspace: Option<WorkspaceId>,
        proof: Proof<'_>,
    ) -> Result<Granted, Denied> {
        let standing = self.0.db.read(|tx| self.standing(tx, caller, action, workspace));
        let standing = standing.map_err(|error| self.broken(error))?;
        let judged = self.judge(caller, action, &standing);
        if let Err(denied) = &judged {
            self.enter_denial(caller, action, workspace, denied);
        }
        judged?;
        let touched = if action.step_up { Some(self.demand_touch(caller, action, proof)?) } else { None };
        let request = Request { step_up: touched.is_some(), ..request(caller, action, &standing) };
        if !self.0.policies.decide(&request).is_allow() {
            return Err(Denied::Forbidden { why: Decision::NO_PERMIT.to_owned() });
        }
        let principal = Principal {
            name: caller.name(),
            kind: caller.kind(),
            member: caller.member(),
            token: caller.token(),
            answers: caller.answers(),
            roles: standing.roles,
        };
        let workspace = workspace.filter(|_| action.scope == Scope::Workspace);
        if let Some((holder, usage)) = &standing.used {
            let noted = self.note_use(*holder, usage, caller.from.as_deref());
            noted.map_err(|error| self.broken(error))?;
        }
        let (session, from) = (caller.session(), caller.from.clone());
        let granted = Granted(Grounds {
            principal,
            action,
            workspace,
            within: caller.within(),
            session,
            from,
            touched,
        });
        if let Some(grant) = &standing.grant
            && caller.kind() == PrincipalKind::Operator
        {
            self.must_be_witnessed()?;
            if grant.used.is_none() {
                self.support_begun(&granted, grant.id).map_err(|error| self.broken(error))?;
            }
        }
        Ok(granted)
    }

    /// Takes the assertion for a pending step-up.
    ///
    /// # Errors
    /// [`Denied::StepUpWrong`] when it does not fit.
    pub fn finish_step_up(&self, caller: &Caller, id: &str, assertion: Value) -> Result<(), Denied> {
        let session = caller.session().ok_or(Denied::NotSignedIn)?;
        let touched = self.0.signin.check_step_up(&self.0.db, session, id, &assertion);
        let touched = touched.map_err(|error| self.broken(error.into()))?;
        let actor = Actor {
            session: Some(session.to_string()),
            from: caller.from.clone(),
            ..Actor::part(&caller.name())
        };
        let Bound { action, method, path, body_digest, .. } = &touched.bound;
        let body_digest: String = body_digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let detail = json!({
            "step_up": id, "action": action, "method": method, "path": path, "body_sha256": body_digest,
            "evidence": touched.evidence,
        });
        // The touch counts only once it is on record.
        let entered = self.0.ledger.enter(actor.does("step_up.touched", touched.passkey.to_string(), detail));
        entered.map_err(|error| self.broken(error.into()))?;
        self.0.signin.count_touch(id, touched.passkey).map_err(|_| Denied::StepUpWrong)
    }

    pub(crate) fn standing(
        &self,
        tx: &Transaction<'_>,
        caller: &Caller,
        action: &ActionInfo,
        workspace: Option<WorkspaceId>,
    ) -> Result<Standing, GuardError> {
        let workspace = workspace.filter(|_| action.scope == Scope::Workspace);
        let mut standing = Standing {
            roles: RoleSet::NONE,
            scopes: ScopeSet::NONE,
            belongs: false,
            leave: false,
            lapsed: false,
            used: None,
            grant: None,
            // Only a change asks for the mode.
            mode: if action.changing { self.mode_in(tx, workspace)? } else { ModeState::default() },
        };
        match (&caller.who, workspace) {
            (
                Who::Account {
                    id,
                    level,
                    by,
                    kind: PrincipalKind::Member | PrincipalKind::Visitor,
                    within,
                    ..
                },
                Some(workspace),
            ) => {
                // Whoever vouched for the session speaks for one workspace, not for the others of the account.
                let reaches = within.is_none_or(|own| own == workspace);
                let membership = if reaches { self.membership(tx, workspace, *id)? } else { None };
                // A workspace that has a provider gives its leave to whoever that one vouched for.
                let vouched = *within == Some(workspace) && self.sign_on_of(tx, workspace)?.is_some();
                let typed = *by == BY_PASSWORD && self.allows_passwords(tx, workspace)?;
                standing.leave = *level < LEVEL_PASSKEY && (vouched || typed);
                if let Some(membership) = membership {
                    let holder = Holder::member(workspace, *id);
                    let usage = self.usage(tx, holder)?;
                    standing.belongs = true;
                    standing.lapsed = self.role_lapsed(tx, &membership, &usage)?;
                    if !standing.lapsed {
                        standing.roles = RoleSet::NONE.with(membership.role);
                        standing.used = Some((holder, usage));
                    }
                }
                if action.needs_grant {
                    standing.grant = self.granted_to(tx, workspace, *id)?;
                }
            }
            (Who::Account { id, kind: PrincipalKind::Operator, .. }, workspace) => {
                let holder = Holder::operator(*id);
                let usage = self.usage(tx, holder)?;
                standing.lapsed = self.operator_lapsed(tx, *id, &usage)?;
                standing.used = Some((holder, usage)).filter(|_| !standing.lapsed);
                if let Some(workspace) = workspace {
                    standing.grant = self.granted_to(tx, workspace, *id)?;
                }
            }
            (Who::Account { id, kind: PrincipalKind::Member, within, .. }, None) => {
                let reached = |found: &Membership| within.is_none_or(|own| own == found.workspace);
                let memberships = self.memberships_of(tx, *id)?;
                standing.roles = memberships.into_iter().filter(reached).map(|found| found.role).collect();
            }
            (Who::Token { workspace: own, scopes, .. }, asked) => {
                standing.scopes = *scopes;
                standing.belongs = asked == Some(*own) && control::workspaces::by_id(tx, *own)?.is_some();
            }
            (Who::Account { .. } | Who::Nobody, _) => {}
        }
        Ok(standing)
    }

    /// Everything but the fresh touch, from the strongest reason to the weakest.
    pub(crate) fn judge(
        &self,
        caller: &Caller,
        action: &'static ActionInfo,
        standing: &Standing,
    ) -> Result<(), Denied> {
        if standing.lapsed && !OPEN_TO_THE_LAPSED.contains(&action.name) {
            return Err(Denied::Lapsed { what: "role" });
        }
        let asked = Request { step_up: true, read_only: false, ..request(caller, action, standing) };
        if let Decision::Deny { why } = self.0.policies.decide(&asked) {
            let known = standing.belongs || standing.grant.is_some();
            let unknown_to_them = action.scope == Scope::Workspace && !known;
            return Err(match caller.kind() {
                PrincipalKind::Anyone => Denied::NotSignedIn,
                _ if unknown_to_them => Denied::NotFound,
                _ => Denied::Forbidden { why: why.to_string() },
            });
        }
        let asked = Request { step_up: true, ..request(caller, action, standing) };
        match self.0.policies.decide(&asked) {
            Decision::Allow => Ok(()),
            Decision::Deny { .. } => Err(Denied::ReadOnly { reason: standing.mode.reason.clone() }),
        }
    }

    fn demand_touch(
        &self,
        caller: &Caller,
        action: &'static ActionInfo,
        proof: Proof<'_>,
    ) -> Result<PasskeyId, Denied> {
        let (Some(account), Some(session)) = (caller.member(), caller.session()) else {
            return Err(Denied::NotSignedIn);
        };
        let Proof { method, path, body_digest, step_up_id } = proof;
        let (method, path) = (method.to_owned(), path.to_owned());
        let bound = Bound { account, session, action: action.name, method, path, body_digest };
        match step_up_id {
            Some(id) => self.0.signin.use_step_up(id, &bound).map_err(|_| Denied::StepUpWrong),
            None => {
                let passkeys = self.0.db.read(|tx| self.0.signin.passkeys(tx, account));
                if passkeys.map_err(|error| self.broken(error.into()))?.is_empty() {
                    return Err(Denied::Forbidden { why: NO_PASSKEY.to_owned() });
                }
                let begun = self.0.signin.begin_step_up(&self.0.db, bound);
                let (id, public_key) = begun.map_err(|error| self.broken(error.into()))?;
                Err(Denied::StepUpRequired { id, public_key })
            }
        }
    }

    fn enter_denial(
        &self,
        caller: &Caller,
        action: &ActionInfo,
        workspace: Option<WorkspaceId>,
        denied: &Denied,
    ) {
        if caller.kind() == PrincipalKind::Anyone {
            return;
        }
        // Not under a workspace the caller does not belong to: its readers would see a stranger's probe
        // only if the id exists, which the stranger must not learn from timing or they from the entry.
        let workspace = workspace.filter(|_| *denied != Denied::NotFound);
        let why = match denied {
            Denied::Forbidden { why } => why.as_str(),
            Denied::ReadOnly { .. } => "read-only",
            Denied::Lapsed { .. } => "lapsed",
            _ => "not-found",
        };
        self.enter_refusal(caller, workspace, (action.name, why));
    }

    /// Enters that somebody known was refused, a few times a minute.
    pub(crate) fn enter_refusal(
        &self,
        caller: &Caller,
        workspace: Option<WorkspaceId>,
        (action, why): (&'static str, &str),
    ) {
        let principal = caller.name();
        let Some(unlisted) = self.0.denials.lock().count(&principal, self.now_ms()) else { return };
        let session = caller.session().map(|session| session.to_string());
        let actor = Actor { principal, session, from: caller.from.clone(), workspace };
        // The refusal stands whether or not it can be entered.
        let _ = self.0.ledger.enter(actor.does(
            "access.denied",
            action,
            json!({"why": why, "unlisted": unlisted}),
        ));
    }
}

fn request(caller: &Caller, action: &'static ActionInfo, standing: &Standing) -> Request {
    Request {
        kind: caller.kind(),
        level: caller.level(),
        leave: standing.leave,
        roles: standing.roles,
        scopes: standing.scopes,
        action,
        belongs: standing.belongs,
        granted: standing.grant.is_some(),
        step_up: false,
        read_only: standing.mode.mode == Mode::ReadOnly,
    }
}
