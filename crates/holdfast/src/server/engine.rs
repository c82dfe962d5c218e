//! What collects, resolves, stores and answers, with the threads that keep house.

use std::sync::Arc;
use std::time::Duration;

use campaign::Campaigns;
use collect::quarantine::Quarantine;
use collect::{Collector, Sources};
use control::Database;
use dashboards::Dashboards;
use dedup::Dedup;
use insight::{Insight, ZoneOf};
use jiff::tz::TimeZone;
use journal::{Intake, Journal};
use outbound::{Outbound, Reach};
use people::People;
use provider::Provider;
use provider::waiting::Waiting;
use purge::{PurgeList, Purges, RulesOf};
use question::AskError;
use rows::export::Shelf;
use rows::{Budget, Own, Rows};
use segments::Segments;
use service::doors::Doors;
use service::sign_on::SignOns;
use service::{About, Services};
use sql::{Limits, Sql};
use store::Store;
use watch::Watch;

use crate::config::Config;
use crate::follow::{Parts, Pass};
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;
use crate::server::elsewhere::Others;
use crate::server::kept::{self, Databases};

/// How often counters are written and the tail is looked after.
const HOUSEKEEPING: Duration = Duration::from_secs(1);
/// How often old journal files are looked for.
const RETENTION_EVERY: u32 = 600;

/// The running parts.
pub struct Engine {
    /// What the faces call.
    pub services: Services,
    /// The log.
    pub journal: Journal,
    /// Identities and the vault.
    pub people_db: Database,
    /// The resolving pass.
    pub pass: Arc<parking_lot::Mutex<Pass>>,
    /// Held while a purge replaces files, and while a backup copies them.
    pub still: Arc<parking_lot::Mutex<()>>,
    /// What must go again when an older backup is restored.
    pub list: PurgeList,
    retention_days: u32,
}

