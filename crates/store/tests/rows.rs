//! What goes in comes out: rows, filters, pages, merges, erasures, restarts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use model::{PersonCode, Resolved};
use proptest::collection::vec;
use proptest::prelude::*;
use store::{EventsFilter, StoreError};
use support::{Made, Row, WORKSPACES, all, apply, erase, made, merge, open, unmerge};

#[derive(Clone, Debug)]
enum Step {
    Event(Box<Made>),
    Merge(u32, u32),
    Unmerge(u32),
    Erase(u32),
    Maintain,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        40 => made().prop_map(|made| Step::Event(Box::new(made))),
        1 => (0_u32..6, 0_u32..6).prop_map(|(into, from)| Step::Merge(into, from)),
        1 => (0_u32..6).prop_map(Step::Unmerge),
        1 => (0_u32..6).prop_map(Step::Erase),
        3 => Just(Step::Maintain),
        1 => Just(Step::Reopen),
    ]
}

/// The archive as a list.
#[derive(Default)]
struct Plain {
    rows: [Vec<Row>; 2],
    survivors: [u32; 6],
    parents: [Option<u32>; 6],
}

impl Plain {
    fn new() -> Self {
        Self { survivors: [0, 1, 2, 3, 4, 5], ..Self::default() }
    }

    fn merge(&mut self, into: u32, from: u32) {
        if into != from {
            self.parents[from as usize] = Some(into);
            self.follow();
        }
    }

    fn unmerge(&mut self, from: u32) {
        self.parents[from as usize] = None;
        self.follow();
    }

    fn follow(&mut self) {
        for code in 0..6 {
            let mut at = code;
            while let Some(into) = self.parents[at as usize] {
                at = into;
            }
            self.survivors[code as usize] = at;
        }
    }

    /// Newest first, with people as they are after merges (which are of the first workspace).
    fn newest(&self, workspace: usize) -> Vec<Row> {
        let mut rows = self.rows[workspace].clone();
        if workspace == 0 {
            rows.iter_mut().for_each(|row| row.person = self.survivors[row.person as usize]);
        }
        rows.sort_by_key(|row| std::cmp::Reverse((row.time_ms, row.offset)));
        rows
    }
}

fn check(steps: &[Step]) -> Result<(), StoreError> {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path());
    let mut plain = Plain::new();
    for (offset, step) in (0_u64..).zip(steps) {
        match step {
            Step::Event(made) => {
                apply(&store, &[(made.entry(offset), made.person)])?;
                plain.rows[made.workspace].push(made.row(offset));
            }
            Step::Merge(into, from) => {
                // Whoever decides names people who live.
                let (into, from) = (plain.survivors[*into as usize], plain.survivors[*from as usize]);
                apply(&store, &[merge(offset, into, from)])?;
                plain.merge(into, from);
            }
            Step::Unmerge(from) => {
                let into = plain.parents[*from as usize].unwrap_or(*from);
                apply(&store, &[unmerge(offset, into, *from)])?;
                plain.unmerge(*from);
            }
            Step::Erase(person) => {
                apply(&store, &[erase(offset, *person)])?;
                let survivors = plain.survivors;
                let gone = survivors[*person as usize];
                plain.rows[0].retain(|row| survivors[row.person as usize] != gone);
            }
            Step::Maintain => store.maintain()?,
            Step::Reopen => {
                drop(store);
                store = open(dir.path());
            }
        }
    }
    for (workspace, id) in WORKSPACES.into_iter().enumerate() {
        let wanted = plain.newest(workspace);
        assert_eq!(all(&store, workspace, &EventsFilter::default())?, wanted);
        for (filter, keep) in filters() {
            let wanted: Vec<Row> =
                wanted.iter().filter(|row| keep(row, &plain, workspace)).cloned().collect();
            assert_eq!(all(&store, workspace, &filter)?, wanted, "{filter:?}");
        }
        let catalogue = store.catalogue(id);
        let counted: u64 = catalogue.events.iter().map(|event| event.count).sum();
        assert!(counted >= wanted.len() as u64, "the erased may still be counted, others must be");
    }
    Ok(())
}

type Keep = fn(&Row, &Plain, usize) -> bool;

