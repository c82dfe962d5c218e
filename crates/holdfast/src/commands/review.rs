//! `holdfast review`: who could see what in a workspace, who used it, and what has lapsed because nobody did.

use serde_json::Value;

use super::query::Api;
use crate::cli::Review;
use crate::outcome::Outcome;

pub(super) fn run(arguments: &Review) -> Outcome {
    let api = Api::new(&arguments.server)?;
    let workspace = api.workspace(arguments.server.workspace.as_deref())?;
    let document = api.call("GET", &format!("/api/v1/workspaces/{workspace}/review"), None)?;
    if arguments.json {
        return super::print_json(&document);
    }
    super::print(&table(&document))
}

fn table(document: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("never").chars().take(16).collect::<String>();
    let items = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let mut out = String::from("state    since             last used         could  what\n");
    for (list, name) in [("members", "role"), ("tokens", "name")] {
        for item in items(list) {
            out.push_str(&format!(
                "{:<8} {:<17} {:<17} {:>5}  {} {}\n",
                text(&item["state"]),
                text(if list == "members" { &item["since"] } else { &item["created_at"] }),
                text(&item["last_used_at"]),
                item["could"].as_array().map_or(0, Vec::len),
                item[name].as_str().unwrap_or_default(),
                item["id"].as_str().unwrap_or_default(),
            ));
        }
    }
    for key in items("write_keys") {
        out.push_str(&format!(
            "{:<8} {:<17} {:<17} {:>5}  write key of {}\n",
            if key["disabled"] == true { "disabled" } else { "open" },
            text(&key["created_at"]),
            text(&key["last_event_at"]),
            "-",
            key["name"].as_str().unwrap_or_default(),
        ));
    }
    out
}
