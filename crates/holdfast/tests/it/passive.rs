//! What somebody sees who only looks at answers: headers, cookies, kinds of content, methods, and what errors give away.

use std::collections::{BTreeMap, BTreeSet};

use policy::actions;
use serde_json::{Value, json};
use testkit::{Client, Reply};

use crate::raw::{exchange, statuses};
use crate::support::House;

struct Row {
    door: String,
    method: String,
    path: String,
    action: String,
}

fn table(house: &House) -> Vec<Row> {
    let (code, out, errors) = house.server.command(&["routes", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| Row {
            door: text(row, "door"),
            method: text(row, "method"),
            path: text(row, "path"),
            action: text(row, "action"),
        })
        .collect()
}

fn filled(path: &str, workspace: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{w}" => workspace,
        part if part.starts_with('{') => "nothing",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What would tell a stranger what the server is made of.
const INSIDES: [&str; 10] =
    ["panicked", "backtrace", ".rs:", "sqlite", "rusqlite", "axum", "hyper", "cedar", "/home/", "control.db"];

/// What is wrong with an answer, whoever asked.
fn offences(reply: &Reply, personal: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |name: &str, holds: &dyn Fn(&str) -> bool| {
        if !reply.header(name).is_some_and(holds) {
            wrong.push(format!("{name} is {:?}", reply.header(name)));
        }
    };
    must("x-content-type-options", &|value| value == "nosniff");
    must("referrer-policy", &|value| value == "no-referrer");
    must("content-security-policy", &|policy| {
        ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]
            .iter()
            .all(|part| policy.contains(part))
            && !policy.contains("unsafe")
    });
    if personal {
        must("cross-origin-resource-policy", &|value| value == "same-origin");
        must("cache-control", &|value| value == "no-store" || value.contains("immutable"));
    }
    if !reply.bytes.is_empty() {
        must("content-type", &|kind| {
            (!kind.starts_with("text/") || kind.contains("charset=utf-8"))
                && (reply.json.is_null() || kind.contains("json") || kind.starts_with("text/plain"))
        });
    }
    if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        must("cross-origin-opener-policy", &|value| value == "same-origin");
    }
    for name in ["server", "x-powered-by", "via"] {
        if let Some(value) = reply.header(name) {
            wrong.push(format!("{name} says {value}"));
        }
    }
    if personal && reply.header("access-control-allow-origin").is_some() {
        wrong.push("other origins may read it".to_owned());
    }
    let text = reply.text.to_lowercase();
    if reply.status >= 400
        && let Some(inside) = INSIDES.iter().find(|inside| text.contains(**inside))
    {
        wrong.push(format!("an error says {inside}: {}", reply.text));
    }
    for cookie in reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value) {
        for part in ["SameSite=", "HttpOnly", "Path=/"] {
            if !cookie.contains(part) {
                wrong.push(format!(
                    "a cookie without {part}: {}",
                    cookie.split('=').next().unwrap_or_default()
                ));
            }
        }
        if cookie.len() > 4096 || cookie.contains("Domain=") {
            wrong.push("a cookie that is too long or for other hosts".to_owned());
        }
    }
    wrong
}

#[test]
fn every_answer_wears_its_headers() {
    let house = House::new();
    let workspace = house.server.installed.workspace.clone();
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let House { server, owner, .. } = &house;
    let mut callers: BTreeMap<&str, Client> =
        BTreeMap::from([("nobody", server.client()), ("operator", operator)]);
    let mut own = server.client();
    own.set_cookie(owner.cookie().map(str::to_owned));
    callers.insert("owner", own);
    let mut wrong = BTreeSet::new();
    let mut looked = 0;
    for row in table(&house) {
        let ends = ["EndSession", "EndOtherSessions"].contains(&row.action.as_str());
        if row.door == "local" || row.path.ends_with("/stream") || ends {
            continue;
        }
        let path = filled(&row.path, &workspace);
        let personal = row.door == "console";
        let mut strangers = BTreeMap::from([("anybody", server.sdk())]);
        for (who, caller) in if personal { &mut callers } else { &mut strangers } {
            for browser in [false, true] {
                let accept = if browser { "text/html" } else { "application/json" };
                let body = (row.method != "GET").then(|| json!({}));
                let reply = caller.send(&row.method, &path, body.as_ref(), &[("accept", accept)]);
                looked += 1;
                let offences = offences(&reply, personal).into_iter();
                wrong.extend(offences.map(|said| format!("{} {} to {who}: {said}", row.method, row.path)));
            }
        }
    }
    for path in ["/nothing", "/api/v1/nothing", "/api/v1/../x", "/%ff"] {
        let reply = server.client().get(path);
        wrong.extend(offences(&reply, true).into_iter().map(|said| format!("{path}: {said}")));
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
    }
    assert!(looked > 500, "only {looked} answers");
    assert!(wrong.is_empty(), "{} offences: {wrong:#?}", wrong.len());
}

