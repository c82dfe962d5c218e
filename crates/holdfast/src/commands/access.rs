//! `holdfast access`: the rules in words, who may do what by them, and what changed between two days.

use std::collections::{BTreeMap, BTreeSet};

use guard::access::{Access as Matrix, Holder, Open};
use serde_json::Value;

use super::incident::encoded;
use super::query::Api;
use crate::cli::{Access, Server};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Access) -> Outcome {
    match command {
        Access::Rules { full } => rules(*full),
        Access::Show { server, at, json } => {
            let (document, matrix) = fetched(server, at.as_deref())?;
            if *json { super::print_json(&document) } else { super::print(&shown(&document, &matrix)) }
        }
        Access::Diff { server, from, to } => {
            let (old_document, old) = fetched(server, Some(from))?;
            let (new_document, new) = fetched(server, to.as_deref())?;
            let said = differences(&old, &new);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            super::print(&format!("from {} to {}\n", text(&old_document["at"]), text(&new_document["at"])))?;
            if said.is_empty() {
                return super::print("nothing changed\n");
            }
            super::print(&format!("{}\n", said.join("\n")))?;
            Err(Failure::failed(format!("{} differences", said.len())))
        }
    }
}

fn rules(full: bool) -> Outcome {
    let broken = |error: policy::PolicyError| Failure::failed(error.to_string());
    let policies = policy::Policies::shared().map_err(broken)?;
    if full {
        return super::print(&format!("{}\n{}", policies.text(), policies.schema()));
    }
    let mut text = String::from("Never, and proved for every request there could be:\n");
    for law in policy::laws::laws().map_err(broken)? {
        text.push_str(&format!("  {}\n    ({})\n", law.says, law.id));
    }
    super::print(&format!("{text}\n{}", policies.matrix()))
}

fn fetched(server: &Server, at: Option<&str>) -> Outcome<(Value, Matrix)> {
    let api = Api::new(server)?;
    let workspace = api.workspace(server.workspace.as_deref())?;
    let query = at.map(|at| format!("?at={}", encoded(at))).unwrap_or_default();
    let document = api.call("GET", &format!("/api/v1/workspaces/{workspace}/access{query}"), None)?;
    let matrix: Matrix = serde_json::from_value(document.clone())
        .map_err(|_| Failure::failed("the server's answer does not say who may do what"))?;
    if document["digest"] != matrix.digest().as_str() {
        return Err(Failure::failed("the answer is not what its digest says"));
    }
    Ok((document, matrix))
}

fn shown(document: &Value, matrix: &Matrix) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = format!("at {}  digest {}\n", text(&document["at"]), text(&document["digest"]));
    for holder in &matrix.holders {
        out.push_str(&format!("{:<34} {}\n", holder.who, holder.holding()));
    }
    for (holding, open) in &matrix.may {
        out.push_str(&format!("\n{holding}\n  may: {}\n", open.yes.join(" ")));
        if !open.touch.is_empty() {
            out.push_str(&format!("  with a touch: {}\n", open.touch.join(" ")));
        }
    }
    out
}

/// One line for each difference: who came, who went, who holds something else, and what is open by it.
fn differences(old: &Matrix, new: &Matrix) -> Vec<String> {
    let by_id = |matrix: &Matrix| -> BTreeMap<String, Holder> {
        matrix.holders.iter().map(|holder| (holder.who.clone(), holder.clone())).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let mut said = Vec::new();
    if old.policies != new.policies {
        said.push("the policies are others".to_owned());
    }
    for who in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(who), after.get(who)) {
            (Some(was), None) => said.push(format!("- {who} held {}", was.holding())),
            (None, Some(is)) => said.push(format!("+ {who} holds {}", is.holding())),
            (Some(was), Some(is)) if was.holding() != is.holding() => {
                said.push(format!("! {who} held {}, holds {}", was.holding(), is.holding()));
            }
            _ => {}
        }
    }
    for (holding, is) in &new.may {
        let Some(was) = old.may.get(holding) else { continue };
        for (mark, one, other) in [("-", was, is), ("+", is, was)] {
            let gone: Vec<_> = named(one).difference(&named(other)).cloned().collect();
            if !gone.is_empty() {
                said.push(format!("{mark} {holding}: {}", gone.join(", ")));
            }
        }
    }
    said
}

fn named(open: &Open) -> BTreeSet<String> {
    let touched = open.touch.iter().map(|name| format!("{name} with a touch"));
    open.yes.iter().cloned().chain(touched).collect()
}
