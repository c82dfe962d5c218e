//! The people behind the numbers of an answer: as many as each number says, whatever the place.

use insight::Insight;
use question::{Answer, Place, Question};
use serde_json::{Value, json};

use super::WORKSPACE;

/// How many numbers of one answer are looked behind, half of them of somebody where there are as many.
const NUMBERS_MAX: usize = 16;

/// Looks behind some numbers of an answer.
pub fn check(insight: &Insight, question: &Question, document: &Value, answer: &Answer) {
    let (some, none): (Vec<_>, Vec<_>) =
        numbers(document, answer).into_iter().partition(|(_, people)| *people > 0);
    for numbers in [some, none] {
        let stride = (2 * numbers.len() / NUMBERS_MAX).max(1);
        for (of, people) in numbers.iter().step_by(stride) {
            let place =
                Place::read(question, of).unwrap_or_else(|error| panic!("{error}: {of} of {document}"));
            let crowd = insight.behind(WORKSPACE, question, &place).expect("is told");
            assert_eq!(crowd.people(), *people, "{of} of {document}");
            assert_eq!(crowd.page(None, usize::MAX).len() as u64, *people);
        }
    }
}

/// The places of an answer that count people, each with its number.
fn numbers(document: &Value, answer: &Answer) -> Vec<(Value, u64)> {
    let by = document["by"].as_array().map_or(0, Vec::len);
    let people = |row: &[Value], place: usize| row[place].as_u64().expect("a number of people");
    let mut numbers = Vec::new();
    match document["kind"].as_str() {
        // A running total or a mean counts nobody in one interval.
        Some("trend") if document["show"].is_null() && document["rolling"].is_null() => {
            for row in &answer.rows {
                for (event, asked) in document["events"].as_array().into_iter().flatten().enumerate() {
                    if asked["measure"] == "people" {
                        let of = json!({ "time": row[0], "event": event, "group": row[1..=by] });
                        numbers.push((of, people(row, 1 + by + event)));
                    }
                }
            }
        }
        Some("funnel") if document["select"] != "times" => {
            let mut before = 0;
            for row in &answer.rows {
                let (step, reached) = (people(row, by), people(row, by + 1));
                let of = |reached: bool| json!({ "step": step, "reached": reached, "group": row[..by] });
                numbers.push((of(true), reached));
                if step > 1 {
                    numbers.push((of(false), before - reached));
                }
                before = reached;
            }
        }
        Some("retention") => {
            let cell = |row: &Vec<Value>| (json!({ "start": row[0], "offset": row[1] }), people(row, 2));
            numbers.extend(answer.rows.iter().map(cell));
        }
        Some("flow") => {
            for row in &answer.rows {
                let (path, counts) = row.split_at(row.len() - 2);
                numbers.push((json!({ "path": path }), people(counts, 0)));
            }
        }
        Some("sessions") => {
            let of = |row: &Vec<Value>| json!({ "time": row[0], "group": row[1..=by] });
            numbers.extend(answer.rows.iter().map(|row| (of(row), people(row, by + 2))));
        }
        _ => {}
    }
    numbers
}
