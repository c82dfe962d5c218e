//! Traits worked out from what people do agree with the plain meaning, and change by themselves only when it is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::collections::BTreeMap;

use insight::judge::{Amount, Whom, work_out};
use jiff::tz::TimeZone;
use model::PersonCode;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::{Computed, plain};
use serde_json::{Value, json};
use support::world::{BEGINNINGS, NAMES, Step, archive, condition, step, traits};
use support::{Rule, WORKSPACE};

const PEOPLE: u32 = 9;

fn computed() -> impl Strategy<Value = Value> {
    let event = select(&["Signed Up", "Order Completed", "Page Viewed", "Ü*", "*", "Never"][..]);
    let measure = prop_oneof![
        1 => Just(("count", None)),
        3 => (select(&["sum", "min", "max", "first", "last", "most_frequent"][..]), select(&NAMES[..]))
            .prop_map(|(measure, name)| (measure, Some(name))),
    ];
    let within = select(vec![Value::Null, json!("1h"), json!("1d"), json!("60h")]);
    (event, measure, vec(condition(), 0..2), within).prop_map(
        |(event, (measure, property), conditions, within)| {
            json!({ "event": event, "measure": measure, "property": property, "where": conditions, "within": within })
        },
    )
}

fn worked_out(
    store: &store::Store,
    traits_: &[Computed],
    now_ms: i64,
    whom: &Whom<'_>,
) -> Vec<BTreeMap<u32, Amount>> {
    let mut found = vec![BTreeMap::new(); traits_.len()];
    let (all, rule): (Vec<&Computed>, _) = (traits_.iter().collect(), Rule(traits));
    let view = store.view(WORKSPACE);
    work_out(&view, &all, now_ms, (WORKSPACE, &rule), whom, &mut |index, person, amount| {
        found[index].insert(person.0, amount);
    })
    .unwrap();
    found
}

fn check(steps: &[Step], documents: &[Value], beginning: &str) {
    let zone = TimeZone::UTC;
    let beginning: jiff::civil::Date = beginning.parse().unwrap();
    let (_dir, store, rows) = archive(steps, &zone, beginning);
    let now = beginning.to_zoned(zone).unwrap().timestamp() + jiff::SignedDuration::from_hours(70);
    let now_ms = now.as_millisecond();
    let all: Vec<Computed> = documents.iter().map(|one| Computed::from_value(one).unwrap()).collect();
    let everybody: Vec<PersonCode> = (0..PEOPLE).map(PersonCode).collect();
    for whom in [Whom::Within(0..=PEOPLE), Whom::These(&everybody)] {
        let found = worked_out(&store, &all, now_ms, &whom);
        for (computed, found) in all.iter().zip(&found) {
            let wanted = plain::computed(&rows, computed, now_ms, &traits);
            let values: BTreeMap<u32, Value> =
                found.iter().filter_map(|(person, amount)| Some((*person, amount.value.clone()?))).collect();
            assert_eq!(values, wanted, "{computed:?} {whom:?}");
            for (person, amount) in found {
                let quiet_ms = amount.next_ms.map_or(now_ms + 1_000 * 86_400_000, |next_ms| next_ms - 60_000);
                if quiet_ms > now_ms {
                    let later = plain::computed(&rows, computed, quiet_ms, &traits);
                    assert_eq!(later.get(person), amount.value.as_ref(), "{computed:?} later");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn computed_traits_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        documents in vec(computed(), 1..5),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &documents, beginning);
    }
}

#[test]
fn more_than_one_walk_takes_are_all_worked_out() {
    let document = |hours: usize| json!({ "event": "Order Completed", "measure": "count", "within": format!("{}h", hours + 1) });
    let documents: Vec<Value> = (0..50).map(document).collect();
    let properties = json!({});
    let steps: Vec<Step> = (0..70)
        .map(|hour| Step::Event {
            person: 1,
            hour,
            ms: 0,
            event: 1,
            properties: properties.clone(),
            context: json!({}),
        })
        .collect();
    check(&steps, &documents, BEGINNINGS[0]);
}