impl Engine {
    /// Opens and starts them.
    ///
    /// # Errors
    /// Says which part cannot be opened and what to do.
    pub fn start(core: &Core, config: &Config, collect_url: String, doors: Doors) -> Outcome<Self> {
        let failed = |part: &str, error: &dyn std::fmt::Display| Failure::failed(format!("{part}: {error}"));
        let at = |part: &str| core.installation.path(part);
        let journal_config =
            journal::Config { queue_bytes_max: config.journal.queue_bytes_max, ..journal::Config::default() };
        let (journal, recovery) =
            Journal::open(&at("journal"), core.keys.clone(), core.clock.clone(), journal_config)
                .map_err(|error| failed("the journal", &error))?;
        if let Some(cut) = &recovery.cut {
            tracing::warn!(file = %cut.file.display(), position = cut.position, bytes = cut.bytes, "cut off what was never acknowledged");
        }
        let dedup = Dedup::open(&at("dedup"), dedup::Config::new(dedup_key(core)))
            .map_err(|error| failed("message ids", &error))?;
        let people_db = core.people.clone();
        let people = People::open(people_db.clone(), core.keys.clone(), core.clock.clone())
            .map_err(|error| failed("people", &error))?;
        let people = Arc::new(people);
        let purging = core.control.read(purge::table::has_unfinished);
        let hold_merging = purging.map_err(|error| failed("purges", &error))?;
        let store = Store::open(
            &core.installation.data,
            core.keys.clone(),
            core.clock.clone(),
            store::Config { hold_merging, ..store::Config::default() },
        )
        .map_err(|error| failed("the store", &error))?;
        let sources = Sources::load(&core.control).map_err(|error| failed("sources", &error))?;
        let quarantine = Quarantine::open(&at("quarantine"), core.keys.clone())
            .map_err(|error| failed("quarantine", &error))?;
        let collector = Collector::new(collect::collector::Parts {
            control: core.control.clone(),
            sources,
            journal: journal.clone(),
            keys: core.keys.clone(),
            quarantine: quarantine.clone(),
            clock: core.clock.clone(),
            config: collect::Config {
                events_per_s: config.collect.source_events_per_s_max,
                // What is held ends in the journal's queue: where nobody can take all of the one, nobody takes the other.
                held_bytes_max: config.collect.held_bytes_max.min(config.journal.queue_bytes_max),
                public_url: config.collect.url.clone(),
                secure: collect_url.starts_with("https://"),
                places: config.geo.file.clone(),
            },
        })
        .map_err(|error| failed("the collector", &error))?;
        let watch = Watch::open(core.control.clone(), core.keys.clone(), core.clock.clone())
            .map_err(|error| failed("what is learned of properties", &error))?;
        let collected = collector.clone();
        let feed: segments::Feed = Arc::new(move |workspace, events| {
            collected.of_the_house(workspace, events).map_err(|error| error.to_string())
        });
        let segments = Segments::open(segments::Parts {
            control: core.control.clone(),
            people_db: people_db.clone(),
            people: people.clone(),
            store: store.clone(),
            ledger: core.ledger.clone(),
            clock: core.clock.clone(),
            marks: core.installation.root.hasher("segment row 1"),
            feed,
        })
        .map_err(|error| failed("segments", &error))?;
        let pass = Pass::start(Parts {
            journal: journal.clone(),
            dedup,
            people: people.clone(),
            store: store.clone(),
            watch: watch.clone(),
            segments: segments.clone(),
            intake: Intake::new(journal.clone()),
        })
        .map_err(|error| failed("the resolving pass", &error))?;
        let catalogues = service::Catalogues::default();
        let installation = &core.installation;
        let list = PurgeList::open(
            &installation.data,
            (&installation.identity.id, &installation.root),
            core.control.clone(),
            core.ledger.clone(),
            core.clock.clone(),
        )
        .map_err(|error| failed("the list of purges", &error))?;
        let still = Arc::new(parking_lot::Mutex::new(()));
        let rules = collector.clone();
        let purging = Purges::start(purge::Parts {
            control: core.control.clone(),
            keys: core.keys.clone(),
            ledger: core.ledger.clone(),
            journal: journal.clone(),
            people: people.clone(),
            store: store.clone(),
            clock: core.clock.clone(),
            shield_of: Arc::new(move |workspace| rules.shield(workspace)),
            rules_of: rules_of(core.control.clone()),
            list: list.clone(),
            elsewhere: Arc::new(Others {
                quarantine,
                watch: watch.clone(),
                catalogues: catalogues.clone(),
                counters: collector.clone(),
                control: core.control.clone(),
                segments: segments.clone(),
            }),
            still: still.clone(),
        })
        .map_err(|error| failed("purging", &error))?;
        let zones = zones(core.control.clone());
        let insight = Insight::new(store.clone(), Arc::new(segments.who()), zones, core.clock.clone());
        let sql = Sql::new(store.clone(), people.clone(), Limits::default());
        let budget = Budget {
            people_per_hour_max: config.people.seen_per_hour_max,
            people_per_day_max: config.people.seen_per_day_max,
        };
        let (ledger, guard, clock) = (core.ledger.clone(), core.guard.clone(), core.clock.clone());
        let shelf = Shelf { dir: at("exports"), keys: core.keys.clone() };
        let rows = Rows::new(people.clone(), ledger, guard, budget, Own { clock, shelf });
        let dashboards = Dashboards::new(dashboards::Parts {
            control: core.control.clone(),
            segments: segments.clone(),
            asked: Arc::new(insight.clone()),
            guard: core.guard.clone(),
            ledger: core.ledger.clone(),
            clock: core.clock.clone(),
            marks: installation.root.hasher("dashboard row 1"),
            links: (installation.root.hasher("share link 1"), collect_url.clone()),
        });
        let relay = config.messages.relay().map_err(|error| failed("messages", &error))?;
        let root = &installation.root;
        let campaigns = Campaigns::new(campaign::Parts {
            control: core.control.clone(),
            people_db: people_db.clone(),
            people: people.clone(),
            guard: core.guard.clone(),
            rows: rows.clone(),
            ledger: core.ledger.clone(),
            clock: core.clock.clone(),
            segments: segments.clone(),
            marks: root.hasher("campaign row 1"),
            links: (root.hasher("unsubscribe link 1"), collect_url.clone()),
            relay,
        });
        let outbound = config.outbound.allowed().map_err(|error| failed("single sign-on", &error))?;
        let outbound = Outbound::new(Reach::Members { allowed: outbound }, config.outbound.root.as_deref());
        let outbound = outbound.map_err(|error| failed("single sign-on", &error))?;
        let provider = Provider::new(outbound, core.clock.clone());
        let sign_on = SignOns { provider, waiting: Waiting::default() };
        let services = Services {
            guard: core.guard.clone(),
            ledger: core.ledger.clone(),
            control: core.control.clone(),
            collector,
            intake: Intake::new(journal.clone()),
            people: people.clone(),
            store,
            watch,
            purging,
            insight,
            sql,
            segments,
            dashboards,
            campaigns,
            catalogues,
            rows,
            clock: core.clock.clone(),
            doors,
            mirrored: mirror::Standings::default(),
            sign_on: Arc::new(sign_on),
            about: Arc::new(About {
                version: env!("CARGO_PKG_VERSION"),
                collect_url,
                console_url: core.console_url.clone(),
                demo: core.installation.identity.demo,
            }),
        };
        Ok(Self {
            services,
            journal,
            people_db,
            pass: Arc::new(parking_lot::Mutex::new(pass)),
            still,
            list,
            retention_days: config.journal.retention_days,
        })
    }

