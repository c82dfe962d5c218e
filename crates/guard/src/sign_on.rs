//! Single sign-on: a workspace's provider vouches for its members.
//!
//! A provider speaks for one workspace, for addresses of the domains that are its own, and for members whom somebody invited or a
//! directory brought in; it makes nobody a member. A session that it vouched for reaches that workspace alone, whatever else
//! the account belongs to. What the session is worth follows from what the provider saw; those who run the workspace come in
//! with a passkey of ours, unless the owner takes the provider's word for as much.

mod ended;
mod row;
mod vouched;

use model::WorkspaceId;
use serde_json::json;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

pub use vouched::{Refused, Word};

/// The most domains of a workspace.
const DOMAINS_MAX: usize = 20;
/// The most classes whose word is taken.
const TRUSTED_MAX: usize = 8;
/// The longest text of any kind, in bytes.
const TEXT_BYTES_MAX: usize = 512;

/// A workspace's provider.
#[derive(Clone, Debug)]
pub struct SignOn {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The provider's name of itself: an address.
    pub issuer: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// What this installation proves itself with there.
    pub secret: Option<Secret<String>>,
    /// The domains whose addresses it vouches for.
    pub domains: Vec<String>,
    /// Classes (`acr`) whose word counts as much as a passkey of ours.
    pub trusted: Vec<String>,
    /// When it was last changed, milliseconds since 1970, UTC.
    pub changed_ms: i64,
}

/// What an owner wants the provider to be.
#[derive(Clone, Debug)]
pub struct NewSignOn {
    /// The provider's name of itself: an address.
    pub issuer: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// The secret; nothing keeps the one that is there, as long as provider and client stay the same.
    pub secret: Option<Secret<String>>,
    /// The domains whose addresses it vouches for.
    pub domains: Vec<String>,
    /// Classes whose word counts as much as a passkey of ours.
    pub trusted: Vec<String>,
}

impl Guard {
    /// The workspace's provider, where it has one.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sign_on(&self, granted: &Granted) -> Result<Option<SignOn>, GuardError> {
        granted.must_be_for(&["ReadSignOn"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| self.sign_on_of(tx, workspace))
    }

    /// Sets the workspace's provider. Whoever it vouched for so far signs in again.
    ///
    /// # Errors
    /// A bad address, name or domain, a domain of another workspace's, an altered row, or the ledger's or database's.
    pub fn set_sign_on(&self, granted: &Granted, new: NewSignOn) -> Result<SignOn, GuardError> {
        granted.must_be_for(&["SetSignOn"])?;
        let workspace = granted.in_workspace()?;
        let new = checked(new)?;
        self.change(|tx| {
            let before = self.sign_on_of(tx, workspace)?;
            let same = |was: &&SignOn| (&was.issuer, &was.client_id) == (&new.issuer, &new.client_id);
            let kept = before.as_ref().filter(same);
            let NewSignOn { issuer, client_id, domains, trusted, secret } = new.clone();
            let secret = secret.or_else(|| kept.and_then(|was| was.secret.clone()));
            let changed_ms = self.now_ms();
            let now = SignOn { workspace, issuer, client_id, secret, domains, trusted, changed_ms };
            // Who is who at another provider is not known yet.
            let forget = before.as_ref().is_some_and(|was| was.issuer != now.issuer);
            self.write_sign_on(tx, &now, forget)?;
            self.0.signin.end_sessions_within(tx, workspace)?;
            let detail = json!({"issuer": now.issuer, "domains": now.domains, "trusted": now.trusted});
            self.notice(tx, Some(workspace), None, "sign_on.set", &detail)?;
            // A domain is claimed for the whole installation.
            self.notice(
                tx,
                None,
                None,
                "sign_on.set",
                &json!({"workspace": workspace, "domains": now.domains}),
            )?;
            Ok((now, Actor::from(granted).does("sign_on.set", workspace.to_string(), detail)))
        })
    }

    /// Takes the provider away: whoever it vouched for is out at once.
    ///
    /// # Errors
    /// There is none, or the ledger's or database's.
    pub fn remove_sign_on(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["RemoveSignOn"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            self.sign_on_of(tx, workspace)?.ok_or(Denied::NotFound)?;
            self.drop_sign_on(tx, workspace)?;
            let ended = self.0.signin.end_sessions_within(tx, workspace)?;
            self.notice(tx, Some(workspace), None, "sign_on.removed", &json!({}))?;
            Ok((
                (),
                Actor::from(granted).does(
                    "sign_on.removed",
                    workspace.to_string(),
                    json!({"sessions": ended}),
                ),
            ))
        })
    }

    /// The provider that vouches for addresses of that domain, for whoever wants to sign in.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sign_on_for(&self, domain: &str) -> Result<Option<SignOn>, GuardError> {
        self.0.db.read(|tx| match self.workspace_of_domain(tx, &domain.to_lowercase())? {
            Some(workspace) => self.sign_on_of(tx, workspace),
            None => Ok(None),
        })
    }
}

impl Guard {
    /// The provider of a workspace, for whoever speaks with it.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sign_on_at(&self, workspace: WorkspaceId) -> Result<Option<SignOn>, GuardError> {
        self.0.db.read(|tx| self.sign_on_of(tx, workspace))
    }
}

fn checked(mut new: NewSignOn) -> Result<NewSignOn, GuardError> {
    let invalid = |field, want: &str| Err(GuardError::Invalid { field, want: want.to_owned() });
    let is_text = |text: &str| {
        !text.is_empty()
            && text.len() <= TEXT_BYTES_MAX
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
    };
    let is_address = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        is_text(text) && !host.is_empty() && !text.contains(['?', '#', '@'])
    };
    for domain in &mut new.domains {
        *domain = domain.trim().trim_start_matches('@').to_lowercase();
    }
    new.domains.sort();
    new.domains.dedup();
    if !is_address(&new.issuer) {
        return invalid("issuer", "the provider's address, such as https://login.example.com");
    }
    if !is_text(&new.client_id) {
        return invalid("client_id", "what the provider calls this client, without spaces");
    }
    if new.secret.as_ref().is_some_and(|secret| !is_text(secret.expose())) {
        return invalid("client_secret", "what the provider shows, without spaces");
    }
    if new.domains.is_empty()
        || new.domains.len() > DOMAINS_MAX
        || !new.domains.iter().all(|one| is_domain(one))
    {
        return invalid("domains", "1 to 20 domains of your members' addresses, such as example.com");
    }
    if new.trusted.len() > TRUSTED_MAX || !new.trusted.iter().all(|one| is_text(one)) {
        return invalid("trusted_acr", "at most 8 classes as the provider writes them in `acr`");
    }
    Ok(new)
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}
