//! Plan quarantine: what waits, without a value; released or dropped by a member's decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use collect::planned::Released;
use collect::quarantine::{Amount, Waiting};
use guard::Granted;
use model::WorkspaceId;
use plan::shape::{Named, shape};
use serde::Serialize;
use serde_json::json;

use crate::{ServiceError, Services};

/// The most items of one page.
pub const PAGE_MAX: usize = 200;
/// The most counts told.
const COUNTS_MAX: usize = 500;
/// How many are released or dropped by one call at most; called again it goes on.
pub const AT_ONCE_MAX: usize = 10_000;

/// Which of those that wait.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// These numbers.
    pub items: Vec<u64>,
    /// Those of this name.
    pub event: Option<String>,
    /// Those that broke this rule.
    pub rule: Option<String>,
    /// All of them.
    pub all: bool,
}

/// One that waits, with the names and kinds of what is in it.
#[derive(Clone, Debug)]
pub struct Shaped {
    /// What is known without looking into it.
    pub waiting: Waiting,
    /// Its properties.
    pub properties: Vec<Named>,
    /// Its traits.
    pub traits: Vec<Named>,
}

/// How many wait for one reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReasonCount {
    /// The event's name.
    pub event: Arc<str>,
    /// The property's path.
    pub property: Arc<str>,
    /// The rule.
    pub rule: Arc<str>,
    /// How many.
    pub count: usize,
}

/// What waits.
#[derive(Clone, Debug)]
pub struct QuarantineRead {
    /// How much.
    pub amount: Amount,
    /// Why, the most frequent reason first.
    pub counts: Vec<ReasonCount>,
    /// A page, oldest first.
    pub items: Vec<Shaped>,
    /// The number at which the next page begins.
    pub next: Option<u64>,
}

/// Event, property and rule.
type Reason = (Arc<str>, Arc<str>, Arc<str>);

impl Services {
    /// A page of what waits, from the number `from` on.
    ///
    /// # Errors
    /// The ledger's, a file that cannot be read.
    pub fn quarantine(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        from: u64,
        limit: usize,
    ) -> Result<QuarantineRead, ServiceError> {
        let quarantine = self.collector.quarantine();
        let amount = quarantine.amount(workspace);
        let limit = limit.clamp(1, PAGE_MAX);
        let mut page = quarantine.list(workspace, from, limit + 1, &|_| true);
        let next = (page.len() > limit).then(|| page.pop()).flatten().map(|one| one.number);
        self.enter_look(granted, "quarantine.read", workspace.to_string(), json!({ "rows": page.len() }))?;
        let numbers: Vec<u64> = page.iter().map(|one| one.number).collect();
        let records: BTreeMap<u64, _> =
            quarantine.records(workspace, &numbers).map_err(ServiceError::broke)?.into_iter().collect();
        let shaped = |waiting: Waiting| {
            let record = records.get(&waiting.number);
            Shaped {
                properties: record.map(|record| shape(&record.properties)).unwrap_or_default(),
                traits: record.map(|record| shape(&record.traits)).unwrap_or_default(),
                waiting,
            }
        };
        let items = page.into_iter().map(shaped).collect();
        Ok(QuarantineRead { amount, counts: self.reasons(workspace), items, next })
    }

    /// Releases those: screened by the rules of today and appended with the id and time they came with.
    ///
    /// # Errors
    /// Nothing is named, the journal's, the ledger's; what was not released still waits.
    pub fn release_quarantine(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        which: &Which,
    ) -> Result<Released, ServiceError> {
        let numbers = self.chosen(workspace, which)?;
        let intent = self.ledger.intend(granted.does(
            "quarantine.released",
            workspace.to_string(),
            json!({ "asked": numbers.len(), "event": which.event, "rule": which.rule }),
        ))?;
        match self.collector.release(workspace, &numbers) {
            Ok(released) => {
                intent.done(json!({ "released": released.released, "refused": released.refused }))?;
                Ok(released)
            }
            Err(error) => {
                // The refusal is what the caller must hear; a ledger that fails now refuses the next call itself.
                let _ = intent.failed(json!({}));
                Err(error.into())
            }
        }
    }

    /// Drops those for good.
    ///
    /// # Errors
    /// Nothing is named, the disk's, the ledger's.
    pub fn drop_quarantine(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        which: &Which,
    ) -> Result<usize, ServiceError> {
        let numbers = self.chosen(workspace, which)?;
        let intent = self.ledger.intend(granted.does(
            "quarantine.dropped",
            workspace.to_string(),
            json!({ "asked": numbers.len(), "event": which.event, "rule": which.rule }),
        ))?;
        match self.collector.quarantine().remove(workspace, &numbers) {
            Ok(dropped) => {
                intent.done(json!({ "dropped": dropped }))?;
                Ok(dropped)
            }
            Err(error) => {
                let _ = intent.failed(json!({}));
                Err(ServiceError::broke(error))
            }
        }
    }

    fn chosen(&self, workspace: WorkspaceId, which: &Which) -> Result<Vec<u64>, ServiceError> {
        let has_filter = which.event.is_some() || which.rule.is_some();
        if which.items.is_empty() && !has_filter && !which.all {
            return Err(ServiceError::Invalid {
                field: "items".to_owned(),
                fix: "name items by number, an `event`, a `rule`, or write `\"all\": true`".to_owned(),
            });
        }
        if which.items.len() > AT_ONCE_MAX {
            return Err(ServiceError::Invalid {
                field: "items".to_owned(),
                fix: format!("at most {AT_ONCE_MAX} at once"),
            });
        }
        if !which.items.is_empty() {
            return Ok(which.items.clone());
        }
        let is_wanted = |waiting: &Waiting| {
            which.event.as_deref().is_none_or(|event| event == &*waiting.event)
                && which
                    .rule
                    .as_deref()
                    .is_none_or(|rule| waiting.reasons.iter().any(|(_, broke)| &**broke == rule))
        };
        let found = self.collector.quarantine().list(workspace, 0, AT_ONCE_MAX, &is_wanted);
        Ok(found.into_iter().map(|waiting| waiting.number).collect())
    }

    fn reasons(&self, workspace: WorkspaceId) -> Vec<ReasonCount> {
        let all = self.collector.quarantine().list(workspace, 0, usize::MAX, &|_| true);
        let mut counts: BTreeMap<Reason, usize> = BTreeMap::new();
        for waiting in all {
            for (property, rule) in waiting.reasons {
                *counts.entry((waiting.event.clone(), property, rule)).or_default() += 1;
            }
        }
        let count = |((event, property, rule), count)| ReasonCount { event, property, rule, count };
        let mut counts: Vec<ReasonCount> = counts.into_iter().map(count).collect();
        counts.sort_by_key(|one| std::cmp::Reverse(one.count));
        counts.truncate(COUNTS_MAX);
        counts
    }
}
