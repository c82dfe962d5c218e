//! The way of a request up to what must become durable: unpack, find the source, take apart, screen.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use keys::WorkspaceKeys;
use model::limits::BODY_BYTES_MAX;
use shield::Clean;

use crate::advisory;
use crate::append::Ready;
use crate::asked::Asked;
use crate::body::{BodyError, unpack};
use crate::bots::{self, Bots};
use crate::captured;
use crate::collector::{Collector, Inner};
use crate::dialect::{Batch, Call, Whose};
use crate::live::{LiveItem, LiveWhat};
use crate::planned::Planned;
use crate::refusal::{Refused, Sdk, reason};
use crate::room::{Holder, Share};
use crate::source::Source;

/// Bodies up to this are looked into where they arrive; larger ones on a thread of their own, so that
/// they hold nobody up.
const INLINE_BYTES_MAX: usize = 64 * 1024;
/// What a record takes beside its text, at least: what a small message costs more than its bytes.
const RECORD_BYTES: usize = 128;
/// After how many seconds a sender may come again where nothing better is known.
const RETRY_AFTER_S: u32 = 1;
/// The same for a full disk or a failed one, which takes a person to mend.
pub(crate) const RETRY_LATER_S: u32 = 60;

/// What came of a request as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Whatever could be taken is on disk; whatever could not is counted.
    Taken,
    /// No source has this write key.
    UnknownKey,
    /// The source is disabled.
    Disabled,
    /// The body is not what it should be; sending it again will not help.
    Unreadable,
    /// The body is too large.
    TooLarge,
    /// The body took too long to arrive.
    TooSlow,
    /// This source sends too fast.
    TooFast { retry_after_s: u32 },
    /// The server cannot take it now.
    Unavailable { retry_after_s: u32, full: bool },
}

/// What came of a request and of each of its messages, for the dialect's reply.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub answer: Answer,
    /// How many messages were taken.
    pub taken: usize,
    /// The messages that were not.
    pub failed: Vec<Failed>,
    /// How many came after the longest batch and were not looked at.
    pub beyond: u64,
}

/// A message that was not taken.
#[derive(Debug)]
pub(crate) struct Failed {
    /// Its place in the request.
    pub position: usize,
    /// The sender's id of it, where the reply names it.
    pub sender_id: Option<String>,
    /// Why.
    pub why: Refused,
}

impl Outcome {
    /// The outcome of a request without a look at its messages.
    pub fn of(answer: Answer) -> Self {
        Self { answer, taken: 0, failed: Vec::new(), beyond: 0 }
    }
}

/// One request.
pub(crate) struct Intake {
    /// Its head.
    pub asked: Asked,
    /// What it calls.
    pub call: &'static dyn Call,
    /// The body as it came.
    pub body: Bytes,
    /// What the body takes of the room for bodies; given back when the answer is known.
    pub share: Share,
}

/// A request looked into.
enum Sifted {
    /// Nothing is left to do.
    Done(Outcome),
    /// Records that must become durable, and what to count when they are.
    Ready(Box<Ready>),
}

/// What the shield and the dialect made of the messages of one request.
#[derive(Default)]
struct Screened {
    clean: Vec<Clean>,
    refused: Vec<(Refused, Sdk, u64)>,
    failed: Vec<Failed>,
    planned: Planned,
}

impl Collector {
    /// Takes one request in, and gives its head back with what came of it.
    pub(crate) async fn take(&self, intake: Intake) -> (Asked, Outcome) {
        let call = intake.call;
        let (asked, sifted) = if intake.body.len() <= INLINE_BYTES_MAX {
            self.0.sift(intake)
        } else {
            let (inner, head) = (self.0.clone(), intake.asked.clone());
            let turn = self.0.turns.turn(intake.share.holder()).await;
            let sift = move || {
                let _turn = turn;
                inner.sift(intake)
            };
            match tokio::task::spawn_blocking(sift).await {
                Ok(sifted) => sifted,
                Err(_) => {
                    let answer = Answer::Unavailable { retry_after_s: RETRY_AFTER_S, full: false };
                    (head, Sifted::Done(Outcome::of(answer)))
                }
            }
        };
        match sifted {
            Sifted::Done(outcome) => (asked, outcome),
            Sifted::Ready(ready) => {
                let outcome = self.append(&asked, call, *ready).await;
                (asked, outcome)
            }
        }
    }

