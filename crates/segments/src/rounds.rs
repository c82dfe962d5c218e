//! One round of work: whoever was touched, whoever's window has ended, the next few of a segment that is being filled,
//! and what is to be told. Everything is found out before the database is held, and written in one transaction with the
//! position.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use insight::judge::{Verdict, Whom, judge};
use model::{PersonCode, WorkspaceId};
use question::Audience;
use rusqlite::Transaction;

use crate::error::SegmentError;
use crate::members::{self, MEMBERS_MAX, Of, Run, State, Why};
use crate::pending::Cause;
use crate::room::Live;
use crate::segments::Segments;
use crate::telling::Told;

/// How many people are judged in one round.
const PEOPLE_MAX: usize = 10_000;
/// How many rows are looked at in one round: people times segments.
const ROWS_MAX: usize = 200_000;
/// How many codes one step of filling goes through.
const FILL_CODES: u32 = 50_000;
/// How long what was too busy to be told waits.
const TELL_AGAIN_MS: i64 = 1_000;
/// So many places in the journal are read again after a crash, at most, where nobody was touched.
const SAVE_EVERY: u64 = 20_000;

/// When there is something to do again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// There is more.
    AtOnce,
    /// Others were touched meanwhile, and nothing else waits.
    Soon,
    /// At this instant, milliseconds since 1970, UTC, unless somebody is touched before.
    At(Option<i64>),
}

/// A segment to judge by: its people so far, and its definition.
struct Judged {
    run: Run,
    live: Arc<Live>,
}

/// What was found out of one person.
pub(crate) struct Found {
    /// Which of the judged.
    pub(crate) of: usize,
    pub(crate) person: PersonCode,
    pub(crate) verdict: Verdict,
    /// JSON, of a computed trait.
    pub(crate) value: Option<String>,
}

/// Why something changes, and who became one with somebody.
struct Because<'b> {
    at_ms: i64,
    reason: &'b dyn Fn(PersonCode) -> String,
    merged: HashSet<PersonCode>,
}

impl Segments {
    /// Does one round; for a thread of its own, and for tests that move the clock by hand.
    ///
    /// # Errors
    /// The databases', the store's; what was not done is done by the next round.
    pub fn round(&self) -> Result<Next, SegmentError> {
        let _one = self.0.round.lock();
        let now_ms = self.0.clock.now_ms();
        let mut more = self.refill_due()?;
        more |= self.groups_due(now_ms)?;
        let touched = self.touched_due(now_ms)?;
        more |= self.windows_due(now_ms)?;
        more |= self.fill_due(now_ms)?;
        let told = self.tell_due()?;
        if more || told == Told::Some {
            return Ok(Next::AtOnce);
        }
        if touched {
            return Ok(Next::Soon);
        }
        let due = self.0.people_db.read(members::next_due)?;
        let again = (told == Told::Nothing).then(|| now_ms.saturating_add(TELL_AGAIN_MS));
        Ok(Next::At(due.into_iter().chain(again).min()))
    }

    /// Those who are to be filled anew begin with it.
    fn refill_due(&self) -> Result<bool, SegmentError> {
        let refills = self.0.pending.lock().take_refills();
        if refills.is_empty() {
            return Ok(false);
        }
        let known = self.known();
        let begun = self.0.people_db.write(|tx| {
            let rooms = refills.iter().filter_map(|workspace| known.room(*workspace));
            for live in rooms.flat_map(|room| &room.segments).filter(|live| !live.segment.is_list()) {
                members::begin(tx, &live.segment)?;
            }
            Ok::<_, SegmentError>(())
        });
        if begun.is_err() {
            let mut pending = self.0.pending.lock();
            refills.into_iter().for_each(|workspace| pending.refill(workspace));
        }
        begun.map(|()| true)
    }

