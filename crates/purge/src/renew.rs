//! Off an older key of a workspace: once its key was replaced, everything that the older one sealed is sealed anew under the
//! present one, in the background, and then the older one is destroyed.
//!
//! Nothing is kept about how far this is: each place finds what is still under the older key, so a killed process goes on with
//! what is left. The thread is that of purges, so that the two never write the same files at once; a purge goes first.

use control::workspace_key;
use ledger::NewEntry;
use model::{PersonCode, WorkspaceId};
use serde_json::json;

use crate::error::PurgeError;
use crate::runner::{Inner, Purges};
use crate::table;

/// How many people's keys are wrapped in one transaction.
const PEOPLE_AT_ONCE: u32 = 500;
/// How often all places are gone through before it is told that something stays behind.
const ROUNDS_MAX: u32 = 5;

/// How a workspace's key stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyStanding {
    /// The present key's public name.
    pub key: String,
    /// Since when it is the present one, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// The one before it, until it is destroyed.
    pub older: Option<OlderStanding>,
}

/// An older key, and how far things are off it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OlderStanding {
    /// Its public name.
    pub key: String,
    /// When it was replaced, milliseconds since 1970, UTC.
    pub replaced_ms: i64,
    /// Who had it replaced.
    pub replaced_by: String,
    /// Where the work is, and how much of that is done of how much.
    pub at: Renewal,
    /// Why it does not go on, where it does not; it is tried again.
    pub waits_for: Option<String>,
}

/// How far things are.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Renewal {
    /// `people`, `decisions`, `journal`, `archive`; empty before it begins.
    pub place: &'static str,
    /// Pieces that are under the present key.
    pub done: u64,
    /// Pieces in all.
    pub whole: u64,
}

impl Purges {
    /// How the key of a workspace stands.
    ///
    /// # Errors
    /// No such workspace, or the database's.
    pub fn key(&self, workspace: WorkspaceId) -> Result<KeyStanding, PurgeError> {
        let parts = &self.0.parts;
        let keys = parts.keys.get(workspace).ok_or(PurgeError::NoKeys)?;
        let state = parts.control.read(|tx| workspace_key::state(tx, workspace))?;
        let older = state.older.zip(keys.seal.older().first()).map(|(older, key)| OlderStanding {
            key: key.to_string(),
            replaced_ms: older.replaced_ms,
            replaced_by: older.replaced_by,
            at: self.0.renewals.lock().get(&workspace).copied().unwrap_or_default(),
            waits_for: self.trouble(),
        });
        Ok(KeyStanding { key: keys.seal.id().to_string(), since_ms: state.since_ms, older })
    }
}

impl Inner {
    /// Gets every workspace off its older key; `false` when a purge came between, which goes first.
    pub(crate) fn renew_all(&self) -> Result<bool, PurgeError> {
        for workspace in self.parts.control.read(workspace_key::with_older)? {
            if !self.renew(workspace)? {
                return Ok(false);
            }
            self.renewals.lock().remove(&workspace);
        }
        Ok(true)
    }

    fn renew(&self, workspace: WorkspaceId) -> Result<bool, PurgeError> {
        tracing::info!(%workspace, "what an older key sealed is sealed anew");
        for _ in 0..ROUNDS_MAX {
            let gone_through = self.renew_people(workspace)?
                && self.renew_decisions(workspace)?
                && self.renew_journal(workspace)?
                && self.renew_archive(workspace)?;
            if !gone_through {
                return Ok(false);
            }
            if self.behind(workspace)? == 0 {
                self.destroy_older(workspace)?;
                return Ok(true);
            }
        }
        Err(PurgeError::StillBehind)
    }

    /// How much is still sealed under the older key.
    fn behind(&self, workspace: WorkspaceId) -> Result<u64, PurgeError> {
        let parts = &self.parts;
        let journal = parts.journal.behind(workspace)?.len() as u64;
        Ok(parts.people.behind(workspace)?.0 + journal + parts.store.behind(workspace)?)
    }

