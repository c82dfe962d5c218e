//! `holdfast consent …`: what people of a running server agreed to.

use serde_json::{Value, json};

use super::query::columns;
use super::segments::{Place, in_path, told};
use crate::cli::ConsentCommand;
use crate::outcome::Outcome;

pub(super) fn run(command: &ConsentCommand) -> Outcome {
    match command {
        ConsentCommand::Show { person, asked } => {
            let shown = Place::of(asked, "people")?.get(&rest(person))?;
            told(asked, &shown, || table(&shown))
        }
        ConsentCommand::Enter { person, purpose, channel, state, reason, said_at, asked } => {
            let body = json!({
                "purpose": purpose, "channel": channel, "state": state, "reason": reason, "said_at": said_at,
            });
            let entered = Place::of(asked, "people")?.post(&rest(person), &body)?;
            told(asked, &entered, || {
                let how = if entered["done"] == true { "entered" } else { "entered; it counts in a moment" };
                format!("{how}\n")
            })
        }
    }
}

fn rest(person: &str) -> String {
    format!("/{}/consent", in_path(person))
}

/// A line for each thing that was said, what counts before what was said earlier.
fn table(shown: &Value) -> String {
    let mut rows = Vec::new();
    for of in shown["items"].as_array().into_iter().flatten() {
        let earlier = of["earlier"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (nth, said) in std::iter::once(of).chain(earlier).enumerate() {
            let first = |name: &str| if nth == 0 { of[name].clone() } else { json!("") };
            let since = said["since_ms"].as_i64().unwrap_or_default();
            let since = jiff::Timestamp::from_millisecond(since).map(|at| at.to_string()).unwrap_or_default();
            let from = if said["by"].is_null() { &said["source"] } else { &said["by"] };
            let reason = if said["reason"].is_null() { json!("") } else { said["reason"].clone() };
            rows.push(vec![
                first("purpose"),
                first("channel"),
                said["state"].clone(),
                since.into(),
                from.clone(),
                reason,
            ]);
        }
    }
    columns(&["purpose", "channel", "state", "since", "from", "reason"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_stands_below() {
        let shown = json!({ "items": [{ "purpose": "ads", "channel": "all", "state": "withdrawn", "since_ms": 1_000,
            "by": "mem_1", "reason": "a call", "earlier": [{ "state": "granted", "since_ms": 0, "source": "src_1" }] }] });
        let lines: Vec<String> =
            table(&shown).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert!(
            lines.contains(&"ads all withdrawn 1970-01-01T00:00:01Z mem_1 a call".to_owned()),
            "{lines:?}"
        );
        assert!(lines.contains(&"granted 1970-01-01T00:00:00Z src_1".to_owned()), "{lines:?}");
    }
}