    /// Judges some of those who were touched.
    fn touched_due(&self, now_ms: i64) -> Result<bool, SegmentError> {
        let known = self.known();
        let (taken, through, more) = {
            let mut pending = self.0.pending.lock();
            let per_person = known.workspaces().filter_map(|workspace| known.room(workspace));
            let most = per_person.map(|room| room.segments.len()).max().unwrap_or(1).max(1);
            let taken = pending.take((ROWS_MAX / most).min(PEOPLE_MAX));
            // What waits is not done: only with nobody left is everything before this place.
            let through = pending.is_empty().then_some(pending.through);
            (taken, through, !pending.is_empty())
        };
        let Some((workspace, people)) = taken else {
            let behind = through.unwrap_or_default().saturating_sub(self.position().0);
            if behind >= SAVE_EVERY && !known.is_empty() {
                self.0.people_db.write(|tx| self.save(tx, through))?;
                self.saved(through);
            }
            return Ok(false);
        };
        let reasons: HashMap<PersonCode, Cause> = people.iter().cloned().collect();
        let codes: Vec<PersonCode> = people.iter().map(|(person, _)| *person).collect();
        let done = self.judged(workspace, |_| true).and_then(|judged| {
            let found = self.find(workspace, &judged, now_ms, &Whom::These(&codes))?;
            let reason = |person: PersonCode| reasons.get(&person).map(Cause::words).unwrap_or_default();
            let merged = people.iter().filter(|(_, cause)| *cause == Cause::Merge);
            let because =
                Because { at_ms: now_ms, reason: &reason, merged: merged.map(|(code, _)| *code).collect() };
            self.write(workspace, &judged, &found, &because, |tx| self.save(tx, through))
        });
        match done {
            Ok(()) => self.saved(through),
            Err(error) => {
                self.0.pending.lock().put_back(workspace, people);
                return Err(error);
            }
        }
        Ok(more)
    }

