//! `holdfast segments …` and `holdfast traits …`: audiences and computed traits of a running server.

use serde_json::{Value, json};

use super::query::{Api, columns, read};
use crate::cli::{Asked, SegmentsCommand, TraitsCommand};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &SegmentsCommand) -> Outcome {
    match command {
        SegmentsCommand::List(asked) => {
            let listed = Place::of(asked, "segments")?.get("")?;
            told(asked, &listed, || all(&listed, "segment"))
        }
        SegmentsCommand::Show { segment, asked } => {
            let shown = Place::of(asked, "segments")?.get(&format!("/{}", in_path(segment)))?;
            told(asked, &shown, || one(&shown, "id"))
        }
        SegmentsCommand::Size { file, asked } => {
            let document = read(file)?;
            // A whole segment, or its condition alone.
            let who = document.get("who").unwrap_or(&document);
            let size = Place::of(asked, "segments")?.post("/size", &json!({ "who": who }))?;
            told(asked, &size, || format!("{} people: whoever {}\n", size["people"], text(&size["words"])))
        }
        SegmentsCommand::Create { file, asked } => {
            let made = Place::of(asked, "segments")?.post("", &read(file)?)?;
            told(asked, &made, || one(&made, "id"))
        }
        SegmentsCommand::Why { segment, person, asked } => {
            let rest = format!("/{}/people/{}", in_path(segment), in_path(person));
            let why = Place::of(asked, "segments")?.get(&rest)?;
            told(asked, &why, || reasons(&why))
        }
    }
}

pub(super) fn run_traits(command: &TraitsCommand) -> Outcome {
    match command {
        TraitsCommand::List(asked) => {
            let listed = Place::of(asked, "computed-traits")?.get("")?;
            told(asked, &listed, || all(&listed, "trait"))
        }
        TraitsCommand::Show { name, asked } => {
            let shown = Place::of(asked, "computed-traits")?.get(&format!("/{}", in_path(name)))?;
            told(asked, &shown, || one(&shown, "name"))
        }
        TraitsCommand::Create { file, asked } => {
            let made = Place::of(asked, "computed-traits")?.post("", &read(file)?)?;
            told(asked, &made, || one(&made, "name"))
        }
    }
}

/// A collection of the workspace, or another document of it.
pub(super) struct Place {
    api: Api,
    path: String,
}

impl Place {
    pub(super) fn of(asked: &Asked, what: &str) -> Outcome<Self> {
        let api = Api::new(&asked.server)?;
        let workspace = api.workspace(asked.server.workspace.as_deref())?;
        Ok(Self { api, path: format!("/api/v1/workspaces/{workspace}/{what}") })
    }

    pub(super) fn get(&self, rest: &str) -> Outcome<Value> {
        self.api.call("GET", &format!("{}{rest}", self.path), None)
    }

    pub(super) fn post(&self, rest: &str, body: &Value) -> Outcome<Value> {
        if !body.is_object() {
            return Err(Failure::invalid("the file is no JSON object"));
        }
        self.api.call("POST", &format!("{}{rest}", self.path), Some(body))
    }
}

/// Prints it as it was asked for.
pub(super) fn told(asked: &Asked, document: &Value, words: impl Fn() -> String) -> Outcome {
    if asked.json { super::print_json(document) } else { super::print(&words()) }
}

/// A name as it stands in a path.
pub(super) fn in_path(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let part = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    name.bytes().map(part).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn state(of: &Value) -> String {
    match text(&of["state"]) {
        "filling" => format!("filling, {} %", of["percent"]),
        "too_many" => "too many people".to_owned(),
        _ => "up to date".to_owned(),
    }
}

fn all(listed: &Value, what: &str) -> String {
    let items = listed["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row =
        |of: &Value| vec![of["name"].clone(), of["people"].clone(), state(of).into(), of["words"].clone()];
    columns(&[what, "people", "state", "what it says"], &items.iter().map(row).collect::<Vec<_>>())
}

fn one(of: &Value, id: &str) -> String {
    format!(
        "{} ({}), version {}\n{}\n{} people, {}\n",
        text(&of["name"]),
        text(&of[id]),
        of["version"],
        text(&of["words"]),
        of["people"],
        state(of)
    )
}

fn reasons(why: &Value) -> String {
    let mut out = format!("{} is {}", text(&why["person"]), if why["is_in"] == true { "in" } else { "out" });
    if let (Some(since), Some(reason)) = (why["since"].as_str(), why["reason"].as_str()) {
        out.push_str(&format!(" since {since} ({reason})"));
    }
    out.push('\n');
    for part in why["parts"].as_array().into_iter().flatten() {
        let depth = usize::try_from(part["depth"].as_u64().unwrap_or_default()).unwrap_or_default();
        let met = if part["met"] == true { "yes" } else { "no " };
        let counted = part["counted"].as_u64().map(|count| format!(" (counted {count})")).unwrap_or_default();
        out.push_str(&format!("{met}  {}{}{counted}\n", "  ".repeat(depth), text(&part["words"])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_paths() {
        assert_eq!(in_path("Regular customers/ä"), "Regular%20customers%2F%C3%A4");
        assert_eq!(in_path("seg_01-x.y~z"), "seg_01-x.y~z");
    }

    #[test]
    fn why_is_told_part_by_part() {
        let why = json!({ "person": "p_1", "is_in": true, "since": "2026-01-01T00:00:00Z", "reason": "traits",
            "parts": [{ "depth": 0, "words": "all of these", "met": true },
                { "depth": 1, "words": "did A ever", "met": false, "counted": 0 }] });
        let told = "p_1 is in since 2026-01-01T00:00:00Z (traits)\nyes  all of these\nno     did A ever (counted 0)\n";
        assert_eq!(reasons(&why), told);
    }
}
