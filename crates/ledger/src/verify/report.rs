//! What a verification found, as data and as text.

use std::fmt;

use serde::Serialize;

use crate::hash::Hash;

/// The most findings that a report lists; the rest is counted.
const FINDINGS_MAX: usize = 100;

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// The checkpoint is not one, or not signed by the log's key.
    Checkpoint,
    /// The older checkpoint is not one, or not signed by the log's key.
    OlderCheckpoint,
    /// A witness's cosignature is not there.
    Cosignature,
    /// The log's own list of checkpoints is damaged.
    History,
    /// The log is shorter than a checkpoint that was signed before.
    Truncated,
    /// The tree is not the one that a checkpoint signs.
    Root,
    /// A leaf is missing, or is not the one that its hash was made of.
    Leaf,
    /// A tile is missing, or does not hold the hashes of what lies below it.
    Tile,
    /// A payload does not open, does not make its leaf, or is there twice.
    Payload,
    /// A payload is gone and no drop was entered that covers it.
    MissingPayload,
    /// Entries that wait for the tree are damaged or are not those of the tree.
    Pending,
    /// The list of open intents is damaged or lacks one.
    Intents,
}

/// One thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// What.
    pub wrong: Wrong,
    /// The first entry that it concerns.
    pub first: u64,
    /// The entry behind the last one that it concerns.
    pub end: u64,
    /// Whether `first` itself is wrong; otherwise something from `first` to before `end` is.
    pub exact: bool,
    /// Which file, relative to the ledger's folder; empty where it is none.
    pub file: String,
    /// In words.
    pub text: &'static str,
}

/// The outcome of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Report {
    /// The log.
    pub origin: String,
    /// The public key that was used.
    pub key: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The root that the checkpoint signs.
    pub root: Option<Hash>,
    /// Leaves hashed and compared with the tiles.
    pub leaves_checked: u64,
    /// Payloads opened and compared with their leaves.
    pub payloads_checked: u64,
    /// Payloads that are gone, as an entered drop says.
    pub payloads_dropped: u64,
    /// Whether there was a key to check payloads with.
    pub with_payloads: bool,
    /// Older checkpoints, kept outside, that the tree agrees with.
    pub older_checked: u64,
    /// How many entries the last checkpoint covers that a given witness cosigned.
    pub witnessed: Option<u64>,
    /// Checkpoints of the log's own list that the tree agrees with.
    pub history_checked: u64,
    /// Durable entries that no checkpoint covers yet.
    pub pending_entries: u64,
    /// Intents without an outcome.
    pub open_intents: u64,
    /// Bytes at the ends of files that are not whole: a crash leaves such, opening the ledger cuts them.
    pub torn_bytes: u64,
    /// What is wrong, in the order found.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub findings_unlisted: u64,
}

impl Finding {
    /// A finding that says nothing about where.
    pub(crate) fn whole(wrong: Wrong, file: &str, text: &'static str) -> Self {
        Self { wrong, first: 0, end: u64::MAX, exact: false, file: file.to_owned(), text }
    }

    /// A finding about exactly this entry.
    pub(crate) fn at(wrong: Wrong, index: u64, file: String, text: &'static str) -> Self {
        Self { wrong, first: index, end: index + 1, exact: true, file, text }
    }

    /// A finding about something between two entries.
    pub(crate) fn within(
        wrong: Wrong,
        range: std::ops::Range<u64>,
        file: String,
        text: &'static str,
    ) -> Self {
        Self { wrong, first: range.start, end: range.end, exact: false, file, text }
    }
}

impl Report {
    /// Whether everything agrees.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// The first wrong entry; where none can be named, of the intervals in which something is wrong the one that ends first,
    /// and of those the narrowest.
    pub fn first_wrong(&self) -> Option<&Finding> {
        let exact = self.findings.iter().filter(|finding| finding.exact).min_by_key(|finding| finding.first);
        exact.or_else(|| {
            self.findings.iter().min_by_key(|finding| (finding.end, std::cmp::Reverse(finding.first)))
        })
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        // The list is cut, but never before the lowest exact finding of those that come later.
        let is_first = finding.exact && self.findings.iter().all(|f| !f.exact || f.first > finding.first);
        if self.findings.len() < FINDINGS_MAX || is_first {
            self.findings.push(finding);
        } else {
            self.findings_unlisted += 1;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_sound() { "sound" } else { "NOT SOUND" };
        writeln!(f, "ledger {}: {verdict}", self.origin)?;
        if let Some(root) = &self.root {
            writeln!(f, "checkpoint: {} entries, root {root}", self.size)?;
        }
        writeln!(f, "leaves checked: {}", self.leaves_checked)?;
        if self.with_payloads {
            writeln!(
                f,
                "payloads checked: {}, dropped by entry: {}",
                self.payloads_checked, self.payloads_dropped
            )?;
        } else {
            writeln!(f, "payloads checked: none, their key was not given")?;
        }
        writeln!(
            f,
            "older checkpoints that agree: {} kept outside, {} of the log's own",
            self.older_checked, self.history_checked
        )?;
        writeln!(
            f,
            "not yet under a checkpoint: {}, intents open: {}",
            self.pending_entries, self.open_intents
        )?;
        if self.torn_bytes > 0 {
            writeln!(f, "torn bytes at ends of files: {} (a crash leaves such)", self.torn_bytes)?;
        }
        if let Some(witnessed) = self.witnessed {
            writeln!(f, "cosigned by a witness: {witnessed} entries")?;
        }
        if self.older_checked == 0 && self.witnessed.is_none() {
            writeln!(
                f,
                "without a checkpoint kept outside, a log rewritten and signed anew by its own key is not found"
            )?;
        }
        if let Some(first) = self.first_wrong() {
            writeln!(f, "first wrong: {first}")?;
        }
        for finding in &self.findings {
            writeln!(f, "- {finding}")?;
        }
        if self.findings_unlisted > 0 {
            writeln!(f, "- and {} more", self.findings_unlisted)?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.exact, self.end) {
            (true, _) => write!(f, "entry {}", self.first)?,
            (false, u64::MAX) => write!(f, "the whole log")?,
            (false, end) => write!(f, "from entry {} to before {end}", self.first)?,
        }
        write!(f, ": {}", self.text)?;
        if self.file.is_empty() { Ok(()) } else { write!(f, " ({})", self.file) }
    }
}
