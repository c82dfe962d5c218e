//! The end of every session and token: at once, and for good.

mod many;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Authenticator, Client, IDENTITY, RECIPIENT};

use crate::play::Seen;
use crate::stage::Stage;

/// How many sessions and tokens there are to end; one account has at most fifty sessions.
const SESSIONS: usize = 24;
const TOKENS: usize = 12;
/// How many pages look on; with `--long` so many of the 256 that a server lets look on at once.
const PAGES: usize = 1;
const PAGES_LONG: usize = 250;

/// Those whose doors are to close, and those who look on.
struct Crowd {
    clients: Vec<Client>,
    member: (Client, Authenticator),
    /// The cookies of many more sessions, where there are.
    many: Vec<String>,
    pages: Vec<BufReader<TcpStream>>,
}

/// `many` more sessions where the full figures are wanted.
fn crowd(stage: &mut Stage, many: usize) -> Crowd {
    let mut clients = Vec::new();
    for _ in 0..SESSIONS {
        let mut client = stage.server.client();
        client.sign_in(&mut stage.passkey);
        clients.push(client);
    }
    for n in 0..TOKENS {
        let wanted = json!({ "name": format!("token {n}"), "scopes": ["events:read"], "expires_in_s": 3600 });
        let token = stage.change("POST", "/tokens", &wanted).json;
        clients.push(stage.server.client().and_token(token["token"].as_str().expect("a token")));
    }
    let member = stage.joined("analyst");
    let (many, pages) =
        if stage.long { (many::sessions(stage, many), PAGES_LONG) } else { (Vec::new(), PAGES) };
    let own = stage.owner.cookie().expect("a session").to_owned();
    let watching = many.iter().chain(std::iter::repeat(&own)).take(pages);
    let pages = watching.map(|cookie| stream_with(stage, cookie)).collect();
    Crowd { clients, member, many, pages }
}

/// Somebody who looks on while events arrive.
pub(crate) fn stream_of(stage: &Stage, who: &Client) -> BufReader<TcpStream> {
    stream_with(stage, who.cookie().expect("a session"))
}

fn stream_with(stage: &Stage, cookie: &str) -> BufReader<TcpStream> {
    let host = stage.server.console.trim_start_matches("http://");
    let mut wire = TcpStream::connect(host.replace("localhost", "127.0.0.1")).expect("a connection");
    wire.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    let workspace = &stage.server.installed.workspace;
    let request = format!(
        "GET /w/{workspace}/live/stream HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n"
    );
    wire.write_all(request.as_bytes()).expect("sent");
    let mut wire = BufReader::new(wire);
    let mut line = String::new();
    wire.read_line(&mut line).expect("an answer");
    assert!(line.contains(" 200 "), "the stream answered {line}");
    wire
}

fn still_working(clients: &mut [Client], workspace: &str) -> usize {
    let path = format!("/api/v1/workspaces/{workspace}/events?limit=1");
    clients.iter_mut().filter_map(|client| (client.get(&path).status < 400).then_some(())).count()
}

