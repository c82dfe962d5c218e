//! The face: is this the first record with that message id?

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use model::{Offset, SourceId};

use crate::config::Config;
use crate::error::DedupError;
use crate::manifest::Manifest;
use crate::plan::{Size, to_drop, to_merge};
use crate::run::merge::merge;
use crate::run::write::RunWriter;
use crate::run::{Run, file_name};
use crate::seen::Seen;

const MANIFEST_NAME: &str = "manifest";

/// The message ids that were seen. One owner; not shared.
pub struct Dedup {
    dir: PathBuf,
    config: Config,
    /// Ids that are not on disk yet: where each was first, and when.
    memory: HashMap<u128, (u64, u32), RandomState>,
    /// The oldest first.
    runs: Vec<Run>,
    /// What is durable.
    manifest: Manifest,
    /// The first record that was not asked about yet.
    next: u64,
    /// The latest arrival so far. Windows are measured by it, so that a clock that goes back changes nothing.
    now_s: u32,
}

/// How much is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stats {
    /// Ids in memory and on disk.
    pub ids: u64,
    /// Files on disk.
    pub runs: usize,
    /// Ids that were dropped before their window was over, because there were too many. A record that
    /// repeats one of them counts as a first one.
    pub dropped_early: u64,
}

impl Dedup {
    /// Opens the ids in `dir`, or begins without any.
    ///
    /// # Errors
    /// When files cannot be read, are damaged, or were made with another key.
    pub fn open(dir: &Path, config: Config) -> Result<Self, DedupError> {
        stdx::files::private_dir(dir).map_err(DedupError::io(dir))?;
        let manifest = read_manifest(&dir.join(MANIFEST_NAME), &config)?;
        remove_strangers(dir, &manifest)?;
        let mut runs = Vec::with_capacity(manifest.runs.len());
        for (number, count) in &manifest.runs {
            runs.push(Run::open(dir, *number, *count, manifest.key)?);
        }
        let (next, now_s) = (manifest.position, manifest.now_s);
        Ok(Self { dir: dir.to_owned(), config, memory: HashMap::default(), runs, manifest, next, now_s })
    }

    /// Whether the record at `offset`, which came at `at_ms`, is the first of its source to bear
    /// `message_id` within the window. Records are asked about in order; one that was asked about
    /// before gets the same answer as long as its id is kept.
    ///
    /// # Errors
    /// When a run cannot be read or written, or is damaged.
    pub fn first_offset(
        &mut self,
        source: SourceId,
        message_id: &str,
        offset: Offset,
        at_ms: i64,
    ) -> Result<bool, DedupError> {
        let hash = self.config.hash(source, message_id);
        let at_s = seconds(at_ms);
        let asked_before = offset.0 < self.next;
        let now_s = if asked_before { at_s } else { self.now_s.max(at_s) };
        let found = self.last_up_to(hash, offset.0)?;
        let first = found.is_none_or(|seen| {
            seen.offset == offset.0 || now_s.saturating_sub(seen.at_s) > seconds(self.config.window_ms)
        });
        if asked_before {
            return Ok(first);
        }
        if first && self.memory.contains_key(&hash) {
            // Both count for those who ask about earlier records again; the older one goes to disk.
            self.flush()?;
        }
        (self.next, self.now_s) = (offset.0.saturating_add(1), now_s);
        if first {
            self.memory.insert(hash, (offset.0, now_s));
            if self.memory.len() >= self.config.memory_ids_max {
                self.flush()?;
            }
        }
        Ok(first)
    }

    /// The first record whose id is not durable: after a crash the journal is replayed from here.
    pub fn position(&self) -> Offset {
        Offset(self.manifest.position)
    }

    /// Makes durable what is in memory, and moves [`Dedup::position`] behind the last record asked about.
    ///
    /// # Errors
    /// When it cannot be written; what is in memory stays there, and a later call may succeed.
    pub fn flush(&mut self) -> Result<(), DedupError> {
        if self.next == self.manifest.position {
            return Ok(());
        }
        self.write_memory()?;
        while let Some(range) = to_merge(&self.sizes(), self.config.ids_max) {
            self.merge(range.start)?;
        }
        let from_s = self.now_s.saturating_sub(seconds(self.config.window_ms).saturating_mul(2));
        let window_s = self.now_s.saturating_sub(seconds(self.config.window_ms));
        for run in self.runs.drain(..to_drop(&self.sizes(), from_s, self.config.ids_max)) {
            if run.newest_s >= window_s {
                self.manifest.dropped_early += run.count;
            }
        }
        let path = self.dir.join(MANIFEST_NAME);
        let runs = self.runs.iter().map(|run| (run.number, run.count)).collect();
        let manifest = Manifest { position: self.next, now_s: self.now_s, runs, ..self.manifest.clone() };
        stdx::files::replace(&path, &manifest.encode()).map_err(DedupError::io(&path))?;
        self.manifest = manifest;
        remove_strangers(&self.dir, &self.manifest)
    }

