//! The ledger's side: every new checkpoint is shown to each witness, and what it answers is kept.
//!
//! One thread for each witness, so that one that hangs holds up no other. A witness that cannot be reached is asked again after a
//! second, then two, four, up to a minute. Entries are made meanwhile; the ledger says since when nobody has seen them.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ledger::{Ledger, SignedCheckpoint, Trouble, WITNESSES_MAX, WitnessKey};
use parking_lot::{Condvar, Mutex};
use stdx::Clock;
use ureq::Agent;

use crate::request::{REQUEST_BYTES_MAX, Request};

/// How often the ledger is looked at for a new checkpoint.
const LOOK: Duration = Duration::from_secs(1);
/// The longest pause after failures.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// A checkpoint is shown again after so long without a new one, so that the cosignature says that nothing was taken back.
const AGAIN_AFTER_MS: i64 = 10 * 60 * 1_000;
/// How long one answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// A witness that says at which size it stands is asked again at once, so often.
const TRIES_MAX: usize = 3;

/// A witness to ask.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its submission prefix: `add-checkpoint` comes behind it.
    pub url: String,
    /// Its public key.
    pub key: WitnessKey,
}

/// Asks until it is dropped.
pub struct Asking(Arc<Ending>);

#[derive(Default)]
struct Ending {
    ended: Mutex<bool>,
    told: Condvar,
}

impl Asking {
    /// Begins to ask each of `peers`, at most [`WITNESSES_MAX`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(ledger: &Ledger, peers: Vec<Peer>, clock: &Clock) -> std::io::Result<Self> {
        let ending = Arc::new(Ending::default());
        let peers: Vec<Peer> = peers.into_iter().take(WITNESSES_MAX).collect();
        ledger.expect_witnesses(peers.iter().map(|peer| peer.key.clone()).collect());
        for (number, peer) in peers.into_iter().enumerate() {
            let config =
                Agent::config_builder().http_status_as_error(false).timeout_global(Some(ANSWER_TIME_MAX));
            let agent = config.build().new_agent();
            let one = One { number, peer, agent, ledger: ledger.clone(), clock: clock.clone() };
            let ending = ending.clone();
            thread::Builder::new().name("ledger-witness".to_owned()).spawn(move || one.run(&ending))?;
        }
        Ok(Self(ending))
    }
}

impl Drop for Asking {
    /// Does not wait for an answer that is on its way: it changes nothing that a later one would not.
    fn drop(&mut self) {
        *self.0.ended.lock() = true;
        self.0.told.notify_all();
    }
}

struct One {
    number: usize,
    peer: Peer,
    agent: Agent,
    ledger: Ledger,
    clock: Clock,
}

impl One {
    fn run(self, ending: &Ending) {
        let mut pause = LOOK;
        let mut failing = Duration::ZERO;
        loop {
            let mut ended = ending.ended.lock();
            ending.told.wait_while_for(&mut ended, |ended| !*ended, pause);
            if *ended {
                return;
            }
            drop(ended);
            let checkpoint = self.ledger.checkpoint();
            if failing.is_zero() && !self.is_due(&checkpoint) {
                continue;
            }
            match self.ask(checkpoint) {
                Ok(()) => (pause, failing) = (LOOK, Duration::ZERO),
                Err(trouble) => {
                    failing = (failing * 2).clamp(LOOK, PAUSE_MAX);
                    pause = failing;
                    self.tell(trouble);
                }
            }
        }
    }

    fn is_due(&self, checkpoint: &SignedCheckpoint) -> bool {
        let standing = self.ledger.standing();
        let mine = standing.witnesses.get(self.number);
        mine.is_none_or(|mine| {
            let since_ms = mine.cosigned_ms.map(|at_ms| self.clock.now_ms().saturating_sub(at_ms));
            mine.size < checkpoint.size || since_ms.is_none_or(|since_ms| since_ms >= AGAIN_AFTER_MS)
        })
    }

    fn tell(&self, trouble: Trouble) {
        let known = self.ledger.standing().witnesses.get(self.number).and_then(|mine| mine.trouble.clone());
        if known.as_ref() == Some(&trouble) {
            return;
        }
        let witness = self.peer.key.name();
        match &trouble {
            Trouble::Refused(why) => {
                tracing::error!(witness, why, "a witness refuses the ledger: it was rewritten or set back")
            }
            Trouble::Unreachable(why) => {
                tracing::warn!(witness, why, "a witness has not cosigned the ledger")
            }
        }
        if let Err(error) = self.ledger.note_trouble(&self.peer.key, trouble) {
            tracing::warn!(%error, "the standing of the witnesses could not be written");
        }
    }

    fn ask(&self, mut checkpoint: SignedCheckpoint) -> Result<(), Trouble> {
        let mut old = self.ledger.standing().witnesses.get(self.number).map_or(0, |mine| mine.size);
        for _ in 0..TRIES_MAX {
            if old > checkpoint.size {
                checkpoint = self.ledger.checkpoint();
            }
            if old > checkpoint.size {
                let size = checkpoint.size;
                return Err(Trouble::Refused(format!(
                    "it has seen {old} entries, the log has {size}: it was set back"
                )));
            }
            let unproven = |error: ledger::LedgerError| Trouble::Unreachable(error.to_string());
            let proof = self.ledger.consistency(old, checkpoint.size).map_err(unproven)?;
            let request = Request { old, proof, checkpoint: checkpoint.note.clone() };
            let (status, answer) = self.send(&request.to_string()).map_err(Trouble::Unreachable)?;
            match (status, answer.trim_end().parse()) {
                (200, _) => {
                    let kept = self.ledger.add_cosignature(&checkpoint, &self.peer.key, &answer);
                    return kept.map_err(|error| Trouble::Unreachable(error.to_string()));
                }
                (409, Ok(size)) => old = size,
                (422, _) => {
                    let why = "the log does not continue what it has seen: it was rewritten";
                    return Err(Trouble::Refused(why.to_owned()));
                }
                (403 | 404, _) => {
                    let why = "it does not know this ledger's name and key; add them there";
                    return Err(Trouble::Unreachable(why.to_owned()));
                }
                _ => return Err(Trouble::Unreachable(format!("it answers with status {status}"))),
            }
        }
        Err(Trouble::Unreachable("it says another size every time".to_owned()))
    }

    fn send(&self, request: &str) -> Result<(u16, String), String> {
        let url = format!("{}/add-checkpoint", self.peer.url.trim_end_matches('/'));
        let answer = self.agent.post(&url).content_type("text/plain; charset=utf-8").send(request);
        let mut answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(REQUEST_BYTES_MAX as u64).read_to_string();
        Ok((status, body.map_err(|error| error.to_string())?))
    }
}
