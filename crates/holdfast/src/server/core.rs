//! What every command on the data needs: the databases of decisions, the keys, the ledger and the guard.

use breach::Corpus;
use control::Database;
use guard::Guard;
use keys::KeyDirectory;
use ledger::{Ledger, LedgerKeys};
use stdx::Clock;

use crate::config::Config;
use crate::installation::{Identity, Installation};
use crate::outcome::{Failure, Outcome};

/// The filter of breached passwords, inside the data directory.
pub const BREACHED: &str = "breached";

/// The parts below everything else.
pub struct Core {
    /// The data directory and its root key.
    pub installation: Installation,
    /// Decisions.
    pub control: Database,
    /// The workspaces' keys.
    pub keys: KeyDirectory,
    /// Who saw and did what.
    pub ledger: Ledger,
    /// Who may.
    pub guard: Guard,
    /// What time it is.
    pub clock: Clock,
    /// The console as people type it.
    pub console_url: String,
}

impl Core {
    /// The same with the console on another port.
    ///
    /// # Errors
    /// As [`Core::open`].
    pub fn reopen(self, config: &Config, console_port: u16) -> Outcome<Self> {
        let Self { installation, ledger, guard, control, .. } = self;
        ledger.close();
        drop((ledger, guard, control));
        Self::open(installation, config, console_port)
    }

    /// Opens them for a console that listens on `console_port`.
    ///
    /// # Errors
    /// Says which part cannot be opened and what to do.
    pub fn open(installation: Installation, config: &Config, console_port: u16) -> Outcome<Self> {
        let clock = Clock::wall();
        let (control, ledger) = decisions(&installation, &clock)?;
        let keys = KeyDirectory::new();
        control
            .read(|tx| control::workspaces::load_keys(tx, &installation.root, &keys))
            .map_err(|error| Failure::failed(format!("the workspaces' keys: {error}")))?;
        let console_url = config.console.origin(console_port);
        let guard = Guard::open(guard::Parts {
            db: control.clone(),
            master: installation.root.clone(),
            keys: keys.clone(),
            ledger: ledger.clone(),
            clock: clock.clone(),
            passkeys: signin::Config {
                rp_id: installation.identity.rp_id.clone(),
                sessions_roam: config.console.sessions_roam,
                rp_name: "Holdfast".to_owned(),
                origins: vec![console_url.clone()],
            },
            corpus: Corpus::at(installation.path(BREACHED)),
        })
        .map_err(|error| Failure::failed(format!("the guard: {error}")))?;
        Ok(Self { installation, control, keys, ledger, guard, clock, console_url })
    }
}

/// The database of decisions and the ledger, which tell whether the one is what the other knows.
///
/// # Errors
/// One of them cannot be opened.
pub fn decisions(installation: &Installation, clock: &Clock) -> Outcome<(Database, Ledger)> {
    let digest = installation.root.hasher("kept tables 1");
    let path = installation.path("control.db");
    let control = Database::open_kept(&path, control::CONTROL_MIGRATIONS, digest)
        .map_err(|error| Failure::failed(format!("control.db: {error}")))?;
    let ledger = LedgerKeys::derive(&ledger_origin(&installation.identity), &installation.root)
        .and_then(|keys| Ledger::open(&installation.path("ledger"), keys, clock.clone()))
        .map_err(|error| Failure::failed(format!("the ledger: {error}")))?;
    Ok((control, ledger))
}

/// The ledger's name, which every checkpoint bears.
pub fn ledger_origin(identity: &Identity) -> String {
    format!("holdfast/{}", identity.id)
}