/// Reads until the other side has closed; how long that took, or nothing where it never did.
pub(crate) fn until_closed(viewer: &mut BufReader<TcpStream>, since: Instant) -> Option<Duration> {
    let mut line = String::new();
    loop {
        line.clear();
        match viewer.read_line(&mut line) {
            Ok(0) => return Some(since.elapsed()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

/// The slowest of the open pages; nothing where one goes on.
fn all_closed(crowd: &mut Crowd, since: Instant) -> Option<Duration> {
    let closed: Option<Vec<Duration>> =
        crowd.pages.iter_mut().map(|page| until_closed(page, since)).collect();
    closed.and_then(|took| took.into_iter().max())
}

pub fn reset(stage: &mut Stage, open: bool) -> Seen {
    let mut crowd = crowd(stage, many::RESET);
    let workspace = stage.server.installed.workspace.clone();
    let saved = backup(stage);
    let all = crowd.clients.len() + 2 + crowd.many.len();
    assert_eq!(still_working(&mut crowd.clients, &workspace), SESSIONS + TOKENS, "they work before");
    let (mut operator, mut key) = stage.take_operator();
    let begun = Instant::now();
    if open {
        let id = stage.owner.get("/api/v1/session").expect(200).json["id"].clone();
        let some = json!({ "members": [id], "reason": "a stolen session" });
        operator.confirmed(&mut key, "POST", "/api/v1/reset", Some(&some)).expect(200);
    } else {
        let everybody = json!({ "everybody": true, "reason": "a stolen session" });
        operator.confirmed(&mut key, "POST", "/api/v1/reset", Some(&everybody)).expect(200);
    }
    let closed = all_closed(&mut crowd, begun);
    crowd.clients.push(crowd.member.0);
    let working = still_working(&mut crowd.clients, &workspace);
    let took = begun.elapsed();
    let working = working + many::working(stage, &crowd.many);

    stage.server.kill_and_restart();
    let moved = |clients: &mut [Client], console: &str| {
        clients.iter_mut().for_each(|client| client.move_to(console));
    };
    moved(&mut crowd.clients, &stage.server.console);
    let mut revived = still_working(&mut crowd.clients, &workspace) + many::working(stage, &crowd.many);
    revived = revived.saturating_sub(working);
    restore(stage, &saved);
    moved(&mut crowd.clients, &stage.server.console);
    revived += still_working(&mut crowd.clients, &workspace) + many::working(stage, &crowd.many);
    back(stage, (operator, key));
    Seen {
        tried: format!(
            "one action against {} sessions, {TOKENS} tokens, a member and {} pages that are open; then kill -9, a restart, a restored backup",
            SESSIONS + crowd.many.len(),
            crowd.pages.len()
        ),
        outcome: format!(
            "{working} of {all} still work; the last open page {}; {revived} revived",
            closed.map_or_else(
                || "goes on".to_owned(),
                |after| format!("ended after {} ms", after.as_millis())
            )
        ),
        figure: format!("{working} of {all} within {} ms, {revived} revived", took.as_millis()),
        held: working == 0 && revived == 0 && closed.is_some_and(|after| after.as_millis() <= 1_000),
    }
}

pub fn lockdown(stage: &mut Stage, open: bool) -> Seen {
    let mut crowd = crowd(stage, many::LOCKDOWN);
    let workspace = stage.server.installed.workspace.clone();
    let (mut operator, mut key) = stage.take_operator();
    let (mut other, mut other_key) = stage.take_second_operator();
    let begun = Instant::now();
    let reason = json!({ "reason": "an incident" });
    operator.confirmed(&mut key, "POST", "/api/v1/lockdown", Some(&reason)).expect(200);
    let closed = all_closed(&mut crowd, begun);
    crowd.clients.push(crowd.member.0);
    let working = still_working(&mut crowd.clients, &workspace);
    let took = begun.elapsed();
    let working = working + many::working(stage, &crowd.many);
    operator.sign_in(&mut key);
    let asked =
        operator.put("/api/v1/mode", &json!({ "mode": "normal", "reason": "it is over" })).expect(202).json;
    let path = format!("/api/v1/mode/approvals/{}", asked["approval"].as_str().expect("an approval"));
    let alone = operator.confirmed(&mut key, "POST", &path, None).status < 300;
    other.sign_in(&mut other_key);
    if open {
        other.confirmed(&mut other_key, "POST", &path, None).expect(200);
    }
    stage.owner.sign_in(&mut stage.passkey);
    let change = json!({ "name": "Renamed" });
    let workspace = stage.path("");
    let asked = stage.owner.send("PATCH", &workspace, Some(&change), &[]);
    let held = asked.status == 503 || asked.json["code"] == "read-only";
    if !open {
        other.confirmed(&mut other_key, "POST", &path, None).expect(200);
    }
    stage.operator = Some((operator, key));
    stage.second_operator = Some((other, other_key));
    Seen {
        tried: format!(
            "lockdown by an operator, with {} sessions and tokens at work; then a change, and the way back alone",
            crowd.clients.len() + crowd.many.len()
        ),
        outcome: format!(
            "{working} still work; a change is {}; the way back {}",
            if held { "refused" } else { "taken" },
            if alone { "needed one person" } else { "needs a second person" }
        ),
        figure: format!(
            "{working} of {} within {} ms",
            crowd.clients.len() + crowd.many.len() + 1,
            took.as_millis()
        ),
        held: working == 0 && held && !alone && closed.is_some_and(|after| after.as_millis() <= 1_000),
    }
}

/// Owner and operator sign in again, wherever the door is now.
pub(super) fn back(stage: &mut Stage, (mut operator, mut key): (Client, Authenticator)) {
    let console = stage.server.console.clone();
    operator.move_to(&console);
    key.move_to(&console);
    operator.sign_in(&mut key);
    stage.operator = Some((operator, key));
    stage.owner.move_to(&console);
    stage.passkey.move_to(&console);
    stage.owner.sign_in(&mut stage.passkey);
}

pub(super) fn backup(stage: &mut Stage) -> std::path::PathBuf {
    // Whoever is to sign in to what is restored has to be in it: no code counts there.
    let operators = (stage.take_operator(), stage.take_second_operator());
    (stage.operator, stage.second_operator) = (Some(operators.0), Some(operators.1));
    let into = stage.server.scratch().join(format!("yesterday-{}", stdx::random_text::<4>()));
    let (data, folder) = (stage.server.data(), into.display().to_string());
    let arguments = ["backup", "--data", &data.display().to_string(), "--recipient", RECIPIENT, &folder];
    let (code, _, errors) = stage.server.command(&arguments);
    assert_eq!(code, 0, "{errors}");
    into
}

/// Yesterday's backup in the place of the data, served.
pub(super) fn restore(stage: &mut Stage, from: &std::path::Path) {
    let scratch = stage.server.scratch().to_owned();
    let identity = scratch.join("identity");
    stdx::files::replace(&identity, IDENTITY.as_bytes()).expect("a file");
    let lot = stdx::random_text::<4>();
    let (target, data) = (scratch.join(format!("restored-{lot}")), stage.server.data());
    let text = |path: &std::path::Path| path.display().to_string();
    let arguments = [
        "restore",
        "--data",
        &text(&target),
        "--identity",
        &text(&identity),
        "--purges",
        &text(&data),
        &text(from),
    ];
    let (code, _, errors) = stage.server.command(&arguments);
    assert_eq!(code, 0, "{errors}");
    stage.server.terminate();
    std::fs::rename(&data, scratch.join(format!("before-{lot}"))).expect("moved");
    std::fs::rename(&target, &data).expect("moved");
    stage.server.restart();
}
