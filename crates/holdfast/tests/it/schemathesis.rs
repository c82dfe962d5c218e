//! The management API before a fuzzer that reads its description, once as every kind of caller: no request makes the
//! server break, none is answered to somebody who is not let in, and every answer is what the description says. The tool is
//! `schemathesis`; `./test` installs it from tests/api/requirements.txt.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};
use testkit::{Client, Server, wait_until};

use crate::grants::join;
use crate::support::{House, PROGRAM};
use crate::touching::Touching;

/// What holds for every answer.
const CHECKS: &str = "not_a_server_error,ignored_auth,use_after_free,unsupported_method,status_code_conformance,\
     content_type_conformance,response_schema_conformance";
/// The same without what asks for a request without a credential: whoever answers touches adds the credential.
const CHECKS_TOUCHING: &str = "not_a_server_error,use_after_free,unsupported_method,status_code_conformance,content_type_conformance,\
     response_schema_conformance";

/// What would end the run for everybody who shares the server, and why. It is fuzzed last, in `ENDING`.
const ENDS: [(&str, &str); 9] = [
    ("EndMemberSessions", "the tool finds members in the list and ends their runs"),
    ("RevokeToken", "the tool finds tokens in the list and ends their runs"),
    ("EndSession", "ends the session that the run has"),
    ("EndOtherSessions", "ends the sessions of runs beside this one"),
    ("SetMode", "read-only mode answers every later change with 409"),
    ("Lockdown", "ends every session and token of the workspace"),
    ("LockdownInstallation", "ends every session and token"),
    ("SetInstallationMode", "as SetMode, everywhere"),
    ("ResetInstallationAccess", "may end every session and token"),
];

fn long() -> bool {
    std::env::var_os("HOLDFAST_TEST_LONG").is_some()
}

/// A caller of the API and what its requests carry.
struct Caller {
    name: String,
    header: Option<String>,
}

impl Caller {
    fn session(name: &str, client: &Client) -> Self {
        let cookie = client.cookie().expect("a session");
        Self { name: name.to_owned(), header: Some(format!("Cookie: {cookie}")) }
    }

    fn bearer(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), header: Some(format!("Authorization: Bearer {text}")) }
    }
}

/// The description with the workspace and what is in it filled in, so that requests reach something.
fn description(server: &Server, workspace: &str, known: &BTreeMap<&str, String>, name: &str) -> PathBuf {
    let mut document = server.client().get("/api/v1/openapi.json").expect(200).json;
    let paths = document["paths"].as_object_mut().unwrap();
    for (path, operations) in paths {
        let noun = |parameter: &str| {
            let before = path.split(&format!("/{{{parameter}}}")).next().unwrap_or_default();
            before.rsplit('/').next().unwrap_or_default().to_owned()
        };
        for operation in operations.as_object_mut().unwrap().values_mut() {
            // With two ways to show who one is, the tool would show a wrong one beside a right one.
            let other = if name.starts_with("token") { "session" } else { "token" };
            if let Some(ways) = operation["security"].as_array_mut().filter(|ways| ways.len() > 1) {
                ways.retain(|way| way.get(other).is_none());
            }
            for parameter in operation["parameters"].as_array_mut().unwrap() {
                let at = parameter["name"].as_str().unwrap_or_default().to_owned();
                let value = if at == "w" {
                    Some(workspace.to_owned())
                } else {
                    known.get(noun(&at).as_str()).cloned()
                };
                if let Some(value) = value.filter(|_| parameter["in"] == "path") {
                    parameter["schema"] = json!({ "type": "string", "enum": [value] });
                }
            }
        }
    }
    let file = server.scratch().join(format!("openapi-{}.json", name.replace([' ', ':'], "-")));
    stdx::files::replace(&file, document.to_string().as_bytes()).unwrap();
    file
}

/// The ids of the operations whose action is one of `ENDS`.
fn ending(file: &Path) -> Vec<String> {
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    operations
        .filter(|operation| ENDS.iter().any(|(action, _)| operation["x-action"] == *action))
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect()
}

/// Runs the tool and gives what it said when it found something.
fn fuzz(caller: &Caller, file: &Path, (url, checks): (&str, &str), only_ending: bool) -> Result<(), String> {
    let python = std::env::var("HOLDFAST_TEST_FUZZER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    let examples = if long() { "60" } else { "2" };
    command
        .args([
            "-m",
            "schemathesis.cli",
            "run",
            "--no-color",
            "--url",
            url,
            "--checks",
            checks,
            "--max-examples",
            examples,
        ])
        .args(["--seed", "1", "--phases", if long() { "coverage,fuzzing" } else { "fuzzing" }])
        .args(["--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off"])
        .args(["--generation-database", "none", "--output-sanitize", "true", "--request-timeout", "30"])
        .current_dir(file.parent().unwrap());
    // A session's text is replaced after ten minutes.
    if long() {
        command.args(["--max-time", "420"]);
    }
    for id in ending(file) {
        command.args([if only_ending { "--include-operation-id" } else { "--exclude-operation-id" }, &id]);
    }
    if let Some(header) = &caller.header {
        command.args(["--header", header]);
    }
    let output = command.arg(file).output().expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let summary: String =
        said.lines().rev().take(14).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    println!("{}: {summary}", caller.name);
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}:\n{said}\n{}", caller.name, String::from_utf8_lossy(&output.stderr)))
}