    /// Makes the records durable, after those of the request that belongs before it.
    async fn append(&self, asked: &Asked, call: &'static dyn Call, ready: Ready) -> Outcome {
        let Some(piece) = call.piece(asked) else { return self.0.append(ready).await };
        let source = ready.whose.source;
        if !self.0.successions.wait(source, &piece).await {
            return Outcome::of(Answer::Unavailable { retry_after_s: RETRY_AFTER_S, full: false });
        }
        let outcome = self.0.append(ready).await;
        if outcome.answer == Answer::Taken {
            self.0.successions.pass(source, &piece);
        }
        outcome
    }

    /// Counts a body that could not even be read.
    pub(crate) fn refuse_body(&self, error: BodyError, asked: &Asked) -> Answer {
        self.0.refuse_body(error, asked)
    }
}

impl Inner {
    fn sift(self: &Arc<Self>, intake: Intake) -> (Asked, Sifted) {
        let Intake { mut asked, call, body, mut share } = intake;
        let body = match unpack(&body, &mut share) {
            Ok(body) => body,
            Err(error) => {
                let answer = self.refuse_body(error, &asked);
                return (asked, Sifted::Done(Outcome::of(answer)));
            }
        };
        let text = call.open(&mut asked, &body);
        // What was unwrapped is held beside what it was wrapped in.
        if matches!(text, Cow::Owned(_)) && share.grow(text.len()).is_err() {
            let answer = self.refuse_body(BodyError::NoRoom, &asked);
            return (asked, Sifted::Done(Outcome::of(answer)));
        }
        let sifted = match call.read(&asked, &text) {
            Ok(batch) => self.sift_batch(&*batch, &asked, share),
            Err(_) => Sifted::Done(Outcome::of(self.refuse_body(BodyError::Unreadable, &asked))),
        };
        (asked, sifted)
    }

