//! `holdfast catalogue`: which events and properties a running server has to ask about.

use serde_json::Value;

use super::query::columns;
use super::segments::{Place, told};
use crate::cli::Asked;
use crate::outcome::Outcome;

pub(super) fn run(asked: &Asked) -> Outcome {
    let catalogue = Place::of(asked, "catalogue")?.get("")?;
    told(asked, &catalogue, || format!("{}\n{}", events(&catalogue), properties(&catalogue)))
}

fn events(catalogue: &Value) -> String {
    let row =
        |of: &Value| vec![of["name"].clone(), of["count"].clone(), of["first"].clone(), of["last"].clone()];
    columns(
        &["event", "count", "first", "last"],
        &items(catalogue, "events").iter().map(row).collect::<Vec<_>>(),
    )
}

fn properties(catalogue: &Value) -> String {
    let row =
        |of: &Value| vec![of["name"].clone(), of["count"].clone(), types(of).into(), carriers(of).into()];
    let rows: Vec<Vec<Value>> = items(catalogue, "properties").iter().map(row).collect();
    columns(&["property", "values", "types", "events"], &rows)
}

fn items<'v>(catalogue: &'v Value, name: &str) -> &'v [Value] {
    catalogue[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn types(of: &Value) -> String {
    let types = of["types"].as_object().into_iter().flatten();
    types
        .filter(|(_, count)| count.as_u64() > Some(0))
        .map(|(name, _)| name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn carriers(of: &Value) -> String {
    let names: Vec<&str> = items(of, "events").iter().filter_map(|event| event["event"].as_str()).collect();
    match names.as_slice() {
        [] if of["context"] == true => "any (context)".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_catalogue_is_told_in_columns() {
        let event = |name: &str| json!({ "event": name, "count": 1 });
        let property = |events: &[&str], context: bool| {
            json!({ "name": "plan", "count": 3, "context": context,
            "types": { "texts": 2, "integers": 1, "lists": 0 }, "events": events.iter().map(|name| event(name)).collect::<Vec<_>>() })
        };
        let catalogue = json!({ "events": [{ "name": "A", "count": 12, "first": "f", "last": "l" }],
            "properties": [property(&["A", "B"], false), property(&["A", "B", "C", "D", "E"], false), property(&[], true)] });
        assert_eq!(
            events(&catalogue),
            "event  count  first  last\n-----  -----  -----  ----\nA         12  f      l\n"
        );
        let told = properties(&catalogue);
        let lines: Vec<&str> = told.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "plan           3  texts, integers  A, B",
                "plan           3  texts, integers  A, B, C and 2 more",
                "plan           3  texts, integers  any (context)"
            ]
        );
    }
}
