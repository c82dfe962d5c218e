//! Who is asking, as found out from a credential.

use std::fmt;

use model::{MemberId, PasskeyId, SessionId, TokenId, WorkspaceId};
use policy::{PrincipalKind, ScopeSet};
use stdx::Secret;

/// What a request carries to say who it comes from.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// A session's text, from the cookie.
    Session(&'a str),
    /// A token's text, from the `Authorization` header.
    Bearer(&'a str),
    /// Nothing.
    None,
}

/// Somebody who was identified, or nobody. Knowing who it is permits nothing: that is
/// [`Guard::permit`](crate::Guard::permit)'s to say.
pub struct Caller {
    pub(crate) who: Who,
    pub(crate) renewed: Option<Secret<String>>,
    /// From where, as the ledger's mark.
    pub(crate) from: Option<String>,
}

/// The kinds of caller with what is known of each.
#[derive(Clone)]
pub(crate) enum Who {
    Account {
        id: MemberId,
        kind: PrincipalKind,
        level: u8,
        /// The passkey, or what stands for one.
        by: PasskeyId,
        session: SessionId,
        csrf: String,
        /// The one workspace the session reaches; all of the account's where there is none.
        within: Option<WorkspaceId>,
    },
    Token {
        id: TokenId,
        workspace: WorkspaceId,
        maker: MemberId,
        scopes: ScopeSet,
    },
    Nobody,
}

impl Caller {
    /// Nobody known.
    pub fn nobody() -> Self {
        Self { who: Who::Nobody, renewed: None, from: None }
    }

    /// What kind of principal it is.
    pub fn kind(&self) -> PrincipalKind {
        match &self.who {
            Who::Account { kind, .. } => *kind,
            Who::Token { .. } => PrincipalKind::Token,
            Who::Nobody => PrincipalKind::Anyone,
        }
    }

    /// The member or operator, when it is one.
    pub fn member(&self) -> Option<MemberId> {
        match &self.who {
            Who::Account { id, .. } => Some(*id),
            Who::Token { .. } | Who::Nobody => None,
        }
    }

    /// The member who answers for what the caller does: they themselves, or whoever made the token.
    pub fn answers(&self) -> Option<MemberId> {
        match &self.who {
            Who::Account { id, .. } => Some(*id),
            Who::Token { maker, .. } => Some(*maker),
            Who::Nobody => None,
        }
    }

    /// The session, when there is one.
    pub fn session(&self) -> Option<SessionId> {
        match &self.who {
            Who::Account { session, .. } => Some(*session),
            Who::Token { .. } | Who::Nobody => None,
        }
    }

    /// The token, when it is one.
    pub fn token(&self) -> Option<TokenId> {
        match &self.who {
            Who::Token { id, .. } => Some(*id),
            Who::Account { .. } | Who::Nobody => None,
        }
    }

    /// The workspace that a token opens, when it is one.
    pub fn token_workspace(&self) -> Option<WorkspaceId> {
        match &self.who {
            Who::Token { workspace, .. } => Some(*workspace),
            Who::Account { .. } | Who::Nobody => None,
        }
    }

    /// How strongly they proved who they are: 2 is two factors that can be passed on, 3 a passkey with
    /// user verification.
    pub fn level(&self) -> u8 {
        match &self.who {
            Who::Account { level, .. } => *level,
            Who::Token { .. } | Who::Nobody => 0,
        }
    }

    /// The one workspace that the session reaches; every one of the account's where there is none.
    pub fn within(&self) -> Option<WorkspaceId> {
        match &self.who {
            Who::Account { within, .. } => *within,
            Who::Token { .. } | Who::Nobody => None,
        }
    }

    /// What a form or script of this session must send along to show that it is ours; stays the same for
    /// the life of the session.
    pub fn csrf(&self) -> Option<&str> {
        match &self.who {
            Who::Account { csrf, .. } => Some(csrf),
            Who::Token { .. } | Who::Nobody => None,
        }
    }

    /// The session's new text, when it was renewed: the answer must set the cookie to it.
    pub fn renewed_token(&self) -> Option<&str> {
        self.renewed.as_ref().map(|token| token.expose().as_str())
    }

    /// The name in the ledger: a member's or token's id, or `anyone`.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Account { id, .. } => id.to_string(),
            Who::Token { id, .. } => id.to_string(),
            Who::Nobody => PrincipalKind::Anyone.as_str().to_owned(),
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}]", self.kind().as_str(), self.name())
    }
}
