//! An invented shop's 90 days at any size: who came when and what they did.
//!
//! Some people come far more often than others, a part of them stays away early, sessions have some seven events in a rhythm of
//! day and week, and forty names follow each other with a likely next. Times of one person differ, so that every engine has
//! to give the same answer; a session ends with a pause of more than half an hour, as SDKs have it. One person in a hundred
//! was somebody else until the middle of their time, and is merged.

use super::dice::{Dice, Shares, mix};
use super::words;

/// Monday, 2026-01-05.
pub(super) const BEGIN_MS: i64 = 1_767_571_200_000;
/// How long it goes on.
pub(super) const DAYS: f64 = 90.0;
pub(super) const DAY_MS: f64 = 86_400_000.0;
/// The first instant after it.
pub(super) const END_MS: i64 = BEGIN_MS + 90 * 86_400_000;
/// A longer pause ends a session.
const PAUSE_MS: i64 = 30 * 60_000;
/// How many events come to one person.
const EVENTS_A_PERSON: u64 = 50;
/// One person in so many was somebody else before.
const MERGED: u32 = 100;

/// What happened once. Names and values are numbers of [`words`].
#[derive(Clone, Copy)]
pub(super) struct Happening {
    pub(super) time_ms: i64,
    pub(super) person: u32,
    pub(super) session: u32,
    pub(super) cents: u32,
    pub(super) path: u16,
    pub(super) referrer: u16,
    pub(super) event: u8,
    pub(super) browser: u8,
    /// Before the person was known to be who they are.
    pub(super) early: bool,
}

/// Who somebody is.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) country: u8,
    pub(super) os: u8,
    pub(super) plan: u8,
    browser: u8,
    first_day: f64,
    last_day: f64,
}

/// Everything that happened.
pub(super) struct Shop {
    pub(super) people: Vec<Person>,
    /// In the order of time.
    pub(super) happenings: Vec<Happening>,
    /// How many people did something.
    pub(super) active: u64,
    /// How many sessions there are.
    pub(super) sessions: u64,
    /// How many of the people are merged.
    pub(super) merged: u64,
}

impl Shop {
    /// Makes `events` of them.
    pub(super) fn new(events: u64, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let chances = Chances::new();
        let count = (events / EVENTS_A_PERSON).max(1);
        let people: Vec<Person> = (0..count).map(|_| chances.person(&mut dice)).collect();
        let mut shop = Self { happenings: Vec::new(), people, active: 0, sessions: 0, merged: 0 };
        let visits = visits(&shop.people, events, &mut dice);
        shop.happenings.reserve_exact(visits.iter().map(|(_, length)| usize::from(*length)).sum());
        for visits in visits.chunk_by(|a, b| a.0 == b.0) {
            shop.add(&chances, visits, seed);
        }
        shop.happenings.sort_unstable_by_key(|happening| (happening.time_ms, happening.person));
        shop
    }

    /// All that one person did in these visits.
    fn add(&mut self, chances: &Chances, visits: &[(u32, u8)], seed: u64) {
        let Some((number, _)) = visits.first().copied() else { return };
        let Some(person) = self.people.get(number as usize).copied() else { return };
        let mut dice = Dice::new(mix(seed ^ mix(u64::from(number) + 1)));
        let first = self.happenings.len();
        for (_, length) in visits {
            chances.visit(&mut dice, (number, &person), *length, &mut self.happenings);
        }
        let own = self.happenings.get_mut(first..).unwrap_or_default();
        own.sort_by_key(|happening| happening.time_ms);
        set_apart(own);
        let (middle, merged) = (own.len() / 2, number % MERGED == MERGED - 1);
        let mut before: Option<i64> = None;
        for (place, happening) in own.iter_mut().enumerate() {
            if before.is_none_or(|before| happening.time_ms - before > PAUSE_MS) {
                self.sessions += 1;
            }
            before = Some(happening.time_ms);
            happening.session = u32::try_from(self.sessions).unwrap_or(u32::MAX);
            happening.early = merged && place < middle;
        }
        self.active += 1;
        self.merged += u64::from(merged && middle > 0);
    }

    /// The code that the archive gives to whose event this is.
    pub(super) fn code(&self, happening: &Happening) -> u32 {
        if happening.early { self.early_code(happening.person) } else { happening.person }
    }

