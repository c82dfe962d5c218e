//! What becomes of messages when the relay, the people or the process do not go along.

use campaign::State;
use guard::Granted;
use ledger::{Filter, Scope};
use model::{Consent, Entry, Offset, Order, Stored};
use people::IdentifierKind;
use policy::actions::{ListCampaigns, ReportComplaint, StopBroadcast, WriteSegment};
use segments::NewSegment;
use serde_json::json;

use crate::world::World;

const AGAIN_MS: i64 = 60_000;

#[test]
fn what_was_being_handed_over_when_all_broke_off_is_uncertain_and_not_sent_again() {
    let mut world = World::with(5);
    let id = world.asked();
    world.relay.refuse(true);
    let sender = world.start();
    world.until_refused(id, 5);
    drop(sender);
    // As a kill leaves it: two were taken, and nobody wrote what became of them.
    world.by_hand(
        &world.people_db,
        "update outbox set state = 'handing' where person in (select person from outbox limit 2)",
    );
    world.relay.refuse(false);
    world.hand.advance_ms(AGAIN_MS);
    let _sender = world.start();
    let (_, tally) = world.until(id, |state, _| state == State::Done);
    assert_eq!((tally.accepted, tally.uncertain, tally.waiting), (3, 2, 0));
    assert_eq!(world.arrived().len(), 3);
}

#[test]
fn who_is_refused_for_now_is_tried_again_later_and_gets_it_once() {
    let mut world = World::with(3);
    let id = world.asked();
    world.relay.refuse(true);
    let _sender = world.start();
    world.until_refused(id, 3);
    world.relay.refuse(false);
    world.hand.advance_ms(AGAIN_MS);
    world.until(id, |state, tally| state == State::Done && tally.accepted == 3);
    assert_eq!(world.arrived(), ["u0@customers.example", "u1@customers.example", "u2@customers.example"]);
    // Each time an address was given out, an entry was there before.
    let filter = Filter {
        code: Some("people.mailed".to_owned()),
        ..Filter::newest(Scope::Workspaces(vec![world.workspace]))
    };
    let entries = world.ledger.entries(&filter).unwrap().entries;
    assert!(entries.iter().map(|entry| entry.detail["people"].as_array().unwrap().len()).sum::<usize>() >= 6);
    assert!(!entries.iter().any(|entry| entry.detail.to_string().contains("customers.example")));
}

#[test]
fn complaints_and_a_member_stop_what_is_under_way() {
    for complains in [true, false] {
        let mut world = World::with(4);
        let id = world.asked();
        world.relay.refuse(true);
        let _sender = world.start();
        world.until_refused(id, 4);
        if complains {
            let granted = world.permit::<ReportComplaint>();
            for number in 0..3 {
                world.campaigns.complain(&granted, id, &format!("U{number}@customers.example ")).unwrap();
            }
        } else {
            let granted = world.permit::<StopBroadcast>();
            world.campaigns.stop(&granted, id).unwrap();
        }
        let (broadcast, tally) = world.until(id, |state, _| state == State::Stopped);
        assert_eq!(broadcast.ended.unwrap().1, if complains { "complaints" } else { "by_hand" });
        assert_eq!((tally.suppressed, tally.stopped), if complains { (3, 1) } else { (0, 4) });
        world.relay.refuse(false);
        world.hand.advance_ms(AGAIN_MS);
        let later = world.asked();
        world.until(later, |state, _| state == State::Done);
        assert_eq!(
            world.arrived().len(),
            if complains { 1 } else { 4 },
            "whoever complained is not written to"
        );
    }
}

#[test]
fn whoever_says_so_while_their_message_is_being_handed_over_gets_nothing() {
    let mut world = World::with(3);
    let id = world.asked();
    world.relay.refuse(true);
    let _sender = world.start();
    world.until_refused(id, 3);
    // As it is for one who was taken already when they said so: only the list knows it.
    world.by_hand(
        &world.people_db,
        "insert into suppression (workspace, address, reason, at_ms)
         select workspace, address, 'unsubscribed', 0 from outbox limit 1",
    );
    world.relay.refuse(false);
    world.hand.advance_ms(AGAIN_MS);
    let (_, tally) = world.until(id, |state, _| state == State::Done);
    assert_eq!((tally.accepted, tally.suppressed), (2, 1));
    assert_eq!(world.arrived().len(), 2);
}

