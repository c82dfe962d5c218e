//! Who may do what, as the server prints it, held against what its doors do; and what it says when one role changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::Client;

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Route, routes};

const ROLES: [&str; 5] = ["admin", "marketer", "analyst", "support", "viewer"];

/// Somebody who holds something in the workspace.
struct Holder {
    /// Their id in the printed matrix.
    id: String,
    /// What they hold, as the matrix has it.
    holding: String,
    client: Client,
    /// A program's token.
    token: Option<String>,
}

/// What the matrix says of one holding.
#[derive(Default)]
struct Said {
    yes: BTreeSet<String>,
    touch: BTreeSet<String>,
}

pub fn matrix(stage: &mut Stage, open: bool) -> Seen {
    let all: Vec<Route> =
        routes(&stage.server).into_iter().filter(|route| route.is_asked_of_members()).collect();
    let mut holders: Vec<Holder> = ROLES.iter().map(|role| member(stage, role)).collect();
    let scopes: BTreeSet<&str> = all.iter().filter_map(|route| route.token_scope.as_deref()).collect();
    holders.extend(scopes.iter().map(|scope| program(stage, scope)));
    let printed = stage.get("/access");
    if open {
        role(stage, &holders[4], "admin");
    }
    let said = said(&printed);
    let workspace = stage.server.installed.workspace.clone();
    let (mut asked, mut wrong) = (0, Vec::new());
    for holder in &mut holders {
        let said = &said[&holder.holding];
        for route in &all {
            let expected = said.of_route(route);
            // What is open and changes something without a touch is not done here for the sake of asking.
            if expected == "yes" && route.method != "GET" {
                continue;
            }
            asked += 1;
            let found = answer(&mut holder.client, route, &workspace);
            if found != expected {
                wrong.push(format!(
                    "{} at {} {}: said {expected}, was {found}",
                    holder.holding, route.method, route.path
                ));
            }
        }
    }
    let changes = told(stage, &holders, &printed, open);
    let held = wrong.is_empty() && changes == 1;
    Seen {
        tried: format!(
            "{} routes by {} who hold something, each against the printed matrix; then one role changed, and the difference printed",
            all.len(),
            holders.len()
        ),
        outcome: match wrong.first() {
            None => format!("every one of {asked} answers was what the matrix says"),
            Some(first) => format!("{} of {asked} answers were another, first {first}", wrong.len()),
        },
        figure: format!("{} of {asked} unexplained; {changes} difference told for 1 change", wrong.len()),
        held,
    }
}

fn member(stage: &mut Stage, role: &str) -> Holder {
    let before = held(&stage.get("/access"));
    let (client, _) = stage.joined(role);
    newest(stage, &before, (client, None))
}

fn program(stage: &mut Stage, scope: &str) -> Holder {
    let before = held(&stage.get("/access"));
    let body = json!({ "name": "matrix", "scopes": [scope], "expires_in_s": 3_600 });
    let made = stage.change("POST", "/tokens", &body).json;
    let token = made["token"].as_str().expect("a token").to_owned();
    newest(stage, &before, (stage.server.client().and_token(&token), Some(token)))
}

/// Whoever is in the matrix now and was not before.
fn newest(
    stage: &mut Stage,
    before: &BTreeMap<String, String>,
    (client, token): (Client, Option<String>),
) -> Holder {
    let after = held(&stage.get("/access"));
    let (id, holding) = after.into_iter().find(|(id, _)| !before.contains_key(id)).expect("somebody new");
    Holder { id, holding, client, token }
}

/// Ids and what each holds.
fn held(access: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let holding = |holder: &Value| {
        let holds: Vec<String> = holder["holds"].as_array().into_iter().flatten().map(text).collect();
        format!("{} {}", text(&holder["kind"]), holds.join(" "))
    };
    let holders = access["holders"].as_array().into_iter().flatten();
    holders.map(|holder| (text(&holder["who"]), holding(holder))).collect()
}

fn said(access: &Value) -> BTreeMap<String, Said> {
    let names = |of: &Value| -> BTreeSet<String> {
        of.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let may = access["may"].as_object().expect("what each may");
    may.iter()
        .map(|(holding, open)| {
            (holding.clone(), Said { yes: names(&open["yes"]), touch: names(&open["touch"]) })
        })
        .collect()
}

impl Said {
    /// Of all rights that a route asks for, what the least of them says.
    fn of_route(&self, route: &Route) -> &'static str {
        let all: Vec<&str> =
            std::iter::once(&route.action).chain(&route.also).map(|action| self.of(action)).collect();
        ["no", "touch"].into_iter().find(|least| all.contains(least)).unwrap_or("yes")
    }

    fn of(&self, action: &str) -> &'static str {
        match (self.yes.contains(action), self.touch.contains(action)) {
            (true, _) => "yes",
            (_, true) => "touch",
            _ => "no",
        }
    }
}

/// What the door says: whatever comes after the guard is a yes, be it that nothing of that name is there.
fn answer(client: &mut Client, route: &Route, workspace: &str) -> &'static str {
    let body = (route.method != "GET").then(|| json!({}));
    let reply = client.send(&route.method, &route.at(workspace, "nothing"), body.as_ref(), &[]);
    match (reply.status, reply.json["code"].as_str()) {
        (403, Some("step-up-required")) => "touch",
        (401 | 403, _) => "no",
        _ => "yes",
    }
}

/// How many differences `holdfast access diff` tells since the matrix was printed, after one role changed.
fn told(stage: &mut Stage, holders: &[Holder], printed: &Value, open: bool) -> usize {
    let viewer = &holders[4];
    if !open {
        role(stage, viewer, "analyst");
    }
    let reader = holders.iter().find(|holder| holder.holding == "token members:read").expect("a reader");
    let token = reader.token.as_deref().expect("a token");
    let environment = [("HOLDFAST_TOKEN", token), ("HOLDFAST_SERVER", &stage.server.console)];
    let from = printed["at"].as_str().expect("a time");
    let (_, out, errors) = stage.server.command_with(&["access", "diff", "--from", from], &environment);
    let lines: Vec<&str> = out.lines().filter(|line| !line.starts_with("from ")).collect();
    assert!(lines.iter().any(|line| line.contains(&viewer.id)), "{out}{errors}");
    lines.len()
}

fn role(stage: &mut Stage, of: &Holder, role: &str) {
    stage.change("PATCH", &format!("/members/{}", of.id), &json!({ "role": role }));
}
