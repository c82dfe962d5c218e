//! What of an answer leaves the house: no group of fewer than five people, and no number that rests on one to four of them.

use std::collections::{BTreeMap, BTreeSet};

use question::{Answer, FunnelSelect, Measure, Question, TrendEvent};
use serde_json::Value;

/// The fewest people that a number may rest on.
pub const PEOPLE_MIN: u64 = 5;

/// The question about the events alone, where the answer holds numbers that are worked out of theirs: what leaves is worked out
/// of what may leave.
pub fn bare(question: &Question) -> Option<Question> {
    match question {
        Question::Trend(trend) if !trend.is_bare() => Some(Question::Trend(trend.bare())),
        _ => None,
    }
}

/// The question that says on how many people each number of an answer rests, where the answer itself does not.
pub fn companion(question: &Question) -> Option<Question> {
    let Question::Trend(trend) = question else { return None };
    if trend.events.iter().all(|event| event.measure == Measure::People) {
        return None;
    }
    let mut asked = trend.clone();
    for event in &mut asked.events {
        *event = TrendEvent { event: event.event.clone(), measure: Measure::People, property: None };
    }
    Some(Question::Trend(asked))
}

/// An answer to a question that is [`bare`], without what rests on too few; `people` is the answer of its [`companion`], where it has one. Groups that go are
/// counted among those that are not shown.
pub fn kept(question: &Question, answer: &Answer, people: Option<&Answer>) -> Answer {
    let mut left = answer.clone();
    let gone = match question {
        Question::Trend(trend) => of_trend(trend.by.len(), &mut left, people),
        Question::Funnel(funnel) if funnel.select == FunnelSelect::Times => {
            of_rows(&mut left, funnel.by.len() + 2, &[])
        }
        Question::Funnel(funnel) => of_funnel(funnel.by.len(), &mut left),
        Question::Retention(_) => of_rows(&mut left, 2, &[3]),
        Question::Flow(_) => {
            let before = left.rows.len();
            left.rows.retain(|row| row.len() >= 2 && number(row, row.len() - 2) >= PEOPLE_MIN);
            before - left.rows.len()
        }
        Question::Sessions(sessions) => of_sessions(sessions.by.len(), &mut left),
        Question::People(_) => of_rows(&mut left, 0, &[]),
        Question::Sql(_) => std::mem::take(&mut left.rows).len(),
    };
    left.stats.other_groups += gone as u64;
    left.stats.other_rows = 0;
    left
}

fn number(row: &[Value], place: usize) -> u64 {
    row.get(place).and_then(Value::as_u64).unwrap_or_default()
}

fn hide(row: &mut [Value], place: usize) {
    if let Some(cell) = row.get_mut(place) {
        *cell = Value::Null;
    }
}

/// The first cells of a row as one text to look it up by.
fn key(row: &[Value], from: usize, to: usize) -> String {
    Value::Array(row.get(from..to).unwrap_or_default().to_vec()).to_string()
}

fn of_trend(groups: usize, answer: &mut Answer, people: Option<&Answer>) -> usize {
    let first = 1 + groups;
    let own = people.is_none().then(|| answer.rows.clone());
    let rows = people.map(|people| &people.rows).or(own.as_ref());
    let counts: BTreeMap<String, &Vec<Value>> =
        rows.into_iter().flatten().map(|row| (key(row, 0, first), row)).collect();
    let mut large: BTreeSet<String> = BTreeSet::new();
    let mut small: BTreeSet<String> = BTreeSet::new();
    for row in &mut answer.rows {
        let counted = counts.get(&key(row, 0, first));
        let mut is_large = false;
        for place in first..row.len() {
            // Events of nobody rest on nobody; what is not counted at all may rest on anybody.
            let shown = match counted {
                Some(counted) => {
                    let count = number(counted, place);
                    is_large |= count >= PEOPLE_MIN;
                    count == 0 || count >= PEOPLE_MIN
                }
                None => false,
            };
            if !shown {
                hide(row, place);
            }
        }
        let group = key(row, 1, first);
        if is_large {
            large.insert(group)
        } else {
            small.insert(group)
        };
    }
    if groups == 0 {
        return 0;
    }
    answer.rows.retain(|row| large.contains(&key(row, 1, first)));
    small.difference(&large).count()
}

