//! Signing in with an organisation's provider: from an address to the provider, and back with its word.

use guard::SignedIn;
use guard::sign_on::{Refused, SignOn, Word};
use model::WorkspaceId;
use provider::waiting::{Away, Waiting};
use provider::{Client, Provider, ProviderError, assurance};
use stdx::Secret;

use crate::Services;

/// Where providers send people back to, below the console's address.
pub const BACK: &str = "/sign-in/organisation/back";

/// Where a provider says that somebody signed out there, below the console's address and before the workspace's id.
pub const LOGOUT: &str = "/sign-in/organisation/logout";

/// The providers, and who is on the way to one.
pub struct SignOns {
    /// Speaks with them.
    pub provider: Provider,
    /// Who is on the way.
    pub waiting: Waiting<SignOn>,
}

/// Where to send somebody.
#[derive(Debug)]
pub struct Going {
    /// The provider's address.
    pub url: String,
    /// What their browser keeps until they are back.
    pub browser: Secret<String>,
}

/// What somebody came back with, all of it from outside.
#[derive(Clone, Copy)]
pub struct Back<'a> {
    /// Which sign-in it is.
    pub state: &'a str,
    /// What the browser has kept.
    pub browser: &'a str,
    /// The code, where the provider gave one.
    pub code: Option<&'a str>,
    /// Who the provider says it is, where it does.
    pub issuer: Option<&'a str>,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedOn {
    /// No provider vouches for addresses of that domain.
    #[error("no organisation here signs in with that address")]
    NoProvider,
    /// It was begun too long ago, in another browser, or finished before.
    #[error("this sign-in is over, or was begun in another browser")]
    Over,
    /// The provider did not sign them in.
    #[error("the provider did not sign you in")]
    NotThere,
    /// The provider cannot be asked, or what it says does not count.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The provider's word counts, and is not enough.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<guard::Denied> for NotSignedOn {
    fn from(denied: guard::Denied) -> Self {
        Self::Refused(denied.into())
    }
}

impl From<guard::GuardError> for NotSignedOn {
    fn from(error: guard::GuardError) -> Self {
        guard::Denied::from(error).into()
    }
}

impl Services {
    /// Somebody gave their address: a ticket with which they go on. Nothing is looked up, so nothing can be told from the answer.
    pub fn ask_sign_on(&self, address: &str) -> String {
        let domain = address.trim().rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
        let domain = domain.chars().take(253).collect();
        self.sign_on.waiting.ask(domain, self.clock.now_ms())
    }

    /// Where somebody with a ticket goes: their organisation's provider. The same for every address of a domain.
    ///
    /// # Errors
    /// No provider, one that cannot be asked, or an altered row.
    pub fn go_to_sign_on(&self, ticket: &str) -> Result<Going, NotSignedOn> {
        let now_ms = self.clock.now_ms();
        let domain = self.sign_on.waiting.asked(ticket, now_ms).ok_or(NotSignedOn::Over)?;
        let on = self.guard.sign_on_for(&domain)?.ok_or(NotSignedOn::NoProvider)?;
        let redirect = self.redirect();
        let begun = self.sign_on.provider.begin(&client(&on, &redirect), &on.trusted)?;
        let (url, browser) = (begun.url.clone(), Secret::new(stdx::random_text::<32>()));
        self.sign_on.waiting.leave(Away { begun, on, browser: browser.clone() }, now_ms);
        Ok(Going { url, browser })
    }

    /// Somebody is back: the session that the provider's word is worth.
    ///
    /// # Errors
    /// Every [`NotSignedOn`].
    pub fn come_back(&self, back: &Back<'_>) -> Result<SignedIn, NotSignedOn> {
        let away = self.sign_on.waiting.back(back.state, back.browser, self.clock.now_ms());
        let Away { begun, on, .. } = away.ok_or(NotSignedOn::Over)?;
        // What was set may have been changed while they were away.
        let present = on.domains.first().map(|domain| self.guard.sign_on_for(domain)).transpose()?.flatten();
        let same =
            present.is_some_and(|now| now.workspace == on.workspace && now.changed_ms == on.changed_ms);
        if !same {
            return Err(NotSignedOn::Over);
        }
        let redirect = self.redirect();
        let client = client(&on, &redirect);
        self.sign_on.provider.must_be_its_answer(&client, back.issuer)?;
        let code = back.code.ok_or(NotSignedOn::NotThere)?;
        let said = self.sign_on.provider.finish(&client, code, &begun.nonce, &begun.verifier)?;
        let level = assurance::level(said.acr.as_deref(), &said.amr, &on.trusted);
        let word = Word {
            subject: &said.subject,
            email: said.email.as_deref(),
            sid: said.session.as_deref(),
            level,
        };
        Ok(self.guard.sign_in_vouched(&on, &word)?)
    }

    /// The workspace's provider says, by a logout token, that somebody signed out there: how many sessions ended here.
    ///
    /// # Errors
    /// No such provider, or a token that does not count.
    pub fn signed_out_there(&self, workspace: WorkspaceId, token: &str) -> Result<usize, NotSignedOn> {
        let on = self.guard.sign_on_at(workspace)?.ok_or(NotSignedOn::NoProvider)?;
        let redirect = self.redirect();
        let out = self.sign_on.provider.logged_out(&client(&on, &redirect), token)?;
        Ok(self.guard.end_vouched(&on, out.subject.as_deref(), out.session.as_deref())?)
    }

    fn redirect(&self) -> String {
        format!("{}{BACK}", self.about.console_url)
    }
}

fn client<'a>(on: &'a SignOn, redirect: &'a str) -> Client<'a> {
    Client { issuer: &on.issuer, id: &on.client_id, secret: on.secret.as_ref(), redirect }
}
