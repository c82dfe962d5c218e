//! Appending and reading back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use journal::{AppendError, Config, Intake, JournalError, Record};
use model::{Event, Kind, Offset, SourceId, Stored};
use shield::Shield;

use crate::support::{
    HERE, Place, THERE, append, large, number, numbers, order, read_all, read_from, record,
};

#[test]
fn what_is_appended_is_read_back_in_order() {
    let place = Place::new();
    let journal = place.open();
    assert_eq!((journal.begin(), journal.end()), (Offset(0), Offset(0)));
    assert_eq!(journal.read(Offset(0), 1000).unwrap(), []);
    let first = append(&journal, 0..3);
    let second = append(&journal, 3..5);
    assert_eq!((first.first, first.count), (Offset(0), 3));
    assert_eq!((second.first, second.count), (Offset(3), 2));
    assert_eq!(numbers(&journal), [0, 1, 2, 3, 4]);
    assert_eq!(read_from(&journal, Offset(4)).unwrap().len(), 1);
}

#[test]
fn an_event_comes_back_as_the_shield_left_it() {
    let place = Place::new();
    let journal = place.open();
    let event = Event {
        workspace: HERE,
        source: SourceId(3),
        message_id: Cow::Borrowed("m-1"),
        kind: Kind::Track,
        name: Cow::Borrowed("Order Completed"),
        time_ms: -5,
        received_ms: 1_700_000_000_000,
        user_id: Some(Cow::Borrowed("u-1")),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: Cow::Borrowed(r#"{"revenue":12.5}"#),
        traits: Cow::Borrowed("{}"),
        context: Cow::Borrowed("{}"),
    };
    let clean = Shield::builtin().screen(event, &|_| String::new()).unwrap();
    let records = vec![Record::Event(Box::new(clean.clone())), record(HERE, 1)];
    journal.append_blocking(HERE, records).unwrap();
    let stored: Vec<_> = read_all(&journal).unwrap().into_iter().map(|entry| entry.record).collect();
    assert_eq!(stored, [Stored::Event(clean.into_record()), Stored::Order(order(HERE, 1))]);
}

#[test]
fn nothing_readable_is_on_disk() {
    let place = Place::new();
    let journal = place.open();
    journal.append_blocking(HERE, vec![large(2000)]).unwrap();
    journal.close();
    for path in place.paths() {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"xxxxxxxx"), "{path:?}");
    }
}

#[test]
fn many_callers_at_once_lose_nothing_and_a_follower_sees_all_in_order() {
    const CALLERS: u32 = 8;
    const CALLS: u32 = 50;
    let place = Place::new();
    let journal = place.open_with(Config { file_bytes: 4_000, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let follower = std::thread::spawn({
        let journal = journal.clone();
        move || {
            let mut entries = Vec::new();
            while entries.len() < (CALLERS * CALLS * 3) as usize {
                let next = Offset(entries.len() as u64);
                assert!(journal.wait_past(next, Duration::from_secs(600)));
                entries.extend(journal.read(next, 5_000).unwrap());
            }
            entries
        }
    });
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let journal = journal.clone();
            runtime.spawn(async move {
                let mut places = Vec::new();
                for call in 0..CALLS {
                    let workspace = if caller % 2 == 0 { HERE } else { THERE };
                    let start = (caller * CALLS + call) * 3;
                    let records = (start..start + 3).map(|number| record(workspace, number)).collect();
                    places.push((start, journal.append(workspace, records).await.unwrap()));
                }
                places
            })
        })
        .collect();
    let mut told = BTreeMap::new();
    for caller in callers {
        for (start, appended) in runtime.block_on(caller).unwrap() {
            told.extend((0..3).map(|step| (appended.first.0 + u64::from(step), start + step)));
        }
    }
    let entries = follower.join().unwrap();
    let seen: BTreeMap<_, _> = entries.iter().map(|entry| (entry.offset.0, number(entry))).collect();
    assert_eq!(seen, told);
    assert_eq!(entries, read_all(&journal).unwrap());
    assert!(journal.files().len() > 5, "callers met rotations: {:?}", journal.files());
}

#[test]
fn calls_that_cannot_be_kept_are_refused_whole() {
    let place = Place::new();
    let config = Config { queue_bytes_max: 10_000, ..Config::default() };
    let journal = place.open_with(config);
    let check = |records: Vec<Record>, wanted: AppendError| {
        assert_eq!(journal.append_blocking(HERE, records), Err(wanted));
    };
    check(vec![record(HERE, 1), record(THERE, 2)], AppendError::OtherWorkspace { workspace: HERE });
    match journal.append_blocking(HERE, vec![large(10_000)]) {
        Err(AppendError::TooLarge { bytes, bytes_max: 10_000 }) if bytes > 10_000 => {}
        result => panic!("{result:?}"),
    }
    place.keys.remove(HERE);
    check(vec![record(HERE, 1)], AppendError::NoKeys { workspace: HERE });
    assert_eq!(journal.append_blocking(HERE, vec![]).map(|appended| appended.count), Ok(0));
    assert_eq!((journal.end(), journal.stats().queued_bytes), (Offset(0), 0));
    journal.close();
    check(vec![record(HERE, 1)], AppendError::Closed);
}

#[test]
fn a_reader_is_told_what_it_cannot_have() {
    let place = Place::new();
    let journal = place.open();
    append(&journal, 0..2);
    assert!(matches!(
        journal.read(Offset(3), 100),
        Err(JournalError::Ahead { wanted: Offset(3), end: Offset(2) })
    ));
    // Keys that were opened before are of no use either.
    assert_eq!(numbers(&journal), [0, 1]);
    place.keys.remove(HERE);
    for _ in 0..2 {
        assert!(matches!(journal.read(Offset(0), 100), Err(JournalError::NoKeys { workspace: HERE, .. })));
    }
    journal.close();
    let journal = place.open();
    assert!(matches!(journal.read(Offset(0), 100), Err(JournalError::NoKeys { workspace: HERE, .. })));
}

#[test]
fn waiting_ends_when_there_is_something_or_the_journal_closes() {
    let place = Place::new();
    let journal = place.open();
    assert!(!journal.wait_past(Offset(0), Duration::ZERO));
    append(&journal, 0..1);
    assert!(journal.wait_past(Offset(0), Duration::from_secs(600)));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| journal.wait_past(Offset(1), Duration::from_secs(600)));
        assert!(journal.is_running());
        journal.close();
        assert!(!waiting.join().unwrap() && !journal.is_running());
    });
}

#[test]
fn an_order_comes_in_through_the_intake() {
    let place = Place::new();
    let journal = place.open();
    let intake = Intake::new(journal.clone());
    assert_eq!(intake.order(order(THERE, 9)).unwrap().first, Offset(0));
    assert_eq!(numbers(&journal), [9]);
}