fn of_funnel(groups: usize, answer: &mut Answer) -> usize {
    let mut most: BTreeMap<String, u64> = BTreeMap::new();
    for row in &answer.rows {
        let of_group = most.entry(key(row, 0, groups)).or_default();
        *of_group = (*of_group).max(number(row, groups + 1));
    }
    let small = |row: &[Value]| most.get(&key(row, 0, groups)).is_none_or(|most| *most < PEOPLE_MIN);
    let mut gone = 0;
    if groups > 0 {
        gone = most.values().filter(|most| **most < PEOPLE_MIN).count();
        answer.rows.retain(|row| !small(row));
    }
    of_rows(answer, groups + 1, &[groups + 2]);
    gone
}

/// A row says itself of how many people its sessions are.
fn of_sessions(groups: usize, answer: &mut Answer) -> usize {
    let (first, people) = (1 + groups, 2 + groups);
    let mut most: BTreeMap<String, u64> = BTreeMap::new();
    for row in &answer.rows {
        let of_group = most.entry(key(row, 1, first)).or_default();
        *of_group = (*of_group).max(number(row, people));
    }
    let beside: Vec<usize> = (first..answer.columns.len()).filter(|place| *place != people).collect();
    of_rows(answer, people, &beside);
    if groups == 0 {
        return 0;
    }
    answer.rows.retain(|row| most.get(&key(row, 1, first)).is_some_and(|most| *most >= PEOPLE_MIN));
    most.values().filter(|most| **most < PEOPLE_MIN).count()
}