    /// Judges some of those whose window has ended.
    fn windows_due(&self, now_ms: i64) -> Result<bool, SegmentError> {
        let due = self.0.people_db.read(|tx| members::due(tx, now_ms, PEOPLE_MAX))?;
        if due.is_empty() {
            return Ok(false);
        }
        let runs = self.0.people_db.read(members::runs)?;
        let mut by_workspace: BTreeMap<WorkspaceId, HashSet<(u32, PersonCode)>> = BTreeMap::new();
        for (no, person) in &due {
            if let Some(run) = runs.iter().find(|run| run.no == *no) {
                by_workspace.entry(run.workspace).or_default().insert((*no, *person));
            }
        }
        for (workspace, pairs) in by_workspace {
            let judged = self.judged(workspace, |run| pairs.iter().any(|(no, _)| *no == run.no))?;
            let mut codes: Vec<PersonCode> = pairs.iter().map(|(_, person)| *person).collect();
            codes.sort_unstable();
            codes.dedup();
            let found = self.find(workspace, &judged, now_ms, &Whom::These(&codes))?;
            let reason = |_: PersonCode| "a window ended".to_owned();
            let because = Because { at_ms: now_ms, reason: &reason, merged: HashSet::new() };
            self.write(workspace, &judged, &found, &because, |tx| {
                for (no, person) in &pairs {
                    // Whoever is gone, or of a segment that is not kept up to date, would be due for ever.
                    let still = members::standing(tx, *no, *person)?;
                    if still.and_then(|row| row.next_ms).is_some_and(|next_ms| next_ms <= now_ms) {
                        members::forget_due(tx, *no, *person)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(true)
    }

    /// Goes through the next few of the first segment that is being filled.
    fn fill_due(&self, now_ms: i64) -> Result<bool, SegmentError> {
        let runs = self.0.people_db.read(members::runs)?;
        let known = self.known();
        let filling = runs.into_iter().find_map(|run| {
            let live = known.by_id(run.workspace, run.segment)?;
            (run.state == State::Filling && !live.segment.is_list()).then(|| (run, live.clone()))
        });
        let Some((run, live)) = filling else { return Ok(false) };
        let (workspace, no, first) = (run.workspace, run.no, run.next_code);
        let last = first.saturating_add(FILL_CODES - 1);
        let judged = [Judged { run, live }];
        let found = self.find(workspace, &judged, now_ms, &Whom::Within(first..=last))?;
        let reason = |_: PersonCode| "it was so when this began".to_owned();
        let seen: HashSet<PersonCode> = found.iter().map(|found| found.person).collect();
        let there = self.0.people_db.read(|tx| members::in_range(tx, no, (first, last)))?;
        let out = Verdict { is_in: false, next_ms: None };
        let gone = there.into_keys().filter(|person| !seen.contains(person));
        let mut found = found;
        found.extend(gone.map(|person| Found { of: 0, person, verdict: out, value: None }));
        let because = Because { at_ms: now_ms, reason: &reason, merged: HashSet::new() };
        self.write(workspace, &judged, &found, &because, |tx| {
            let codes = members::codes(tx, members::space(tx, workspace)?)?;
            let next = last.saturating_add(1);
            let many = members::runs(tx)?.iter().any(|run| run.no == no && run.members > MEMBERS_MAX);
            let state = match (many, next >= codes) {
                (true, _) => State::TooMany,
                (false, true) => State::Ready,
                (false, false) => State::Filling,
            };
            members::set_state(tx, no, (state, next))
        })?;
        Ok(true)
    }

    /// The segments of a workspace that are kept up to date, of those that `wanted`.
    fn judged(
        &self,
        workspace: WorkspaceId,
        wanted: impl Fn(&Run) -> bool,
    ) -> Result<Vec<Judged>, SegmentError> {
        let known = self.known();
        let runs = self.0.people_db.read(members::runs)?;
        let kept = runs.into_iter().filter(|run| run.workspace == workspace && wanted(run));
        let kept = kept.filter(|run| run.state != State::TooMany);
        Ok(kept
            .filter_map(|run| {
                let live = known.by_id(workspace, run.segment)?;
                let stands = live.segment.is_list() || live.segment.version == run.version;
                stands.then(|| Judged { run, live: live.clone() })
            })
            .collect())
    }

    /// What is the case now.
    fn find(
        &self,
        workspace: WorkspaceId,
        judged: &[Judged],
        now_ms: i64,
        whom: &Whom<'_>,
    ) -> Result<Vec<Found>, SegmentError> {
        let lives = judged.iter().map(|judged| &judged.live);
        let amounts = self.work_out(workspace, lives, now_ms, whom)?;
        let mut found = amounts.found(judged.iter().map(|judged| judged.live.as_ref()));
        let with: Vec<(usize, &Live, &Audience)> = judged
            .iter()
            .enumerate()
            .filter_map(|(of, judged)| Some((of, judged.live.as_ref(), judged.live.audience.as_ref()?)))
            .collect();
        let audiences: Vec<&Audience> = with.iter().map(|(.., audience)| *audience).collect();
        let view = self.0.store.view(workspace);
        let who = (workspace, &amounts as &dyn question::Who);
        judge(&view, &audiences, now_ms, who, whom, &mut |index, person, verdict| {
            if let Some((of, live, _)) = with.get(index) {
                let verdict = amounts.also_due(live, person, verdict);
                found.push(Found { of: *of, person, verdict, value: None });
            }
        })?;
        Ok(found)
    }

    /// Writes what is otherwise than it stands, and then what `also` does, in one transaction.
    fn write(
        &self,
        workspace: WorkspaceId,
        judged: &[Judged],
        found: &[Found],
        because: &Because<'_>,
        also: impl FnOnce(&Transaction<'_>) -> Result<(), SegmentError>,
    ) -> Result<(), SegmentError> {
        let changed: Vec<&Found> = self.0.people_db.read(|tx| {
            let mut changed = Vec::new();
            for found in found {
                let Some(Judged { run, .. }) = judged.get(found.of) else { continue };
                let stands = members::standing(tx, run.no, found.person)?;
                let stands =
                    stands.map(|row| (Verdict { is_in: row.is_in, next_ms: row.next_ms }, row.value));
                let stands = stands.unwrap_or((Verdict { is_in: false, next_ms: None }, None));
                let is = (found.verdict, found.value.clone());
                if stands != is || because.merged.contains(&found.person) {
                    changed.push(found);
                }
            }
            Ok::<_, SegmentError>(changed)
        })?;
        self.0.people_db.write(|tx| {
            let space = members::space(tx, workspace)?;
            let ofs: Vec<Of<'_>> = judged.iter().map(|judged| judged.of(space)).collect();
            for of in &ofs {
                because.merged.iter().try_for_each(|person| members::fold(tx, *of, *person))?;
            }
            let living = members::living(tx, space, changed.iter().map(|found| found.person))?;
            for found in changed {
                let (Some(of), Some(Judged { run, .. })) = (ofs.get(found.of), judged.get(found.of)) else {
                    continue;
                };
                let Some(id) = living.get(&found.person) else { continue };
                // What was so before anybody asked is no news.
                let tell = run.state == State::Ready || found.person.0 < run.next_code;
                let reason = (because.reason)(found.person);
                let why = Why { reason: &reason, tell, at_ms: because.at_ms };
                if of.is_trait {
                    let is = (found.value.clone(), found.verdict.next_ms);
                    members::settle_value(tx, *of, found.person, is, why)?;
                    continue;
                }
                members::settle(tx, *of, (found.person, *id), found.verdict, why)?;
            }
            also(tx)
        })
    }

    fn save(&self, tx: &Transaction<'_>, through: Option<u64>) -> Result<(), SegmentError> {
        through.map_or(Ok(()), |through| members::set_position(tx, through))
    }

    fn saved(&self, through: Option<u64>) {
        if let Some(through) = through {
            self.0.saved.fetch_max(through, Ordering::SeqCst);
        }
    }
}

impl Judged {
    fn of(&self, space: u32) -> Of<'_> {
        let segment = &self.live.segment;
        let is_trait = self.live.computed.is_some();
        let (workspace, id, name) = (segment.workspace, segment.id, &segment.name);
        Of { no: self.run.no, space, workspace, segment: id, name, is_trait }
    }
}
