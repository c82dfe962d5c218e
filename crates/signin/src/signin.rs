//! The parts of signing in that live in memory, together.

use std::sync::{Mutex, MutexGuard, PoisonError};

use keys::Key;
use rusqlite::{OptionalExtension, Transaction, params};
use stdx::Clock;
use webauthn_rs::prelude::{DiscoverableAuthentication, Url, Webauthn, WebauthnBuilder};

use crate::binding::Awaited;
use crate::ceremony::Enrolment;
use crate::config::{CEREMONIES_MAX, CEREMONY_LIFE_MS, Config, STEP_UP_LIFE_MS, STEP_UPS_MAX};
use crate::error::SigninError;
use crate::hashing::Hashing;
use crate::marks::Marks;
use crate::pending::Pending;
use crate::step_up::StepUp;

/// A ceremony is found again by its challenge.
pub(crate) type Challenge = Vec<u8>;

/// Signing in, for one installation.
pub struct Signin {
    pub(crate) clock: Clock,
    pub(crate) marks: Marks,
    pub(crate) config: Config,
    pub(crate) webauthn: Webauthn,
    pub(crate) enrolments: Mutex<Pending<Challenge, Enrolment>>,
    pub(crate) sign_ins: Mutex<Pending<Challenge, DiscoverableAuthentication>>,
    pub(crate) step_ups: Mutex<Pending<String, StepUp>>,
    pub(crate) bindings: Mutex<Pending<String, Awaited>>,
    pub(crate) hashing: Hashing,
    pub(crate) code_seal: Key,
}

impl Signin {
    /// Prepares signing in at the configured site.
    ///
    /// # Errors
    /// The origins do not fit the relying party's id.
    pub fn new(master: &Key, clock: Clock, config: Config) -> Result<Self, SigninError> {
        let webauthn = relying_party(&config)?;
        Ok(Self {
            clock,
            marks: Marks::new(master),
            hashing: Hashing::default(),
            code_seal: crate::password::code_seal(master),
            config,
            webauthn,
            enrolments: Mutex::new(Pending::new(CEREMONY_LIFE_MS, CEREMONIES_MAX)),
            sign_ins: Mutex::new(Pending::new(CEREMONY_LIFE_MS, CEREMONIES_MAX)),
            step_ups: Mutex::new(Pending::new(STEP_UP_LIFE_MS, STEP_UPS_MAX)),
            bindings: Mutex::new(Pending::new(CEREMONY_LIFE_MS, CEREMONIES_MAX)),
        })
    }

    /// The keys for lookups and row authenticators.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Makes the installation's own row. Once, when the installation is made.
    ///
    /// # Errors
    /// The database's; there is one already.
    pub fn install(&self, tx: &Transaction<'_>) -> Result<(), SigninError> {
        tx.execute(
            "insert into sign_in_epoch (id, epoch, mac) values (1, 1, ?1)",
            params![self.epoch_mac(1)],
        )?;
        Ok(())
    }

    /// The installation's epoch; sessions and tokens of an earlier one have ended.
    ///
    /// # Errors
    /// No installation, an altered row, or the database's.
    pub fn installation_epoch(&self, tx: &Transaction<'_>) -> Result<i64, SigninError> {
        let mut statement = tx.prepare_cached("select epoch, mac from sign_in_epoch where id = 1")?;
        let row = statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
        let (epoch, mac) = row.ok_or(SigninError::NotValid)?;
        self.marks.row("sign_in_epoch").int(epoch).check(&mac)?;
        Ok(epoch)
    }

    /// Ends every session and token at once, however many there are: their rows go with later sweeps. A restored backup does
    /// this too.
    ///
    /// # Errors
    /// As [`Signin::installation_epoch`].
    pub fn raise_installation_epoch(&self, tx: &Transaction<'_>) -> Result<(), SigninError> {
        let epoch = self.installation_epoch(tx)? + 1;
        tx.execute("update sign_in_epoch set epoch = ?1, mac = ?2", params![epoch, self.epoch_mac(epoch)])?;
        Ok(())
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn epoch_mac(&self, epoch: i64) -> [u8; 32] {
        self.marks.row("sign_in_epoch").int(epoch).made()
    }
}

/// What a panic elsewhere left behind is still a valid map.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn relying_party(config: &Config) -> Result<Webauthn, SigninError> {
    let wrong =
        |detail: &str| SigninError::Configuration { rp_id: config.rp_id.clone(), detail: detail.to_owned() };
    let parse = |origin: &String| Url::parse(origin).map_err(|_| wrong("an origin is no URL"));
    let origins = config.origins.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let (first, rest) = origins.split_first().ok_or_else(|| wrong("no origin is given"))?;
    let fits = |url: &Url| {
        url.domain().is_some_and(|host| host == config.rp_id || host.ends_with(&format!(".{}", config.rp_id)))
    };
    if !origins.iter().all(fits) {
        return Err(wrong("every origin must be at that host or below it, and no bare address"));
    }
    let builder = WebauthnBuilder::new(&config.rp_id, first).map_err(|_| wrong("refused"))?;
    let builder = rest.iter().fold(builder.rp_name(&config.rp_name), WebauthnBuilder::append_allowed_origin);
    builder.build().map_err(SigninError::Ceremony)
}
