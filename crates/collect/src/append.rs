//! The end of a request's way: append, then count and tell. What is answered with success is on disk.

use journal::{AppendError, Record};
use model::{Finding, Sensitivity};
use shield::Clean;

use crate::collector::Inner;
use crate::dialect::Whose;
use crate::intake::{Answer, Outcome, RETRY_LATER_S};
use crate::live::{LiveItem, LiveWhat, Place};
use crate::planned::Planned;
use crate::refusal::{Refused, Sdk};
use crate::room::Share;

/// How many items one request adds to the live feed; the counts have them all.
const LIVE_ITEMS_MAX: usize = 20;

/// What one request leaves to be made durable, and what to count when it is.
pub(crate) struct Ready {
    pub whose: Whose,
    pub clean: Vec<Clean>,
    pub planned: Planned,
    pub refused: Vec<(Refused, Sdk, u64)>,
    /// What the sender is told once it is durable.
    pub outcome: Outcome,
    pub share: Share,
}

impl Inner {
    /// Makes the records durable, then counts: a request that must be sent again is not counted twice.
    pub async fn append(&self, ready: Ready) -> Outcome {
        let Ready { whose, clean, mut planned, refused, outcome, share } = ready;
        let Whose { workspace, source, received_ms } = whose;
        let found: Vec<_> = clean
            .iter()
            .filter(|clean| !clean.record().findings.is_empty())
            .map(|clean| (clean.record().name.clone(), clean.record().findings.clone()))
            .collect();
        // Set aside before anything is appended: what then fails is sent again, and waits but once.
        if let Err(answer) = self.hold(&whose, std::mem::take(&mut planned.held)).await {
            return Outcome::of(answer);
        }
        let violations = std::mem::take(&mut planned.told);
        let records: Vec<Record> =
            clean.into_iter().chain(violations).map(|clean| Record::Event(Box::new(clean))).collect();
        if !records.is_empty()
            && let Err(error) = self.journal.append(workspace, records).await
        {
            return Outcome::of(not_appended(&error));
        }
        if let Err(answer) = self.settle(&whose, planned).await {
            return Outcome::of(answer);
        }
        drop(share);
        self.tally.refuse(Some(workspace), Some(source), &refused, received_ms);
        for (event, findings) in &found {
            self.tally.find(workspace, event, findings, received_ms);
        }
        let happened = found.into_iter().flat_map(|(event, findings)| {
            findings.into_iter().map(move |finding| told(event.clone(), finding))
        });
        let refused = refused
            .into_iter()
            .map(|(refused, _, _)| LiveWhat::Refused { reason: refused.reason, field: refused.field });
        let items = happened.chain(refused).take(LIVE_ITEMS_MAX);
        let items = items.map(|what| LiveItem { at_ms: received_ms, source, what });
        self.live.tell(workspace, items.collect());
        outcome
    }
}

fn told(event: String, finding: Finding) -> LiveWhat {
    let Finding { path, class, rule } = finding;
    let place = Place { event, path, class, rule };
    match class.sensitivity() {
        Sensitivity::Secret => LiveWhat::Removed(place),
        Sensitivity::Personal => LiveWhat::Sealed(place),
    }
}

fn not_appended(error: &AppendError) -> Answer {
    match error {
        AppendError::Overloaded { retry_after_s } => {
            Answer::Unavailable { retry_after_s: *retry_after_s, full: false }
        }
        AppendError::Full => Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: true },
        AppendError::TooLarge { .. } => Answer::TooLarge,
        error => {
            tracing::error!(%error, "events could not be made durable");
            Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: false }
        }
    }
}