    /// The code that a person had before they were known to be who they are.
    pub(super) fn early_code(&self, person: u32) -> u32 {
        person.saturating_add(u32::try_from(self.people.len()).unwrap_or(u32::MAX))
    }

    /// A number for a session, as SDKs give them: any, of 63 bits.
    pub(super) fn session_id(happening: &Happening) -> u64 {
        mix(u64::from(happening.session) + 1_000_000_000) >> 1
    }

    /// A number for a person as a sender would give it, of 63 bits.
    pub(super) fn user_id(happening: &Happening) -> u64 {
        mix(u64::from(happening.person) + 77) >> 1
    }
}

/// No two of these, which ascend, at the same millisecond, and none after the end.
fn set_apart(happenings: &mut [Happening]) {
    let mut least = i64::MIN;
    for happening in happenings.iter_mut() {
        happening.time_ms = happening.time_ms.max(least);
        least = happening.time_ms + 1;
    }
    let mut most = END_MS - 1;
    for happening in happenings.iter_mut().rev() {
        happening.time_ms = happening.time_ms.min(most);
        most = happening.time_ms - 1;
    }
}

/// Who came, as often as they did, and how many events each time; by person.
fn visits(people: &[Person], events: u64, dice: &mut Dice) -> Vec<(u32, u8)> {
    let mut ranks: Vec<usize> = (0..people.len()).collect();
    for place in (1..ranks.len()).rev() {
        ranks.swap(place, dice.below(place + 1));
    }
    let weight = |(person, rank): (&Person, &usize)| {
        ((*rank + 21) as f64).powf(-0.75) * (person.last_day - person.first_day).max(0.05)
    };
    let often = Shares::of(people.iter().zip(&ranks).map(weight));
    // One visit for most people, and the others to those who come often.
    let once: Vec<usize> = (0..people.len()).filter(|_| dice.chance(0.84)).collect();
    let mut once = once.into_iter();
    let (mut visits, mut left) = (Vec::new(), events);
    while left > 0 {
        let person = once.next().unwrap_or_else(|| often.draw(dice));
        let length = (dice.throws(7.0).min(60.0) as u64).min(left);
        left -= length;
        visits.push((u32::try_from(person).unwrap_or(u32::MAX), u8::try_from(length).unwrap_or(u8::MAX)));
    }
    visits.sort_by_key(|(person, _)| *person);
    visits
}

/// How likely everything is.
struct Chances {
    countries: Shares,
    oses: Shares,
    browsers: Shares,
    other_browsers: Shares,
    plans: Shares,
    events: Shares,
    paths: Shares,
    referrers: Shares,
}

impl Chances {
    fn new() -> Self {
        let of = |weights: &[f64]| Shares::of(weights.iter().copied());
        Self {
            countries: Shares::zipf(words::COUNTRIES.len(), 1.0),
            oses: of(&[0.34, 0.24, 0.22, 0.14, 0.04, 0.02]),
            browsers: of(&[0.58, 0.2, 0.09, 0.06, 0.03, 0.02, 0.01, 0.01]),
            other_browsers: Shares::zipf(words::BROWSERS.len(), 1.0),
            plans: of(&[0.62, 0.18, 0.12, 0.06, 0.02]),
            events: Shares::zipf(words::EVENTS.len(), 1.05),
            paths: Shares::zipf(words::PATHS, 1.0),
            referrers: Shares::zipf(words::REFERRERS, 1.1),
        }
    }

    fn person(&self, dice: &mut Dice) -> Person {
        // Somewhat more than half were there before; somewhat less than half soon stay away.
        let first_day = if dice.chance(0.55) { 0.0 } else { dice.share() * DAYS * 0.95 };
        let stay = if dice.chance(0.45) { dice.exponential(6.0) + 0.2 } else { DAYS };
        Person {
            country: byte(self.countries.draw(dice)),
            os: byte(self.oses.draw(dice)),
            plan: byte(self.plans.draw(dice)),
            browser: byte(self.browsers.draw(dice)),
            first_day,
            last_day: (first_day + stay).min(DAYS),
        }
    }

