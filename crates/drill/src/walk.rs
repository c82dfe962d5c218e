//! Every route of the console door, as `holdfast routes --json` has them, called by somebody.

use serde_json::{Value, json};
use testkit::{Client, Server};

/// A row of the table.
pub struct Route {
    /// At which door it is.
    pub door: String,
    pub method: String,
    pub path: String,
    pub action: String,
    /// Further rights that it asks for.
    pub also: Vec<String>,
    pub scope: String,
    /// What a token needs for it, where one is enough.
    pub token_scope: Option<String>,
    pub step_up: bool,
    /// Whether it changes something and takes no power away: what read-only mode refuses.
    pub loosens: bool,
}

/// What a route answered.
pub struct Answer {
    pub route: String,
    pub status: u16,
    pub text: String,
}

/// The routes of the console door that are not for anybody: R.
pub fn routes(server: &Server) -> Vec<Route> {
    let of_somebody = |route: &Route| route.door == "console" && route.scope != "anyone";
    table(server).into_iter().filter(of_somebody).collect()
}

/// Every route of every door, the host's own among them.
pub fn table(server: &Server) -> Vec<Route> {
    let (code, out, errors) = server.command(&["routes", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let rows: Vec<Value> = serde_json::from_str(&out).expect("the table");
    let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    rows.iter()
        .map(|row| Route {
            door: text(row, "door"),
            method: text(row, "method"),
            path: text(row, "path"),
            action: text(row, "action"),
            also: row["also"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            token_scope: row["token_scope"].as_str().map(str::to_owned),
            scope: text(row, "scope"),
            step_up: row["step_up"] == true,
            loosens: row["changing"] == true && row["tightening"] == false,
        })
        .collect()
}

impl Route {
    /// Its method and path, as the table has them.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Its address in a workspace, about a person who is there and other things that are not.
    pub fn at(&self, workspace: &str, person: &str) -> String {
        self.about(&[("{w}", workspace), ("{person}", person)])
    }

    /// Its address about what is known; about nothing where it is not.
    pub fn about(&self, known: &[(&str, &str)]) -> String {
        let part = |part: &str| match known.iter().find(|(name, _)| *name == part) {
            Some((_, id)) => (*id).to_owned(),
            None if part.starts_with('{') => "nothing".to_owned(),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// Whether it is a workspace's, in the API, and comes to an end.
    pub fn is_asked_of_members(&self) -> bool {
        self.scope == "workspace" && self.path.starts_with("/api/") && !self.ends_or_never_ends()
    }

    fn ends_or_never_ends(&self) -> bool {
        let own = ["/api/v1/session", "/api/v1/sessions", "/sign-out"].contains(&self.path.as_str());
        (own && self.method != "GET") || self.path.ends_with("/stream") || self.path.ends_with("/end-others")
    }
}

/// Calls all of them. Whoever is signed in does not sign themselves out on the way, and waits for no stream.
pub fn walk(
    client: &mut Client,
    routes: &[Route],
    (workspace, person): (&str, &str),
    is_signed_in: bool,
) -> Vec<Answer> {
    let called = routes.iter().filter(|route| !(is_signed_in && route.ends_or_never_ends()));
    called
        .map(|route| {
            let body = (route.method != "GET").then(|| json!({}));
            let reply = client.send(&route.method, &route.at(workspace, person), body.as_ref(), &[]);
            Answer { route: route.name(), status: reply.status, text: reply.text }
        })
        .collect()
}

/// Reads all that can be read about what is known. What would wait for a stream is left out.
pub fn read(client: &mut Client, routes: &[Route], known: &[(&str, &str)]) -> Vec<Answer> {
    let read = routes.iter().filter(|route| route.method == "GET" && !route.ends_or_never_ends());
    read.map(|route| {
        let reply = client.get(&route.about(known));
        Answer { route: route.name(), status: reply.status, text: reply.text }
    })
    .collect()
}

/// The answers that are not refusals. A page sends people to sign in (303) instead of a bare refusal.
pub fn answered(answers: &[Answer]) -> Vec<&Answer> {
    answers.iter().filter(|answer| !matches!(answer.status, 303 | 401 | 403 | 404)).collect()
}
