//! `holdfast routes`: every route of every door with its policy.

use policy::Scope;
use serde_json::{Value, json};

use crate::cli::Routes;
use crate::outcome::Outcome;

pub(super) fn run(arguments: &Routes) -> Outcome {
    let rows: Vec<Value> = crate::server::doors::table().iter().map(row).collect();
    if arguments.json {
        return super::print_json(&rows);
    }
    let mut lines = String::new();
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap_or("").to_owned();
        let (door, method, path) = (text("door"), text("method"), text("path"));
        lines.push_str(&format!(
            "{door:<8} {method:<7} {path:<58} {:<24} {}\n",
            text("action"),
            text("policy")
        ));
    }
    super::print(&lines)
}

fn row(route: &door::RouteInfo) -> Value {
    let action = route.action;
    let mut policy = format!("may {}", action.words);
    if action.step_up {
        policy.push_str("; with a fresh touch");
    }
    if let Some(scope) = action.token_scope {
        policy.push_str("; or a token for ");
        policy.push_str(scope);
    }
    for also in &route.also {
        policy.push_str("; who also may ");
        policy.push_str(also.words);
    }
    json!({
        "door": route.door,
        "method": route.method.as_str(),
        "path": route.path,
        "action": action.name,
        "also": route.also.iter().map(|action| action.name).collect::<Vec<_>>(),
        "policy": policy,
        "scope": match action.scope {
            Scope::Workspace => "workspace",
            Scope::Installation => "installation",
            Scope::Anyone => "anyone",
        },
        "changing": action.changing,
        "tightening": action.tightening,
        "step_up": action.step_up,
        "token_scope": action.token_scope,
        "even": route.even,
    })
}
