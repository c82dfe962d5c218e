//! The steps of a purge, each repeatable: whatever a killed process had done is found done, the rest is done.

use std::collections::HashSet;

use journal::Record;
use model::{EventRecord, Offset, Order, PersonCode, Stored, WorkspaceId};
use people::{IdentityMark, Sifted};
use rusqlite::Transaction;
use shield::Shield;

use crate::error::PurgeError;
use crate::found;
use crate::kept::Kept;
use crate::matcher::Matcher;
use crate::records::Records;
use crate::report;
use crate::rescreen::Rescreen;
use crate::rows::Rows;
use crate::runner::Inner;
use crate::selector::Remove;
use crate::table::{self, Purge, Step};
use crate::told::{Told, Wanted};

/// How often somebody is waited for before the note says so.
const WAITS_MAX: u32 = 600;
/// How many orders go into the journal at once.
const ORDERS_AT_ONCE: usize = 500;

/// Of how many people the identities are asked for at once.
const MARKED_AT_ONCE: usize = 5_000;

/// One purge at work.
pub(crate) struct Run<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) purge: Purge,
    pub(crate) wanted: Wanted,
}

impl Run<'_> {
    /// Does the present step and goes on to the next.
    pub(crate) fn step(&mut self) -> Result<(), PurgeError> {
        let inner = self.inner;
        // A backup must not come between what a step changes and its being noted.
        let _still = (self.purge.step == Step::People).then(|| inner.parts.still.lock());
        let next = match self.purge.step {
            Step::Ordered => {
                self.order()?;
                Step::Finding
            }
            Step::Finding => {
                self.find()?;
                self.tell()?;
                Step::People
            }
            Step::People => {
                self.sift()?;
                Step::Journal
            }
            Step::Journal => {
                self.rewrite_journal()?;
                Step::Store
            }
            Step::Store => {
                self.rewrite_store()?;
                Step::Closing
            }
            Step::Closing => {
                self.close()?;
                Step::Done
            }
            Step::Done | Step::Failed => return Ok(()),
        };
        if next != Step::Done {
            self.write(|tx, run| table::set_step(tx, run.purge.id, next))?;
        }
        self.purge.step = next;
        Ok(())
    }

    fn workspace(&self) -> WorkspaceId {
        self.purge.workspace
    }

    pub(crate) fn write<T>(
        &self,
        f: impl FnOnce(&Transaction<'_>, &Self) -> Result<T, PurgeError>,
    ) -> Result<T, PurgeError> {
        self.inner.parts.control.write(|tx| f(tx, self))
    }

    fn progress(&self, at: usize, whole: usize) -> Result<(), PurgeError> {
        self.write(|tx, run| table::set_progress(tx, run.purge.id, at as u64, whole as u64))
    }

    /// Puts the order into the journal and waits until all before it is stored, in chunks.
    fn order(&mut self) -> Result<(), PurgeError> {
        let parts = &self.inner.parts;
        let before = match self.purge.before {
            Some(before) => before,
            None => {
                let _still = parts.still.lock();
                // Before the order: what is released from here on comes behind it in the journal.
                self.sift_set_aside(None)?;
                let (workspace, purge, at_ms) = (self.workspace(), self.purge.id, parts.clock.now_ms());
                let order = Record::Order(Order::Purge { workspace, purge, at_ms });
                let first = parts.journal.append_blocking(workspace, vec![order])?.first.0;
                self.write(|tx, run| table::set_before(tx, run.purge.id, first))?;
                first
            }
        };
        self.purge.before = Some(before);
        self.wait("the resolving pass", || {
            parts.store.position().0 > before && parts.people.position().0 > before
        })?;
        parts.store.settle()?;
        Ok(())
    }

    /// Waits for others, who need no telling.
    fn wait(&self, whom: &str, is_so: impl Fn() -> bool) -> Result<(), PurgeError> {
        let mut waits = 0;
        while !is_so() {
            waits += 1;
            if waits == WAITS_MAX {
                self.write(|tx, run| table::set_note(tx, run.purge.id, &format!("waits for {whom}")))?;
            }
            self.inner.pause()?;
        }
        Ok(())
    }

    fn matcher(&self, chosen: Option<HashSet<PersonCode>>) -> Result<Matcher, PurgeError> {
        self.inner.matcher(self.workspace(), &self.wanted, self.purge.before.unwrap_or(u64::MAX), chosen)
    }

    /// The people who go as a whole, once they are known.
    fn chosen(&self) -> Result<Option<HashSet<PersonCode>>, PurgeError> {
        match self.wanted.asked.remove {
            Remove::Person => self.inner.parts.control.read(|tx| found::people(tx, self.purge.id)).map(Some),
            Remove::Property | Remove::Event => Ok(None),
        }
    }

    /// Looks through the archive and what is kept of people, and keeps account.
    fn find(&mut self) -> Result<(), PurgeError> {
        let (parts, workspace, id) = (&self.inner.parts, self.workspace(), self.purge.id);
        let matcher = self.matcher(None)?;
        let chunks = parts.store.chunks(workspace);
        let looked = parts.control.read(|tx| found::looked(tx, id))?;
        let is_there = |chunk: u128| chunks.iter().any(|mark| mark.chunk == chunk);
        let mut known: HashSet<u128> = looked.iter().map(|looked| looked.chunk).collect();
        if !known.iter().all(|chunk| is_there(*chunk)) {
            // Merged since, by a process that did not know of this purge: the account would count twice.
            self.write(|tx, run| found::restart(tx, run.purge.id))?;
            known.clear();
        }
        for (index, mark) in chunks.iter().enumerate().filter(|(_, mark)| !known.contains(&mark.chunk)) {
            let begun = parts.clock.now_ms();
            let mut rows = Rows::survey(&matcher);
            parts.store.survey_chunk(workspace, mark.chunk, &mut rows)?;
            let account = rows.account.unwrap_or_default();
            self.write(|tx, run| {
                found::enter(tx, run.purge.id, mark.chunk, &account)?;
                table::set_progress(tx, run.purge.id, index as u64 + 1, chunks.len() as u64)
            })?;
            self.inner.rest(begun)?;
        }
        self.find_people(&matcher)
    }

    /// Enters the purge in the list, before it changes anything.
    fn tell(&self) -> Result<(), PurgeError> {
        let (parts, purge, asked) = (&self.inner.parts, &self.purge, &self.wanted.asked);
        if self.wanted.told.is_some() {
            return Ok(());
        }
        let keys = parts.keys.get(purge.workspace).ok_or(PurgeError::NoKeys)?;
        let marks = parts.control.read(|tx| found::marks(tx, purge.id))?;
        let rules = match asked.screened()? {
            Some(_) => Some((parts.rules_of)(purge.workspace).map_err(PurgeError::Elsewhere)?),
            None => None,
        };
        parts.list.enter(&Told::of(purge, asked, &keys.hash, (&marks, rules)))
    }

    fn find_people(&mut self, matcher: &Matcher) -> Result<(), PurgeError> {
        let (sifted, mut owners) = self.sift_all(matcher, true)?;
        let (parts, workspace, id) = (&self.inner.parts, self.workspace(), self.purge.id);
        let mut wanted: Vec<PersonCode> = Vec::new();
        if self.wanted.asked.remove == Remove::Person {
            owners.extend(parts.control.read(|tx| found::owners(tx, id))?);
            if !matcher.content.is_asked() {
                owners.extend(matcher.people.iter().flatten());
            }
            // Who went then goes now, whatever the backup has of them.
            owners.extend(self.wanted.told_people(&parts.people, workspace)?);
            wanted = parts
                .people
                .living(workspace, &Vec::from_iter(owners))?
                .iter()
                .map(|person| person.code)
                .collect();
        } else if let Some(people) = &matcher.people {
            wanted.extend(people);
        }
        let mut marks = Vec::new();
        for some in wanted.chunks(MARKED_AT_ONCE) {
            marks.extend(parts.people.identity_marks(workspace, some)?);
        }
        let chosen = if self.wanted.asked.remove == Remove::Person { wanted } else { Vec::new() };
        self.write(|tx, run| {
            found::enter_people(tx, run.purge.id, &chosen, &marks)?;
            report::set_people(tx, run.purge.id, &sifted)
        })
    }

    /// All people, block by block.
    fn sift_all(
        &self,
        matcher: &Matcher,
        survey: bool,
    ) -> Result<(Sifted, std::collections::BTreeSet<PersonCode>), PurgeError> {
        let (parts, id) = (&self.inner.parts, self.purge.id);
        let mut kept = Kept {
            matcher,
            only_written: self.wanted.asked.conditions.has_event_only(),
            moments: parts.control.read(|tx| found::moments(tx, id))?,
            owners: std::collections::BTreeSet::new(),
        };
        let mut sum = Sifted::default();
        let mut from = 0;
        loop {
            let begun = parts.clock.now_ms();
            let (next, sifted) = parts.people.sift(self.workspace(), from, survey, &mut kept)?;
            sum.add(&sifted);
            match next {
                Some(next) => from = next,
                None => return Ok((sum, kept.owners)),
            }
            self.inner.rest(begun)?;
        }
    }

    fn sift(&mut self) -> Result<(), PurgeError> {
        let matcher = self.matcher(None)?;
        self.sift_all(&matcher, false)?;
        if let Some(chosen) = self.chosen()? {
            self.sift_set_aside(Some(chosen.clone()))?;
            self.erase(Vec::from_iter(chosen))?;
        }
        Ok(())
    }

    /// Events that wait elsewhere; counted first, so that the count survives a kill.
    fn sift_set_aside(&self, chosen: Option<HashSet<PersonCode>>) -> Result<(), PurgeError> {
        let (parts, workspace, id) = (&self.inner.parts, self.workspace(), self.purge.id);
        let matcher = self.inner.matcher(workspace, &self.wanted, u64::MAX, chosen)?;
        if matcher.remove == Remove::Person && !matcher.chosen && matcher.people.is_none() {
            // Who goes is not known yet.
            return Ok(());
        }
        let marks = match &matcher.people {
            Some(people) => {
                let people = Vec::from_iter(people.iter().copied());
                let mut marks = HashSet::new();
                for some in people.chunks(MARKED_AT_ONCE) {
                    marks.extend(parts.people.identity_marks(workspace, some)?);
                }
                Some(marks)
            }
            None => None,
        };
        let records = Records { matcher: &matcher, people: &parts.people, workspace, marks };
        let mut change = |event: &EventRecord| match records.event(u64::MAX - 1, event)? {
            Stored::Event(event) => Some(Some(event)),
            _ => Some(None),
        };
        let aside = &parts.elsewhere;
        let found = aside.set_aside(workspace, true, &mut change).map_err(PurgeError::Elsewhere)?;
        if found == 0 {
            return Ok(());
        }
        self.write(|tx, _| found::add_set_aside(tx, id, found))?;
        aside.set_aside(workspace, false, &mut change).map_err(PurgeError::Elsewhere)?;
        Ok(())
    }

    /// Orders that people be forgotten; ordering it again does nothing more.
    fn erase(&self, people: Vec<PersonCode>) -> Result<(), PurgeError> {
        let (parts, workspace) = (&self.inner.parts, self.workspace());
        let at_ms = parts.clock.now_ms();
        let mut end = 0;
        for some in people.chunks(ORDERS_AT_ONCE) {
            let order =
                |person: &PersonCode| Record::Order(Order::Erase { workspace, person: *person, at_ms });
            let appended = parts.journal.append_blocking(workspace, some.iter().map(order).collect())?;
            end = appended.first.0 + u64::from(appended.count);
        }
        self.wait("the resolving pass", || {
            parts.store.position().0 >= end && parts.people.position().0 >= end
        })
    }

    fn rewrite_journal(&mut self) -> Result<(), PurgeError> {
        let (parts, id) = (&self.inner.parts, self.purge.id);
        let before = self.purge.before.unwrap_or(u64::MAX);
        let chosen = self.chosen()?;
        let limited = chosen.is_some() || self.wanted.asked.conditions.person.is_some();
        let marks: Option<HashSet<IdentityMark>> =
            if limited { Some(parts.control.read(|tx| found::marks(tx, id))?) } else { None };
        let matcher = self.matcher(chosen)?;
        let records =
            Records { matcher: &matcher, people: &parts.people, workspace: self.workspace(), marks };
        let files = parts.journal.close_before(Offset(before.saturating_add(1)))?;
        let known = parts.control.read(|tx| found::files(tx, id))?;
        for (index, file) in files.iter().enumerate().filter(|(_, file)| file.first.0 <= before) {
            let begun = parts.clock.now_ms();
            let first = file.first;
            let (changed, is_done) = match known.get(&first.0) {
                Some(known) => *known,
                None => {
                    let survey =
                        parts.journal.survey(first, self.workspace(), &mut |entry| records.change(entry))?;
                    self.write(|tx, run| found::enter_file(tx, run.purge.id, first.0, survey.changed))?;
                    (survey.changed, survey.changed == 0)
                }
            };
            if changed > 0 && !is_done {
                let _still = parts.still.lock();
                parts.journal.rewrite(first, self.workspace(), &mut |entry| records.change(entry))?;
                self.write(|tx, run| found::set_file_done(tx, run.purge.id, first.0))?;
            }
            self.progress(index + 1, files.len())?;
            self.inner.rest(begun)?;
        }
        Ok(())
    }

    fn rewrite_store(&mut self) -> Result<(), PurgeError> {
        let (parts, id) = (&self.inner.parts, self.purge.id);
        let chosen = self.chosen()?;
        let everywhere = chosen.is_some();
        let matcher = self.matcher(chosen)?;
        let looked = parts.control.read(|tx| found::looked(tx, id))?;
        for (index, looked_at) in looked.iter().enumerate() {
            if looked_at.is_done || looked_at.events == 0 && !everywhere {
                continue;
            }
            let begun = parts.clock.now_ms();
            {
                let _still = parts.still.lock();
                parts.store.scrub_chunk(self.workspace(), looked_at.chunk, &mut Rows::cut(&matcher))?;
            }
            self.write(|tx, run| {
                found::set_chunk_done(tx, run.purge.id, looked_at.chunk)?;
                table::set_progress(tx, run.purge.id, index as u64 + 1, looked.len() as u64)
            })?;
            self.inner.rest(begun)?;
        }
        Ok(())
    }

    /// Waits for readers of replaced files, empties logs and caches, and reports.
    fn close(&mut self) -> Result<(), PurgeError> {
        let (inner, parts) = (self.inner, &self.inner.parts);
        let mut read = 0;
        while parts.store.replaced_files(self.workspace())? > 0 {
            read += 1;
            if read > WAITS_MAX {
                return Err(PurgeError::StillRead);
            }
            inner.pause()?;
        }
        // What was removed there must not linger in the log.
        self.inner.empty(|| Ok(parts.people.forget_log()?))?;
        let properties = parts.control.read(|tx| found::properties(tx, self.purge.id))?;
        let content = self.matcher(None)?.content;
        let is_gone = |name: &str| content.is_wanted_text(name);
        parts.elsewhere.forget(self.workspace(), &properties, &is_gone).map_err(PurgeError::Elsewhere)?;
        let report = match self.write(|tx, run| report::present(tx, run.purge.id))? {
            Some(report) => report,
            None => {
                let report = report::compile(self)?;
                self.write(|tx, run| table::set_report(tx, run.purge.id, &report))?;
                report
            }
        };
        let entry = report::enter(self, &report)?;
        let now_ms = parts.clock.now_ms();
        self.write(|tx, run| table::finish(tx, run.purge.id, entry, now_ms))?;
        self.inner.empty(|| Ok(parts.control.empty_log()?))
    }
}

