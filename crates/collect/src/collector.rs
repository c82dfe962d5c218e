//! The collector: what the routes share, and what members and consoles ask of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use control::Database;
use journal::Journal;
use keys::KeyDirectory;
use model::WorkspaceId;
use parking_lot::Mutex;
use shield::Shield;
use stdx::Clock;
use tokio::sync::broadcast;

use crate::advisory::Advisories;
use crate::answers::Answers;
use crate::error::CollectError;
use crate::live::{Live, LiveItem};
use crate::planned::Plans;
use crate::quarantine::Quarantine;
use crate::quota::Quotas;
use crate::room::Room;
use crate::rules::Shields;
use crate::sources::Sources;
use crate::succession::Successions;
use crate::tally::{Count, FindingPlace, RefusalPlace, Tally};
use crate::turns::Turns;
use crate::visits::Visits;

/// How often counts are written; a crash loses those since the last time.
const COUNTS_WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// What can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many events a second one source may send; more are answered with 429.
    pub events_per_s: u32,
    /// How many bytes of bodies may be held at the same time; more are answered with 503.
    pub held_bytes_max: usize,
    /// Where senders reach the collect door, for example `https://collect.example.com`. Without it the
    /// settings file names the host that was asked.
    pub public_url: Option<String>,
    /// Whether the door speaks TLS, for the address where none is configured.
    pub secure: bool,
    /// A file in MaxMind's format that says where addresses are; read again when it changes. Without it nothing is said.
    pub places: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            events_per_s: 100_000,
            held_bytes_max: 128 * 1024 * 1024,
            public_url: None,
            secure: false,
            places: None,
        }
    }
}

/// Takes events in. Cheap to clone; all clones are the same collector.
#[derive(Clone)]
pub struct Collector(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub control: Database,
    pub sources: Sources,
    pub shields: Shields,
    pub planned: Plans,
    pub quarantine: Quarantine,
    /// Held while events are released, so that one release is under way at a time.
    pub releasing: Mutex<()>,
    pub advisories: Advisories,
    pub journal: Journal,
    pub keys: KeyDirectory,
    pub clock: Clock,
    pub config: Config,
    pub quotas: Quotas,
    pub room: Room,
    pub turns: Turns,
    pub successions: Successions,
    pub tally: Tally,
    pub answers: Answers,
    pub live: Live,
    pub visits: Visits,
}

/// What a collector works with.
pub struct Parts {
    /// Where sources and counts are kept.
    pub control: Database,
    /// The sources by write key.
    pub sources: Sources,
    /// Where screened events go.
    pub journal: Journal,
    /// The workspaces' keys, for the keyed hashes of marks.
    pub keys: KeyDirectory,
    /// Where events wait that depart from a plan.
    pub quarantine: Quarantine,
    /// The time.
    pub clock: Clock,
    /// What can be set.
    pub config: Config,
}

impl Collector {
    /// A collector with the counts as they were last written. A release from quarantine that was cut off is finished.
    ///
    /// # Errors
    /// The database's, the quarantine's, the journal's; a plan or rules that cannot be used any more.
    pub fn new(parts: Parts) -> Result<Self, CollectError> {
        let Parts { control, sources, journal, keys, quarantine, clock, config } = parts;
        let tally = Tally::load(&control)?;
        let shields = Shields::load(&control)?;
        let planned = Plans::load(&control)?;
        let advisories = Advisories::load(&control)?;
        let (quotas, room) = (Quotas::new(config.events_per_s), Room::new(config.held_bytes_max));
        // As many large bodies at once as there are cores: small ones then still get half of each.
        let turns = Turns::new(std::thread::available_parallelism().map_or(1, usize::from));
        let live = Live::default();
        let visits = Visits::new(config.places.clone());
        let inner = Inner {
            control,
            sources,
            shields,
            planned,
            quarantine,
            releasing: Mutex::default(),
            advisories,
            journal,
            keys,
            clock,
            config,
            quotas,
            room,
            turns,
            successions: Successions::default(),
            tally,
            answers: Answers::default(),
            live,
            visits,
        };
        inner.finish_releases()?;
        Ok(Self(Arc::new(inner)))
    }

    /// The sources in use, to be reloaded after a change.
    pub fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// Takes over what was changed in the workspaces' own shield rules; in force for the next request. To be called after each
    /// commit that touched them.
    ///
    /// # Errors
    /// The database's; the rules of before then stay in force.
    pub fn reload_rules(&self) -> Result<(), CollectError> {
        self.0.shields.reload(&self.0.control)
    }

    /// Takes over what was changed in the advisories; in force for the next request. To be called after each commit that
    /// touched them.
    ///
    /// # Errors
    /// The database's; what was in force before stays so.
    pub fn reload_advisories(&self) -> Result<(), CollectError> {
        self.0.advisories.reload(&self.0.control)
    }

    /// The shield in force for a workspace.
    pub fn shield(&self, workspace: WorkspaceId) -> Shield {
        self.0.shields.of(workspace)
    }

    /// What was refused in a workspace and why, the latest first.
    pub fn refusals(&self, workspace: WorkspaceId) -> Vec<(RefusalPlace, Count)> {
        self.0.tally.refusals(Some(workspace))
    }

    /// What was refused and belongs to no workspace, such as unknown write keys.
    pub fn refusals_of_installation(&self) -> Vec<(RefusalPlace, Count)> {
        self.0.tally.refusals(None)
    }

    /// Where the shield removed or sealed something in a workspace, the latest first.
    pub fn findings(&self, workspace: WorkspaceId) -> Vec<(FindingPlace, Count)> {
        self.0.tally.findings(workspace)
    }

    /// What was removed, sealed or refused lately, oldest first, and what will be from now on.
    pub fn follow(&self, workspace: WorkspaceId) -> (Vec<Arc<LiveItem>>, broadcast::Receiver<Arc<LiveItem>>) {
        self.0.live.follow(workspace)
    }

    /// Writes the counts that have changed every second until `stop` resolves, and then once more.
    pub async fn keep_counts(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let stopping = tokio::time::timeout(COUNTS_WRITTEN_EVERY, stop.as_mut()).await.is_ok();
            let collector = self.clone();
            let work = move || {
                collector.0.visits.places.refresh();
                collector.flush()
            };
            match tokio::task::spawn_blocking(work).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "counts could not be written, trying again"),
                Err(_) => tracing::warn!("counts could not be written, trying again"),
            }
            if stopping {
                return;
            }
        }
    }

    /// As [`Collector::flush`], for the end: what is gathered for the next minute is told as well.
    ///
    /// # Errors
    /// The database's.
    pub fn finish(&self) -> Result<(), CollectError> {
        self.0.tell_gathered(true);
        self.flush()
    }

    /// Writes the counts that have changed; waits for the disk. Mostly [`Collector::keep_counts`] does it.
    ///
    /// # Errors
    /// The database's; the counts are then written the next time.
    pub fn flush(&self) -> Result<(), CollectError> {
        self.0.tell_gathered(false);
        self.0.planned.counts.flush(&self.0.control)?;
        self.0.tally.flush(&self.0.control)
    }
}
