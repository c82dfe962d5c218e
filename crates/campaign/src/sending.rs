//! The thread that hands over what may go: begins what its grant allows, asks before every message whether it goes on, and stops
//! by itself when too many come back or complain.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use control::mode::Mode;
use guard::GuardError;
use guard::grants::{Going, Sending, State as GrantState};
use model::{BroadcastId, PersonId};
use people::AddressMark;
use rows::mailing::Addressed;
use send::{Bulk, Handed, Letter};
use serde_json::{Value, json};

use crate::broadcast::{Broadcast, State};
use crate::campaigns::Campaigns;
use crate::error::CampaignError;
use crate::links::Linked;
use crate::outbox::{self, Outcome, Tally};
use crate::template::{Compiled, Version};

/// How often it is looked whether something may begin or go on, where something was asked for or is under way.
const LOOK: Duration = Duration::from_millis(250);
/// The same where nothing is; a request rings at once.
const LOOK_IDLE: Duration = Duration::from_secs(60);
/// How many are taken from the outbox at a time: as many are uncertain at most when everything breaks off.
const AT_ONCE: u32 = 50;
/// How many of the last messages tell whether too many come back.
const WINDOW: usize = 500;
/// Before so many nothing is told from them.
const WINDOW_MIN: usize = 50;
/// More than one in so many came back: stop.
const BOUNCES_ONE_IN: usize = 20;
/// More than so many in a thousand complained, and more than two: stop.
const COMPLAINTS_PER_MILLE: u64 = 3;
const COMPLAINTS_MIN: u64 = 3;
/// A first slice goes out, and then the rest waits, where an approved send is large.
const CANARY_ONE_IN: u64 = 100;
const CANARY_MIN: u64 = 500;
/// How long the rest waits.
pub const CANARY_MS: i64 = 10 * 60_000;
/// How often a message is tried that the relay refuses for now.
const TRIES_MAX: u32 = 8;
/// How long the first of them waits; each further one twice as long.
const AGAIN_MS: i64 = 60_000;
/// How long everything waits when the relay cannot be reached.
const UNREACHED_MS: i64 = 5_000;

/// Hands over until it is dropped.
pub struct Sender {
    campaigns: Campaigns,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sender {
    /// Begins. What was being handed over when everything broke off is uncertain, and is not sent again.
    ///
    /// # Errors
    /// The relay's settings do not fit, the database's, or no thread can be started.
    pub fn start(campaigns: &Campaigns) -> Result<Self, CampaignError> {
        let ended = Arc::<AtomicBool>::default();
        let mut sender = Self { campaigns: campaigns.clone(), ended: ended.clone(), thread: None };
        campaigns.0.people_db.write(outbox::recover)?;
        if let Some(relay) = campaigns.0.relay.clone() {
            let mut hand =
                Hand { campaigns: campaigns.clone(), bulk: Bulk::new(relay)?, ended, under_way: Vec::new() };
            sender.thread =
                Some(thread::Builder::new().name("campaign".to_owned()).spawn(move || hand.run())?);
        }
        Ok(sender)
    }
}

impl Drop for Sender {
    /// Waits for the message that is under way, so that what became of it is written down.
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.campaigns.ring();
        if let Some(thread) = self.thread.take() {
            // A thread that broke has said so.
            let _ = thread.join();
        }
    }
}

/// A broadcast that was begun, since this start.
struct UnderWay {
    id: BroadcastId,
    sending: Sending,
    version: Version,
    compiled: Compiled,
    /// Of the last messages, whether each came back.
    window: VecDeque<bool>,
    /// How many left, or may have.
    handed: u64,
}

/// When there is something to do again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    AtOnce,
    /// Something waits for people, for time or for the relay.
    Soon,
    WhenRung,
}

struct Hand {
    campaigns: Campaigns,
    bulk: Bulk,
    ended: Arc<AtomicBool>,
    under_way: Vec<UnderWay>,
}

