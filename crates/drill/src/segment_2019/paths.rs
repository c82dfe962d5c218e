//! Every path to a session, driven to its end: what it opens is at least what the account's floor asks, and a route that opens one
//! and that nobody here knows of fails the step.
//!
//! What could be a path is taken from the server's own table: each route of any door that asks for no session. What the
//! source calls to open one is held against a table of its own (`it paths`). Not to be driven in a drill, since they take a day:
//! a lone owner's recovery (`guard`: `recovery`) and the first passkey of somebody without one (`guard`: `first_passkey`).

mod elsewhere;
mod given;
mod own;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::json;
use testkit::{Client, Reply};

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Route, table};

/// What an account is worth at least: of those who run something, and where passkeys are demanded.
const PASSKEY: u64 = 3;
/// Of members where passwords, or an organisation's sign-in, are allowed.
const TWO_FACTORS: u64 = 2;
/// Of somebody who looks around a demo.
const LOOK: u64 = 1;
/// Above every level: nothing may open.
const NOTHING: u64 = 4;

const LOGIN: &str = "POST /api/v1/login/finish";
const ENROL: &str = "POST /api/v1/enrol/finish";
const BY_PASSWORD: &str = "POST /api/v1/login/password";
const REPLACED: &str = "POST /api/v1/login/password/replace";
const CHOSEN: &str = "POST /api/v1/enrol/password/finish";
const FORM: &str = "POST /sign-in/password";
const FORM_REPLACED: &str = "POST /sign-in/password/replace";
const FORM_CHOSEN: &str = "POST /enrol/password/finish";
const BACK: &str = "GET /sign-in/organisation/back";
const LINK: &str = "POST /look";
const BOUND: &str = "POST /api/v1/session/binding";
const RENEWED: &str = "POST /api/v1/session/renewal";

/// The routes at whose end there is a session.
const OPENS: [&str; 12] = [
    LOGIN,
    ENROL,
    BY_PASSWORD,
    REPLACED,
    CHOSEN,
    FORM,
    FORM_REPLACED,
    FORM_CHOSEN,
    BACK,
    LINK,
    BOUND,
    RENEWED,
];

/// The routes of the console and of the host that ask for no session and open none, whatever they are given.
const OPENS_NOTHING: [&str; 28] = [
    "POST /api/v1/enrol/begin",
    "POST /api/v1/login/begin",
    "POST /api/v1/enrol/password/begin",
    "GET /api/v1/policies",
    "GET /api/v1/session/left",
    "GET /api/v1/openapi.json",
    "GET /sign-in",
    "GET /enrol",
    "GET /look",
    "POST /enrol/password",
    "GET /enrol/password",
    "POST /sign-in/organisation",
    "GET /sign-in/organisation/go",
    "POST /sign-in/organisation/logout/{organisation}",
    "POST /theme",
    "POST /shortcuts",
    "GET /components",
    "GET /assets/{*path}",
    "GET /livez",
    "GET /readyz",
    "POST /local/backup",
    "POST /local/purges",
    "POST /local/read-only",
    "POST /local/lockdown",
    "POST /local/recover",
    "POST /local/notices/test",
    "POST /local/key",
    "POST /local/key/replace",
];

/// What a code begins with. None is ever mailed.
const CODES: [&str; 5] = ["owner-", "operator-", "invite-", "recover-", "look-"];

/// The end of one way.
struct End {
    way: String,
    floor: u64,
    /// Of the session at its end; 0 where there is none.
    level: u64,
}

/// What came of all of them.
#[derive(Default)]
struct Ways {
    ends: Vec<End>,
    /// The routes at whose end there was a session.
    opened: BTreeSet<String>,
    /// How many people had other factors after a reset.
    factors_changed: usize,
}

impl Ways {
    /// What somebody has whose last request was `route`.
    fn end(&mut self, way: &str, (route, floor): (&str, u64), client: &mut Client) {
        let session = client.get("/api/v1/session");
        let level =
            if session.status == 200 { session.json["level"].as_u64().unwrap_or_default() } else { 0 };
        if level > 0 {
            self.opened.insert(route.to_owned());
        }
        self.ends.push(End { way: way.to_owned(), floor, level });
    }

    /// A way that is to lead nowhere.
    fn nowhere(&mut self, way: &str, led_somewhere: bool) {
        self.ends.push(End { way: way.to_owned(), floor: NOTHING, level: u64::from(led_somewhere) });
    }

    fn below(&self) -> Vec<&End> {
        self.ends.iter().filter(|end| (1..end.floor).contains(&end.level)).collect()
    }
}

