//! What a stranger can ask, of what is there and of what is not: the answers and their times.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use testkit::{Client, Reply};

use super::compared::Compared;
use crate::dice::Dice;
use crate::play::Seen;
use crate::proxy::{Proxy, Way};
use crate::stage::Stage;

/// How many ask at once. With `--long` fewer, so that the machine makes less of its own noise.
const SENDERS: usize = 128;
const SENDERS_LONG: usize = 32;
/// Where an address is tried with a password, which takes a hash each time: fewer of them, by fewer; with `--long` as many, by
/// fewer.
const ADDRESS: &str = "/api/v1/login/password";
const HASHED_EVERY: usize = 16;
/// How many are known of each kind: so many invitations a workspace may have open, and so many members.
const KNOWN: usize = 1;
const KNOWN_LONG: usize = 150;

/// A question that can be asked of somebody known and of nobody.
struct Oracle {
    name: &'static str,
    /// What has to be asked first, unmeasured.
    before: Option<&'static str>,
    path: &'static str,
}

/// What is as long as this and of letters and digits alone is a lot, and no word.
const LOT_LETTERS_MIN: usize = 20;
const ORGANISATION: &str = "/sign-in/organisation";

const ORACLES: [Oracle; 5] = [
    Oracle { name: "a code", before: None, path: "/api/v1/enrol/begin" },
    Oracle {
        name: "a passkey for a code",
        before: Some("/api/v1/enrol/begin"),
        path: "/api/v1/enrol/finish",
    },
    Oracle { name: "an address", before: None, path: ADDRESS },
    Oracle { name: "a passkey", before: Some("/api/v1/login/begin"), path: "/api/v1/login/finish" },
    Oracle { name: "an address of an organisation", before: None, path: ORGANISATION },
];

/// What is known, each with its like that is not.
struct Bait {
    codes: Vec<(String, String)>,
    /// Members' addresses at a domain that has a provider, and addresses as long that are nobody's at a domain without.
    addresses: Vec<(String, String)>,
    /// An assertion of the owner's passkey, and the same of a passkey that nobody has.
    assertion: Value,
    no_assertion: Value,
    emails: Vec<(String, String)>,
}

impl Bait {
    /// The pair of that number, the first again after the last: the known or the other one.
    fn one((pairs, number): (&[(String, String)], u64), is_known: bool) -> &str {
        let place = usize::try_from(number).unwrap_or_default() % pairs.len().max(1);
        pairs.get(place).map_or("", |(known, unknown)| if is_known { known } else { unknown })
    }
}

pub fn oracles(stage: &mut Stage, open: bool) -> Seen {
    let long = stage.long;
    let (probes, senders) = if long { (10_000, SENDERS_LONG) } else { (2_000, SENDERS) };
    let bait = bait(stage, if long { KNOWN_LONG } else { KNOWN });
    let proxy = open.then(|| known_alone(stage, &bait));
    let (mut figures, mut held, mut different) = (Vec::new(), true, 0);
    for oracle in &ORACLES {
        let hashed = oracle.path == ADDRESS;
        let probes = if hashed && !long { probes / HASHED_EVERY } else { probes };
        let senders = if hashed { SENDERS / HASHED_EVERY } else { senders };
        let address = proxy.as_ref().map_or(&stage.server.console, |proxy| &proxy.address);
        let Asked { known, unknown, answers } = ask(address, oracle, &bait, (probes, senders));
        let compared = Compared::of(&known, &unknown);
        different += answers.len().saturating_sub(1);
        held &= answers.len() == 1
            && if long { compared.tells_nothing_at_all() } else { compared.tells_nothing() };
        figures.push(format!(
            "{}: AUC {:.3} (± {:.3}), medians {:.0} µs apart (± {:.0})",
            oracle.name, compared.auc, compared.auc_bound, compared.median_us, compared.median_bound_us
        ));
    }
    let hashed = if long { "as many" } else { "a sixteenth of that of" };
    Seen {
        tried: format!(
            "{probes} known and {probes} unknown codes and passkeys, addresses of organisations, and {hashed} addresses with passwords, mixed, at each of {} routes",
            ORACLES.len()
        ),
        outcome: format!("status, headers and body are the same but for what is random: {different} differ"),
        figure: figures.join("; "),
        held,
    }
}

fn bait(stage: &mut Stage, count: usize) -> Bait {
    let provider = json!({
        "issuer": "https://login.example.com", "client_id": "drill", "domains": ["example.com"]
    });
    stage.change("PUT", "/single-sign-on", &provider);
    let (mut codes, mut addresses) = (Vec::new(), Vec::new());
    for number in 0..count {
        let email = format!("known{number:03}@example.com");
        let invited = stage.change("POST", "/members", &json!({ "email": email, "role": "viewer" })).json;
        let code = invited["code"].as_str().expect("a code").to_owned();
        // As long and of the same signs, so that only whether it is known differs.
        let no_code = altered(&code, code.len() - 8);
        codes.push((code, no_code));
        addresses.push((email, format!("nobdy{number:03}@example.org")));
    }
    let begun = stage.server.client().post("/api/v1/login/begin", &json!({})).expect(200).json;
    let mut assertion = stage.passkey.sign(&begun);
    // Signed by somebody else, as far as the server can tell.
    change(&mut assertion, "/response/signature");
    let mut no_assertion = assertion.clone();
    for place in ["/id", "/rawId", "/response/userHandle"] {
        change(&mut no_assertion, place);
    }
    stage.allow_passwords();
    let mut emails = Vec::new();
    for _ in 0..count {
        let email = stage.joined_by_password("viewer").email;
        let no_email = altered(&email, 4);
        emails.push((email, no_email));
    }
    Bait { codes, addresses, assertion, no_assertion, emails }
}