    /// How much is kept.
    pub fn stats(&self) -> Stats {
        let on_disk: u64 = self.runs.iter().map(|run| run.count).sum();
        Stats {
            ids: on_disk + self.memory.len() as u64,
            runs: self.runs.len(),
            dropped_early: self.manifest.dropped_early,
        }
    }

    /// Where the hash was last a first one, up to `offset`: in memory, or in the newest run that has it.
    fn last_up_to(&self, hash: u128, offset: u64) -> Result<Option<Seen>, DedupError> {
        if let Some(&(first, at_s)) = self.memory.get(&hash)
            && first <= offset
        {
            return Ok(Some(Seen { hash, offset: first, at_s }));
        }
        for run in self.runs.iter().rev() {
            if let Some(seen) = run.last_up_to(hash, offset)? {
                return Ok(Some(seen));
            }
        }
        Ok(None)
    }

    /// Puts what is in memory into a run of its own.
    fn write_memory(&mut self) -> Result<(), DedupError> {
        let mut ids: Vec<_> =
            self.memory.iter().map(|(&hash, &(offset, at_s))| Seen { hash, offset, at_s }).collect();
        ids.sort_unstable();
        let mut writer = self.next_run(ids.len() as u64)?;
        for seen in &ids {
            writer.push(seen)?;
        }
        self.runs.extend(writer.finish()?);
        self.memory.clear();
        Ok(())
    }

    /// Joins the runs from `start` on.
    fn merge(&mut self, start: usize) -> Result<(), DedupError> {
        let from_s = self.now_s.saturating_sub(seconds(self.config.window_ms).saturating_mul(2));
        let count_max = self.runs.iter().skip(start).map(|run| run.count).sum();
        let mut writer = self.next_run(count_max)?;
        merge(self.runs.get(start..).unwrap_or_default(), from_s, &mut writer)?;
        let merged = writer.finish()?;
        self.runs.truncate(start);
        self.runs.extend(merged);
        Ok(())
    }

    fn next_run(&mut self, count_max: u64) -> Result<RunWriter, DedupError> {
        let number = self.manifest.next_run;
        self.manifest.next_run += 1;
        RunWriter::new(&self.dir, number, self.manifest.key, count_max)
    }

    fn sizes(&self) -> Vec<Size> {
        self.runs.iter().map(|run| Size { count: run.count, newest_s: run.newest_s }).collect()
    }
}

fn read_manifest(path: &Path, config: &Config) -> Result<Manifest, DedupError> {
    let key = config.key_mark();
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Manifest { key, ..Manifest::default() });
        }
        result => result.map_err(DedupError::io(path))?,
    };
    match Manifest::decode(&bytes) {
        None => Err(DedupError::damaged(path, 0, "no manifest of a version that is known")),
        Some(manifest) if manifest.key != key => Err(DedupError::OtherKey { path: path.to_owned() }),
        Some(manifest) => Ok(manifest),
    }
}

/// Removes runs that do not count (any more), and what an interrupted making left behind.
fn remove_strangers(dir: &Path, manifest: &Manifest) -> Result<(), DedupError> {
    let counts = |path: &Path| manifest.runs.iter().any(|(number, _)| path.ends_with(file_name(*number)));
    for entry in fs::read_dir(dir).map_err(DedupError::io(dir))? {
        let path = entry.map_err(DedupError::io(dir))?.path();
        let ours = path.extension().is_some_and(|extension| extension == "run" || extension == "partial");
        if ours && !counts(&path) {
            fs::remove_file(&path).map_err(DedupError::io(&path))?;
        }
    }
    Ok(())
}

/// Whole seconds; times before 1970 count as 1970.
fn seconds(millis: i64) -> u32 {
    u32::try_from(millis.max(0) / 1000).unwrap_or(u32::MAX)
}
