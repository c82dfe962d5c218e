//! Interface tokens of a workspace.

use model::TokenId;
use policy::ScopeSet;
use serde_json::json;
use signin::token::NewToken;
use stdx::{Networks, Secret};

use crate::change::Actor;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::review::ReviewedToken;

/// A token that somebody asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskedToken<'a> {
    /// What they call it.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a [&'a str],
    /// Its life.
    pub expires_in_s: Option<u64>,
    /// From where it may be used, such as `203.0.113.0/24`.
    pub networks: &'a [&'a str],
}

/// A token that has just been made.
#[derive(Clone, Debug)]
pub struct CreatedToken {
    /// Its id.
    pub id: TokenId,
    /// Its text; shown once.
    pub token: Secret<String>,
    /// What it may do.
    pub scopes: ScopeSet,
    /// When it ends, milliseconds since 1970, UTC.
    pub expires_ms: i64,
}

impl Guard {
    /// Makes a token. Without a life it lives for 90 days; the most is 366. Without networks it works from anywhere.
    ///
    /// # Errors
    /// A bad name, life or network, unknown or no scopes, or the ledger's or database's.
    pub fn create_token(
        &self,
        granted: &Granted,
        asked: &AskedToken<'_>,
    ) -> Result<CreatedToken, GuardError> {
        granted.must_be_for(&["CreateToken"])?;
        let (workspace, maker) = (granted.in_workspace()?, granted.member()?);
        let invalid = |want: String| GuardError::Invalid { field: "scopes", want };
        let set =
            ScopeSet::parse(asked.scopes.iter().copied()).map_err(|error| invalid(error.to_string()))?;
        if set.is_empty() {
            return Err(invalid(format!("at least one of {}", policy::scope_set::SCOPES.join(", "))));
        }
        let life_ms = asked
            .expires_in_s
            .map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000));
        let networks = Networks::read(asked.networks).map_err(|_| GuardError::Invalid {
            field: "networks",
            want: "networks such as 203.0.113.0/24 or 2001:db8::/32, or addresses".to_owned(),
        })?;
        let scopes: Vec<_> = set.iter().collect();
        let scope_text = scopes.join(" ");
        self.change(|tx| {
            let new = NewToken {
                workspace,
                maker,
                name: asked.name,
                scopes: &scope_text,
                life_ms,
                networks: &networks,
            };
            let (token, text) = self.0.signin.make_token(tx, &new)?;
            let bound: Vec<String> = networks.texts().collect();
            let detail = json!({"scopes": scopes, "expires_ms": token.expires_ms, "networks": bound});
            self.notice(tx, Some(workspace), None, "token.made", &json!({"token": token.id, "by": maker}))?;
            let entry = Actor::from(granted).does("token.made", token.id.to_string(), detail);
            Ok((CreatedToken { id: token.id, token: text, scopes: set, expires_ms: token.expires_ms }, entry))
        })
    }

    /// The tokens of the workspace and how they stand, oldest first, ended ones included.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn tokens(&self, granted: &Granted) -> Result<Vec<ReviewedToken>, GuardError> {
        granted.must_be_for(&["ListTokens"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let tokens = self.0.signin.tokens(tx, workspace)?;
            tokens.into_iter().map(|token| self.reviewed_token(tx, token)).collect()
        })
    }

    /// Makes a token unusable at once.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn revoke_token(&self, granted: &Granted, id: TokenId) -> Result<(), GuardError> {
        granted.must_be_for(&["RevokeToken"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            self.0.signin.revoke_token(tx, workspace, id)?;
            Ok(((), Actor::from(granted).does("token.revoked", id.to_string(), json!({}))))
        })
    }
}