fn filters() -> Vec<(EventsFilter, Keep)> {
    let all = EventsFilter::default();
    vec![
        (EventsFilter { event: Some("Signed Up".to_owned()), ..all.clone() }, |row, _, _| {
            row.name == "Signed Up"
        }),
        (EventsFilter { event: Some("Never".to_owned()), ..all.clone() }, |_, _, _| false),
        (EventsFilter { people: Some(vec![PersonCode(3)]), ..all.clone() }, |row, plain, workspace| {
            row.person == if workspace == 0 { plain.survivors[3] } else { 3 }
        }),
        (
            EventsFilter { from_ms: Some(1_785_300_000_000), to_ms: Some(1_785_542_400_000), ..all },
            |row, _, _| (1_785_300_000_000..1_785_542_400_000).contains(&row.time_ms),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_in_comes_out(steps in vec(step(), 0..160)) {
        check(&steps).expect("the archive can be read");
    }
}

fn sample(person: u32, time_ms: i64) -> Made {
    Made {
        workspace: 0,
        person,
        time_ms,
        name: "Signed Up".to_owned(),
        kind: model::Kind::Track,
        properties: serde_json::json!({ "plan": "pro" }),
        traits: serde_json::json!({}),
        context: serde_json::json!({}),
        finding: false,
    }
}

#[test]
fn repeated_rows_and_rows_below_the_position_have_no_effect() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let entries = [sample(1, 1_000).entry(5), sample(1, 2_000).entry(6), sample(1, 3_000).entry(7)];
    let row =
        |index: usize, repeated| Resolved { entry: &entries[index], person: Some(PersonCode(1)), repeated };
    store.apply(&[row(0, false), row(1, true)]).unwrap();
    assert_eq!(store.position().0, 7);
    store.apply(&[row(0, false), row(1, false), row(2, false)]).unwrap();
    store.apply(&[row(2, false)]).unwrap();
    let offsets = |store: &store::Store| {
        all(store, 0, &EventsFilter::default()).unwrap().iter().map(|row| row.offset).collect::<Vec<_>>()
    };
    assert_eq!(offsets(&store), [7, 5]);
    assert_eq!(store.position().0, 8);
    drop(store);
    let store = open(dir.path());
    assert_eq!((offsets(&store), store.position().0), (vec![7, 5], 8));
}

#[test]
fn an_erased_person_is_gone_from_the_files_after_maintenance() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for offset in 0..20 {
        apply(
            &store,
            &[(sample(u32::try_from(offset % 2).unwrap(), 1_000).entry(offset), (offset % 2) as u32)],
        )
        .unwrap();
    }
    store.maintain().unwrap();
    apply(&store, &[erase(20, 1)]).unwrap();
    assert_eq!(all(&store, 0, &EventsFilter::default()).unwrap().len(), 10);
    store.maintain().unwrap();
    assert_eq!(store.catalogue(WORKSPACES[0]).events[0].count, 10, "the rows are not in any chunk any more");
    // The same code may come back later.
    apply(&store, &[(sample(1, 9_000).entry(21), 1)]).unwrap();
    assert_eq!(all(&store, 0, &EventsFilter::default()).unwrap().len(), 11);
}

#[test]
fn a_removed_workspace_stays_away_without_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for (offset, workspace) in [(0, 0), (1, 1), (2, 0)] {
        apply(&store, &[(Made { workspace, ..sample(1, 1_000) }.entry(offset), 1)]).unwrap();
    }
    store.remove_workspace(WORKSPACES[0]).unwrap();
    assert_eq!(all(&store, 0, &EventsFilter::default()).unwrap(), []);
    drop(store);
    let keys = support::keys();
    keys.remove(WORKSPACES[0]);
    let store = store::Store::open(dir.path(), keys, stdx::Clock::wall(), support::config()).unwrap();
    assert_eq!(all(&store, 1, &EventsFilter::default()).unwrap().len(), 1);
    assert_eq!(store.position().0, 3);
}

#[test]
fn a_workspace_without_a_key_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    apply(&store, &[(sample(1, 1_000).entry(0), 1)]).unwrap();
    drop(store);
    let keys = support::keys();
    keys.remove(WORKSPACES[0]);
    let error = store::Store::open(dir.path(), keys, stdx::Clock::wall(), support::config()).err().unwrap();
    assert!(error.to_string().contains(&WORKSPACES[0].to_string()), "{error}");
}

#[test]
fn only_cursors_of_the_archive_are_taken() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for cursor in ["", "x", "00000000000000000000000000000000ff", "+0000000000000010000000000000001"] {
        let filter = EventsFilter { limit: 1, after: Some(cursor.to_owned()), ..EventsFilter::default() };
        assert!(matches!(store.events(WORKSPACES[0], &filter), Err(StoreError::Cursor)), "{cursor}");
    }
}

#[test]
fn the_thread_packs_what_is_too_much_for_the_tail() {
    let dir = tempfile::tempdir().unwrap();
    let config = store::Config { tail_rows: 10, chunk_rows_max: 100, ..store::Config::default() };
    let store = store::Store::open(dir.path(), support::keys(), stdx::Clock::wall(), config).unwrap();
    for offset in 0..400 {
        apply(&store, &[(sample(1, 1_000).entry(offset), 1)]).unwrap();
    }
    // `apply` waited for the thread whenever the tail held four times what it should.
    assert!(!support::files(&dir.path().join("store"), "hfc").is_empty());
    assert_eq!(all(&store, 0, &EventsFilter::default()).unwrap().len(), 400);
}
