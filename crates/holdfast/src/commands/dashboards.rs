//! `holdfast dashboards …`: dashboards of a running server, as tables and as files.

use question::Answer;
use serde_json::{Value, json};

use super::query::{Api, table};
use crate::cli::{Dashboards as Command, Server};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Command) -> Outcome {
    match command {
        Command::List(arguments) => list(&arguments.server, arguments.json),
        Command::Show(arguments) => show(&arguments.server, &arguments.dashboard, arguments.json),
        Command::Export(arguments) => export(&arguments.server, &arguments.dashboard, arguments.json),
    }
}

/// The API of a server, and the path of its dashboards.
fn reached(server: &Server) -> Outcome<(Api, String)> {
    let api = Api::new(server)?;
    let workspace = api.workspace(server.workspace.as_deref())?;
    Ok((api, format!("/api/v1/workspaces/{workspace}/dashboards")))
}

/// The path of one dashboard: the server takes a name, too.
fn one(path: &str, dashboard: &str) -> String {
    let mut encoded = String::new();
    for byte in dashboard.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{path}/{encoded}")
}

fn list(server: &Server, as_json: bool) -> Outcome {
    let (api, path) = reached(server)?;
    let document = api.call("GET", &path, None)?;
    if as_json {
        return super::print_json(&document);
    }
    let mut lines = String::new();
    for found in document["items"].as_array().into_iter().flatten() {
        let tiles = found["tiles"].as_array().map_or(0, Vec::len);
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        lines.push_str(&format!(
            "{}  version {}, {tiles} tiles  {}\n",
            text("id"),
            found["version"],
            text("name")
        ));
    }
    super::print(&lines)
}

fn show(server: &Server, dashboard: &str, as_json: bool) -> Outcome {
    let (api, path) = reached(server)?;
    let document = api.call("GET", &format!("{}/answers", one(&path, dashboard)), None)?;
    if as_json {
        return super::print_json(&document);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out =
        format!("{}, {} to {}\n", text(&document["name"]), text(&document["from"]), text(&document["to"]));
    for tile in document["tiles"].as_array().into_iter().flatten() {
        out.push_str(&format!("\n{}\n", text(&tile["title"])));
        if let Some(why) = tile["refused"].as_str() {
            out.push_str(&format!("not answered: {why}\n"));
            continue;
        }
        let answer: Answer = serde_json::from_value(tile["answer"].clone())
            .map_err(|_| Failure::failed("the server's answer is not one"))?;
        out.push_str(&table(&answer));
    }
    super::print(&out)
}

fn export(server: &Server, dashboard: &str, as_json: bool) -> Outcome {
    let (api, path) = reached(server)?;
    let found = api.call("GET", &one(&path, dashboard), None)?;
    let of = |name: &str| found[name].clone();
    let document = json!({
        "name": of("name"), "tiles": of("tiles"), "filters": of("filters"), "range": of("range"),
    });
    if as_json {
        return super::print_json(&document);
    }
    // For a file that people keep beside their code.
    let text = serde_json::to_string_pretty(&document).map_err(|error| Failure::failed(error.to_string()))?;
    super::print(&format!("{text}\n"))
}
