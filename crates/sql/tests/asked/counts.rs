//! Whatever happened, statements count it as one counts by hand.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use crate::world::World;

const NAMES: [&str; 4] = ["Page Viewed", "Order Completed", "Signed Up", "it's \"so\""];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn counts_are_those_of_the_events(
        events in vec((0_usize..NAMES.len(), 0_u32..6, 0_i64..1_000_000, any::<bool>()), 0..90),
        bound in 0_i64..1_000_000,
    ) {
        let mut world = World::new();
        let (mut by_name, mut later, mut nobody) = (BTreeMap::new(), 0, 0);
        for (name, user, after_ms, settled) in &events {
            let who = if *user == 0 { String::new() } else { format!("u{user}") };
            world.does(&who, NAMES[*name], *after_ms, &json!({ "n": after_ms, "user": user }));
            *by_name.entry(NAMES[*name]).or_insert(0) += 1;
            later += i32::from(*after_ms >= bound);
            nobody += i32::from(*user == 0);
            if *settled && after_ms % 7 == 0 {
                world.store.maintain().unwrap();
            }
        }
        let expected: Vec<_> = by_name.iter().map(|(name, count)| json!([name, count])).collect();
        prop_assert_eq!(world.rows("select event, count(*) from events group by event order by event"), json!(expected));
        let from = crate::world::START + bound;
        prop_assert_eq!(world.rows(&format!("select count(*) from events where time_ms >= {from}")), json!([[later]]));
        let by_property = format!("select count(*) from events where properties ->> 'n' >= {bound}");
        prop_assert_eq!(world.rows(&by_property), json!([[later]]));
        prop_assert_eq!(world.rows("select count(*) from events where person is null"), json!([[nobody]]));
        let wrong = "select count(*) from (select person, count(distinct properties ->> 'user') as users from events where person is not null group by 1) where users <> 1";
        prop_assert_eq!(world.rows(wrong), json!([[0]]));
    }
}
