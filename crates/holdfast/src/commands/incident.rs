//! `holdfast incident scope`: what somebody saw and did in a workspace, exactly as the ledger has it.

use serde_json::Value;

use super::query::Api;
use crate::cli::{Incident, IncidentScope};
use crate::outcome::Outcome;

/// How many lines of each list the table has; the JSON has all.
const LINES_MAX: usize = 40;

pub(super) fn run(arguments: &Incident) -> Outcome {
    let Incident::Scope(wanted) = arguments;
    let api = Api::new(&wanted.server)?;
    let workspace = api.workspace(wanted.server.workspace.as_deref())?;
    let path = format!("/api/v1/workspaces/{workspace}/ledger/scope?{}", query(wanted));
    let text = api.text(&path)?;
    if wanted.json {
        return super::print(&format!("{text}\n"));
    }
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    super::print(&table(&document))
}

fn query(wanted: &IncidentScope) -> String {
    let before = wanted.before.map(|number| number.to_string());
    let pairs = [
        ("session", &wanted.session),
        ("principal", &wanted.principal),
        ("token", &wanted.token),
        ("address", &wanted.address),
        ("from", &wanted.from),
        ("to", &wanted.to),
        ("before", &before),
    ];
    let given = pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    given.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// Percent-encodes what is not unreserved (RFC 3986).
pub(super) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn table(document: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut out = format!(
        "{} entries of the ledger fit, from {} to {}\n",
        text(&document["entries"]),
        text(&document["first_at"]),
        text(&document["last_at"])
    );
    let lists = [
        ("principals", "of", "entries"),
        ("sessions", "of", "entries"),
        ("looks", "of", "entries"),
        ("acts", "of", "entries"),
        ("refused", "of", "entries"),
        ("people", "person", "looks"),
        ("fields", "field", "looks"),
    ];
    for (name, what, count) in lists {
        let items = document[name].as_array().map(Vec::as_slice).unwrap_or_default();
        out.push_str(&format!("\n{name}: {}\n", items.len()));
        for item in items.iter().take(LINES_MAX) {
            let masked = if item["as"] == "masked" { "  masked" } else { "" };
            out.push_str(&format!("  {:>6}  {}{masked}\n", text(&item[count]), text(&item[what])));
        }
        if items.len() > LINES_MAX {
            out.push_str(&format!("  … and {} more; --json has them all\n", items.len() - LINES_MAX));
        }
    }
    out.push_str(&format!("\nthe same again later: --before {}\n", text(&document["asked"]["before"])));
    out
}
