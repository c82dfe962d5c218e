//! The witness: for each log that it knows the last checkpoint that it cosigned, durably.
//!
//! `logs/<SHA-256 of the origin>/checkpoint` is that checkpoint with the log's signature and ours; it is on disk before it is
//! answered. `refused` beside it collects signed checkpoints that contradict it: each pair proves that the log lied.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use ledger::{Cosigner, PublicKey, SignedCheckpoint, WitnessKey, consistent, empty_root};
use parking_lot::Mutex;
use stdx::{Clock, files};

use crate::error::WitnessError;
use crate::request::Request;

/// How many bytes of contradictions are kept for each log.
const REFUSED_BYTES_MAX: usize = 64 * 1024;

/// What is answered, in HTTP's terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What the body is.
    pub content_type: &'static str,
    /// Signature lines, a size, or why not.
    pub body: String,
}

/// A witness of some logs.
pub struct Witness {
    cosigner: Cosigner,
    clock: Clock,
    logs: BTreeMap<String, Log>,
}

struct Log {
    key: PublicKey,
    folder: PathBuf,
    /// Held while a checkpoint is looked at and kept, so that two requests never take it back.
    last: Mutex<Option<SignedCheckpoint>>,
}

impl Witness {
    /// Opens what was kept of `logs` in `dir`.
    ///
    /// # Errors
    /// [`WitnessError::Damaged`] when a kept checkpoint is not one that its log signed and this witness cosigned.
    pub fn open(
        dir: &Path,
        cosigner: Cosigner,
        logs: Vec<PublicKey>,
        clock: Clock,
    ) -> Result<Self, WitnessError> {
        let mut open = BTreeMap::new();
        for key in logs {
            let folder = dir.join("logs").join(origin_hash(key.name()));
            files::private_dir(&folder).map_err(WitnessError::io("make", &folder))?;
            files::sync_parent(&folder).map_err(WitnessError::io("sync", &folder))?;
            let last = Mutex::new(read_last(&folder, &key, cosigner.key())?);
            open.insert(key.name().to_owned(), Log { key, folder, last });
        }
        Ok(Self { cosigner, clock, logs: open })
    }

    /// The key that checks its cosignatures.
    pub fn key(&self) -> &WitnessKey {
        self.cosigner.key()
    }

    /// `POST add-checkpoint`: cosigns a checkpoint that continues the last one.
    ///
    /// # Errors
    /// When what it saw cannot be written down: then it has not seen it.
    pub fn add_checkpoint(&self, body: &str) -> Result<Answer, WitnessError> {
        let Some(request) = Request::parse(body) else { return Ok(say(400, "not a request")) };
        let origin = request.checkpoint.lines().next().unwrap_or_default();
        let Some(log) = self.logs.get(origin) else {
            return Ok(say(404, "no log of that name is known here"));
        };
        let Ok(checkpoint) = SignedCheckpoint::open(&request.checkpoint, &log.key) else {
            return Ok(say(403, "not a checkpoint that the log's key signed"));
        };
        if request.old > checkpoint.size {
            return Ok(say(400, "the old size is larger than the checkpoint's"));
        }
        let mut last = log.last.lock();
        let old = last.as_ref().map_or((0, empty_root()), |last| (last.size, last.root));
        let new = (checkpoint.size, checkpoint.root);
        if new.0 == old.0 && new.1 != old.1 {
            log.contradicted(&checkpoint)?;
        }
        if request.old != old.0 {
            let body = format!("{}\n", old.0);
            return Ok(Answer { status: 409, content_type: "text/x.tlog.size", body });
        }
        if new.0 == 0 && new.1 != empty_root() || !consistent(old, new, &request.proof) {
            log.contradicted(&checkpoint)?;
            return Ok(say(422, "it does not continue the checkpoint that was cosigned before"));
        }
        let at_s = u64::try_from(self.clock.now_ms() / 1_000).unwrap_or(0);
        let line = self.cosigner.cosign(&checkpoint, at_s);
        let own = log.key.alone_on(&checkpoint.note).unwrap_or_else(|| checkpoint.note.clone());
        let note = format!("{own}{line}");
        let path = log.folder.join("checkpoint");
        files::replace(&path, note.as_bytes()).map_err(WitnessError::io("write", path))?;
        *last = Some(SignedCheckpoint { note, ..checkpoint });
        Ok(Answer { status: 200, content_type: "text/plain; charset=utf-8", body: line })
    }

    /// `GET <origin hash>/checkpoint`: the last one that was cosigned.
    pub fn checkpoint(&self, origin_hash_asked: &str) -> Answer {
        let found = self.logs.values().find(|log| origin_hash(log.key.name()) == origin_hash_asked);
        match found.and_then(|log| log.last.lock().clone()) {
            Some(last) => Answer { status: 200, content_type: "text/plain; charset=utf-8", body: last.note },
            None => say(404, "nothing of that log was cosigned here"),
        }
    }
}

impl Log {
    /// Keeps a signed checkpoint that contradicts the last one.
    fn contradicted(&self, checkpoint: &SignedCheckpoint) -> Result<(), WitnessError> {
        let path = self.folder.join("refused");
        let mut kept = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(WitnessError::io("read", &path))?,
        };
        let note = self.key.alone_on(&checkpoint.note).unwrap_or_else(|| checkpoint.note.clone());
        if kept.contains(&note) || kept.len() + note.len() > REFUSED_BYTES_MAX {
            return Ok(());
        }
        tracing::error!(
            log = self.key.name(),
            size = checkpoint.size,
            "the log signed a checkpoint that contradicts what it signed before"
        );
        kept.push_str(&note);
        files::replace(&path, kept.as_bytes()).map_err(WitnessError::io("write", path))
    }
}

fn say(status: u16, text: &str) -> Answer {
    Answer { status, content_type: "text/plain; charset=utf-8", body: format!("{text}\n") }
}

fn read_last(
    folder: &Path,
    log: &PublicKey,
    witness: &WitnessKey,
) -> Result<Option<SignedCheckpoint>, WitnessError> {
    let path = folder.join("checkpoint");
    let note = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(WitnessError::io("read", &path))?,
    };
    // A checkpoint that this witness has not cosigned was put there by somebody else.
    let ours = SignedCheckpoint::open(&note, log).and_then(|checkpoint| {
        let rule = "this witness has not cosigned it";
        let missing = ledger::LedgerError::Malformed { what: "kept checkpoint", rule };
        witness.cosigned_at(&note)?.map(|_| checkpoint).ok_or(missing)
    });
    ours.map(Some).map_err(|source| WitnessError::Damaged { path, source })
}

fn origin_hash(origin: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, origin.as_bytes()).as_ref())
}