pub fn paths(stage: &mut Stage, open: bool) -> Seen {
    let mut ways = Ways::default();
    stage.allow_passwords();
    let mut people = own::passkeys(stage, &mut ways);
    own::passwords(stage, &mut ways, open);
    own::replaced(stage, &mut ways);
    own::recovered(stage, &mut ways, &mut people);
    given::organisation(stage, &mut ways);
    given::programs(stage, &mut ways);
    let unknown = strangers(stage, &mut ways);
    elsewhere::demo(stage, &mut ways);
    elsewhere::set_up_and_bound(stage, &mut ways);
    given::reset(stage, &mut ways);
    given::restored(stage, &mut ways);

    let letters = stage.mail.arrived();
    let mailed = letters.iter().filter(|letter| CODES.iter().any(|code| letter.text.contains(code))).count();
    let below = ways.below();
    let known: BTreeSet<String> = OPENS.iter().map(|route| (*route).to_owned()).collect();
    let undriven: Vec<&String> = known.difference(&ways.opened).collect();
    let low: Vec<String> = below.iter().map(|end| format!("{}: level {}", end.way, end.level)).collect();
    let first = (!low.is_empty()).then(|| low.join("; "));
    let first = first.or_else(|| unknown.first().map(|route| format!("nobody knows what {route} opens")));
    let first = first.or_else(|| undriven.first().map(|route| format!("{route} opened nothing")));
    Seen {
        tried: format!(
            "{} ways by passkeys, passwords with codes, an organisation's provider, set-up codes, invitations, recoveries, tokens, the host, \
             a reset, a restored backup, a demo's link, a device's key; among them those of admins by less than a passkey",
            ways.ends.len()
        ),
        outcome: first.unwrap_or_else(|| "each opened what the account's floor asks, or nothing".to_owned()),
        figure: format!(
            "{} below the floor; {} of {} routes in the table open a session, {} are unknown; {} people with other factors after a reset; {mailed} codes in {} mails",
            below.len(),
            ways.opened.len(),
            OPENS.len(),
            unknown.len(),
            ways.factors_changed,
            letters.len()
        ),
        held: below.is_empty()
            && unknown.is_empty()
            && ways.opened == known
            && ways.factors_changed == 0
            && mailed == 0
            && !letters.is_empty(),
    }
}

/// Every route that asks for no session and opens none: called with what a thief might have. The routes that nobody knows.
fn strangers(stage: &mut Stage, ways: &mut Ways) -> Vec<String> {
    let body = json!({ "email": "stranger@example.com", "role": "viewer" });
    let code = stage.change("POST", "/members", &body).json["code"].as_str().expect("a code").to_owned();
    let fields = [
        ("code", code.as_str()),
        ("email", "owner@example.com"),
        ("address", "owner@example.com"),
        ("password", "nobody has this password here"),
        ("ticket", "nothing"),
    ];
    let mut unknown = Vec::new();
    for route in table(&stage.server).into_iter().filter(|route| route.scope == "anyone") {
        let name = route.name();
        if route.door != "collect"
            && !OPENS.contains(&name.as_str())
            && !OPENS_NOTHING.contains(&name.as_str())
        {
            unknown.push(name.clone());
        }
        let sets = match route.door.as_str() {
            "collect" => stage
                .server
                .sdk()
                .send(&route.method, &route.at("", "nothing"), None, &[])
                .header("set-cookie")
                .is_some(),
            "local" => over_socket(stage, &route),
            // Driven to their ends one by one; here only by somebody who has nothing that fits.
            _ => [false, true].into_iter().any(|by_form| {
                let mut client = stage.server.client();
                let path = route.at("", "nothing");
                match by_form {
                    true => form(&mut client, &route.method, &path, &fields),
                    false => client.send(
                        &route.method,
                        &path,
                        (route.method != "GET").then_some(&json!({ "code": code })),
                        &[],
                    ),
                };
                client.cookie().is_some()
            }),
        };
        ways.nowhere(&format!("{name} with what does not fit"), sets);
    }
    // What the host's command began is stopped.
    let owner = stage.owner.get("/api/v1/session").expect(200).json["id"].as_str().expect("an id").to_owned();
    let running = stage.path(&format!("/members/{owner}/recovery"));
    stage.owner.delete(&running);
    unknown
}

/// Whether a route of the host's socket gives a session or a code at once.
fn over_socket(stage: &Stage, route: &Route) -> bool {
    let mut wire = UnixStream::connect(stage.server.data().join("holdfast.sock")).expect("the socket");
    wire.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    let body = json!({ "owner": "owner@example.com" }).to_string();
    let request = format!(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        route.method,
        route.path,
        body.len()
    );
    wire.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 "), "{answer}");
    answer.contains("set-cookie:") || CODES.iter().any(|code| answer.contains(code))
}

/// Sends what a form of a page sends.
fn form(client: &mut Client, method: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let escaped = |text: &str| -> String {
        let sign = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(sign).collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let pairs = pairs.join("&");
    match method {
        "GET" => client.get(&format!("{path}?{pairs}")),
        _ => client.send_raw(method, path, Some("application/x-www-form-urlencoded"), pairs.as_bytes(), &[]),
    }
}
