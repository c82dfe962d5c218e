//! The guard itself, and the first question asked of every request: who is it?

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use breach::Corpus;
use control::Database;
use keys::{HashKey, Key, KeyDirectory};
use ledger::Ledger;
use parking_lot::{Mutex, RwLock};
use policy::{Policies, PrincipalKind, ScopeSet};
use serde_json::json;
use signin::account::AccountKind;
use signin::pending::Pending;
use signin::{Marks, Signin, SigninError};
use stdx::Clock;

use crate::caller::{Caller, Credential, Who};
use crate::change::Actor;
use crate::channels::{Bell, Channels};
use crate::denials::Denials;
use crate::denied::Denied;
use crate::elsewhere::{Networks, network};
use crate::error::{ALTERED, GuardError};
use crate::password::{Choice, choices};
use crate::stuffing::Stuffing;
use crate::usage::Holder;

/// What a guard is made of.
pub struct Parts {
    /// The control database.
    pub db: Database,
    /// The installation's master key.
    pub master: Key,
    /// Where the keys of new workspaces are entered.
    pub keys: KeyDirectory,
    /// Where everything is entered.
    pub ledger: Ledger,
    /// What time it is.
    pub clock: Clock,
    /// Which site passkeys belong to.
    pub passkeys: signin::Config,
    /// The corpus of breached passwords, there or not.
    pub corpus: Corpus,
}

/// Guards every route. Cheap to clone.
#[derive(Clone)]
pub struct Guard(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Database,
    pub(crate) master: Key,
    pub(crate) keys: KeyDirectory,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Clock,
    pub(crate) signin: Signin,
    pub(crate) policies: &'static Policies,
    pub(crate) email_seal: Key,
    pub(crate) email_hash: HashKey,
    pub(crate) hook_seal: Key,
    pub(crate) origin_hash: HashKey,
    /// When what has ended was last removed.
    pub(crate) swept_ms: AtomicI64,
    pub(crate) denials: Mutex<Denials>,
    pub(crate) channels: RwLock<Channels>,
    pub(crate) bell: Bell,
    pub(crate) stuffing: Mutex<Stuffing>,
    /// Sessions and the networks that are known of them.
    pub(crate) networks: Mutex<Networks>,
    pub(crate) choices: Mutex<Pending<String, Choice>>,
    pub(crate) corpus: Corpus,
}

impl Guard {
    /// Prepares to guard an installation.
    ///
    /// # Errors
    /// The console's origins do not fit the relying party.
    pub fn open(parts: Parts) -> Result<Self, GuardError> {
        let Parts { db, master, keys, ledger, clock, passkeys, corpus } = parts;
        Ok(Self(Arc::new(Inner {
            signin: Signin::new(&master, clock.clone(), passkeys)?,
            policies: Policies::shared()?,
            email_seal: master.derive("member e-mail 1"),
            email_hash: master.hasher("member e-mail lookup 1"),
            hook_seal: master.derive("notice webhook 1"),
            origin_hash: master.hasher("ledger origin 1"),
            swept_ms: AtomicI64::new(clock.now_ms()),
            denials: Mutex::default(),
            channels: RwLock::default(),
            bell: Bell::default(),
            stuffing: Mutex::default(),
            networks: Mutex::default(),
            choices: Mutex::new(choices()),
            corpus,
            db,
            master,
            keys,
            ledger,
            clock,
        })))
    }

    /// Who is calling. May renew the session: see [`Caller::renewed_token`].
    ///
    /// # Errors
    /// [`Denied::NotSignedIn`] for a credential that is not or no longer valid.
    pub fn identify(&self, credential: Credential<'_>) -> Result<Caller, Denied> {
        self.identify_from(credential, None)
    }

    /// Who is calling from an address. A token that is bound to networks needs one.
    ///
    /// # Errors
    /// As [`Guard::identify`]; [`Denied::FromElsewhere`], [`Denied::Lapsed`] for a token.
    pub fn identify_from(
        &self,
        credential: Credential<'_>,
        address: Option<IpAddr>,
    ) -> Result<Caller, Denied> {
        let from = address.map(|address| self.origin_of(address));
        let found = match credential {
            Credential::None => Ok(Caller::nobody()),
            Credential::Session(text) => self.session_caller(text, from.as_deref().and_then(network)),
            Credential::Bearer(text) => return self.token_caller(text, address, from),
        };
        let caller = found.map(|caller| Caller { from, ..caller }).map_err(|error| match error {
            SigninError::NotValid => Denied::NotSignedIn,
            SigninError::Reused { session, account } => {
                self.session_reused(session, account);
                Denied::NotSignedIn
            }
            other => self.broken(other.into()),
        })?;
        self.note_network(&caller).map_err(|error| self.broken(error))?;
        Ok(caller)
    }

