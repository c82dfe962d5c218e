//! The tracking plans of the workspaces at work: what the active one declares is told to the shield, then it judges every
//! screened event. One that departs from it is kept and told (`watch`), set aside (`quarantine`) or refused (`block`).
//!
//! A change is in force for the next request: readers take whichever plan is there and never wait.
//!
//! Modules in reading order: [`table`] (plans and versions), `told` (violations as events), [`counts`] (violations by day),
//! `release` (out of quarantine).

pub mod counts;
mod release;
pub mod table;
mod told;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use control::Database;
use keys::WorkspaceKeys;
use model::{Event, Kind, Sensitivity, SourceId, WorkspaceId};
use plan::{Classification, Compiled, Mode, Plan};
use shield::{Clean, Declared, Shield};

use crate::collector::{Collector, Inner};
use crate::dialect::Whose;
use crate::error::CollectError;
use crate::intake::{Answer, RETRY_LATER_S, mark};
use crate::quarantine::{NewItem, QuarantineError};
use crate::refusal::{Refused, reason};
use crate::snapshot::Snapshot;
use counts::Counts;
pub use release::Released;
use told::{Place, Teller};

/// An active plan.
pub(crate) struct Active {
    plan: Compiled,
    tracked: HashMap<Box<str>, Declared>,
    calls: Vec<(Kind, Declared)>,
    /// The members of tracked events that the plan lists and does not call secret.
    listed: HashMap<Box<str>, HashSet<Box<str>>>,
}

/// The plans of all workspaces, and what they counted.
pub(crate) struct Plans {
    active: Snapshot<HashMap<WorkspaceId, Arc<Active>>>,
    pub counts: Counts,
    teller: Teller,
}

/// The judging of one request's events.
pub(crate) struct Judging<'a> {
    inner: &'a Inner,
    whose: Whose,
    active: Option<Arc<Active>>,
    /// Whether anything waits in quarantine.
    has_waiting: bool,
    is_full: bool,
    out: Planned,
}

/// What the plan made of one request.
#[derive(Default)]
pub(crate) struct Planned {
    /// What is to be set aside.
    pub held: Vec<NewItem>,
    /// Violations to be told as events; they go into the journal with what was kept.
    pub told: Vec<Clean>,
    /// What waits and is now taken after all.
    overtaken: Vec<u64>,
    broken: Vec<Broken>,
}

/// A violation, with the event that caused it.
struct Broken {
    source: SourceId,
    message_id: String,
    place: Place,
}

static NOTHING: LazyLock<Declared> = LazyLock::new(Declared::default);

impl Plans {
    /// The plans as the database has them.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        let active = Snapshot::load(control, compiled)?;
        Ok(Self { active, counts: Counts::default(), teller: Teller::default() })
    }

    fn of(&self, workspace: WorkspaceId) -> Option<Arc<Active>> {
        self.active.get().get(&workspace).cloned()
    }
}

impl Collector {
    /// Takes over what was changed in the workspaces' plans; in force for the next request. To be called after each commit
    /// that touched them.
    ///
    /// # Errors
    /// The database's; the plans of before then stay in force.
    pub fn reload_plans(&self) -> Result<(), CollectError> {
        self.0.planned.active.reload(&self.0.control)
    }
}

/// The active plans, ready. One that was accepted once and does not compile any more stops the start: going on without it
/// would keep what it was made to hold back.
fn compiled(control: &Database) -> Result<HashMap<WorkspaceId, Arc<Active>>, CollectError> {
    let mut active = HashMap::new();
    for (workspace, name, version, document) in control.read(table::active)? {
        let unusable = || CollectError::PlanUnusable { name: name.clone(), version };
        let plan = Plan::read_text(&document, Some(&name)).map_err(|_| unusable())?;
        active.insert(workspace, Arc::new(Active::new(&plan, version).ok_or_else(unusable)?));
    }
    Ok(active)
}

impl Active {
    fn new(plan: &Plan, version: u32) -> Option<Self> {
        let compiled = Compiled::new(plan, version).ok()?;
        let declared = |kind, event: &str| {
            let mut out = Declared::default();
            for one in compiled.declared(kind, event) {
                let sensitivity = if one.secret { Sensitivity::Secret } else { Sensitivity::Personal };
                out.add(one.path.iter().map(String::as_str), sensitivity);
            }
            out
        };
        let tracked = plan.events.keys().map(|name| (Box::from(name.as_str()), declared(Kind::Track, name)));
        let tracked = tracked.filter(|(_, declared)| !declared.is_empty()).collect();
        let calls = [Kind::Identify, Kind::Group, Kind::Page, Kind::Screen];
        let calls = calls.into_iter().map(|kind| (kind, declared(kind, ""))).collect();
        let listed = plan.events.iter().map(|(name, event)| {
            let secret = Some(Classification::Secret);
            let kept = event.properties.iter().filter(|(_, property)| property.classification != secret);
            (Box::from(name.as_str()), kept.map(|(member, _)| Box::from(member.as_str())).collect())
        });
        let listed = listed.collect();
        Some(Self { plan: compiled, tracked, calls, listed })
    }

