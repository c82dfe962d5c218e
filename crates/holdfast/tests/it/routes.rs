//! Every route of the table, with every wrong caller: nothing answers with data.

use serde_json::{Value, json};
use testkit::Client;

use crate::support::House;

struct Row {
    method: String,
    path: String,
    scope: String,
    action: String,
    token_scope: Option<String>,
}

fn table(house: &House) -> Vec<Row> {
    let (code, out, errors) = house.server.command(&["routes", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert!(rows.len() > 60, "only {} routes", rows.len());
    for row in &rows {
        for field in ["door", "method", "path", "action", "policy"] {
            assert!(row[field].is_string(), "{field} is missing in {row}");
        }
    }
    rows.iter()
        .filter(|row| row["door"] == "console")
        .map(|row| Row {
            method: row["method"].as_str().unwrap().to_owned(),
            path: row["path"].as_str().unwrap().to_owned(),
            scope: row["scope"].as_str().unwrap().to_owned(),
            action: row["action"].as_str().unwrap().to_owned(),
            token_scope: row["token_scope"].as_str().map(str::to_owned),
        })
        .collect()
}

/// The path with the real workspace and ids of nothing.
fn filled(path: &str, workspace: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{w}" => workspace.to_owned(),
        part if part.starts_with('{') => "nothing".to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Calls every route that is not for anyone; `right` says which statuses a caller may get.
fn walk(house: &House, who: &str, caller: &mut Client, right: impl Fn(&Row, u16) -> bool) {
    let mut wrong = Vec::new();
    for row in table(house) {
        // Ending the caller's own sessions would end the walk.
        let ends_itself = matches!(
            (row.method.as_str(), row.path.as_str()),
            ("DELETE", "/api/v1/session" | "/api/v1/sessions") | ("POST", "/sign-out")
        );
        // A stream that is answered goes on.
        let streams = row.path.ends_with("/stream") && right(&row, 200);
        if row.scope == "anyone" || streams || (ends_itself && caller.is_signed_in()) {
            continue;
        }
        let path = filled(&row.path, &house.server.installed.workspace);
        let body = (row.method != "GET").then(|| json!({}));
        let reply = caller.send(&row.method, &path, body.as_ref(), &[]);
        if !right(&row, reply.status) {
            wrong.push(format!("{} {} answered {} to {who}", row.method, row.path, reply.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nobody_gets_anything() {
    let house = House::new();
    // Pages send people to the sign-in page instead of a bare 401.
    walk(&house, "nobody", &mut house.server.client(), |row, status| {
        status == 401 || (status == 303 && !row.path.starts_with("/api/"))
    });
}

#[test]
fn a_made_up_cookie_or_token_gets_nothing() {
    let house = House::new();
    let mut caller = house.server.client();
    caller.set_cookie(Some("holdfast=hs_made_up".to_owned()));
    walk(&house, "a made-up cookie", &mut caller, |row, status| {
        status == 401 || (status == 303 && !row.path.starts_with("/api/"))
    });
    let mut caller = Client::with_token(&house.server.console, "hf_made_up");
    walk(&house, "a made-up token", &mut caller, |row, status| {
        status == 401 || (status == 303 && !row.path.starts_with("/api/"))
    });
}

#[test]
fn a_write_key_reads_nothing() {
    let house = House::new();
    let mut caller = Client::with_token(&house.server.console, &house.server.installed.write_key);
    walk(&house, "a write key", &mut caller, |row, status| {
        status == 401 || (status == 303 && !row.path.starts_with("/api/"))
    });
}

#[test]
fn the_operator_gets_nothing_of_a_workspace() {
    let house = House::new();
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    walk(&house, "the operator", &mut operator, |row, status| {
        row.scope != "workspace" || matches!(status, 403 | 404)
    });
}

/// What a support grant opens.
const LOOKS: [&str; 6] =
    ["ReadWorkspace", "ReadEvents", "ReadShield", "ReadPlans", "ViewPerson", "AskQuestion"];

#[test]
fn an_operator_who_was_let_in_only_looks() {
    let mut house = House::new();
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let me = operator.get("/api/v1/session").expect(200).json;
    let body = json!({"operator": me["id"], "reason": "ticket 7", "life_s": 3_600});
    let path = house.path("/grants/support");
    house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    operator.get(&house.path("")).expect(200);
    walk(&house, "an operator who was let in", &mut operator, |row, status| {
        row.scope != "workspace" || LOOKS.contains(&row.action.as_str()) || matches!(status, 403 | 404)
    });
}

#[test]
fn a_member_of_another_workspace_gets_nothing() {
    let house = House::new();
    let mut other = House::new();
    // Another installation's workspace id does not exist here, and a stranger's session neither.
    let mut stranger = Client::new(&house.server.console);
    stranger.set_cookie(other.owner.cookie().map(str::to_owned));
    walk(&house, "a stranger", &mut stranger, |row, status| {
        status == 401 || (status == 303 && !row.path.starts_with("/api/"))
    });
    other.owner.get("/api/v1/session").expect(200);
}

#[test]
fn a_token_gets_only_its_scope() {
    let mut house = House::new();
    let mut token = house.token(&["shield:read"]);
    walk(&house, "a token for shield:read", &mut token, |row, status| {
        row.token_scope.as_deref() == Some("shield:read")
            || row.path == "/api/v1/session"
            || matches!(status, 401 | 403 | 404)
    });
}

#[test]
fn the_api_description_has_every_api_route() {
    let house = House::new();
    let document = house.server.client().get("/api/v1/openapi.json").expect(200).json;
    let mut missing = Vec::new();
    for row in table(&house).iter().filter(|row| row.path.starts_with("/api/v1/")) {
        if document["paths"][row.path.replace("{*", "{")][row.method.to_lowercase()].is_null() {
            missing.push(format!("{} {}", row.method, row.path));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_only_the_host_may_do_stands_on_its_own_socket_alone() {
    let house = House::new();
    let (_, out, _) = house.server.command(&["routes", "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    let local: Vec<&Value> = rows.iter().filter(|row| row["door"] == "local").collect();
    assert!(local.len() >= 4);
    for row in &rows {
        let of_the_host = row["action"].as_str().unwrap().ends_with("FromHost");
        assert_eq!(of_the_host, row["door"] == "local", "{row}");
    }
    let mode = std::fs::metadata(house.server.data().join("holdfast.sock")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
}

#[test]
fn the_api_description_names_bodies_and_queries() {
    let house = House::new();
    let document = house.server.client().get("/api/v1/openapi.json").expect(200).json;
    let of = |method: &str, path: &str| document["paths"][format!("/api/v1{path}")][method].clone();
    let body = |operation: &Value| operation["requestBody"]["content"]["application/json"]["schema"].clone();
    let invited = body(&of("post", "/workspaces/{w}/members"));
    assert_eq!(invited["properties"]["role"]["type"], "string", "{invited}");
    assert!(invited["required"].as_array().unwrap().contains(&json!("role")), "{invited}");
    let token = body(&of("post", "/workspaces/{w}/tokens"));
    assert_eq!(token["properties"]["scopes"]["type"], "array", "{token}");
    let events = of("get", "/workspaces/{w}/events");
    let names: Vec<_> =
        events["parameters"].as_array().unwrap().iter().map(|of| of["name"].clone()).collect();
    for name in ["w", "person", "event", "limit", "after"] {
        assert!(names.contains(&json!(name)), "{names:?}");
    }
    assert_eq!(document["components"]["securitySchemes"]["session"]["name"], "holdfast");
}