/// Hides counts of one to four people, and beside them what was worked out of so few.
fn of_rows(answer: &mut Answer, people: usize, beside: &[usize]) -> usize {
    for row in &mut answer.rows {
        if (1..PEOPLE_MIN).contains(&number(row, people)) {
            hide(row, people);
            beside.iter().for_each(|place| hide(row, *place));
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use question::{Column, ColumnType, Stats};
    use serde_json::json;

    fn question(kind: &Value) -> Question {
        Question::from_value(kind).unwrap()
    }

    fn answer(columns: usize, rows: Vec<Vec<Value>>) -> Answer {
        let columns = (0..columns).map(|place| Column::new(place.to_string(), ColumnType::Value)).collect();
        Answer { columns, rows, stats: Stats::default() }
    }

    fn trend(by: &Value) -> Question {
        question(
            &json!({ "kind": "trend", "events": [{ "event": "Paid", "measure": "sum", "property": "total" }],
            "range": { "from": "2026-01-01", "to": "2026-01-02" }, "by": by }),
        )
    }

    #[test]
    fn groups_of_few_are_counted_and_not_shown() {
        let asked = trend(&json!(["country"]));
        let row = |day: &str, country: &str, value: Value| vec![json!(day), json!(country), value];
        let sums = answer(
            3,
            vec![
                row("1", "DE", json!(100)),
                row("2", "DE", json!(20)),
                row("1", "LI", json!(7)),
                row("2", "XX", json!(9)),
            ],
        );
        let people = answer(
            3,
            vec![
                row("1", "DE", json!(5)),
                row("2", "DE", json!(4)),
                row("1", "LI", json!(4)),
                row("2", "XX", json!(0)),
            ],
        );
        let left = kept(&asked, &sums, Some(&people));
        assert_eq!(left.rows, [row("1", "DE", json!(100)), row("2", "DE", Value::Null)]);
        assert_eq!(left.stats.other_groups, 2);
        // Where nobody counted, nothing is shown.
        assert!(kept(&asked, &sums, Some(&answer(3, vec![]))).rows.is_empty());
    }

    #[test]
    fn every_kind_hides_what_rests_on_few() {
        let range = json!({ "from": "2026-01-01", "to": "2026-01-02" });
        let steps = json!([{ "event": "a" }, { "event": "b" }]);
        let funnel = question(&json!({ "kind": "funnel", "steps": steps, "within": "1d", "range": range }));
        let rows = vec![vec![json!("a"), json!(9), Value::Null], vec![json!("b"), json!(2), json!(31.0)]];
        assert_eq!(kept(&funnel, &answer(3, rows), None).rows[1], [json!("b"), Value::Null, Value::Null]);
        let flow = question(&json!({ "kind": "flow", "start": { "event": "a" }, "range": range }));
        let rows = vec![vec![json!("a"), json!(4), json!(40)], vec![json!("b"), json!(5), json!(5)]];
        let left = kept(&flow, &answer(3, rows), None);
        assert_eq!((left.rows.len(), left.stats.other_groups), (1, 1));
        let people = question(&json!({ "kind": "people", "who": { "did": { "event": "a" } } }));
        assert_eq!(kept(&people, &answer(1, vec![vec![json!(1)]]), None).rows, [[Value::Null]]);
        assert_eq!(kept(&people, &answer(1, vec![vec![json!(0)]]), None).rows, [[json!(0)]]);
        let back = question(
            &json!({ "kind": "retention", "start": { "event": "a" }, "return": { "event": "a" }, "range": range }),
        );
        let rows = vec![
            vec![json!("t"), json!(0), json!(10), json!(1.0)],
            vec![json!("t"), json!(1), json!(3), json!(0.3)],
        ];
        let left = kept(&back, &answer(4, rows), None);
        assert_eq!(left.rows[1], [json!("t"), json!(1), Value::Null, Value::Null]);
        let sessions = question(&json!({ "kind": "sessions", "by": ["browser"], "range": range }));
        let row = |browser: &str, people: u64| {
            vec![json!("t"), json!(browser), json!(12), json!(people), json!(1.5), json!(60.0), json!(3)]
        };
        let mut few = row("Firefox", 4);
        few[0] = json!("u");
        let rows = vec![row("Firefox", 9), few, row("Lynx", 1)];
        let left = kept(&sessions, &answer(7, rows), None);
        assert_eq!((left.rows.len(), left.stats.other_groups), (2, 1));
        assert_eq!(left.rows[0], row("Firefox", 9));
        assert!(left.rows[1][2..].iter().all(Value::is_null));
    }

    #[test]
    fn what_is_worked_out_is_worked_out_of_what_is_shown() {
        let mut document = serde_json::to_value(trend(&json!([]))).unwrap();
        document["compare"] = json!("previous");
        document["show"] = json!("cumulative");
        document["formulas"] = json!([{ "name": "Twice", "formula": "A * 2" }]);
        let asked = question(&document);
        let plain = bare(&asked).unwrap();
        assert_eq!(bare(&plain), None);
        // The period before stands in both, so that each number has its people.
        let Some(Question::Trend(of)) = companion(&plain) else { panic!("people are asked for") };
        assert!(of.compare.is_some() && of.is_bare());
        let row = |day: u64, now: u64, before: u64| vec![json!(day), json!(now), json!(before)];
        let sums = answer(3, vec![row(1, 100, 10), row(2, 50, 20), row(3, 7, 30)]);
        let people = answer(3, vec![row(1, 9, 9), row(2, 2, 8), row(3, 6, 7)]);
        let left = kept(&plain, &sums, Some(&people));
        let Question::Trend(trend) = &asked else { panic!("a trend") };
        let shown = question::shape::shaped(trend, left);
        let cells: Vec<Value> = shown.rows.iter().map(|row| json!(row[1..])).collect();
        assert_eq!(json!(cells), json!([[100, 200, 10, 20], [null, null, 30, 60], [null, null, 60, 120]]));
    }

    proptest! {
        #[test]
        fn no_number_of_a_trend_rests_on_few(cells in prop::collection::vec((0..4_u8, 0..6_u8, 0..9_u64), 0..40)) {
            let mut seen = BTreeSet::new();
            let cells: Vec<_> = cells.into_iter().filter(|(day, group, _)| seen.insert((*day, *group))).collect();
            let rows = |value: &dyn Fn(u64) -> u64| cells.iter().map(|(day, group, count)| {
                vec![json!(day), json!(group), json!(value(*count))]
            }).collect::<Vec<_>>();
            let left = kept(&trend(&json!(["x"])), &answer(3, rows(&|count| count * 10)), Some(&answer(3, rows(&|count| count))));
            for row in &left.rows {
                let shown = row[2].as_u64();
                prop_assert!(shown.is_none_or(|value| value == 0 || value >= 10 * PEOPLE_MIN));
                let group = cells.iter().filter(|(_, group, _)| json!(group) == row[1]);
                prop_assert!(group.map(|(_, _, count)| *count).max().unwrap_or(0) >= PEOPLE_MIN);
            }
        }
    }
}
