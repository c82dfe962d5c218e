//! Fast answers about what people do agree with the plain meaning, on random events, merges, erasures, zones
//! and questions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::sync::Arc;

use insight::Insight;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::{Ask, Question, plain};
use serde_json::{Value, json};
use support::world::{BEGINNINGS, Step, ZONES, archive, condition, step, traits, with_range};
use support::{Rule, WORKSPACE};

fn one_step() -> impl Strategy<Value = Value> {
    let event = select(&["Signed Up", "Order Completed", "Page Viewed", "Ü*", "*", "Never"][..]);
    prop_oneof![
        4 => event.clone().prop_map(|event| json!({ "event": event })),
        1 => (event, condition()).prop_map(|(event, condition)| json!({ "event": event, "where": [condition] })),
    ]
}

fn range() -> impl Strategy<Value = Value> {
    (0_i32..3, 0_i32..6, any::<bool>())
        .prop_map(|(skip, days, whole)| json!({ "skip": skip, "days": days, "whole": whole }))
}

fn funnel() -> impl Strategy<Value = Value> {
    let by = select(&["plan", "amount", "a.b", "tags", "trait.tier"][..]);
    let within = select(&["1s", "1h", "12h", "2d", "366d"][..]);
    let order = select(&["ordered", "ordered", "strict", "any"][..]);
    let extra = (
        vec(one_step(), 0..2),
        vec(select(&["plan", "flag", "amount"][..]), 0..2),
        select(&["steps", "steps", "times"][..]),
    );
    (vec(one_step(), 2..5), within, order, vec(by, 0..2), vec(condition(), 0..2), range(), extra).prop_map(
        |(steps, within, order, by, conditions, range, (exclude, hold, select))| {
            json!({ "kind": "funnel", "steps": steps, "within": within, "order": order, "by": by,
                "where": conditions, "range": range, "exclude": exclude, "hold": hold, "select": select })
        },
    )
}

fn check(steps: &[Step], question: &Value, zone: &str, beginning: &str) {
    let zone = TimeZone::get(zone).expect("the zone is known");
    let beginning: jiff::civil::Date = beginning.parse().unwrap();
    let (_dir, store, rows) = archive(steps, &zone, beginning);
    let document = with_range(question, beginning);
    let question = Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let wanted = match &question {
        Question::Funnel(funnel) => plain::funnel(&rows, funnel, &zone, &traits),
        _ => panic!("another kind: {document}"),
    };
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(move |_| Ok(zone.clone())));
    match (insight.ask(WORKSPACE, &question), wanted) {
        (Ok(answer), Ok(wanted)) => {
            assert_eq!(answer.columns, wanted.columns);
            assert_eq!(answer.rows, wanted.rows, "{document}");
            assert_eq!(answer.stats.other_groups, wanted.stats.other_groups);
            assert_eq!(answer.stats.other_rows, wanted.stats.other_rows);
        }
        (Err(_), Err(_)) => {}
        (answer, wanted) => panic!("{answer:?} against {wanted:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 320, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn funnels_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        question in funnel(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }
}