#[test]
fn what_is_wrong_with_an_answer_is_seen() {
    let reply = Reply {
        status: 500,
        json: Value::Null,
        text: "thread panicked at src/x.rs:1".to_owned(),
        bytes: b"thread panicked at src/x.rs:1".to_vec(),
        headers: [("content-type", "text/html"), ("server", "x/1"), ("set-cookie", "a=b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
    };
    let said = offences(&reply, true).join("\n");
    for part in [
        "nosniff",
        "referrer",
        "content-security",
        "cache-control",
        "content-type",
        "opener",
        "server",
        "error",
        "HttpOnly",
    ] {
        assert!(
            said.contains(part) || (part == "nosniff" && said.contains("x-content-type-options")),
            "{part}: {said}"
        );
    }
}

#[test]
fn every_cookie_is_marked() {
    let house = House::new();
    let mut client = house.server.client();
    let begun = client.post("/api/v1/enrol/begin", &json!({ "code": house.server.installed.operator_code }));
    let mut passkey = testkit::Authenticator::at(client.base());
    let mut made = passkey.register(&begun.expect(200).json);
    made["ceremony"] = Value::Null;
    made.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let reply = client.post("/api/v1/enrol/finish", &made).expect(200);
    let session = reply.header("set-cookie").expect("a session").to_owned();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Strict") && session.contains("Path=/")
    );
    assert!(session.len() < 400 && !session.contains("Domain"), "{}", session.len());
    // The page that signs out takes it away under the same marks.
    let gone = client.delete("/api/v1/session");
    let gone = gone.header("set-cookie").expect("an empty cookie").to_owned();
    assert!(
        gone.contains("Max-Age=0") && gone.contains("HttpOnly") && gone.contains("SameSite=Strict"),
        "{gone}"
    );
    let theme = client.post("/theme", &json!({ "theme": "dark" }));
    let theme = theme.header("set-cookie").expect("a cookie").to_owned();
    assert!(theme.contains("SameSite=") && theme.contains("HttpOnly"), "{theme}");
}

#[test]
fn over_tls_browsers_are_told_to_stay_there() {
    let house = House::secure();
    for mut client in [house.server.client(), house.server.sdk()] {
        for path in ["/livez", "/nothing"] {
            let reply = client.get(path);
            assert_eq!(
                reply.header("strict-transport-security"),
                Some("max-age=31536000; includeSubDomains"),
                "{path}"
            );
        }
    }
}

#[test]
fn without_tls_nothing_is_said_about_it() {
    let house = House::new();
    assert_eq!(house.server.client().get("/livez").header("strict-transport-security"), None);
}

#[test]
fn a_read_changes_nothing() {
    let house = House::new();
    let changing: BTreeMap<_, _> =
        actions::all().iter().map(|action| (action.name, action.changing)).collect();
    let rows = table(&house);
    let reads: Vec<_> = rows.iter().filter(|row| row.method == "GET" && row.door == "console").collect();
    assert!(reads.len() > 60);
    // The way to a provider and back is made of links, as every provider's is: a ticket and a state that count once, the state
    // only in the browser that left with it (`it sign_on`).
    let by_links = ["BeginSignOn", "FinishSignOn"];
    for row in reads.into_iter().filter(|row| !by_links.contains(&row.action.as_str())) {
        assert!(!changing[row.action.as_str()], "GET {} does {}", row.path, row.action);
    }
}

#[test]
fn no_other_method_does_anything() {
    let house = House::new();
    let mut methods: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in table(&house).into_iter().filter(|row| row.door != "local") {
        methods.entry((row.door, row.path)).or_default().insert(row.method);
    }
    let cookie = house.owner.cookie().unwrap().to_owned();
    let mut wrong = Vec::new();
    for ((door, path), known) in methods {
        let at = if door == "console" { &house.server.console } else { &house.server.collect };
        let path = filled(&path, &house.server.installed.workspace);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"] {
            // Browsers ask the collect door first what they may send.
            if known.contains(method) || (method == "OPTIONS" && door == "collect") {
                continue;
            }
            let bytes = format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nX-Echo: canary-7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            );
            let said = exchange(&at.replace("localhost", "127.0.0.1"), bytes.as_bytes(), true);
            let status = statuses(&said).first().copied().unwrap_or_default();
            let text = String::from_utf8_lossy(&said).to_lowercase();
            if !matches!(status, 404 | 405)
                || text.contains("canary-7")
                || text.contains("access-control-allow")
            {
                wrong.push(format!("{method} {path} at {door}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_credential_stands_in_an_address() {
    let house = House::new();
    let document = house.server.client().get("/api/v1/openapi.json").expect(200).json;
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut named = BTreeSet::new();
    for operation in operations {
        let parameters = operation["parameters"].as_array().unwrap().iter();
        named.extend(parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()));
    }
    assert!(named.len() > 15, "{named:?}");
    // What is called `token` there is the id of one.
    for word in ["access_token", "password", "secret", "cookie", "session_text", "api_key", "email"] {
        assert!(!named.iter().any(|name| name == word), "{word} in {named:?}");
    }
    // A token counts in its header alone.
    let path = house.path("/events");
    for query in ["access_token=hf_x", "token=hf_x"] {
        assert_eq!(house.server.client().get(&format!("{path}?{query}")).status, 401);
    }
}

#[test]
fn a_name_sent_twice_is_refused_or_counts_once() {
    let mut house = House::new();
    let path = house.path("/events?limit=1&limit=2");
    house.owner.get(&path).expect(400);
    let (path, body) = (house.path("/members"), br#"{"email":"a@b.example","role":"viewer","role":"owner"}"#);
    let asked = house.owner.send_raw("POST", &path, Some("application/json"), body, &[]).expect(403);
    let id = asked.json["stepup"]["id"].as_str().unwrap().to_owned();
    let signed = house.passkey.sign(&asked.json["stepup"]["publicKey"]);
    house.owner.post(&format!("/api/v1/stepup/{id}"), &signed);
    let extra = [("holdfast-step-up", id.as_str())];
    let said = house.owner.send_raw("POST", &path, Some("application/json"), body, &extra).expect(422);
    assert_eq!(said.json["field"], "role");
}
