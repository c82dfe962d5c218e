//! The right to do one thing once: what guard gives and nothing else can make.

use std::ops::Deref;

use ledger::NewEntry;
use model::{MemberId, PasskeyId, SessionId, TokenId, WorkspaceId};
use policy::{ActionInfo, PrincipalKind, Role, RoleSet};
use serde_json::Value;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;

/// A request's right to its action. Only [`Guard::permit`](crate::Guard::permit) makes one.
#[derive(Debug)]
pub struct Granted(pub(crate) Grounds);

/// What a right rests on. Readable by everybody, and of no use without the [`Granted`] around it.
#[derive(Debug)]
pub struct Grounds {
    /// Who it was given to.
    pub principal: Principal,
    /// What it was given for.
    pub action: &'static ActionInfo,
    /// The workspace it holds for, where the action has one.
    pub workspace: Option<WorkspaceId>,
    /// The one workspace that the session reaches; every one of the account's where there is none.
    pub within: Option<WorkspaceId>,
    /// The session it was given to.
    pub session: Option<SessionId>,
    /// From where it was asked for, as the ledger's keyed mark; nothing where no door said.
    pub from: Option<String>,
    /// The passkey that was touched for this very request, where one was.
    pub touched: Option<PasskeyId>,
}

/// Who was granted something.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The name in the ledger: the id of the member or token, or `anyone`.
    pub name: String,
    /// What kind of principal it is.
    pub kind: PrincipalKind,
    /// The member or operator, when it is one.
    pub member: Option<MemberId>,
    /// The token, when it is one.
    pub token: Option<TokenId>,
    /// The member who answers for what is done: they themselves, or whoever made the token.
    pub answers: Option<MemberId>,
    /// The roles held in the workspace; for actions on the installation those held anywhere.
    pub roles: RoleSet,
}

impl Principal {
    /// Whether it is an operator, who is in a workspace by a support grant alone.
    pub fn is_operator(&self) -> bool {
        self.kind == PrincipalKind::Operator
    }
}

impl Deref for Granted {
    type Target = Grounds;
    fn deref(&self) -> &Grounds {
        &self.0
    }
}

impl Granted {
    /// An entry of what is done to `object` with this right: who, in which session, from where, in which workspace.
    pub fn does(&self, code: &'static str, object: impl Into<String>, detail: Value) -> NewEntry {
        Actor::from(self).does(code, object, detail)
    }

    /// Refuses a right to something else: a feature checks what it is handed, so that a route cannot be
    /// wired to the wrong one.
    pub(crate) fn must_be_for(&self, actions: &[&str]) -> Result<(), GuardError> {
        if actions.contains(&self.action.name) {
            return Ok(());
        }
        Err(Denied::Forbidden { why: "right-for-another-action".to_owned() }.into())
    }

    /// Only owners make, change and remove owners.
    pub(crate) fn must_be_able_to_give(&self, role: Role) -> Result<(), GuardError> {
        if role == Role::Owner && !self.principal.roles.has(Role::Owner) {
            return Err(GuardError::OwnersOnly);
        }
        Ok(())
    }

    pub(crate) fn in_workspace(&self) -> Result<WorkspaceId, GuardError> {
        self.workspace.ok_or_else(|| Denied::NotFound.into())
    }

    pub(crate) fn member(&self) -> Result<MemberId, GuardError> {
        self.principal.member.ok_or_else(|| Denied::NotSignedIn.into())
    }
}