impl Hand {
    fn run(&mut self) {
        let mut seen = 0;
        let mut broken = false;
        while !self.ended.load(Ordering::SeqCst) {
            let mut look = LOOK;
            match self.round() {
                Ok(Next::AtOnce) => continue,
                Ok(next) => {
                    broken = false;
                    look = if next == Next::WhenRung { LOOK_IDLE } else { LOOK };
                }
                Err(error) if !broken => {
                    tracing::warn!(%error, "broadcasts could not be looked at; tried again");
                    broken = true;
                }
                Err(_) => {}
            }
            self.bulk.hang_up();
            let (rung, bell) = &self.campaigns.0.bell;
            let mut rung = rung.lock();
            if *rung == seen {
                bell.wait_for(&mut rung, look);
            }
            seen = *rung;
        }
        self.bulk.hang_up();
    }

    /// A step of each broadcast.
    fn round(&mut self) -> Result<Next, CampaignError> {
        let campaigns = self.campaigns.clone();
        let found = campaigns.0.control.read(|tx| campaigns.0.book.under_way(tx))?;
        self.under_way.retain(|one| found.iter().any(|broadcast| broadcast.id == one.id));
        let mut next = if found.is_empty() { Next::WhenRung } else { Next::Soon };
        for broadcast in &found {
            if self.ended.load(Ordering::SeqCst) {
                return Ok(Next::Soon);
            }
            let stepped = match broadcast.state {
                State::Waiting => self.begin(broadcast),
                _ => self.go_on(broadcast),
            };
            match stepped {
                Ok(true) => next = Next::AtOnce,
                Ok(false) => {}
                // One that is broken holds up no other.
                Err(error) => {
                    tracing::warn!(%error, broadcast = %broadcast.id, "a broadcast could not go on; tried again")
                }
            }
        }
        Ok(next)
    }

    /// Begins a broadcast whose grant allows it.
    fn begin(&mut self, broadcast: &Broadcast) -> Result<bool, CampaignError> {
        let campaigns = self.campaigns.clone();
        let Broadcast { id, workspace, .. } = *broadcast;
        let Some(grant) = broadcast.grant else { return Ok(false) };
        let (_, state) = campaigns.0.guard.send_state(workspace, grant)?;
        match state {
            GrantState::Waiting | GrantState::Delayed => return Ok(false),
            GrantState::Open | GrantState::Used => {}
            over => return self.stopped(broadcast, over.as_str()).map(|()| false),
        }
        if campaigns.0.guard.mode(Some(workspace))?.mode == Mode::ReadOnly {
            return Ok(false);
        }
        let (now, version) = campaigns.0.control.read(|tx| campaigns.whole(tx, workspace, id))?;
        let digest = match campaigns.digest(&now, &version.template) {
            Ok(digest) => digest,
            // A segment that it goes to is no more.
            Err(CampaignError::Segments(segments::SegmentError::Invalid { .. })) => {
                campaigns.0.guard.void_send(workspace, grant)?;
                return self.stopped(broadcast, "edited").map(|()| false);
            }
            Err(error) => return Err(error),
        };
        let reached = campaigns.reached(&now)?;
        let people = u64::try_from(reached.people.len()).unwrap_or(u64::MAX);
        let sending = match campaigns.0.guard.begin_send(workspace, grant, (&digest, people)) {
            Ok(sending) => sending,
            Err(GuardError::SendIsAnother) => {
                campaigns.0.guard.void_send(workspace, grant)?;
                return self.stopped(broadcast, "edited").map(|()| false);
            }
            Err(GuardError::GrantIs { state }) => return self.stopped(broadcast, state).map(|()| false),
            Err(error) => return Err(error.into()),
        };
        let now_ms = campaigns.now_ms();
        campaigns.0.people_db.write(|tx| outbox::fill(tx, (workspace, id), &reached.people, now_ms))?;
        let entry = sending.does("broadcast.begun", json!({ "grant": grant, "people": people }));
        campaigns.change(entry, |tx| {
            let mut broadcast = campaigns.0.book.broadcast(tx, workspace, id)?;
            if broadcast.state == State::Waiting {
                broadcast.state = State::Sending;
                campaigns.0.book.put(tx, &broadcast)?;
            }
            Ok(((), json!({})))
        })?;
        self.remember(id, sending, version)?;
        Ok(true)
    }

