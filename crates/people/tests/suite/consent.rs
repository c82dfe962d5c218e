//! What people agree to: what counts does not depend on the order in which it comes.

use model::{Channel, Consent, Decision, EventRecord, MemberId, Order, Stored};
use people::profile::ConsentFrom;
use people::sift::{Fate, KeptTrait, Sift};
use proptest::prelude::*;

use crate::unmerge::{join, unmerge};
use crate::world::{ACME, NOW, World, event_of, world};

const EMAIL: (&str, Channel) = ("marketing", Channel::Email);
const ALL: (&str, Channel) = ("marketing", Channel::All);

fn says(who: &str, after_ms: i64, categories: &str) -> EventRecord {
    let context = format!(r#"{{"consent":{{"categoryPreferences":{categories}}}}}"#);
    EventRecord { context, time_ms: NOW - 1_000 + after_ms, ..event_of(who) }
}

fn entered(world: &World, who: &str, (channel, consent): (Channel, Consent), after_ms: i64) -> Order {
    Order::Consent {
        workspace: ACME,
        person: world.person(who).code,
        purpose: "marketing".to_owned(),
        channel,
        consent,
        said_ms: NOW - 1_000 + after_ms,
        decision: Decision { by: MemberId(3), reason: "consent-needle".to_owned(), at_ms: NOW },
    }
}

fn now(world: &World, who: &str, asked: (&str, Channel)) -> Option<Consent> {
    world.people.consents(ACME, asked, &[world.person(who).code]).expect("a read")[0]
}

#[test]
fn categories_of_events_are_said_of_all_channels_or_of_some() {
    let mut world = world();
    world.event(says("u1", 1, r#"{"Marketing":true,"ads":false,"x@example.com":true,"odd":"yes"}"#));
    world.event(says("u1", 2, r#"{"news":{"email":true,"sms":false,"fax":true},"list":[true]}"#));
    assert_eq!(now(&world, "u1", ALL), Some(Consent::Granted));
    assert_eq!(now(&world, "u1", EMAIL), Some(Consent::Granted), "all channels are this one too");
    assert_eq!(now(&world, "u1", ("ADS", Channel::Push)), Some(Consent::Refused));
    assert_eq!(now(&world, "u1", ("news", Channel::Email)), Some(Consent::Granted));
    assert_eq!(now(&world, "u1", ("news", Channel::Sms)), Some(Consent::Refused));
    assert_eq!(now(&world, "u1", ("news", Channel::All)), None);
    assert_eq!(world.people.purposes(ACME).expect("a read"), ["ads", "marketing", "news"]);
    let overflow = world.profile("u1").overflow;
    assert_eq!((overflow[0].kind.as_str(), overflow[0].count), ("consent", 1), "an address is no purpose");
    assert!(!world.has_bytes("x@example.com"), "nor is it kept as one");
}

#[test]
fn a_no_to_one_channel_is_taken_back_for_that_channel_alone() {
    let mut world = world();
    world.event(says("u1", 1, r#"{"marketing":true}"#));
    world.order(entered(&world, "u1", (Channel::Email, Consent::Withdrawn), 2));
    world.event(says("u1", 3, r#"{"marketing":true}"#));
    assert_eq!(now(&world, "u1", EMAIL), Some(Consent::Withdrawn));
    assert_eq!(now(&world, "u1", ("marketing", Channel::Sms)), Some(Consent::Granted));
    world.order(entered(&world, "u1", (Channel::Email, Consent::Granted), 4));
    assert_eq!(now(&world, "u1", EMAIL), Some(Consent::Granted));
    world.event(says("u1", 5, r#"{"marketing":false}"#));
    assert_eq!(now(&world, "u1", EMAIL), Some(Consent::Refused), "a no to everything is one to this");
    let kept = &world.profile("u1").consent;
    assert_eq!(kept.len(), 2);
    let of_all: Vec<Consent> =
        std::iter::once(&kept[0].said).chain(&kept[0].earlier).map(|said| said.consent).collect();
    assert_eq!(of_all, [Consent::Refused, Consent::Granted], "what is only repeated is one row");
    let member = ConsentFrom::Member { by: MemberId(3), reason: "consent-needle".to_owned() };
    assert_eq!(kept[1].earlier[0].from, member);
}

#[test]
fn of_two_who_become_one_the_newest_counts_and_a_tie_is_a_no() {
    let mut world = world();
    world.event(says("u1", 1, r#"{"marketing":true,"ads":true,"own":true}"#));
    world.event(says("u2", 1, r#"{"marketing":false}"#));
    world.event(says("u2", 2, r#"{"ads":false}"#));
    let [one, two] = ["u1", "u2"].map(|who| world.person(who).code);
    world.order(join(one, two));
    for who in ["u1", "u2"] {
        assert_eq!(now(&world, who, ALL), Some(Consent::Refused));
        assert_eq!(now(&world, who, ("ads", Channel::All)), Some(Consent::Refused));
        assert_eq!(now(&world, who, ("own", Channel::All)), Some(Consent::Granted));
    }
    assert_eq!(world.profile("u1").consent.len(), 3);
    world.order(unmerge(one, two));
    assert_eq!(
        (now(&world, "u1", ALL), now(&world, "u2", ALL)),
        (Some(Consent::Granted), Some(Consent::Refused))
    );
    assert_eq!(now(&world, "u2", ("own", Channel::All)), None);
}

#[test]
fn an_erasure_takes_it_and_limits_hold() {
    let mut world = world();
    for nth in 0..60 {
        world.event(says(
            "u1",
            nth,
            if nth % 2 == 0 { r#"{"marketing":true}"# } else { r#"{"marketing":false}"# },
        ));
    }
    let kept = &world.profile("u1").consent[0];
    assert_eq!((kept.earlier.len(), kept.said.consent), (19, Consent::Refused));
    world.order(entered(&world, "u1", (Channel::All, Consent::Granted), 70));
    let purposes = i64::from(people::consent::PURPOSES_MAX);
    for nth in 0..purposes + 5 {
        world.event(says("u2", nth, &format!(r#"{{"p{nth}":true}}"#)));
    }
    assert_eq!(world.people.purposes(ACME).expect("a read").len() as i64, purposes);
    assert_eq!(world.profile("u2").overflow[0].count, 6);
    let gone = world.person("u1").code;
    world.order(Order::Erase { workspace: ACME, person: gone, at_ms: NOW });
    assert_eq!(world.people.consents(ACME, ALL, &[gone]).expect("a read"), [None]);
    assert!(!world.has_bytes("consent-needle"));
}

#[test]
fn a_purge_takes_the_words_and_leaves_the_answer() {
    struct Words;
    impl Sift for Words {
        fn person_trait(&mut self, _: &KeptTrait<'_>) -> Fate {
            Fate::Stays
        }
        fn is_wanted_id(&mut self, _: model::PersonCode, _: &str) -> bool {
            false
        }
        fn group_trait(&mut self, _: &str, _: i64, _: &str) -> Fate {
            Fate::Stays
        }
        fn is_wanted_text(&mut self, text: &str) -> bool {
            text.contains("needle")
        }
    }
    let mut world = world();
    world.play("u1");
    world.order(entered(&world, "u1", (Channel::Email, Consent::Refused), 1));
    assert_eq!(world.people.sift(ACME, 0, true, &mut Words).expect("a survey").1.words, 1);
    assert_eq!(world.people.sift(ACME, 0, false, &mut Words).expect("a purge").1.words, 1);
    let said = &world.profile("u1").consent[0].said;
    assert_eq!(said.from, ConsentFrom::Member { by: MemberId(3), reason: "[purged]".to_owned() });
    assert_eq!(said.consent, Consent::Refused);
}

/// One thing that was said: when, by which channel, what, and whether a member entered it.
type Statement = (i64, bool, u8, bool);

fn record(world: &World, (at_ms, email, state, by_member): Statement) -> Stored {
    let channel = if email { Channel::Email } else { Channel::All };
    if by_member {
        let consent = Consent::from_number(state).expect("one of three");
        return Stored::Order(entered(world, "u1", (channel, consent), at_ms));
    }
    let yes = state == 0;
    let categories = if email {
        format!(r#"{{"marketing":{{"email":{yes}}}}}"#)
    } else {
        format!(r#"{{"marketing":{yes}}}"#)
    };
    Stored::Event(says("u1", at_ms, &categories))
}

/// What an event cannot say is a no.
fn meant((at_ms, email, state, by_member): Statement) -> Statement {
    (at_ms, email, if by_member || state == 0 { state } else { 2 }, by_member)
}

/// The states one after the other, those that members entered apart.
fn expected(said: &[Statement], email: bool) -> Vec<(u8, bool)> {
    let mut of: Vec<(i64, u8, bool)> = said
        .iter()
        .map(|said| meant(*said))
        .filter(|said| said.1 == email)
        .map(|(at_ms, _, state, by_member)| (at_ms, state, !by_member))
        .collect();
    // What a member entered stands where an event said the same in the same moment.
    of.sort_unstable();
    of.dedup_by_key(|said| (said.0, said.1));
    let mut rows: Vec<(u8, bool)> = of.into_iter().map(|(_, state, is_event)| (state, !is_event)).collect();
    rows.dedup_by(|one, other| one == other && !one.1);
    rows
}

fn kept(world: &World, channel: Channel) -> Vec<(u8, bool)> {
    let profile = world.profile("u1");
    let Some(of) = profile.consent.iter().find(|kept| kept.channel == channel) else { return Vec::new() };
    let mut rows: Vec<(u8, bool)> = std::iter::once(&of.said)
        .chain(&of.earlier)
        .map(|said| (said.consent.number(), matches!(said.from, ConsentFrom::Member { .. })))
        .collect();
    rows.reverse();
    rows
}

/// A world in which these were said, resolved so many at a time.
fn played(said: &[Statement], batch: usize) -> World {
    let mut world = world();
    world.play("u1");
    for said in said {
        let record = record(&world, *said);
        world.append(record);
    }
    let mut from = 1;
    while from < world.journal.len() {
        let to = (from + batch).min(world.journal.len());
        world.resolve(from, to).expect("resolved");
        from = to;
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_counts_does_not_depend_on_order_or_repetition(
        (said, shuffled) in prop::collection::vec((0_i64..12, any::<bool>(), 0_u8..3, any::<bool>()), 1..14)
            .prop_flat_map(|said: Vec<Statement>| {
                let doubled = [said.clone(), said.clone()].concat();
                (Just(said), Just(doubled).prop_shuffle())
            }),
        batch in 1_usize..9,
    ) {
        let mut in_order: Vec<Statement> = said.iter().map(|said| meant(*said)).collect();
        in_order.sort_unstable_by_key(|said| (said.0, said.2, said.3));
        let (straight, other) = (played(&in_order, 1), played(&shuffled, batch));
        let mut last = [None, None];
        for (at, channel) in [Channel::All, Channel::Email].into_iter().enumerate() {
            let rows = expected(&said, channel == Channel::Email);
            let members = |rows: &[(u8, bool)]| -> Vec<(u8, bool)> {
                rows.iter().copied().filter(|row| row.1).collect()
            };
            prop_assert_eq!(&kept(&straight, channel), &rows);
            // What comes late may make the times between coarser, but not what members entered, or what is last.
            let kept = kept(&other, channel);
            prop_assert_eq!(members(&kept), members(&rows));
            prop_assert_eq!(kept.last(), rows.last());
            let of = said.iter().map(|said| meant(*said)).filter(|said| said.1 == (channel == Channel::Email));
            last[at] = of.map(|said| (said.0, said.2)).max();
        }
        let effective = match (last[1], last[0]) {
            (Some((_, state)), _) if state > 0 => Some(state),
            (own, all) => own.max(all).map(|(_, state)| state),
        };
        for world in [&straight, &other] {
            prop_assert_eq!(now(world, "u1", ALL).map(Consent::number), last[0].map(|(_, state)| state));
            prop_assert_eq!(now(world, "u1", EMAIL).map(Consent::number), effective);
        }
    }
}