    /// Finds whose the messages are, and looks into them.
    fn sift_batch<'a>(&self, batch: &(dyn Batch<'a> + 'a), asked: &Asked, mut share: Share) -> Sifted {
        let keys = asked.keys.iter().map(String::as_str).chain(batch.write_key());
        let received_ms = asked.received_ms;
        let count = batch.len() as u64 + batch.beyond();
        let Some(source) = keys.clone().find_map(|key| self.sources.by_write_key(key, received_ms)) else {
            // A typo is told to those who can mend it.
            match keys.clone().find_map(|key| self.sources.nearest(key)) {
                Some(meant) => self.refuse_all(&meant, reason::UNKNOWN_WRITE_KEY, count, received_ms),
                None => {
                    let refused = (Refused::whole(reason::UNKNOWN_WRITE_KEY), Sdk::default(), count);
                    self.tally.refuse(None, None, &[refused], received_ms);
                }
            }
            return Sifted::Done(Outcome::of(Answer::UnknownKey));
        };
        if source.disabled_ms.is_some() {
            self.refuse_all(&source, reason::SOURCE_DISABLED, count, received_ms);
            return Sifted::Done(Outcome::of(Answer::Disabled));
        }
        // What all messages share is copied into each: together that must not be more than a body may be.
        if batch.copied_bytes() > BODY_BYTES_MAX {
            self.refuse_all(&source, reason::BODY_TOO_LARGE, count, received_ms);
            return Sifted::Done(Outcome::of(Answer::TooLarge));
        }
        let more = batch.copied_bytes() + batch.len() * RECORD_BYTES;
        if share.pass_to(Holder::Workspace(source.workspace), more).is_err() {
            return Sifted::Done(Outcome::of(self.refuse_body(BodyError::NoRoom, asked)));
        }
        if let Err(retry_after_s) = self.quotas.take(source.id, source.events_per_s, batch.len(), received_ms)
        {
            self.refuse_all(&source, reason::OVER_QUOTA, count, received_ms);
            return Sifted::Done(Outcome::of(Answer::TooFast { retry_after_s }));
        }
        let Some(keys) = self.keys.get(source.workspace) else {
            tracing::warn!(workspace = %source.workspace, "events came for a workspace whose keys are not loaded");
            let answer = Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: false };
            return Sifted::Done(Outcome::of(answer));
        };
        let whose = Whose { workspace: source.workspace, source: source.id, received_ms };
        let Screened { clean, refused, failed, planned } = self.screen(batch, asked, &whose, &keys);
        let outcome = Outcome {
            answer: Answer::Taken,
            taken: clean.len() + planned.held.len(),
            failed,
            beyond: batch.beyond(),
        };
        Sifted::Ready(Box::new(Ready { whose, clean, planned, refused, outcome, share }))
    }

    /// Brings each message to an event and has the shield look into it; what fails, fails alone.
    fn screen<'a>(
        &self,
        batch: &(dyn Batch<'a> + 'a),
        asked: &Asked,
        whose: &Whose,
        keys: &WorkspaceKeys,
    ) -> Screened {
        let keyed_hash = |value: &str| mark(keys, value);
        let bots = Bots::of(asked);
        let visits = self.visits.of(asked);
        let shield = self.shields.of(whose.workspace);
        let mut plan = self.judging(whose);
        let advisories = self.advisories.of(whose.workspace);
        let mut screened = Screened { clean: Vec::with_capacity(batch.len()), ..Screened::default() };
        let mut left_out = Vec::new();
        for index in 0..batch.len() {
            let taken = batch.event(index, whose, &mut left_out).and_then(|mut event| {
                if advisories.as_ref().is_some_and(|advisories| advisory::meets(advisories, &event)) {
                    return Err(Refused::of(reason::SDK_ADVISORY, "context.library"));
                }
                bots::tag(&mut event, &bots);
                let is_planned = |kind, name: &str, member: &str| plan.lists(kind, name, member);
                captured::reduce(&mut event, &is_planned, &mut left_out);
                visits.tell(&mut event);
                let refused = |refusal: shield::Refusal| Refused::of(refusal.reason.as_str(), refusal.field);
                let declared = plan.declared(&event);
                let clean = shield.screen_declared(event, &keyed_hash, declared).map_err(refused)?;
                plan.judge(clean)
            });
            match taken {
                Ok(clean) => screened.clean.extend(clean),
                Err(why) => {
                    screened.refused.push((why, batch.sdk(index), 1));
                    let (position, sender_id) = (batch.position(index), batch.sender_id(index));
                    screened.failed.push(Failed { position, sender_id, why });
                }
            }
            screened.refused.extend(left_out.drain(..).map(|why| (why, batch.sdk(index), 1)));
        }
        if batch.beyond() > 0 {
            let why = Refused::of(reason::BATCH_TOO_LONG, "batch");
            screened.refused.push((why, Sdk::default(), batch.beyond()));
        }
        screened.planned = plan.finish(&shield, keys);
        screened
    }

    pub(crate) fn refuse_all(&self, source: &Source, reason: &'static str, count: u64, at_ms: i64) {
        let refused = Refused::whole(reason);
        self.tally.refuse(
            Some(source.workspace),
            Some(source.id),
            &[(refused, Sdk::default(), count)],
            at_ms,
        );
        let what = LiveWhat::Refused { reason: refused.reason, field: refused.field };
        self.live.tell(source.workspace, vec![LiveItem { at_ms, source: source.id, what }]);
    }

    fn refuse_body(&self, error: BodyError, asked: &Asked) -> Answer {
        let (answer, reason) = match error {
            BodyError::Unreadable => (Answer::Unreadable, reason::UNREADABLE_BODY),
            BodyError::TooLarge => (Answer::TooLarge, reason::BODY_TOO_LARGE),
            BodyError::TooSlow => (Answer::TooSlow, reason::BODY_TOO_SLOW),
            BodyError::NoRoom => {
                (Answer::Unavailable { retry_after_s: RETRY_AFTER_S, full: false }, reason::NO_ROOM)
            }
        };
        let at_ms = asked.received_ms;
        match asked.keys.iter().find_map(|key| self.sources.by_write_key(key, at_ms)) {
            Some(source) => self.refuse_all(&source, reason, 1, at_ms),
            None => self.tally.refuse(None, None, &[(Refused::whole(reason), Sdk::default(), 1)], at_ms),
        }
        answer
    }
}

/// What stands in a mark for a personal value: the same for the same value in one workspace, of no use
/// to anybody without its key. Set apart by a purpose, so that no lookup hash ever shows in an event.
pub(crate) fn mark(keys: &WorkspaceKeys, value: &str) -> String {
    let mac = keys.hash.short(&[b"mark\0", value.as_bytes()].concat());
    data_encoding::HEXLOWER.encode(mac.get(..8).unwrap_or_default())
}
