//! The way of a request up to what must become durable: unpack, find the source, take apart, screen.

use std::sync::Arc;

use bytes::Bytes;
use keys::WorkspaceKeys;
use model::Kind;
use model::limits::BODY_BYTES_MAX;
use shield::Clean;

use crate::append::Ready;
use crate::body::{BodyError, Share, unpack};
use crate::collector::{Collector, Inner};
use crate::live::{LiveItem, LiveWhat};
use crate::refusal::{Refused, Sdk, reason};
use crate::segment::{self, Envelope, Fields, Item, Surroundings};
use crate::source::Source;

/// Bodies up to this are looked into where they arrive; larger ones on a thread of their own, so that
/// they hold nobody up.
const INLINE_BYTES_MAX: usize = 64 * 1024;
/// After how many seconds a sender may come again where nothing better is known.
const RETRY_AFTER_S: u32 = 1;
/// The same for a full disk or a failed one, which takes a person to mend.
pub(crate) const RETRY_LATER_S: u32 = 60;

/// What a sender is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Whatever could be taken is on disk; whatever could not is counted.
    Taken,
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

/// One request.
pub(crate) struct Intake {
    /// The write key of the header.
    pub header_key: Option<String>,
    /// The call that the path names.
    pub kind: Option<Kind>,
    /// The body as it came.
    pub body: Bytes,
    /// What the body takes of the room for bodies; given back when the answer is known.
    pub share: Share,
}

/// A request looked into.
enum Sifted {
    /// Nothing is left to do.
    Done(Answer),
    /// Records that must become durable, and what to count when they are.
    Ready(Box<Ready>),
}

impl Collector {
    /// Takes one request in.
    pub(crate) async fn take(&self, intake: Intake) -> Answer {
        let sifted = if intake.body.len() <= INLINE_BYTES_MAX {
            self.0.sift(intake)
        } else {
            let inner = self.0.clone();
            match tokio::task::spawn_blocking(move || inner.sift(intake)).await {
                Ok(sifted) => sifted,
                Err(_) => return Answer::Unavailable { retry_after_s: RETRY_AFTER_S, full: false },
            }
        };
        match sifted {
            Sifted::Done(answer) => answer,
            Sifted::Ready(ready) => self.0.append(*ready).await,
        }
    }

    /// Counts a body that could not even be read.
    pub(crate) fn refuse_body(&self, error: BodyError, header_key: Option<&str>) -> Answer {
        self.0.refuse_body(error, header_key)
    }
}

impl Inner {
    fn sift(self: &Arc<Self>, intake: Intake) -> Sifted {
        let Intake { header_key, kind, body, mut share } = intake;
        let body = match unpack(&body, &mut share) {
            Ok(body) => body,
            Err(error) => return Sifted::Done(self.refuse_body(error, header_key.as_deref())),
        };
        let Ok(envelope) = segment::read(&body) else {
            return Sifted::Done(self.refuse_body(BodyError::Unreadable, header_key.as_deref()));
        };
        let received_ms = self.clock.now_ms();
        let keys_given = [header_key.as_deref(), envelope.write_key.as_deref()];
        let source =
            keys_given.into_iter().flatten().find_map(|key| self.sources.by_write_key(key, received_ms));
        let count = envelope.items.len() as u64 + envelope.beyond;
        let Some(source) = source else {
            let refused = (Refused::whole(reason::UNKNOWN_WRITE_KEY), Sdk::default(), count);
            self.tally.refuse(None, None, &[refused], received_ms);
            return Sifted::Done(Answer::Taken);
        };
        self.sift_of(&source, &envelope, kind, (received_ms, share))
    }

