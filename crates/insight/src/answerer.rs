//! The one who answers.

use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, Ask, AskError, Invalid, Place, Question, Who};
use stdx::Clock;
use store::Store;

use crate::behind::{Crowd, crowd};
use crate::{flow, funnel, people, retention, sessions, trend};

/// Tells the time zone of a workspace.
pub type ZoneOf = Arc<dyn Fn(WorkspaceId) -> Result<TimeZone, AskError> + Send + Sync>;

/// Answers questions from the archive. Cheap to clone.
#[derive(Clone)]
pub struct Insight {
    store: Store,
    who: Arc<dyn Who>,
    zone_of: ZoneOf,
    clock: Clock,
}

impl Insight {
    /// Somebody who answers from `store`, with traits from `who`, days as `zone_of` has them, and the time that
    /// `within` counts back from by `clock`.
    pub fn new(store: Store, who: Arc<dyn Who>, zone_of: ZoneOf, clock: Clock) -> Self {
        Self { store, who, zone_of, clock }
    }

    /// Who is behind the number at `place` of the answer to `question`, as it is now. Whether they may be told is the
    /// guard's matter and decided before.
    ///
    /// # Errors
    /// The answer has no such number, or as for the question itself.
    pub fn behind(
        &self,
        workspace: WorkspaceId,
        question: &Question,
        place: &Place,
    ) -> Result<Crowd, AskError> {
        let zone = (self.zone_of)(workspace)?;
        crowd(&self.store.view(workspace), (question, place), &zone, (workspace, self.who.as_ref()))
    }
}

impl Ask for Insight {
    fn ask(&self, workspace: WorkspaceId, question: &Question) -> Result<Answer, AskError> {
        let begun = Instant::now();
        let view = self.store.view(workspace);
        let zone = (self.zone_of)(workspace)?;
        let who = (workspace, self.who.as_ref());
        let mut answer = match question {
            Question::Trend(trend) => trend::answer(&view, trend, &zone, who)?,
            Question::Funnel(funnel) => funnel::answer(&view, funnel, &zone, who)?,
            Question::Retention(retention) => retention::answer(&view, retention, &zone, who)?,
            Question::Flow(flow) => flow::answer(&view, flow, &zone, who)?,
            Question::Sessions(sessions) => sessions::answer(&view, sessions, &zone, who)?,
            Question::People(people) => people::answer(&view, people, self.clock.now_ms(), who)?,
            Question::Sql(_) => {
                let fix = "take another kind, or ask it by itself under /questions";
                return Err(Invalid::new("/kind", "free SQL has no place here", fix).into());
            }
        };
        answer.stats.fresh_offset = view.position().0;
        answer.stats.fresh_ms = view.received_ms();
        answer.stats.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(answer)
    }
}