/// Another text of the same signs from `from` on.
fn altered(text: &str, from: usize) -> String {
    let other = |(place, sign): (usize, char)| match sign {
        sign if place < from => sign,
        '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(sign) + 1).unwrap_or(sign),
        '9' => '0',
        'z' => 'a',
        'Z' => 'A',
        sign => sign,
    };
    text.chars().enumerate().map(other).collect()
}

fn change(value: &mut Value, place: &str) {
    let Some(part) = value.pointer_mut(place) else { return };
    let text = part.as_str().unwrap_or_default();
    // The last four signs stay: they may hold what pads the bytes.
    let (body, end) = text.split_at(text.len().saturating_sub(4));
    *part = json!(format!("{}{end}", altered(body, body.len() / 2)));
}

#[derive(Default)]
struct Asked {
    known: Vec<f64>,
    unknown: Vec<f64>,
    answers: BTreeSet<String>,
}

/// A proxy that lets in who is on a list of members, which keeps a flood of strangers off the server.
fn known_alone(stage: &Stage, bait: &Bait) -> Proxy {
    let console = stage.server.console.clone();
    let members: Vec<String> = bait.emails.iter().map(|(known, _)| known.clone()).collect();
    Proxy::open(move |path, body| {
        match path != ADDRESS || members.iter().any(|email| body.contains(email.as_str())) {
            true => Way::To(console.clone()),
            false => Way::Answered("403 Forbidden"),
        }
    })
}

fn ask(address: &str, oracle: &Oracle, bait: &Bait, (probes, senders): (usize, usize)) -> Asked {
    let (asked, next) = (Mutex::new(Asked::default()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..senders {
            let (asked, next, mut client) = (&asked, &next, Client::new(address));
            scope.spawn(move || {
                let mut dice = Dice::new(sender as u64 + 7);
                while next.fetch_add(1, Ordering::Relaxed) < probes {
                    // Both of a pair, in either order: what slows the machine for a while slows both.
                    let first = dice.below(2) == 0;
                    for is_known in [first, !first] {
                        let (took_us, answer) =
                            probe(&mut client, oracle, bait, (is_known, dice.below(1 << 16)));
                        let mut asked = asked.lock().expect("no probe broke");
                        if is_known {
                            asked.known.push(took_us)
                        } else {
                            asked.unknown.push(took_us)
                        }
                        asked.answers.insert(answer);
                    }
                }
            });
        }
    });
    asked.into_inner().expect("no probe broke")
}

/// How long the answer took, and what it was without what is random in it.
fn probe(client: &mut Client, oracle: &Oracle, bait: &Bait, (is_known, from): (bool, u64)) -> (f64, String) {
    let code = json!({ "code": Bait::one((&bait.codes, from), is_known) });
    let begun = oracle
        .before
        .map(|path| client.post(path, if path.contains("enrol") { &code } else { &Value::Null }).json);
    let body = match &begun {
        None if oracle.path == ADDRESS => {
            let email = Bait::one((&bait.emails, from), is_known);
            json!({ "email": email, "password": "nobody has this password here", "code": "000000" })
        }
        None if oracle.path == ORGANISATION => {
            json!({ "address": Bait::one((&bait.addresses, from), is_known) })
        }
        None => code,
        Some(begun) if oracle.path.contains("enrol") => registration(begun),
        Some(begun) => {
            let mut assertion = if is_known { bait.assertion.clone() } else { bait.no_assertion.clone() };
            assertion["response"]["clientDataJSON"] = client_data(begun, "webauthn.get");
            assertion
        }
    };
    let begin = Instant::now();
    // From everywhere, so that no address runs out.
    let from = format!("127.{}.{}.9", 1 + from / 256 % 250, from % 256);
    let reply = client.send("POST", oracle.path, Some(&body), &[("x-forwarded-for", &from)]);
    (begin.elapsed().as_secs_f64() * 1e6, without_chance(&reply))
}

/// A registration that fits the challenge and nothing else.
fn registration(begun: &Value) -> Value {
    json!({
        "id": "AAAAAAAAAAAAAAAAAAAAAA", "rawId": "AAAAAAAAAAAAAAAAAAAAAA", "type": "public-key",
        "clientExtensionResults": {},
        "response": { "clientDataJSON": client_data(begun, "webauthn.create"), "attestationObject": "AAAA" }
    })
}

fn client_data(begun: &Value, kind: &str) -> Value {
    let data = json!({ "type": kind, "challenge": begun["challenge"], "origin": "http://localhost", "crossOrigin": false });
    json!(data_encoding::BASE64URL_NOPAD.encode(data.to_string().as_bytes()))
}

/// Status, headers and body; of what is drawn anew for each answer only the length.
fn without_chance(reply: &Reply) -> String {
    let mut body = reply.json.clone();
    for place in ["/challenge", "/user/id"] {
        if let Some(part) = body.pointer_mut(place) {
            *part = json!(part.as_str().map(str::len));
        }
    }
    let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| name != "date").collect();
    let text = if body.is_null() { reply.text.clone() } else { body.to_string() };
    without_lots(&format!("{} {headers:?} {text}", reply.status))
}

/// Of what is drawn anew for each answer (tickets, nonces) only the length.
fn without_lots(text: &str) -> String {
    let (mut kept, mut run) = (String::with_capacity(text.len()), String::new());
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '+' | '/') {
            run.push(letter);
            continue;
        }
        if run.len() >= LOT_LETTERS_MIN {
            kept.push_str(&format!("[{}]", run.len()));
        } else {
            kept.push_str(&run);
        }
        run.clear();
        kept.push(letter);
    }
    kept
}