#[test]
fn who_does_not_agree_to_its_purpose_gets_nothing_and_is_counted() {
    let mut world = World::with(5);
    for (user, consent) in [("u0", Consent::Granted), ("u1", Consent::Refused), ("u2", Consent::Withdrawn)] {
        world.says(user, consent);
    }
    let id = world.asked_about(None, Some("Marketing"));
    let granted = world.permit::<ListCampaigns>();
    let preview = world.campaigns.preview(&granted, id).unwrap();
    assert_eq!((preview.found, preview.people, preview.declined), (5, 3, 2));
    world.relay.refuse(true);
    let sender = world.start();
    world.until_refused(id, 3);
    // One of those who wait says no meanwhile.
    world.says("u4", Consent::Withdrawn);
    world.relay.refuse(false);
    world.hand.advance_ms(AGAIN_MS);
    let (_, tally) = world.until(id, |state, _| state == State::Done);
    assert_eq!((tally.accepted, tally.declined, tally.suppressed), (2, 1, 0));
    assert_eq!(world.arrived(), ["u0@customers.example", "u3@customers.example"]);
    drop(sender);

    // Without a purpose, or for another one, everybody is written to as before.
    for (purpose, sent) in [(None, 7), (Some("orders"), 12)] {
        let id = world.asked_about(None, purpose);
        let _sender = world.start();
        world.until(id, |state, tally| state == State::Done && tally.accepted == 5);
        assert_eq!(world.arrived().len(), sent);
    }
}

#[test]
fn whoever_was_erased_gets_nothing() {
    let mut world = World::with(3);
    let id = world.asked();
    world.relay.refuse(true);
    let _sender = world.start();
    world.until_refused(id, 3);
    let person = world.people.find(world.workspace, IdentifierKind::UserId, "u1").unwrap().unwrap();
    let order = Order::Erase { workspace: world.workspace, person: person.code, at_ms: 0 };
    world.people.resolve(&[Entry { offset: Offset(3), record: Stored::Order(order) }], &[]).unwrap();
    world.relay.refuse(false);
    world.hand.advance_ms(AGAIN_MS);
    world.until(id, |state, tally| state == State::Done && tally.accepted == 2);
    assert_eq!(world.arrived(), ["u0@customers.example", "u2@customers.example"]);
}

#[test]
fn what_was_written_without_the_key_is_not_sent() {
    let mut world = World::with(2);
    let id = world.asked();
    world.by_hand(&world.control, "update broadcast set document = replace(document, 'News', 'Else')");
    let sender = world.start();
    assert!(world.campaigns.broadcast(world.workspace, id).is_err());
    // Another one goes its way meanwhile: what is altered holds up nobody, and is not sent.
    let other = world.asked();
    world.until(other, |state, _| state == State::Done);
    drop(sender);
    assert_eq!(world.arrived().len(), 2);
    assert!(world.relay.arrived().iter().all(|mail| mail.text.contains(&other.to_string())));
}

#[test]
fn a_segment_is_written_to_as_it_was_when_it_was_approved() {
    let mut world = World::with(4);
    let granted = world.permit::<WriteSegment>();
    let new = |name: &str| NewSegment { name: name.to_owned(), who: None };
    let friends = world.segments.make(&granted, new("Friends")).unwrap().segment.id.to_string();
    let imported = world.segments.import(&granted, &friends, "u1\nu3@customers.example\nu9\n").unwrap();
    assert_eq!((imported.added, imported.unknown_lines), (2, vec![3]));
    let to_friends = || Some(json!({ "segment": "Friends" }));
    let id = world.asked_for(to_friends());
    let sender = world.start();
    world.until(id, |state, tally| state == State::Done && tally.accepted == 2);
    assert_eq!(world.arrived(), ["u1@customers.example", "u3@customers.example"]);
    drop(sender);

    // Approved, and then it is another one: by its version, or because it is no more. Nothing goes, and it is a draft again.
    let goes_back = |world: &mut World, change: &dyn Fn(&World, &Granted)| {
        let id = world.asked_for(to_friends());
        let granted = world.permit::<WriteSegment>();
        change(world, &granted);
        let _sender = world.start();
        let (broadcast, tally) = world.until(id, |state, _| state == State::Draft);
        assert_eq!((broadcast.ended.unwrap().1.as_str(), tally.accepted), ("edited", 0));
    };
    goes_back(&mut world, &|world, granted| {
        world.segments.edit(granted, &friends, new("Friends")).unwrap();
    });
    goes_back(&mut world, &|world, granted| world.segments.remove(granted, &friends).unwrap());
    assert_eq!(world.arrived().len(), 2);
}
