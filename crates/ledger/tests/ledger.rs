//! Entering, reading, proving, and opening again.

mod support;

use ledger::*;
use support::*;

#[test]
fn entries_are_read_newest_first_before_and_after_they_are_in_the_tree() {
    let place = Place::new();
    let ledger = place.open();
    let (mine, other) = (workspace(1), workspace(2));
    for number in 0..700 {
        ledger
            .enter(entry("person.viewed", Some(if number % 3 == 0 { mine } else { other }), number))
            .unwrap();
        if number == 400 {
            assert_eq!(ledger.checkpoint_now().unwrap().size, 401);
        }
    }
    let check = |ledger: &Ledger, scope: Scope, wanted: Vec<u64>| {
        let mut filter = Filter { limit: 37, ..Filter::newest(scope) };
        let mut found = Vec::new();
        loop {
            let page = ledger.entries(&filter).unwrap();
            assert!(page.entries.len() <= 37);
            found.extend(page.entries.iter().map(|entry| entry.id.0));
            filter.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted);
    };
    let all = |ledger: &Ledger| {
        check(ledger, Scope::Workspaces(vec![mine]), (0..700).rev().filter(|n| n % 3 == 0).collect());
        check(ledger, Scope::Workspaces(vec![mine, other]), (0..700).rev().collect());
        check(ledger, Scope::Installation, vec![]);
    };
    all(&ledger);
    assert_eq!(ledger.workspaces(), [mine, other]);
    drop(ledger);
    let ledger = place.open();
    assert_eq!((ledger.size(), ledger.checkpoint().size), (700, 700));
    all(&ledger);
}