    /// Keeps house until dropped: counters to disk, old journal files gone.
    pub async fn keep_house(&self) {
        let mut tick = tokio::time::interval(HOUSEKEEPING);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut rounds: u32 = 0;
        loop {
            tick.tick().await;
            rounds = rounds.wrapping_add(1);
            let (services, journal, databases) =
                (self.services.clone(), self.journal.clone(), self.databases());
            let retention_days = self.retention_days;
            let is_time = rounds.is_multiple_of(RETENTION_EVERY);
            let done = tokio::task::spawn_blocking(move || {
                housekeeping(&services, is_time.then_some((&journal, retention_days, &databases)));
            });
            if done.await.is_err() {
                tracing::error!("housekeeping broke; it is tried again");
            }
        }
    }

    fn databases(&self) -> Databases {
        let Services { control, ledger, .. } = &self.services;
        Databases { control: control.clone(), people: self.people_db.clone(), ledger: ledger.clone() }
    }

    /// Ends everything in order: what followed first, then what it followed.
    pub fn end(&self) {
        // First: it waits for the pass.
        self.services.purging.end();
        self.pass.lock().end();
        if let Err(error) = self.services.collector.finish() {
            tracing::error!(%error, "the counters could not be written");
        }
        if let Err(error) = self.services.store.flush() {
            tracing::error!(%error, "the store's tail could not be synced; the journal has it");
        }
        self.journal.close();
        if let Err(error) = kept::enter(&self.databases()) {
            tracing::error!(%error, "how the database stands could not be entered");
        }
        self.services.ledger.close();
    }
}

/// The key for message ids, which can be personal: it follows from the master key.
fn dedup_key(core: &Core) -> [u8; 16] {
    core.installation.root.hasher("message ids 1").short(b"")
}

/// The shield rules of a workspace as it wrote them.
fn rules_of(control: Database) -> RulesOf {
    Arc::new(move |workspace| {
        let set = control.read(|tx| collect::rules::in_force(tx, workspace));
        Ok(set.map_err(|error: collect::CollectError| Box::new(error))?.rules)
    })
}

/// The time zone that a workspace's days are counted in.
fn zones(control: Database) -> ZoneOf {
    Arc::new(move |workspace| {
        let failed = |error: control::ControlError| AskError::Failed(Box::new(error));
        let found = control.read(|tx| control::workspaces::by_id(tx, workspace)).map_err(failed)?;
        let name = found.map_or_else(|| "UTC".to_owned(), |workspace| workspace.time_zone);
        TimeZone::get(&name).map_err(|error| AskError::Failed(Box::new(error)))
    })
}

fn housekeeping(services: &Services, now_and_then: Option<(&Journal, u32, &Databases)>) {
    if let Err(error) = services.collector.flush() {
        tracing::warn!(%error, "the counters could not be written; tried again in a second");
    }
    if let Err(error) = services.guard.settle_grants() {
        tracing::warn!(%error, "grants that have ended could not be told of; tried again in a second");
    }
    if let Err(error) = services.announce_alarms() {
        tracing::warn!(%error, "alarms could not be announced; tried again in a second");
    }
    if let Some((journal, days, databases)) = now_and_then {
        if let Err(error) = services.ledger.retain(ledger::PAYLOAD_DAYS) {
            tracing::warn!(%error, "old payloads of the ledger could not be dropped");
        }
        if let Err(error) = services.guard.sweep() {
            tracing::warn!(%error, "ended sessions could not be removed");
        }
        if let Err(error) = kept::watch(databases, &services.guard) {
            tracing::error!(%error, "the database could not be looked at");
        }
        let older_than_ms = services.clock.now_ms() - i64::from(days) * 24 * 3_600_000;
        let keep_from = services.store.position().min(services.people.position());
        let keep_from = keep_from.min(services.watch.durable_position());
        // Only what is synced elsewhere may go from here.
        if let Err(error) = services.store.flush() {
            tracing::error!(%error, "the store cannot be synced; the journal keeps its files");
            return;
        }
        match journal.retain(older_than_ms, keep_from) {
            Ok(retained) => tracing::debug!(?retained, "journal files looked at"),
            Err(error) => tracing::warn!(%error, "old journal files could not be removed"),
        }
    }
}
