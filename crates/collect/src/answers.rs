//! How many requests were answered how since the start: for those who run the installation, so nothing of any workspace.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::collector::Collector;
use crate::intake::Answer;

/// The counts, each request once.
#[derive(Default)]
pub(crate) struct Answers {
    taken: AtomicU64,
    unknown_key: AtomicU64,
    disabled: AtomicU64,
    unreadable: AtomicU64,
    too_large: AtomicU64,
    too_slow: AtomicU64,
    over_quota: AtomicU64,
    overloaded: AtomicU64,
    disk_full: AtomicU64,
}

impl Answers {
    pub fn count(&self, answer: Answer) {
        let counter = match answer {
            Answer::Taken => &self.taken,
            Answer::UnknownKey => &self.unknown_key,
            Answer::Disabled => &self.disabled,
            Answer::Unreadable => &self.unreadable,
            Answer::TooLarge => &self.too_large,
            Answer::TooSlow => &self.too_slow,
            Answer::TooFast { .. } => &self.over_quota,
            Answer::Unavailable { full: false, .. } => &self.overloaded,
            Answer::Unavailable { full: true, .. } => &self.disk_full,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Collector {
    /// How many requests with events were answered how since the start, each answer with its name.
    pub fn answered(&self) -> [(&'static str, u64); 9] {
        let answers = &self.0.answers;
        [
            ("taken", &answers.taken),
            ("unknown_key", &answers.unknown_key),
            ("disabled", &answers.disabled),
            ("over_quota", &answers.over_quota),
            ("overloaded", &answers.overloaded),
            ("disk_full", &answers.disk_full),
            ("unreadable", &answers.unreadable),
            ("too_large", &answers.too_large),
            ("too_slow", &answers.too_slow),
        ]
        .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }
}
