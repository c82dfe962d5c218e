//! What the engine is asked, and what it answers.

use std::sync::Arc;

use crate::action::ActionInfo;
use crate::role::RoleSet;
use crate::scope_set::ScopeSet;

/// What kind of principal asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrincipalKind {
    /// Somebody who belongs to workspaces.
    Member,
    /// Somebody who runs the installation and has no data.
    Operator,
    /// An interface token of one workspace.
    Token,
    /// Somebody who looks around a demo by a one-time link, without a passkey.
    Visitor,
    /// Nobody known.
    Anyone,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Member, Self::Operator, Self::Token, Self::Visitor, Self::Anyone];

    /// The name in policies and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Token => "token",
            Self::Visitor => "visitor",
            Self::Anyone => "anyone",
        }
    }
}

/// Everything a decision depends on; small and enumerable, so that decisions can be remembered.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// What kind of principal asks.
    pub kind: PrincipalKind,
    /// How strongly they proved who they are: 1 a demo's link, 2 two factors that can be passed on by a false page,
    /// 3 a passkey with user verification. Tokens and nobody have 0.
    pub level: u8,
    /// Whether the workspace in question lets a member in with the two factors of a session of level 2.
    pub leave: bool,
    /// The roles held in the workspace in question; for actions on the installation those held anywhere.
    pub roles: RoleSet,
    /// The scopes of a token.
    pub scopes: ScopeSet,
    /// What is asked for.
    pub action: &'static ActionInfo,
    /// Whether the principal belongs to the workspace in question; of no account elsewhere.
    pub belongs: bool,
    /// Whether a grant holds for them in the workspace in question: of a member's an export, of an operator's support.
    pub granted: bool,
    /// Whether a fresh touch for this very request was shown.
    pub step_up: bool,
    /// Whether the workspace or the installation is in read-only mode.
    pub read_only: bool,
}

/// The engine's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// A policy permits it and none forbids it.
    Allow,
    /// A policy forbids it, or none permits it.
    Deny {
        /// The `@id` of the forbidding policy, or `no-permit`.
        why: Arc<str>,
    },
}

impl Decision {
    /// The id given when no policy permits.
    pub const NO_PERMIT: &'static str = "no-permit";

    /// Whether it is [`Decision::Allow`].
    pub fn is_allow(&self) -> bool {
        *self == Self::Allow
    }
}