    /// Looks into the messages of a known source.
    fn sift_of(
        &self,
        source: &Source,
        envelope: &Envelope<'_>,
        kind: Option<Kind>,
        (received_ms, share): (i64, Share),
    ) -> Sifted {
        let count = envelope.items.len() as u64 + envelope.beyond;
        if source.disabled_ms.is_some() {
            self.refuse_all(source, reason::SOURCE_DISABLED, count, received_ms);
            return Sifted::Done(Answer::Taken);
        }
        // What all items share is copied into each: together that must not be more than a body may be.
        let shared_bytes = envelope.context.map_or(0, <[u8]>::len).saturating_mul(envelope.items.len());
        if shared_bytes > BODY_BYTES_MAX {
            self.refuse_all(source, reason::BODY_TOO_LARGE, count, received_ms);
            return Sifted::Done(Answer::TooLarge);
        }
        if let Err(retry_after_s) = self.quotas.take(source.id, envelope.items.len(), received_ms) {
            self.refuse_all(source, reason::OVER_QUOTA, count, received_ms);
            return Sifted::Done(Answer::TooFast { retry_after_s });
        }
        let Some(keys) = self.keys.get(source.workspace) else {
            tracing::warn!(workspace = %source.workspace, "events came for a workspace whose keys are not loaded");
            return Sifted::Done(Answer::Unavailable { retry_after_s: RETRY_LATER_S, full: false });
        };
        let around = Surroundings {
            workspace: source.workspace,
            source: source.id,
            received_ms,
            kind,
            sent_ms: envelope.sent_ms,
            context: envelope.context,
        };
        let (clean, refused) = self.screen(envelope, &around, &keys);
        let (workspace, source) = (source.workspace, source.id);
        Sifted::Ready(Box::new(Ready { workspace, source, received_ms, clean, refused, share }))
    }

    /// Brings each message to an event and has the shield look into it; what fails, fails alone.
    fn screen<'a>(
        &self,
        envelope: &Envelope<'a>,
        around: &Surroundings<'a>,
        keys: &WorkspaceKeys,
    ) -> (Vec<Clean>, Vec<(Refused, Sdk, u64)>) {
        let keyed_hash = |value: &str| mark(keys, value);
        let screen = |fields: &Fields<'a>| {
            let event = segment::event_of(fields, around)?;
            let refused = |refusal: shield::Refusal| Refused::of(refusal.reason.as_str(), refusal.field);
            self.shield.screen(event, &keyed_hash).map_err(refused)
        };
        let mut clean = Vec::with_capacity(envelope.items.len());
        let mut refused = Vec::new();
        for item in &envelope.items {
            match item {
                Item::Message(fields) => match screen(fields) {
                    Ok(screened) => clean.push(screened),
                    Err(why) => refused.push((why, segment::sdk_of(fields, around), 1)),
                },
                Item::Other => refused.push((Refused::whole(reason::NOT_AN_OBJECT), Sdk::default(), 1)),
            }
        }
        if envelope.beyond > 0 {
            refused.push((Refused::of(reason::BATCH_TOO_LONG, "batch"), Sdk::default(), envelope.beyond));
        }
        (clean, refused)
    }

    fn refuse_all(&self, source: &Source, reason: &'static str, count: u64, at_ms: i64) {
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

    fn refuse_body(&self, error: BodyError, header_key: Option<&str>) -> Answer {
        let (answer, reason) = match error {
            BodyError::Unreadable => (Answer::Unreadable, reason::UNREADABLE_BODY),
            BodyError::TooLarge => (Answer::TooLarge, reason::BODY_TOO_LARGE),
            BodyError::TooSlow => return Answer::TooSlow,
            BodyError::NoRoom => return Answer::Unavailable { retry_after_s: RETRY_AFTER_S, full: false },
        };
        let at_ms = self.clock.now_ms();
        match header_key.and_then(|key| self.sources.by_write_key(key, at_ms)) {
            Some(source) => self.refuse_all(&source, reason, 1, at_ms),
            None => self.tally.refuse(None, None, &[(Refused::whole(reason), Sdk::default(), 1)], at_ms),
        }
        answer
    }
}

/// What stands in a mark for a personal value: the same for the same value in one workspace, of no use
/// to anybody without its key. Set apart by a purpose, so that no lookup hash ever shows in an event.
fn mark(keys: &WorkspaceKeys, value: &str) -> String {
    let mac = keys.hash.short(&[b"mark\0", value.as_bytes()].concat());
    data_encoding::HEXLOWER.encode(mac.get(..8).unwrap_or_default())
}