    fn renew_people(&self, workspace: WorkspaceId) -> Result<bool, PurgeError> {
        let mut from = Some(PersonCode(0));
        while let Some(next) = from {
            let begun_ms = self.parts.clock.now_ms();
            from = self.parts.people.renew(workspace, next, PEOPLE_AT_ONCE)?;
            let (behind, whole) = self.parts.people.behind(workspace)?;
            if !self.goes_on(workspace, ("people", whole - behind, whole), begun_ms)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What stands in the database of decisions and in quarantine.
    fn renew_decisions(&self, workspace: WorkspaceId) -> Result<bool, PurgeError> {
        let begun_ms = self.parts.clock.now_ms();
        let keys = self.parts.keys.get(workspace).ok_or(PurgeError::NoKeys)?;
        let asked = self.parts.control.write(|tx| table::renew(tx, &keys, workspace))?;
        let _still = self.parts.still.lock();
        let elsewhere = self.parts.elsewhere.renew(workspace).map_err(PurgeError::Elsewhere)?;
        let done = asked + elsewhere;
        self.goes_on(workspace, ("decisions", done, done), begun_ms)
    }

    fn renew_journal(&self, workspace: WorkspaceId) -> Result<bool, PurgeError> {
        let behind = self.parts.journal.behind(workspace)?;
        for (index, file) in (1..).zip(&behind) {
            let begun_ms = self.parts.clock.now_ms();
            {
                // A backup copies these files.
                let _still = self.parts.still.lock();
                self.parts.journal.renew(file.first, workspace)?;
            }
            if !self.goes_on(workspace, ("journal", index, behind.len() as u64), begun_ms)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn renew_archive(&self, workspace: WorkspaceId) -> Result<bool, PurgeError> {
        let store = &self.parts.store;
        store.settle()?;
        let whole = store.behind(workspace)?;
        loop {
            let begun_ms = self.parts.clock.now_ms();
            {
                let _still = self.parts.still.lock();
                if !store.renew_one(workspace)? {
                    return Ok(true);
                }
            }
            let left = store.behind(workspace)?;
            if !self.goes_on(workspace, ("archive", whole.saturating_sub(left), whole), begun_ms)? {
                return Ok(false);
            }
        }
    }

    /// Notes how far it is and rests; `false` when a purge waits.
    fn goes_on(
        &self,
        workspace: WorkspaceId,
        (place, done, whole): (&'static str, u64, u64),
        begun_ms: i64,
    ) -> Result<bool, PurgeError> {
        self.renewals.lock().insert(workspace, Renewal { place, done, whole });
        self.rest(begun_ms)?;
        Ok(self.parts.control.read(table::next)?.is_none())
    }

    /// Nothing is sealed under it any more. The entry is an intent before the commit, as with every change.
    fn destroy_older(&self, workspace: WorkspaceId) -> Result<(), PurgeError> {
        let parts = &self.parts;
        let keys = parts.keys.get(workspace).ok_or(PurgeError::NoKeys)?;
        // A backup that has copied files under the older key must find that key in the decisions, which it copies last.
        let still = parts.still.lock();
        let Some(older) = keys.seal.older().first().copied() else { return Ok(()) };
        let entry = NewEntry {
            code: "workspace_key.destroyed",
            principal: "keys".to_owned(),
            session: None,
            from: None,
            workspace: Some(workspace),
            object: older.to_string(),
            detail: json!({ "present": keys.seal.id().to_string() }),
        };
        let intent = parts.ledger.intend(entry)?;
        let destroyed = parts.control.write(|tx| workspace_key::destroy_older(tx, workspace));
        match destroyed {
            Ok(()) => intent.done(json!({}))?,
            Err(error) => {
                // The first failure is the one to tell.
                let _ = intent.failed(json!({}));
                return Err(error.into());
            }
        };
        keys.seal.drop_older(older);
        drop(still);
        tracing::info!(%workspace, key = %older, "an older key is destroyed");
        self.empty(|| Ok(parts.control.empty_log()?))
    }
}