    /// Whether the caller's session or token still holds; for streams that outlive their request.
    pub fn still_holds(&self, caller: &Caller) -> bool {
        let runs = match &caller.who {
            Who::Account { session, .. } => self.0.db.read(|tx| self.0.signin.session_runs(tx, *session)),
            Who::Token { id, workspace, .. } => {
                self.0.db.read(|tx| self.0.signin.token_runs(tx, *workspace, *id))
            }
            Who::Nobody => Ok(false),
        };
        runs.unwrap_or(false)
    }

    /// How long the session of a cookie's text would run on by itself, in milliseconds; nothing where it has ended. Not a use.
    ///
    /// # Errors
    /// [`Denied::Unavailable`] or what broke.
    pub fn session_left_ms(&self, text: &str) -> Result<Option<i64>, GuardError> {
        Ok(self.0.signin.session_left_ms(&self.0.db, text)?)
    }

    /// The rules themselves, for printing.
    pub fn policies(&self) -> &'static Policies {
        self.0.policies
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    pub(crate) fn marks(&self) -> &Marks {
        self.0.signin.marks()
    }

    /// Turns what broke into a refusal; a row that was changed outside Holdfast is entered.
    pub(crate) fn broken(&self, error: GuardError) -> Denied {
        if let GuardError::Signin(SigninError::Altered { table }) = &error
            && let Some(unlisted) = self.0.denials.lock().count(ALTERED, self.now_ms())
        {
            let entry = Actor::part("guard").does("row.altered", *table, json!({"unlisted": unlisted}));
            // Refused either way.
            let _ = self.0.ledger.enter(entry);
        }
        error.into()
    }

    fn session_caller(&self, text: &str, network: Option<&str>) -> Result<Caller, SigninError> {
        let checked = self.0.signin.check_session(&self.0.db, text, network)?;
        let kind = principal_kind(checked.kind);
        let csrf = self.marks().csrf(checked.session);
        let signin::session::Checked { account: id, level, session, passkey: by, workspace: within, .. } =
            checked;
        let who = Who::Account { id, kind, level, by, session, csrf, within };
        Ok(Caller { who, renewed: checked.renewed, from: None })
    }

    fn token_caller(
        &self,
        text: &str,
        address: Option<IpAddr>,
        from: Option<String>,
    ) -> Result<Caller, Denied> {
        let token = match self.0.signin.check_token(&self.0.db, text) {
            Err(SigninError::NotValid) => return Err(Denied::NotSignedIn),
            found => found.map_err(|error| self.broken(error.into()))?,
        };
        let holder = Holder::token(token.workspace, token.id);
        let usage = self.0.db.read(|tx| self.usage(tx, holder)).map_err(|error| self.broken(error))?;
        // A scope that this version no longer has opens nothing.
        let known = token.scopes.split(' ').filter_map(|scope| ScopeSet::parse([scope]).ok());
        let scopes = known.fold(ScopeSet::NONE, ScopeSet::union);
        let caller = Caller {
            who: Who::Token { id: token.id, workspace: token.workspace, maker: token.maker, scopes },
            renewed: None,
            from,
        };
        let here = token.networks.is_empty() || address.is_some_and(|address| token.networks.have(address));
        let refused = match here {
            false => Some(Denied::FromElsewhere),
            true if usage.is_over(token.created_ms, self.now_ms()) => Some(Denied::Lapsed { what: "token" }),
            true => None,
        };
        if let Some(denied) = refused {
            let why = if here { "lapsed" } else { "token-network" };
            self.enter_refusal(&caller, Some(token.workspace), ("ReadSession", why));
            return Err(denied);
        }
        self.note_use(holder, &usage, caller.from.as_deref()).map_err(|error| self.broken(error))?;
        Ok(caller)
    }
}

/// What kind of principal an account is.
pub(crate) fn principal_kind(kind: AccountKind) -> PrincipalKind {
    match kind {
        AccountKind::Member => PrincipalKind::Member,
        AccountKind::Operator => PrincipalKind::Operator,
        AccountKind::Visitor => PrincipalKind::Visitor,
    }
}