    /// Hands over the next few of a broadcast that was begun.
    fn go_on(&mut self, broadcast: &Broadcast) -> Result<bool, CampaignError> {
        let campaigns = self.campaigns.clone();
        let Broadcast { id, workspace, .. } = *broadcast;
        let Some(grant) = broadcast.grant else { return Ok(false) };
        if !self.under_way.iter().any(|one| one.id == id) {
            // Begun before this start.
            let (_, version) = campaigns.0.control.read(|tx| campaigns.whole(tx, workspace, id))?;
            // Its people were found when it began: a segment that is another one by now changes nothing.
            let digest = broadcast.digest(&version.template, &[]);
            match campaigns.0.guard.begin_send(workspace, grant, (&digest, broadcast.people)) {
                Ok(sending) => self.remember(id, sending, version)?,
                Err(GuardError::GrantIs { state }) => return self.stopped(broadcast, state).map(|()| false),
                Err(error) => return Err(error.into()),
            }
        }
        let Self { bulk, under_way, .. } = self;
        let Some(one) = under_way.iter_mut().find(|one| one.id == id) else { return Ok(false) };
        match campaigns.0.guard.still_sends(&one.sending) {
            Going::On => {}
            Going::Held => return Ok(false),
            Going::Over => return self.stopped(broadcast, "ended").map(|()| false),
        }
        let now_ms = campaigns.now_ms();
        let complaints = campaigns.0.people_db.read(|tx| outbox::complaints(tx, id))?;
        if let Some(why) = spike(&one.window, one.handed, complaints) {
            campaigns.0.guard.send_over(&one.sending, why, &counts(&campaigns.tally(id)?))?;
            return self.stopped(broadcast, why).map(|()| false);
        }
        let begun_ms = one.sending.grant().used.map_or(now_ms, |used| used.at_ms);
        let people = one.sending.content().people;
        let Some(limit) = slice((people, one.handed), (begun_ms, now_ms)) else { return Ok(false) };
        let taken = campaigns.0.people_db.write(|tx| outbox::take(tx, id, limit, now_ms))?;
        if taken.is_empty() {
            if campaigns.0.people_db.read(|tx| outbox::next_ms(tx, id))?.is_some() {
                return Ok(false);
            }
            campaigns.0.guard.send_over(&one.sending, "done", &counts(&campaigns.tally(id)?))?;
            let entry = one.sending.does("broadcast.done", json!({}));
            campaigns.change(entry, |tx| {
                Ok((campaigns.end(tx, (workspace, id), (State::Done, "done"))?, json!({})))
            })?;
            return Ok(false);
        }
        let outcomes = one.hand_over(&campaigns, bulk, (broadcast, &taken));
        let reached =
            !outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Again { counted: false, .. }));
        campaigns.0.people_db.write(|tx| {
            for (person, outcome) in &outcomes {
                outbox::settle(tx, id, *person, (*outcome, now_ms))?;
            }
            Ok::<_, CampaignError>(())
        })?;
        Ok(reached)
    }

    fn remember(&mut self, id: BroadcastId, sending: Sending, version: Version) -> Result<(), CampaignError> {
        let compiled = version.template.compile()?;
        let handed = self.campaigns.tally(id)?.handed();
        self.under_way.push(UnderWay { id, sending, version, compiled, window: VecDeque::new(), handed });
        Ok(())
    }

    /// Whoever waits gets nothing any more.
    fn stopped(&mut self, broadcast: &Broadcast, why: &str) -> Result<(), CampaignError> {
        let campaigns = &self.campaigns;
        let Broadcast { id, workspace, .. } = *broadcast;
        let now_ms = campaigns.now_ms();
        campaigns.0.people_db.write(|tx| outbox::stop(tx, id, now_ms))?;
        // A request that lapsed or was refused can be made again.
        let state = if broadcast.state == State::Waiting { State::Draft } else { State::Stopped };
        campaigns.0.control.write(|tx| {
            let mut ended = campaigns.end(tx, (workspace, id), (state, why))?;
            if state == State::Draft {
                ended.grant = None;
                campaigns.0.book.put(tx, &ended)?;
            }
            Ok::<_, CampaignError>(())
        })?;
        self.under_way.retain(|one| one.id != id);
        Ok(())
    }
}