impl Inner {
    pub(crate) fn empty(&self, log: impl Fn() -> Result<bool, PurgeError>) -> Result<(), PurgeError> {
        for _ in 0..WAITS_MAX {
            if log()? {
                return Ok(());
            }
            self.pause()?;
        }
        tracing::warn!("readers hold a database's log; it is emptied when they are done");
        Ok(())
    }

    /// What a purge looks for, with the keys and rules of now.
    pub(crate) fn matcher(
        &self,
        workspace: WorkspaceId,
        wanted: &Wanted,
        before: u64,
        chosen: Option<HashSet<PersonCode>>,
    ) -> Result<Matcher, PurgeError> {
        let keys = self.parts.keys.get(workspace).ok_or(PurgeError::NoKeys)?;
        let asked = &wanted.asked;
        let rescreen = match asked.screened()? {
            Some(screened) => {
                let shield = match wanted.told.as_ref().and_then(|told| told.rules.as_ref()) {
                    Some(rules) => Shield::builtin().with(rules).map_err(|_| PurgeError::Unreadable)?,
                    None => (self.parts.shield_of)(workspace),
                };
                Some(Rescreen::new(shield, keys.hash.clone(), workspace, screened))
            }
            None => None,
        };
        let mut matcher = Matcher::new(asked, wanted.needle(&keys.hash), before, rescreen);
        if let Some(person) = asked.conditions.person {
            let codes = self.parts.people.codes_of(workspace, person)?;
            let told = wanted.told_people(&self.parts.people, workspace)?;
            matcher.people = Some(codes.into_iter().chain(told).collect());
        }
        if chosen.is_some() {
            matcher.people = chosen;
            matcher.chosen = true;
        }
        Ok(matcher)
    }
}
