//! Searching: what a page or a walk finds is what was entered, in every window of time, wherever the entries lie.
#![expect(clippy::unwrap_used, reason = "a test may stop on what it did not expect")]

mod support;

use std::collections::BTreeSet;

use ledger::{EntryId, EntryView, Filter, Ledger, LedgerError, NewEntry, Scope};
use model::{PersonId, WorkspaceId};
use serde_json::json;
use support::{Place, START_MS, entry};

const HOUR_MS: i64 = 3_600_000;

/// Entries of two workspaces and of the installation over eleven weeks: many files, the last ones not in files yet.
fn grown(place: &Place) -> Ledger {
    let ledger = place.open();
    for number in 0..1_900_u64 {
        place.hand.advance_ms(HOUR_MS);
        let workspace = [None, Some(WorkspaceId(1)), Some(WorkspaceId(2))][number as usize % 3];
        let people: Vec<PersonId> =
            (0..number % 4).map(|n| PersonId(u128::from(number / 40 + n * 7))).collect();
        let detail = json!({ "people": people, "fields": ["traits.\"plan\""] });
        let object = if number % 50 == 7 { PersonId(3).to_string() } else { "events".to_owned() };
        let entry = NewEntry { object, detail, ..entry("person.viewed", workspace, number) };
        ledger.enter(entry).unwrap();
        if number == 1_800 {
            ledger.checkpoint_now().unwrap();
        }
    }
    ledger
}

fn walked(ledger: &Ledger, filter: &Filter) -> (Vec<u64>, u64) {
    let mut found = Vec::new();
    let looked_at = ledger
        .walk(filter, &mut |entry| {
            found.push(entry.id.0);
            Ok::<_, LedgerError>(())
        })
        .unwrap();
    (found, looked_at)
}

fn paged(ledger: &Ledger, filter: &Filter) -> Vec<u64> {
    let mut filter = Filter { limit: 17, ..filter.clone() };
    let mut found = Vec::new();
    loop {
        let page = ledger.entries(&filter).unwrap();
        found.extend(page.entries.iter().map(|entry| entry.id.0));
        filter.after = page.next;
        if page.next.is_none() {
            return found;
        }
    }
}

#[test]
fn every_window_has_exactly_what_was_entered_in_it() {
    let place = Place::new();
    let ledger = grown(&place);
    let everything = Filter::newest(Scope::Workspaces(vec![WorkspaceId(1)]));
    let mut all: Vec<EntryView> = Vec::new();
    ledger
        .walk(&everything, &mut |entry| {
            all.push(entry);
            Ok::<_, LedgerError>(())
        })
        .unwrap();
    assert_eq!(all.len(), 633);
    let check = |filter: Filter, fits: &dyn Fn(&EntryView) -> bool| {
        let expected: Vec<u64> = all.iter().filter(|entry| fits(entry)).map(|entry| entry.id.0).collect();
        assert!(!expected.is_empty(), "the question has an answer: {filter:?}");
        assert_eq!(walked(&ledger, &filter).0, expected, "{filter:?}");
        let newest_first: Vec<u64> = expected.into_iter().rev().collect();
        assert_eq!(paged(&ledger, &filter), newest_first, "{filter:?}");
    };
    for (from, to) in [(0, 2_000), (1, 200), (170, 500), (333, 340), (1_000, 1_700), (1_750, 1_900)] {
        let (from, to) = (START_MS + from * HOUR_MS, START_MS + to * HOUR_MS);
        let within = Filter { from_ms: Some(from), to_ms: Some(to), ..everything.clone() };
        check(within.clone(), &|entry| (from..to).contains(&entry.at_ms));
        let before = Filter { after: Some(EntryId(1_500)), from_ms: Some(START_MS), ..everything.clone() };
        check(before, &|entry| entry.id.0 < 1_500);
        let session = Filter { session: Some("ses_4".into()), ..within };
        let is = |entry: &EntryView| entry.session.as_deref() == Some("ses_4");
        if all.iter().any(|entry| is(entry) && (from..to).contains(&entry.at_ms)) {
            check(session, &|entry| is(entry) && (from..to).contains(&entry.at_ms));
        }
    }
    for person in [3, 10, 21, 40] {
        let filter = Filter { person: Some(PersonId(person)), ..everything.clone() };
        check(filter, &|entry| {
            entry.object == PersonId(person).to_string()
                || entry.detail["people"].as_array().unwrap().contains(&json!(PersonId(person)))
        });
    }
    for mark in ["host4", "net1", "host1.net1"] {
        let filter = Filter { from: Some(mark.to_owned()), ..everything.clone() };
        check(filter, &|entry| {
            let from = entry.from.as_deref().unwrap();
            from == mark || from.split('.').any(|part| part == mark)
        });
    }
    let part_of_a_mark = Filter { from: Some("host".to_owned()), ..everything };
    assert!(walked(&ledger, &part_of_a_mark).0.is_empty(), "a mark is compared whole");
}

#[test]
fn a_short_window_is_not_paid_for_with_the_whole_ledger() {
    let place = Place::new();
    let ledger = grown(&place);
    let (from, to) = (START_MS + 1_000 * HOUR_MS, START_MS + 1_003 * HOUR_MS);
    let scope = Scope::Workspaces(vec![WorkspaceId(1), WorkspaceId(2)]);
    let filter = Filter { from_ms: Some(from), to_ms: Some(to), ..Filter::newest(scope) };
    let (found, looked_at) = walked(&ledger, &filter);
    assert_eq!((found.iter().collect::<BTreeSet<_>>().len(), looked_at), (2, 2));
    let limited = Filter { limit: 100, ..filter };
    let page = ledger.entries(&limited).unwrap();
    assert_eq!((page.entries.len(), page.next), (2, None));
}

#[test]
fn a_question_stays_as_it_was_whatever_is_entered_later() {
    let place = Place::new();
    let ledger = grown(&place);
    let filter = Filter {
        after: Some(EntryId(ledger.size())),
        session: Some("ses_2".into()),
        ..Filter::newest(Scope::Workspaces(vec![WorkspaceId(2)]))
    };
    let before = walked(&ledger, &filter).0;
    for number in 0..40 {
        ledger.enter(entry("person.viewed", Some(WorkspaceId(2)), number)).unwrap();
    }
    ledger.checkpoint_now().unwrap();
    assert_eq!(walked(&ledger, &filter).0, before);
    drop(ledger);
    assert_eq!(walked(&place.open(), &filter).0, before, "and after the next start");
}