    /// One visit, event by event.
    fn visit(&self, dice: &mut Dice, who: (u32, &Person), length: u8, into: &mut Vec<Happening>) {
        let (number, person) = who;
        let mut time_ms = begin_ms(dice, person);
        let other = !dice.chance(0.9);
        let browser = if other { byte(self.other_browsers.draw(dice)) } else { person.browser };
        let referrer = short(self.referrers.draw(dice));
        let mut event = None;
        for _ in 0..length {
            let drawn = byte(self.events.draw(dice));
            let next = match event {
                None => dice.chance(0.5).then_some(words::SESSION_STARTED),
                Some(before) => words::likely_next(before).filter(|_| dice.chance(0.33)),
            };
            if event.is_some() {
                time_ms += 1 + dice.log_normal(20_000.0, 1.2).min(25.0 * 60_000.0) as i64;
            }
            let name = next.unwrap_or(drawn);
            event = Some(name);
            let cents =
                if words::has_amount(name) { dice.log_normal(2_996.0, 0.9) as u32 } else { u32::default() };
            into.push(Happening {
                time_ms: time_ms.min(END_MS - 1),
                person: number,
                session: 0,
                cents,
                path: short(self.paths.draw(dice)),
                referrer,
                event: name,
                browser,
                early: false,
            });
        }
    }
}

/// When a visit begins: by day more than by night, on weekdays more than at weekends.
fn begin_ms(dice: &mut Dice, person: &Person) -> i64 {
    let day = (person.first_day + dice.share() * (person.last_day - person.first_day)).floor();
    let weekend = day % 7.0 >= 5.0 && dice.chance(0.35);
    let day = if weekend { (day - 2.0).max(person.first_day.floor()) } else { day };
    let hour = dice.normal(14.5, 4.5).rem_euclid(24.0);
    BEGIN_MS + (day * DAY_MS + hour * 3_600_000.0) as i64
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_shop_is_the_same_for_the_same_seed_and_like_one() {
        let (shop, again, other) = (Shop::new(30_000, 7), Shop::new(30_000, 7), Shop::new(30_000, 8));
        let key = |shop: &Shop| -> Vec<(i64, u32, u8, u16)> {
            let of = |happening: &Happening| {
                (happening.time_ms, happening.person, happening.event, happening.path)
            };
            shop.happenings.iter().map(of).collect()
        };
        assert_eq!(key(&shop), key(&again));
        assert_ne!(key(&shop), key(&other));
        assert_eq!(shop.happenings.len(), 30_000);
        let viewed = shop.happenings.iter().filter(|happening| happening.event == 0).count();
        assert!((5_000..7_500).contains(&viewed), "a fifth are views: {viewed}");
        assert!(shop.merged > 0 && shop.active > 500 && shop.active <= 600, "{}", shop.active);
    }

    #[test]
    fn times_of_a_person_differ_sessions_end_with_a_pause_and_nobody_is_early_later() {
        let shop = Shop::new(30_000, 9);
        let mut last: HashMap<u32, &Happening> = HashMap::new();
        let mut sessions = 0;
        for happening in &shop.happenings {
            assert!((BEGIN_MS..END_MS).contains(&happening.time_ms));
            let before = last.insert(happening.person, happening);
            let Some(before) = before else {
                sessions += 1;
                continue;
            };
            let pause = happening.time_ms - before.time_ms;
            assert!(pause > 0, "two at one time");
            assert_eq!(happening.session != before.session, pause > PAUSE_MS);
            assert!(before.early || !happening.early);
            sessions += u64::from(happening.session != before.session);
        }
        assert_eq!((sessions, last.len() as u64), (shop.sessions, shop.active));
    }

    #[test]
    fn what_is_crowded_is_set_apart_within_the_days() {
        let at = |time_ms| Happening {
            time_ms,
            person: 0,
            session: 0,
            cents: 0,
            path: 0,
            referrer: 0,
            event: 0,
            browser: 0,
            early: false,
        };
        let mut crowd = [at(5), at(5), at(END_MS - 1), at(END_MS - 1), at(END_MS - 1)];
        set_apart(&mut crowd);
        assert_eq!(crowd.map(|happening| happening.time_ms), [5, 6, END_MS - 3, END_MS - 2, END_MS - 1]);
    }
}