impl UnderWay {
    /// Hands these over, one after the other, for as long as it goes on.
    fn hand_over(
        &mut self,
        campaigns: &Campaigns,
        bulk: &mut Bulk,
        (broadcast, taken): (&Broadcast, &[(PersonId, AddressMark)]),
    ) -> Vec<(PersonId, Outcome)> {
        let now_ms = campaigns.now_ms();
        let ids: Vec<PersonId> = taken.iter().map(|(person, _)| *person).collect();
        let back = |next_ms| Outcome::Again { next_ms, counted: false };
        let opened = match campaigns.0.rows.addressed(&self.sending, &ids, self.compiled.names()) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(%error, broadcast = %self.id, "addresses were not given out");
                // What was counted for them counts on: whoever counts more than was approved is not given more.
                return ids.into_iter().map(|person| (person, back(now_ms + UNREACHED_MS))).collect();
            }
        };
        let mut outcomes = Vec::with_capacity(taken.len());
        let mut wait = None;
        for (person, mark) in taken {
            let found = opened.iter().find(|one| one.id == *person);
            let outcome = match wait {
                Some(next_ms) => back(next_ms),
                None if campaigns.0.guard.still_sends(&self.sending) != Going::On => back(now_ms),
                // It breaks before the relay has taken it or after it refused it, never in between.
                None => self.one(campaigns, bulk, (broadcast, found, mark)).unwrap_or_else(|error| {
                    tracing::warn!(%error, broadcast = %self.id, "a message could not be made; tried again");
                    back(now_ms + UNREACHED_MS)
                }),
            };
            if let Outcome::Again { next_ms, counted: false } = outcome {
                wait = Some(next_ms);
            }
            if matches!(outcome, Outcome::Accepted | Outcome::Failed(_)) {
                self.window.push_back(matches!(outcome, Outcome::Failed(_)));
                if self.window.len() > WINDOW {
                    self.window.pop_front();
                }
            }
            match outcome {
                Outcome::Again { .. } => self.sending.give_back(1),
                Outcome::Accepted | Outcome::Failed(_) | Outcome::Uncertain => self.handed += 1,
                Outcome::Suppressed | Outcome::Declined => {}
            }
            outcomes.push((*person, outcome));
        }
        outcomes
    }

    fn one(
        &self,
        campaigns: &Campaigns,
        bulk: &mut Bulk,
        (broadcast, found, mark): (&Broadcast, Option<&Addressed>, &AddressMark),
    ) -> Result<Outcome, CampaignError> {
        let workspace = self.sending.grant().workspace;
        // Erased since, or without an address: nobody to write to.
        let Some((one, address)) = found.and_then(|one| Some((one, one.address.as_ref()?))) else {
            return Ok(Outcome::Suppressed);
        };
        let same = campaigns.0.people.address_mark(workspace, address.expose())? == *mark;
        if !same || campaigns.0.people_db.read(|tx| outbox::is_suppressed(tx, workspace, mark))? {
            return Ok(Outcome::Suppressed);
        }
        if campaigns.declines(broadcast, one.id)? {
            return Ok(Outcome::Declined);
        }
        let values: Vec<Option<String>> =
            one.values.iter().map(|value| value.as_ref().map(|value| value.expose().clone())).collect();
        let url = campaigns.0.links.url(Linked { workspace, broadcast: self.id, person: one.id });
        let rendered = self.compiled.render(&values, &url);
        let template = &self.version.template;
        let host = template.from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
        let letter = Letter {
            from: &template.from,
            reply_to: template.reply_to.as_deref(),
            to: address,
            subject: &rendered.subject,
            text: &rendered.text,
            html: rendered.html.as_deref(),
            id: &format!("{}.{}@{host}", self.id, one.id),
            unsubscribe: Some(&url),
        };
        let now_ms = campaigns.now_ms();
        Ok(match bulk.hand_over(&letter) {
            Handed::Accepted => Outcome::Accepted,
            Handed::Refused(status) => Outcome::Failed(status),
            Handed::Uncertain => Outcome::Uncertain,
            Handed::Later(0) => Outcome::Again { next_ms: now_ms + UNREACHED_MS, counted: false },
            Handed::Later(status) => {
                let tries = campaigns.0.people_db.read(|tx| outbox::tries(tx, self.id, one.id))?;
                if tries + 1 >= TRIES_MAX {
                    Outcome::Failed(status)
                } else {
                    Outcome::Again { next_ms: now_ms + (AGAIN_MS << tries.min(8)), counted: true }
                }
            }
        })
    }
}