    fn declared(&self, kind: Kind, event: &str) -> &Declared {
        let found = match kind {
            Kind::Track => self.tracked.get(event),
            kind => self.calls.iter().find(|(known, _)| *known == kind).map(|(_, declared)| declared),
        };
        found.unwrap_or(&NOTHING)
    }
}

impl Inner {
    /// Begins to judge the events of a request.
    pub fn judging(&self, whose: &Whose) -> Judging<'_> {
        let waiting = self.quarantine.amount(whose.workspace);
        Judging {
            inner: self,
            whose: *whose,
            active: self.planned.of(whose.workspace),
            has_waiting: waiting.items > 0,
            is_full: waiting.full,
            out: Planned::default(),
        }
    }

    /// What the active plan declares of an event.
    fn declared_of(&self, workspace: WorkspaceId, kind: Kind, event: &str) -> Declared {
        self.planned.of(workspace).map(|active| active.declared(kind, event).clone()).unwrap_or_default()
    }

    /// Makes what is set aside durable, before anything is answered.
    pub async fn hold(&self, whose: &Whose, held: Vec<NewItem>) -> Result<(), Answer> {
        if held.is_empty() {
            return Ok(());
        }
        let (quarantine, workspace) = (self.quarantine.clone(), whose.workspace);
        let done = tokio::task::spawn_blocking(move || quarantine.hold(workspace, held)).await;
        match done {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.not_held(&error)),
            Err(_) => Err(Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: false }),
        }
    }

    fn not_held(&self, error: &QuarantineError) -> Answer {
        tracing::error!(%error, "events could not be quarantined");
        Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: error.is_full() }
    }

    /// Counts what was violated, and removes from quarantine what was taken after all. To be called once the rest of the
    /// request is durable; an error is answered, so that the sender comes again and the removal with it.
    pub async fn settle(&self, whose: &Whose, planned: Planned) -> Result<(), Answer> {
        for broken in planned.broken {
            self.planned.counts.add(whose.workspace, &broken.place, whose.received_ms);
        }
        if planned.overtaken.is_empty() {
            return Ok(());
        }
        let (quarantine, workspace) = (self.quarantine.clone(), whose.workspace);
        let done =
            tokio::task::spawn_blocking(move || quarantine.remove(workspace, &planned.overtaken)).await;
        match done {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.not_held(&error)),
            Err(_) => Err(Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: false }),
        }
    }
}

impl Judging<'_> {
    /// What the plan declares of an event, for the shield.
    pub fn declared(&self, event: &Event<'_>) -> &Declared {
        self.active.as_ref().map_or(&NOTHING, |active| active.declared(event.kind, &event.name))
    }

    /// Whether the plan lists a member of an event's properties.
    pub fn lists(&self, kind: Kind, event: &str, member: &str) -> bool {
        let listed = self.active.as_ref().filter(|_| kind == Kind::Track);
        listed.and_then(|active| active.listed.get(event)).is_some_and(|members| members.contains(member))
    }

    /// Judges one screened event: it is given back to be kept, or set aside.
    pub fn judge(&mut self, clean: Clean) -> Result<Option<Clean>, Refused> {
        let Some(active) = self.active.clone() else { return Ok(Some(self.kept(clean))) };
        let verdict = active.plan.check(clean.record());
        let Some(mode) = verdict.mode else { return Ok(Some(self.kept(clean))) };
        let record = clean.record();
        self.out.broken.extend(verdict.violations.iter().map(|violation| Broken {
            source: record.source,
            message_id: record.message_id.clone(),
            place: Place {
                plan: active.plan.name().clone(),
                version: active.plan.version(),
                event: record.name.clone(),
                property: violation.property.clone(),
                rule: violation.rule,
                mode,
            },
        }));
        match mode {
            Mode::Watch => Ok(Some(self.kept(clean))),
            Mode::Block => Err(Refused::of(reason::BLOCKED_BY_PLAN, "event")),
            Mode::Quarantine if self.is_full => Err(Refused::of(reason::QUARANTINE_FULL, "event")),
            Mode::Quarantine => {
                let reasons = verdict.violations.into_iter();
                self.out.held.push(NewItem {
                    held_ms: self.whose.received_ms,
                    plan: active.plan.name().clone(),
                    version: active.plan.version(),
                    reasons: reasons.map(|violation| (violation.property, violation.rule.as_str())).collect(),
                    record: clean.into_record(),
                });
                Ok(None)
            }
        }
    }

    fn kept(&mut self, clean: Clean) -> Clean {
        if self.has_waiting
            && let Some(number) = self.inner.quarantine.has(clean.record())
        {
            self.out.overtaken.push(number);
        }
        clean
    }

    /// What came of the request, with the violations as events.
    pub fn finish(mut self, shield: &Shield, keys: &WorkspaceKeys) -> Planned {
        let keyed_hash = |value: &str| mark(keys, value);
        for broken in &self.out.broken {
            let told = self.inner.planned.teller.tell(&self.whose, broken.source, &broken.place);
            if told {
                let event = told::single(&self.whose, broken, keys);
                self.out.told.extend(shield.screen(event, &keyed_hash));
            }
        }
        self.out
    }
}
