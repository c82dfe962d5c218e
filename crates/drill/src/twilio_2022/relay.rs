//! A copy of the sign-in page that passes everything both ways, and the two doors.

use serde_json::{Value, json};
use testkit::Client;

use crate::play::Seen;
use crate::proxy::{Proxy, Way};
use crate::stage::Stage;
use crate::walk::routes;

/// How often each look-alike is visited by somebody with a passkey, and with `--long`: a thousand times in all.
const VISITS: usize = 25;
const VISITS_LONG: usize = 334;
/// How many members type a password and a code into it.
const TYPED: usize = 3;

pub fn relay(stage: &mut Stage, open: bool) -> Seen {
    // A look-alike name, the same name on another port (the strongest there is: the browser lets the passkey be used), and
    // the same place by its address.
    let port = stage.server.console.rsplit(':').next().unwrap_or_default().to_owned();
    let origins = [
        format!("http://console-holdfast.localhost:{port}"),
        "http://localhost:9".to_owned(),
        format!("http://127.0.0.1:{port}"),
    ];
    let (mut tried, mut by_browser, mut by_server, mut sessions) = (0, 0, 0, 0);
    let visits = if stage.long { VISITS_LONG } else { VISITS };
    for origin in &origins {
        for _ in 0..visits {
            let mut attacker = stage.server.client();
            let begun = attacker.post("/api/v1/login/begin", &json!({})).expect(200).json;
            stage.passkey.move_to(origin);
            let signed = stage.passkey.try_sign(&begun);
            stage.passkey.move_to(&stage.server.console);
            tried += 1;
            let Ok(signed) = signed else {
                by_browser += 1;
                continue;
            };
            // As it was signed, and with the origin set right afterwards.
            for answer in [signed.clone(), with_origin(&signed, &stage.server.console)] {
                attacker.post("/api/v1/login/finish", &answer);
            }
            let is_in = attacker.get("/api/v1/session").status == 200;
            sessions += usize::from(is_in);
            by_server += usize::from(!is_in);
        }
    }
    if open {
        sessions += usize::from(attackers_own(stage));
    }
    let (typed, relayed, used) = relayed_codes(stage);
    Seen {
        tried: format!("{tried} sign-ins by way of {} look-alikes that relay everything", origins.len()),
        outcome: format!(
            "{by_browser} stopped by the browser, {by_server} by the server. Who signs in with a password and a code types both into the page: \
             that opened {relayed} of {typed} sessions, as members alone, with {used} of the acts that need a touch"
        ),
        figure: format!("{sessions} sessions of passkeys; {relayed} of {typed} of passwords"),
        held: sessions == 0 && used == 0,
    }
}

/// Members with passwords type theirs, with a code, into a page that passes both on at once: how many did, how many sessions that
/// opened, and how many acts that need a touch they were good for. Known, told, and the workspace's to allow (docs/access.md).
fn relayed_codes(stage: &mut Stage) -> (usize, usize, usize) {
    stage.allow_passwords();
    let (mut relayed, mut used) = (0, 0);
    let acts: Vec<_> = routes(&stage.server).into_iter().filter(|route| route.step_up).collect();
    let workspace = stage.server.installed.workspace.clone();
    for _ in 0..TYPED {
        let mut victim = stage.joined_by_password("marketer");
        let mut attacker = stage.server.client();
        attacker.try_password(&victim.email, &victim.password, &victim.app.code());
        relayed += usize::from(attacker.get("/api/v1/session").status == 200);
        for act in &acts {
            let reply = attacker.send(&act.method, &act.at(&workspace, "nobody"), Some(&json!({})), &[]);
            used += usize::from(!matches!(reply.status, 303 | 403 | 404));
        }
    }
    // The steps that follow are about passkeys.
    stage.change("DELETE", "/passwords", &json!({}));
    (TYPED, relayed, used)
}

/// The assertion with another origin in what the browser said, which the signature then does not cover.
fn with_origin(signed: &Value, origin: &str) -> Value {
    let mut signed = signed.clone();
    let place = &mut signed["response"]["clientDataJSON"];
    let bytes = data_encoding::BASE64URL_NOPAD
        .decode(place.as_str().unwrap_or_default().trim_end_matches('=').as_bytes())
        .expect("base64");
    let mut said: Value = serde_json::from_slice(&bytes).expect("what the browser said");
    said["origin"] = json!(origin);
    *place = json!(data_encoding::BASE64URL_NOPAD.encode(said.to_string().as_bytes()));
    signed
}

/// A passkey of the attacker's on the owner's account, with the owner's touch: whether it signs in.
fn attackers_own(stage: &mut Stage) -> bool {
    let mut key = testkit::Authenticator::at(&stage.server.console);
    super::devices::added(stage, &mut key);
    let mut attacker = stage.server.client();
    attacker.sign_in(&mut key);
    attacker.get("/api/v1/session").status == 200
}

pub fn two_doors(stage: &mut Stage, open: bool) -> Seen {
    let (collect, console) = (stage.server.collect.clone(), stage.server.console.clone());
    let behind = collect.clone();
    let proxy = open.then(|| {
        Proxy::open(move |path, _| {
            Way::To(if path.starts_with("/api/") { &console } else { &behind }.clone())
        })
    });
    let address = proxy.map_or(collect, |proxy| proxy.address);
    let routes = routes(&stage.server);
    let workspace = stage.server.installed.workspace.clone();
    // Somebody whom it does not hurt to be signed out on the way.
    let member = stage.joined("viewer").0;
    let mut there = Vec::new();
    for route in &routes {
        // Each on a connection of its own: a door that knows no such route reads no body and hangs up.
        let mut outside = Client::new(&address);
        outside.set_cookie(member.cookie().map(str::to_owned));
        let reply = outside.send(&route.method, &route.at(&workspace, "nobody"), None, &[]);
        if reply.status != 404 {
            there.push(format!("{} {}: {}", route.method, route.path, reply.status));
        }
    }
    Seen {
        tried: format!("{} console routes at the collector's address, with a member's cookie", routes.len()),
        outcome: there.first().map_or_else(|| "none is there".to_owned(), |first| format!("first {first}")),
        figure: format!("{} of {}", there.len(), routes.len()),
        held: there.is_empty(),
    }
}