/// How many may be taken now: of a large send that was approved, first a slice, and after a while the rest.
fn slice((people, handed): (u64, u64), (begun_ms, now_ms): (i64, i64)) -> Option<u32> {
    if people <= guard::grants::sends::PEOPLE_COOLING || now_ms >= begun_ms + CANARY_MS {
        return Some(AT_ONCE);
    }
    let canary = (people / CANARY_ONE_IN).max(CANARY_MIN);
    let left = canary.saturating_sub(handed);
    u32::try_from(left).ok().filter(|left| *left > 0).map(|left| left.min(AT_ONCE))
}

/// Why a send stops by itself, if it does.
fn spike(window: &VecDeque<bool>, handed: u64, complaints: u64) -> Option<&'static str> {
    let back = window.iter().filter(|back| **back).count();
    if window.len() >= WINDOW_MIN && back * BOUNCES_ONE_IN > window.len() {
        return Some("bounces");
    }
    let complained = complaints >= COMPLAINTS_MIN
        && complaints.saturating_mul(1_000) > handed.saturating_mul(COMPLAINTS_PER_MILLE);
    complained.then_some("complaints")
}

fn counts(tally: &Tally) -> Value {
    let Tally { waiting, accepted, failed, suppressed, declined, uncertain, stopped, complaints } = tally;
    json!({
        "waiting": waiting, "accepted": accepted, "failed": failed, "suppressed": suppressed, "declined": declined,
        "uncertain": uncertain, "stopped": stopped, "complaints": complaints,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_noticed_within_a_thousand_messages_wherever_it_begins() {
        for good in [0, 49, 500, 10_000] {
            let mut window = VecDeque::new();
            let mut after = 0;
            for number in 0..good + 2_000 {
                if spike(&window, number, 0).is_some() {
                    break;
                }
                window.push_back(number >= good);
                if window.len() > WINDOW {
                    window.pop_front();
                }
                after += u64::from(number >= good);
            }
            // What is taken at a time goes before it is asked again.
            assert!(after + u64::from(AT_ONCE) <= 1_000, "{after} after {good}");
        }
    }

    #[test]
    fn of_a_large_send_a_slice_leaves_first_and_the_rest_after_a_while() {
        let slice = |people, handed, after_ms| slice((people, handed), (0, after_ms));
        assert_eq!(slice(10_000, 9_000, 0), Some(AT_ONCE));
        assert_eq!(slice(10_001, 480, 0), Some(20));
        assert_eq!(slice(10_001, 500, CANARY_MS - 1), None);
        assert_eq!(slice(1_000_000, 9_990, 0), Some(10), "one in a hundred, where that is more");
        assert_eq!(slice(1_000_000, 10_000, CANARY_MS), Some(AT_ONCE));
    }

    #[test]
    fn what_is_usual_is_no_spike() {
        let window: VecDeque<bool> = (0..WINDOW).map(|number| number % BOUNCES_ONE_IN == 0).collect();
        assert_eq!(spike(&window, 10_000, 30), None);
        assert_eq!(spike(&window, 10_000, 31), Some("complaints"));
        assert_eq!(spike(&VecDeque::new(), 0, 2), None, "two are nobody's opinion");
        assert_eq!(spike(&VecDeque::from([true; WINDOW_MIN - 1]), 49, 0), None);
    }
}