/// Two at a time: the server and the tool share the machine.
fn fuzz_all(callers: Vec<Caller>, file: impl Fn(&Caller) -> PathBuf + Sync, url: &str) {
    let (waiting, found) = (Mutex::new(callers), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some(caller) = next else { return };
                    if let Err(said) = fuzz(&caller, &file(&caller), (url, CHECKS), false) {
                        found.lock().unwrap().push(said);
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// What stands in the workspace, by the noun of its address.
fn furnished(house: &mut House) -> BTreeMap<&'static str, String> {
    for number in 0..3 {
        let traits = json!({ "email": format!("p{number}@example.com"), "plan": "pro" });
        house.send("/v1/identify", &json!({ "userId": format!("u{number}"), "traits": traits }));
        house.send(
            "/v1/track",
            &json!({ "userId": format!("u{number}"), "event": "Bought", "properties": {"n": number} }),
        );
    }
    let people = house.path("/people?limit=10");
    let person = wait_until(60, "people", || {
        let found = house.owner.get(&people).expect(200).json;
        found["items"][0]["id"].as_str().map(str::to_owned)
    });
    let sources = house.path("/sources");
    let source = house.owner.get(&sources).expect(200).json["items"][0]["id"].as_str().unwrap().to_owned();
    BTreeMap::from([("people", person), ("sources", source)])
}

#[test]
fn as_every_kind_of_caller_nothing_breaks_and_nobody_is_let_in_by_mistake() {
    let mut house = House::new();
    let known = furnished(&mut house);
    let mut callers = vec![
        Caller { name: "nobody".to_owned(), header: None },
        Caller::bearer("a write key", &house.server.installed.write_key),
        Caller::session("owner", &house.owner),
    ];
    for role in ["admin", "marketer", "analyst", "support", "viewer"] {
        let (client, _) = join(&mut house, &format!("{role}@example.com"), role);
        callers.push(Caller::session(role, &client));
    }
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    callers.push(Caller::session("operator", &operator));
    let scopes: Vec<&str> = policy::scope_set::SCOPES.to_vec();
    let each = scopes.iter().map(|scope| vec![*scope]).filter(|_| long());
    for scopes in each.chain([scopes.clone()]) {
        let body = json!({ "name": "fuzz", "scopes": scopes, "expires_in_s": 3600 });
        let path = house.path("/tokens");
        let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
        callers.push(Caller::bearer(
            &format!("token {}", scopes.join(" ")),
            made.json["token"].as_str().unwrap(),
        ));
    }
    let workspace = house.server.installed.workspace.clone();
    let file = |caller: &Caller| description(&house.server, &workspace, &known, &caller.name);
    fuzz_all(callers, file, &house.server.console);
    house.owner.get("/api/v1/session").expect(200);
    assert!(!house.server.log().contains("panicked"), "{}", house.server.log());
}

#[test]
fn with_every_touch_answered_nothing_breaks_behind_it() {
    let mut house = House::new();
    let known = furnished(&mut house);
    let workspace = house.server.installed.workspace.clone();
    let file = description(&house.server, &workspace, &known, "touching");
    let touching = Touching::answer(house.owner, house.passkey);
    let owner = Caller { name: "an owner who touches".to_owned(), header: None };
    fuzz(&owner, &file, (touching.url(), CHECKS_TOUCHING), false).unwrap_or_else(|said| panic!("{said}"));
    assert!(touching.answered() > 20, "only {} touches", touching.answered());
    // Sessions end in it, so what cannot be answered any more is refused, and still nothing breaks.
    fuzz(&owner, &file, (touching.url(), CHECKS_TOUCHING), true).unwrap_or_else(|said| panic!("{said}"));
    assert!(!house.server.log().contains("panicked"), "{}", house.server.log());
    house.server.client().get("/livez").expect(200);
}

#[test]
fn a_visitor_of_the_demo_breaks_nothing() {
    let server = Server::demo(PROGRAM);
    let log = wait_until(30, "the links", || Some(server.log()).filter(|log| log.contains("/look#")));
    let code = log.split("/look#").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let mut visitor = server.client();
    visitor.post("/look", &json!({ "code": code }));
    let session = visitor.get("/api/v1/session").expect(200);
    let workspace = session.json["workspaces"][0]["id"].as_str().unwrap().to_owned();
    let file = description(&server, &workspace, &BTreeMap::new(), "visitor");
    let caller = Caller::session("visitor", &visitor);
    fuzz(&caller, &file, (&server.console, CHECKS), false).unwrap_or_else(|said| panic!("{said}"));
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// A door that breaks at one address and lets anybody in at another: the tool must say both.
#[test]
fn what_the_fuzzer_is_for_is_found_when_it_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let status = if line.contains("/broken") { "500 x" } else { "200 x" };
            let head = "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close";
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{{}}").as_bytes());
        }
    });
    let operation = |id: &str| {
        json!({ "get": {
            "operationId": id, "security": [{ "session": [] }], "parameters": [],
            "responses": { "2XX": { "description": "done", "content": { "application/json": {} } } }
        }})
    };
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "planted", "version": "1" },
        "components": { "securitySchemes": { "session": { "type": "apiKey", "in": "cookie", "name": "holdfast" } } },
        "paths": { "/broken": operation("broken"), "/open": operation("open") }
    });
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("planted.json");
    stdx::files::replace(&file, document.to_string().as_bytes()).unwrap();
    let caller = Caller { name: "planted".to_owned(), header: Some("Cookie: holdfast=x".to_owned()) };
    let said = fuzz(&caller, &file, (&url, CHECKS), false).unwrap_err();
    for found in ["Server error", "without authentication"] {
        assert!(said.contains(found), "{found}: {said}");
    }
}
