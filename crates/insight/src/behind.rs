//! Who is behind a number: a second pass that collects whom the first one counted, for one place of the answer.

use jiff::tz::TimeZone;
use model::{PersonCode, WorkspaceId};
use question::{AskError, Invalid, Place, Question, Who};
use serde_json::Value as Json;
use store::View;

use crate::item::{Canonical, Item};
use crate::{flow, funnel, retention, sessions, trend};

/// People, a bit for each code: as large as the number of people allows, whatever the question.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Crowd {
    bits: Vec<u64>,
}

impl Crowd {
    pub(crate) fn add(&mut self, person: u32) {
        if person == PersonCode::NOBODY.0 {
            return;
        }
        let word = (person / u64::BITS) as usize;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            *bits |= 1 << (person % u64::BITS);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.bits.resize(self.bits.len().max(other.bits.len()), 0);
        self.bits.iter_mut().zip(&other.bits).for_each(|(bits, more)| *bits |= more);
    }

    /// How many there are.
    pub fn people(&self) -> u64 {
        self.bits.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// The first `limit` of those behind `after`, by code.
    pub fn page(&self, after: Option<PersonCode>, limit: usize) -> Vec<PersonCode> {
        let from = after.map_or(0, |code| u64::from(code.0) + 1);
        let skipped = usize::try_from(from / 64).unwrap_or(usize::MAX);
        let words = (0_u64..).zip(&self.bits).skip(skipped);
        let codes = words.flat_map(|(word, bits)| {
            (0..64_u64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit)
        });
        let codes = codes.filter(|code| *code >= from).filter_map(|code| u32::try_from(code).ok());
        codes.take(limit).map(PersonCode).collect()
    }
}

/// Who is behind the number at a place.
pub(crate) fn crowd(
    view: &View,
    (question, place): (&Question, &Place),
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    match (question, place) {
        (Question::Trend(trend), Place::Point { time_ms, event, group }) => {
            trend::behind::crowd(view, trend, (*time_ms, *event, group), zone, who)
        }
        (Question::Funnel(funnel), Place::Step { step, reached, group }) => {
            funnel::behind::crowd(view, funnel, ((*step, *reached), group), zone, who)
        }
        (Question::Retention(retention), Place::Return { start_ms, offset }) => {
            retention::behind::crowd(view, retention, (*start_ms, *offset), zone, who)
        }
        (Question::Flow(flow), Place::Path { steps }) => flow::behind::crowd(view, flow, steps, zone, who),
        (Question::Sessions(sessions), Place::Session { time_ms, group }) => {
            sessions::behind::crowd(view, sessions, (*time_ms, group), zone, who)
        }
        // A place is read for its question.
        _ => {
            Err(Invalid::new("/of", "is no place in this question's answer", "read it with the question")
                .into())
        }
    }
}

/// Where no interval of the question begins.
pub(crate) fn no_interval(field: &str) -> Invalid {
    Invalid::new(
        &format!("/of/{field}"),
        "is no beginning of an interval of the question",
        format!("take a `{field}` of the answer"),
    )
}

/// The values of a group as groups are told apart by.
pub(crate) fn key_of(group: &[Json]) -> Vec<Canonical> {
    group.iter().map(|value| Item::from_json(value, &mut String::new()).canonical()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_told_page_by_page() {
        let mut crowd = Crowd::default();
        let codes = [0, 1, 63, 64, 65, 200, PersonCode::NOBODY.0];
        codes.iter().for_each(|code| crowd.add(*code));
        let mut other = Crowd::default();
        other.add(700);
        other.add(1);
        crowd.merge(&other);
        assert_eq!(crowd.people(), 7);
        let page = |after: Option<u32>, limit| {
            let page = crowd.page(after.map(PersonCode), limit);
            page.into_iter().map(|code| code.0).collect::<Vec<_>>()
        };
        assert_eq!(page(None, 3), [0, 1, 63]);
        assert_eq!(page(Some(63), 3), [64, 65, 200]);
        assert_eq!(page(Some(100), 9), [200, 700]);
        assert_eq!(page(Some(700), 9), [0_u32; 0]);
        assert_eq!(page(Some(u32::MAX), 9), [0_u32; 0]);
    }
}
