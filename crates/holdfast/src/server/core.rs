//! What every command on the data needs: the databases of decisions, the keys, the ledger and the guard.

use breach::Corpus;
use control::{Database, Migration};
use guard::Guard;
use keys::KeyDirectory;
use ledger::{Ledger, LedgerKeys};
use stdx::Clock;

use crate::config::Config;
use crate::installation::{Identity, Installation};
use crate::outcome::{Failure, Outcome};
use crate::server::kept::{self, Databases};

/// The filter of breached passwords, inside the data directory.
pub const BREACHED: &str = "breached";

/// The parts below everything else.
pub struct Core {
    /// The data directory and its root key.
    pub installation: Installation,
    /// Decisions.
    pub control: Database,
    /// Identities and the vault.
    pub people: Database,
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
        let Self { installation, ledger, guard, control, people, .. } = self;
        ledger.close();
        drop((ledger, guard, control, people));
        Self::open(installation, config, console_port)
    }

    /// Opens them for a console that listens on `console_port`.
    ///
    /// # Errors
    /// Says which part cannot be opened and what to do.
    pub fn open(installation: Installation, config: &Config, console_port: u16) -> Outcome<Self> {
        let clock = Clock::wall();
        let databases = databases(&installation, &clock)?;
        let keys = KeyDirectory::new();
        let loaded =
            databases.control.read(|tx| control::workspaces::load_keys(tx, &installation.root, &keys));
        if let Err(error) = loaded {
            // Somebody may have changed them: that is then said, and not only what came of it.
            kept::must_be_whole(&databases)?;
            return Err(Failure::failed(format!("the workspaces' keys: {error}")));
        }
        let Databases { control, people, ledger } = databases;
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
        Ok(Self { installation, control, people, keys, ledger, guard, clock, console_url })
    }

    /// The databases and the ledger that knows of them.
    pub fn databases(&self) -> Databases {
        let (control, people, ledger) = (self.control.clone(), self.people.clone(), self.ledger.clone());
        Databases { control, people, ledger }
    }
}

/// The databases and the ledger, which tell whether the ones are what the other knows.
///
/// # Errors
/// One of them cannot be opened.
pub fn databases(installation: &Installation, clock: &Clock) -> Outcome<Databases> {
    let open = |name: &str, migrations: &[Migration], purpose, tables| {
        let digest = installation.root.hasher(purpose);
        Database::open_kept(&installation.path(name), migrations, (digest, tables))
            .map_err(|error| Failure::failed(format!("{name}: {error}")))
    };
    let control = open("control.db", control::CONTROL_MIGRATIONS, "kept tables 1", control::KEPT_TABLES)?;
    let people = open("people.db", control::PEOPLE_MIGRATIONS, "kept people 1", control::KEPT_PEOPLE)?;
    let ledger = LedgerKeys::derive(&ledger_origin(&installation.identity), &installation.root)
        .and_then(|keys| Ledger::open(&installation.path("ledger"), keys, clock.clone()))
        .map_err(|error| Failure::failed(format!("the ledger: {error}")))?;
    let databases = Databases { control, people, ledger };
    kept::accompany(&databases);
    Ok(databases)
}

/// The ledger's name, which every checkpoint bears.
pub fn ledger_origin(identity: &Identity) -> String {
    format!("holdfast/{}", identity.id)
}
