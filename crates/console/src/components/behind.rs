//! Numbers that lead to the people behind them, for whoever may list people.

use jiff::Timestamp;
use maud::{Markup, html};
use model::WorkspaceId;
use serde_json::{Value, json};

use super::{number, table};
use crate::charts::trend::group_word;
use crate::paths;

/// The form's id on a page: one question's numbers stand on it at most.
const FORM: &str = "behind";
/// The most rows of a trend whose numbers lead to people on its page; the API leads from each.
const POINTS_MAX: usize = 500;

/// Where the people behind the numbers of an answer are listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Behind {
    /// The address of the list.
    pub list: String,
    /// The question.
    pub question: Value,
}

impl Behind {
    /// For the numbers of the answer to `question`.
    pub fn new(workspace: WorkspaceId, question: Value) -> Self {
        Self { list: paths::questions_behind(workspace), question }
    }
}

/// The form whose buttons the numbers are: the question stands on the page once, and each number says its place alone.
pub fn form(behind: Option<&Behind>) -> Markup {
    html! {
        @if let Some(Behind { list, question }) = behind {
            form id=(FORM) method="get" action=(list) { input type="hidden" name="question" value=(question); }
            p.soft.small { "A number leads to its people: masked, counted, and entered in the ledger." }
        }
    }
}

/// A count that leads to its people; a plain number where there is nobody, or nobody may be listed.
pub fn counted(behind: Option<&Behind>, count: u64, of: impl FnOnce() -> Value) -> Markup {
    lead(behind.filter(|_| count > 0), &number::whole(count), of)
}

/// The text of a number that leads to its people, if there is anywhere to lead.
fn lead(behind: Option<&Behind>, text: &str, of: impl FnOnce() -> Value) -> Markup {
    html! {
        @if behind.is_some() { button.link form=(FORM) name="of" value=(of()) { (text) } } @else { (text) }
    }
}

/// A trend's numbers as they came, which lead to whoever did each.
pub struct Points {
    /// Where they lead.
    pub behind: Behind,
    /// The rows: `time`, the groups, one number for each event.
    pub rows: Vec<Vec<Value>>,
    /// How many groups.
    pub by: usize,
    /// The events' names, as columns are called.
    pub events: Vec<String>,
}

/// The table of a trend's numbers that are not nothing, each of which leads to its people; `word` tells an interval.
pub fn points(points: &Points, word: impl Fn(Timestamp) -> String) -> Markup {
    let Points { behind, rows, by, events } = points;
    let mut columns = vec![table::words("From")];
    columns.extend((*by > 0).then(|| table::words("Group")));
    columns.extend(events.iter().map(|event| table::numbers(event)));
    let numbers = |row: &[Value]| row.get(1 + by..).unwrap_or_default().to_vec();
    let is_there = |number: &Value| number.as_f64().is_some_and(|number| number != 0.0);
    let at = |row: &[Value]| row.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
    let told = rows.iter().filter(|row| numbers(row).iter().take(events.len()).any(is_there));
    let (shown, all) = (told.clone().take(POINTS_MAX), told.count());
    html! {
        div.panel.flush {
            (table::tall("People behind the numbers", &columns, &html! {
                @for row in shown {
                    @let group = row.get(1..1 + by).unwrap_or_default();
                    tr {
                        th.nw scope="row" { (at(row).map_or_else(String::new, &word)) }
                        @if *by > 0 { td { (group.iter().map(group_word).collect::<Vec<_>>().join(" · ")) } }
                        @for (event, number) in numbers(row).iter().take(events.len()).enumerate() {
                            td.n {
                                @let text = number.as_f64().map_or("–".to_owned(), number::plain);
                                (lead(Some(behind).filter(|_| is_there(number)), &text, || json!({ "time": row.first(), "event": event, "group": group })))
                            }
                        }
                    }
                }
            }))
            @if all > POINTS_MAX { p.soft.small { "The first " (POINTS_MAX) " of " (all) " rows." } }
        }
        (form(Some(behind)))
    }
}
