//! The answers, and that they stay the same.

use std::collections::HashMap;

use dedup::Dedup;
use model::{Offset, SourceId};
use proptest::prelude::*;

use crate::support::{DAY_MS, HERE, START_MS, ask, open};

#[test]
fn the_first_record_with_an_id_is_told_from_those_that_repeat_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    assert!(ask(&mut dedup, "a", 0));
    assert!(ask(&mut dedup, "b", 1));
    assert!(!ask(&mut dedup, "a", 2));
    assert!(ask(&mut dedup, "a", 0), "the first stays the first when asked again");
    assert!(!ask(&mut dedup, "a", 2), "and the repeated repeated");
}

#[test]
fn each_source_has_ids_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    assert!(ask(&mut dedup, "a", 0));
    assert!(dedup.first_offset(SourceId(2), "a", Offset(1), START_MS).unwrap());
}

#[test]
fn an_id_counts_as_seen_for_a_day() {
    for (later_ms, first) in [(0, false), (DAY_MS, false), (DAY_MS + 1_000, true)] {
        for flushed in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let mut dedup = open(dir.path());
            assert!(ask(&mut dedup, "a", 0));
            if flushed {
                dedup.flush().unwrap();
            }
            let again = dedup.first_offset(HERE, "a", Offset(1), START_MS + later_ms).unwrap();
            assert_eq!(again, first, "{later_ms} {flushed}");
            assert!(ask(&mut dedup, "a", 0), "the older first one is kept beside the newer");
        }
    }
}

#[test]
fn a_clock_that_goes_back_prolongs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    assert!(ask(&mut dedup, "a", 0));
    let later = START_MS + DAY_MS + 1_000;
    assert!(dedup.first_offset(HERE, "b", Offset(1), later).unwrap());
    assert!(ask(&mut dedup, "a", 2), "by the latest time so far the window is over");
}

#[test]
fn the_position_moves_with_a_flush_only_and_without_new_ids_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    ask(&mut dedup, "a", 5);
    assert_eq!(dedup.position(), Offset(0));
    dedup.flush().unwrap();
    assert_eq!(dedup.position(), Offset(6));
    ask(&mut dedup, "a", 6);
    dedup.flush().unwrap();
    assert_eq!(open(dir.path()).position(), Offset(7));
}

/// What happens to the table.
#[derive(Clone, Debug)]
enum Step {
    /// A record comes: source, id, and by how many seconds the clock moves first.
    Ask(u8, u8, i64),
    /// An earlier record is asked about again.
    Again(prop::sample::Index),
    Flush,
    /// Memory is lost; the journal is replayed from the position.
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let clock = prop_oneof![
        8 => 0_i64..600,
        1 => -5_000_i64..0,
        1 => 80_000_i64..90_000,
        1 => 170_000_i64..180_000,
    ];
    let step = prop_oneof![
        20 => (0_u8..2, 0_u8..12, clock).prop_map(|(source, id, clock)| Step::Ask(source, id, clock)),
        5 => any::<prop::sample::Index>().prop_map(Step::Again),
        1 => Just(Step::Flush),
        1 => Just(Step::Crash),
    ];
    prop::collection::vec(step, 1..150)
}

/// A record that came.
#[derive(Clone, Copy, Debug)]
struct Came {
    source: u8,
    id: u8,
    at_s: i64,
    first: bool,
}

/// The rule itself, with everything in memory for ever.
#[derive(Default)]
struct Rule {
    now_s: i64,
    firsts: HashMap<(u8, u8), i64>,
}

impl Rule {
    fn first(&mut self, source: u8, id: u8, at_s: i64) -> bool {
        self.now_s = self.now_s.max(at_s);
        let first = self.firsts.get(&(source, id)).is_none_or(|seen| self.now_s - seen > DAY_MS / 1000);
        if first {
            self.firsts.insert((source, id), self.now_s);
        }
        first
    }
}

fn ask_came(dedup: &mut Dedup, offset: usize, came: Came) -> bool {
    let source = SourceId(u128::from(came.source));
    dedup.first_offset(source, &came.id.to_string(), Offset(offset as u64), came.at_s * 1000).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn answers_follow_the_rule_through_flushes_crashes_and_replays(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let mut dedup = open(dir.path());
        let (mut rule, mut clock) = (Rule::default(), START_MS / 1000);
        let mut log: Vec<Came> = Vec::new();
        for step in steps {
            match step {
                Step::Ask(source, id, seconds) => {
                    clock += seconds;
                    let came = Came { source, id, at_s: clock, first: rule.first(source, id, clock) };
                    prop_assert_eq!(ask_came(&mut dedup, log.len(), came), came.first, "{:?}", came);
                    log.push(came);
                }
                Step::Again(index) if !log.is_empty() => {
                    let offset = index.index(log.len());
                    // Beyond a window of lag, ids may be gone.
                    if log[offset].at_s >= rule.now_s - DAY_MS / 1000 {
                        prop_assert_eq!(ask_came(&mut dedup, offset, log[offset]), log[offset].first);
                    }
                }
                Step::Again(_) => {}
                Step::Flush => dedup.flush().unwrap(),
                Step::Crash => {
                    dedup = open(dir.path());
                    let position = usize::try_from(dedup.position().0).unwrap();
                    for (offset, came) in log.iter().enumerate().skip(position) {
                        prop_assert_eq!(ask_came(&mut dedup, offset, *came), came.first);
                    }
                }
            }
        }
    }
}
