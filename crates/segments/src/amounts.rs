//! Computed traits as they are now: worked out for those who are judged, so that conditions ask for values of this very moment
//! and not for what is kept.

use std::collections::HashMap;
use std::sync::Arc;

use control::Database;
use insight::judge::{Amount, Verdict, Whom, work_out};
use model::{PersonCode, WorkspaceId};
use people::People;
use question::{Computed, Who, WhoError, condition};
use serde_json::Value;

use crate::error::SegmentError;
use crate::members;
use crate::room::Live;
use crate::rounds::Found;
use crate::segments::Segments;

/// Somebody who knows people's traits, computed ones of some people among them.
pub(crate) struct Amounts {
    people: Arc<People>,
    people_db: Database,
    /// By name, the numbers of the lists that conditions ask for.
    lists: HashMap<String, u32>,
    /// By name and person; nobody else is asked for.
    known: HashMap<String, HashMap<PersonCode, Amount>>,
}

impl Segments {
    /// Works out the computed traits among `lives`, and those that the conditions among them ask for.
    pub(crate) fn work_out<'l>(
        &self,
        workspace: WorkspaceId,
        lives: impl Iterator<Item = &'l Arc<Live>>,
        now_ms: i64,
        whom: &Whom<'_>,
    ) -> Result<Amounts, SegmentError> {
        let mut wanted: Vec<(&str, &Computed)> = Vec::new();
        let mut lists = HashMap::new();
        for live in lives.flat_map(|live| std::iter::once(live).chain(live.others())) {
            if let Some(computed) = &live.computed {
                wanted.push((&live.segment.name, computed));
            }
            if live.segment.is_list()
                && let Some(run) = self.0.people_db.read(|tx| members::run_of(tx, live.segment.id))?
            {
                lists.insert(live.segment.name.clone(), run.no);
                lists.insert(live.segment.id.to_string(), run.no);
            }
        }
        wanted.sort_unstable_by_key(|(name, _)| *name);
        wanted.dedup_by_key(|(name, _)| *name);
        let computed: Vec<&Computed> = wanted.iter().map(|(_, computed)| *computed).collect();
        let mut known: Vec<HashMap<PersonCode, Amount>> = vec![HashMap::new(); computed.len()];
        let who = (workspace, self.0.people.as_ref() as &dyn Who);
        let view = self.0.store.view(workspace);
        work_out(&view, &computed, now_ms, who, whom, &mut |index, person, amount| {
            if let Some(known) = known.get_mut(index) {
                known.insert(person, amount);
            }
        })?;
        let names = wanted.iter().map(|(name, _)| (*name).to_owned());
        let (people, people_db) = (self.0.people.clone(), self.0.people_db.clone());
        Ok(Amounts { people, people_db, lists, known: names.zip(known).collect() })
    }
}

impl Amounts {
    /// What was found out of each computed trait among `lives`, under its place there.
    pub(crate) fn found<'l>(&self, lives: impl Iterator<Item = &'l Live>) -> Vec<Found> {
        let mut found = Vec::new();
        for (of, live) in lives.enumerate().filter(|(_, live)| live.computed.is_some()) {
            for (person, amount) in self.known.get(&live.segment.name).into_iter().flatten() {
                let value = amount.value.as_ref().map(Value::to_string);
                let verdict = Verdict { is_in: value.is_some(), next_ms: amount.next_ms };
                found.push(Found { of, person: *person, verdict, value });
            }
        }
        found
    }

    /// A condition is looked at again when a trait that it asks for may change by itself.
    pub(crate) fn also_due(&self, live: &Live, person: PersonCode, verdict: Verdict) -> Verdict {
        let of = |asked: &Arc<Live>| self.known.get(&asked.segment.name)?.get(&person)?.next_ms;
        let next_ms = live.asks.iter().filter_map(of).chain(verdict.next_ms).min();
        Verdict { next_ms, ..verdict }
    }
}

impl Who for Amounts {
    fn traits(
        &self,
        workspace: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, WhoError> {
        if let Some(list) = condition::segment_of(name) {
            let Some(no) = self.lists.get(list) else {
                return Ok(vec![Some(Value::Bool(false)); people.len()]);
            };
            let are_in = self.people_db.read(|tx| members::are_on_list(tx, workspace, *no, people));
            let are_in = are_in.map_err(|error| WhoError(Box::new(error)))?;
            return Ok(are_in.into_iter().map(|is_in| Some(Value::Bool(is_in))).collect());
        }
        match self.known.get(name) {
            Some(known) => Ok(people.iter().map(|person| known.get(person)?.value.clone()).collect()),
            None => self.people.traits(workspace, name, people),
        }
    }
}
