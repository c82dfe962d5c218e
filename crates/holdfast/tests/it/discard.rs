//! Discard before disk: every byte that the server writes to a file or to its log, seen as the system call that writes
//! it, while canaries come in at every place that a request has. None may be in any of them.
//!
//! A canary is a secret that form or context gives away (a token, a card, a password under its key) around a marker that
//! occurs nowhere else. The marker is looked for as it is and in the encodings that a program may have put it into. What
//! is written encrypted hides from this look, so what the server shows of its events is looked at too.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use testkit::Server;

use crate::raw::{Random, RawRoute, exchange, request};
use crate::support::{House, PROGRAM};

/// How many canaries; ten times as many when asked to take long.
fn canaries() -> usize {
    if std::env::var_os("HOLDFAST_TEST_LONG").is_some() { 100_000 } else { 10_000 }
}

/// Occurs in every canary that is text, and nowhere else in the world.
const MARKER: &str = "Zq7Xw9KvTr";
/// Begins every canary that is a card.
const CARD: &str = "55310472918";

/// Writes of a program under `strace`, searched as they come.
struct Trace {
    program: PathBuf,
    reading: JoinHandle<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: u64,
    bytes: u64,
    /// Where a marker was, and around it.
    found: Vec<String>,
}

impl Trace {
    /// A program that is the server under `strace`. The server keeps its place as our child; the tracer stands aside.
    fn new(folder: &Path) -> Self {
        let (pipe, program) = (folder.join("trace"), folder.join("traced"));
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = serve ] || exec {PROGRAM} \"$@\"\nexec strace -D -f --seccomp-bpf -qq -y -s 16777216 -xx -e signal=none \
             -e trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,vmsplice -o {} {PROGRAM} \"$@\"\n",
            pipe.display()
        );
        std::fs::File::create(&program).unwrap().write_all(script.as_bytes()).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let reading = std::thread::spawn(move || watch(&pipe));
        Self { program, reading }
    }
}

fn watch(pipe: &Path) -> Seen {
    let needles = needles();
    let search = aho_corasick::AhoCorasick::new(&needles).expect("few needles");
    let mut lines = BufReader::with_capacity(1 << 20, std::fs::File::open(pipe).expect("the pipe"));
    let (mut seen, mut line) = (Seen::default(), Vec::new());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).expect("the trace") == 0 {
            return seen;
        }
        // Answers to clients are not written to file or log. The log is the pipe behind descriptor 2.
        let call = String::from_utf8_lossy(&line[..line.len().min(300)]).into_owned();
        let behind =
            call.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path);
        let behind = String::from_utf8_lossy(&unescaped(behind.as_bytes())).into_owned();
        if behind.starts_with("socket:") || behind.starts_with("pipe:") && !call.contains("(2<") {
            continue;
        }
        let bytes = unescaped(&line);
        seen.calls += 1;
        seen.bytes += bytes.len() as u64;
        for hit in search.find_iter(&bytes) {
            let around = &bytes[hit.start().saturating_sub(60)..(hit.end() + 40).min(bytes.len())];
            let place = format!("{} {behind}", call.split('<').next().unwrap_or_default());
            if seen.found.len() < 200 {
                seen.found.push(format!("{place} … {}", String::from_utf8_lossy(around)));
            }
        }
    }
}

/// What stands between the quotes of a line, `\x41` being a byte; pieces of one call one after the other.
fn unescaped(line: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(line.len() / 4);
    let mut rest = line;
    while let Some(at) = memchr::memmem::find(rest, b"\\x") {
        let digit = |at: usize| rest.get(at).and_then(|byte| (*byte as char).to_digit(16));
        if let (Some(high), Some(low)) = (digit(at + 2), digit(at + 3)) {
            bytes.push((high * 16 + low) as u8);
        }
        rest = &rest[(at + 4).min(rest.len())..];
    }
    bytes
}

/// The markers in each encoding: as they are, base64 at each of its three offsets (once and twice), hex, percent, escaped.
fn needles() -> Vec<Vec<u8>> {
    let mut needles = Vec::new();
    for marker in [MARKER, CARD] {
        let bytes = marker.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        let escaped: String = bytes.iter().map(|byte| format!("\\u{byte:04x}")).collect();
        let wide: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
        needles.extend([
            bytes.to_vec(),
            wide,
            marker.to_ascii_lowercase().into_bytes(),
            marker.to_ascii_uppercase().into_bytes(),
        ]);
        for text in [hex, percent, escaped] {
            needles.extend([text.to_ascii_uppercase().into_bytes(), text.into_bytes()]);
        }
        for once in in_base64(bytes) {
            needles.extend(in_base64(&once).into_iter().filter(|twice| twice.len() >= 12));
            needles.push(once);
        }
    }
    needles.retain(|needle| needle.len() >= 8);
    needles.sort();
    needles.dedup();
    needles
}

/// What base64 of any text with `bytes` in it is certain to hold, for each offset of them.
fn in_base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|offset| {
            let text = data_encoding::BASE64_NOPAD.encode(&[&b"\0\0\0"[..offset], bytes].concat());
            let from = (offset * 8).div_ceil(6);
            let until = (offset + bytes.len()) * 8 / 6;
            text.as_bytes()[from..until].to_vec()
        })
        .collect()
}

/// The secrets of one request: each a canary of its own.
struct Nest {
    next: usize,
    random: Random,
    write_key: String,
    sent: BTreeMap<&'static str, usize>,
}

impl Nest {
    fn core(&mut self) -> String {
        self.next += 1;
        let tail: String = (0..14)
            .map(|_| *self.random.pick(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") as char)
            .collect();
        format!("{MARKER}{:06}{tail}", self.next)
    }

    /// A secret by its form.
    fn token(&mut self) -> String {
        let core = self.core();
        match self.next % 7 {
            0 => format!("ghp_{core}{}", &core[..6]),
            1 => format!("sk_live_{core}"),
            2 => format!("xoxb-123456789012-123456789012-{}", &core[..24]),
            3 => format!("https://admin:{core}@db.internal.example/x"),
            4 => {
                let part = |value: Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
                format!(
                    "{}.{}.{}",
                    part(json!({"alg": "HS256", "typ": "JWT"})),
                    part(json!({"sub": core})),
                    part(json!(core))
                )
            }
            5 => self.card(),
            _ => format!(
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC{core}{core}\n-----END PRIVATE KEY-----"
            ),
        }
    }

    fn card(&mut self) -> String {
        let body = format!("{CARD}{:04}", self.next % 10_000);
        let sum: u32 = body
            .bytes()
            .rev()
            .enumerate()
            .map(|(at, digit)| {
                let digit = u32::from(digit - b'0');
                if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
            })
            .sum();
        format!("{body}{}", (10 - sum % 10) % 10)
    }

    /// A member whose key gives its value away.
    fn member(&mut self) -> (&'static str, String) {
        const KEYS: [&str; 12] = [
            "password",
            "passwd",
            "user_password",
            "newPassword",
            "client_secret",
            "api_key",
            "access_token",
            "refreshToken",
            "contraseña",
            "passwort",
            "private_key",
            "sessionToken",
        ];
        let key = KEYS[self.next % KEYS.len()];
        (key, self.core())
    }

    /// What an event carries: secrets at every place of it.
    fn properties(&mut self) -> Value {
        let mut object = json!({});
        let (key, value) = self.member();
        object[key] = json!(value);
        object["list"] = json!([1, [self.token(), { "deep": [self.token()] }], "x"]);
        object[self.token()] = json!("a secret as a key");
        let (key, value) = self.member();
        object["json"] = json!(json!({ key: value }).to_string());
        let (key, value) = self.member();
        object["packed"] = json!(data_encoding::BASE64.encode(json!({ key: value }).to_string().as_bytes()));
        object["token64"] = json!(data_encoding::BASE64.encode(self.token().as_bytes()));
        let (key, value) = self.member();
        object["query"] = json!(format!("a=1&{key}={value}&b=2"));
        let escaped: String = self.core().bytes().map(|byte| format!("%{byte:02X}")).collect();
        object["url"] = json!(format!("https://shop.example/reset?password={escaped}&x=1"));
        object["note"] = json!(format!("please use {} from now on", self.token()));
        object["stack"] = json!(format!(
            "Error: refused Authorization: Bearer {}\n    at login (app.js:1:1)",
            self.token()
        ));
        object
    }

    /// The next request, and what kind it is.
    fn request(&mut self, number: usize) -> (&'static str, Vec<u8>) {
        let key = self.write_key.clone();
        let basic = data_encoding::BASE64.encode(format!("{key}:").as_bytes());
        let authorization = format!("Authorization: Basic {basic}\r\n");
        let post = |path: &str| RawRoute { method: "POST".to_owned(), path: path.to_owned() };
        let with =
            |path: &str, body: &Value| request(&post(path), &authorization, body.to_string().as_bytes());
        match number % 22 {
            0 => {
                let event = json!({"type": "track", "userId": "u", "event": "Leaked", "properties": self.properties(), "context": {"page": self.properties()}, "integrations": self.properties()});
                ("segment batch", with("/v1/batch", &json!({"batch": [event, {"type": "identify", "userId": "u", "traits": self.properties()}], "context": self.properties()})))
            }
            1 => ("segment single", with("/v1/track", &json!({"userId": "u", "event": "Leaked", "properties": self.properties()}))),
            2 => ("segment names", with("/v1/track", &json!({"userId": self.token(), "event": self.token(), "messageId": self.token(), "anonymousId": self.token(), "properties": {}}))),
            3 => ("segment group", with("/v1/group", &json!({"userId": "u", "groupId": self.token(), "traits": self.properties()}))),
            4 => {
                let data = json!({"event": "Leaked", "properties": {"token": key, "distinct_id": "u", "inner": self.properties()}});
                let form = format!("data={}", data_encoding::BASE64.encode(data.to_string().as_bytes()).replace('+', "%2B"));
                ("mixpanel track", request(&post("/track"), "Content-Type: application/x-www-form-urlencoded\r\n", form.as_bytes()))
            }
            5 => {
                let mut set = json!({"$token": key, "$distinct_id": "u"});
                set[*self.random.pick(&["$set", "$set_once", "$append", "$union"])] = self.properties();
                ("mixpanel engage", request(&post("/engage"), "", json!([set]).to_string().as_bytes()))
            }
            6 => ("mixpanel import", with("/import?strict=1", &json!([{"event": self.token(), "properties": {"time": 1, "distinct_id": self.token(), "$insert_id": self.token(), "x": self.properties()}}]))),
            7 => ("customerio person", request(&RawRoute { method: "PUT".to_owned(), path: "/api/v1/customers/u".to_owned() }, &authorization, self.properties().to_string().as_bytes())),
            8 => ("customerio event", with("/api/v1/customers/u/events", &json!({"name": "Leaked", "data": self.properties()}))),
            9 => ("customerio batch", with("/api/v2/batch", &json!({"batch": [{"type": "person", "identifiers": {"id": self.token()}, "action": "identify", "attributes": self.properties()}, {"type": self.token()}]}))),
            10 => ("jitsu", with("/api/s/track", &json!({"userId": "u", "event": "Leaked", "properties": self.properties()}))),
            11 => ("rudderstack", with("/v1/merge", &json!({"userId": "u", "mergeProperties": [self.properties(), self.properties()]}))),
            12 => {
                let data = data_encoding::BASE64URL_NOPAD.encode(json!({"writeKey": key, "userId": "u", "event": "Leaked", "properties": self.properties()}).to_string().as_bytes());
                ("pixel", format!("GET /v1/pixel/track?data={data} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes())
            }
            13 => {
                let headers = format!(
                    "{authorization}User-Agent: agent {}\r\nCookie: session={}\r\nX-Api-Key: {}\r\nReferer: https://shop.example/?password={}\r\nX-Note: {}\r\n",
                    self.core(), self.core(), self.core(), self.core(), self.core()
                );
                ("headers", request(&post("/v1/track"), &headers, br#"{"userId":"u","event":"Headed"}"#))
            }
            14 => ("query", request(&post(&format!("/v1/track?password={}&token={}", self.core(), self.core())), &authorization, br#"{"userId":"u","event":"Asked"}"#)),
            15 => ("path", format!("GET /v1/projects/{}/settings HTTP/1.1\r\nHost: {}\r\nOrigin: https://{}.example\r\nConnection: close\r\n\r\n", self.core(), self.core(), self.core()).into_bytes()),
            16 => ("wrong key", request(&post("/v1/track"), &format!("Authorization: Bearer {}\r\n", self.core()), json!({"writeKey": self.core(), "userId": "u", "event": "e", "properties": self.properties()}).to_string().as_bytes())),
            17 => {
                let mut event = json!({"userId": "u", "event": "Long", "properties": self.properties()});
                event["properties"]["padding"] = json!("p".repeat(40_000));
                ("too long", with("/v1/track", &event))
            }
            18 => {
                let mut body = json!({"writeKey": key, "userId": "u", "event": "Cut", "properties": self.properties()}).to_string();
                body.truncate(body.len() - 3);
                ("malformed", request(&post("/v1/track"), "", body.as_bytes()))
            }
            19 => {
                let (member, value) = self.member();
                let bytes = [format!("{{\"writeKey\":\"{key}\",\"userId\":\"u\",\"event\":\"Bad\",\"properties\":{{\"{member}\":\"{value}").as_bytes(), b"\xff\xfe\0\"}}"].concat();
                ("no UTF-8", request(&post("/v1/track"), "", &bytes))
            }
            20 => {
                let (member, value) = self.member();
                let deep = format!("{{\"writeKey\":\"{key}\",\"userId\":\"u\",\"event\":\"Deep\",\"properties\":{}{{\"{member}\":\"{value}\"}}{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
                ("too deep", request(&post("/v1/track"), "", deep.as_bytes()))
            }
            _ => {
                let (core, other) = (self.core(), self.core());
                ("broken head", format!("POST /v1/track?{core} HTTP/1.1\r\nHost: x\r\nX-Secret {other}\r\nContent-Length: zz\r\n\r\n").into_bytes())
            }
        }
    }
}

#[test]
fn no_canary_is_in_any_write() {
    let folder = tempfile::tempdir().unwrap();
    let trace = Trace::new(folder.path());
    let program = trace.program.to_str().unwrap();
    let mut house = House::of(Server::start_with(program, &[], &[("HOLDFAST_LOG__FILTER", "debug")]));
    let mut nest = Nest {
        next: 0,
        random: Random(7),
        write_key: house.server.installed.write_key.clone(),
        sent: BTreeMap::new(),
    };
    let mut number = 0;
    while nest.next < canaries() {
        let (kind, bytes) = nest.request(number);
        let said = exchange(&house.server.collect, &bytes, kind != "broken head");
        assert!(!said.is_empty(), "{kind} was not answered");
        *nest.sent.entry(kind).or_insert(0) += 1;
        number += 1;
    }
    // A last good one, so that the negative control is the search itself: its marker is no secret and must be seen shown.
    house.send("/v1/track", &json!({"userId": "u", "event": "Last", "messageId": "last"}));
    let shown = shown(&mut house);
    assert_eq!(house.server.terminate(), Some(0));
    drop(house);
    let seen = trace.reading.join().unwrap();
    println!(
        "{} canaries in {number} requests {:?}; {} writes to files and log, {} bytes",
        nest.next, nest.sent, seen.calls, seen.bytes
    );
    assert!(
        seen.calls > 500 && seen.bytes > 1_000_000,
        "the trace saw only {} writes, {} bytes",
        seen.calls,
        seen.bytes
    );
    assert!(
        seen.found.is_empty(),
        "{} writes hold canaries: {:#?}",
        seen.found.len(),
        &seen.found[..seen.found.len().min(20)]
    );
    assert!(
        shown.is_empty(),
        "{} shown events hold canaries: {:#?}",
        shown.len(),
        &shown[..shown.len().min(20)]
    );
}

/// The events that are shown with a canary in them, each by its first one.
fn shown(house: &mut House) -> Vec<String> {
    let search = aho_corasick::AhoCorasick::new(needles()).unwrap();
    testkit::wait_until(120, "the last event", || {
        let newest = house.owner.get(&house.path("/events?event=Last&limit=1")).expect(200).json;
        (newest["items"].as_array().unwrap().len() == 1).then_some(())
    });
    let mut found = BTreeMap::new();
    for item in house.every_event() {
        let text = item.to_string();
        for hit in search.find_iter(&text) {
            let from =
                (0..=hit.start().saturating_sub(60)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let around = text[from..].chars().take(130).collect::<String>();
            // The same place of other events is the same leak.
            let place: String = around.chars().take(40).filter(|letter| !letter.is_ascii_digit()).collect();
            found.entry(place).or_insert(around);
        }
    }
    found.into_values().collect()
}

#[test]
fn the_search_finds_what_is_written_in_any_encoding() {
    let search = aho_corasick::AhoCorasick::new(needles()).unwrap();
    let finds = |bytes: &[u8]| search.is_match(bytes);
    assert!(!finds(b"nothing of it: 5531047291, Zq7Xw9KvT"));
    for secret in [format!("a{MARKER}b"), format!("{CARD}12345")] {
        for before in ["", "x", "xy", "xyz"] {
            let text = format!("{before}{secret}");
            let once = data_encoding::BASE64.encode(text.as_bytes());
            let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            let percent: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            assert!(
                finds(text.as_bytes())
                    && finds(once.as_bytes())
                    && finds(hex.as_bytes())
                    && finds(percent.as_bytes()),
                "{text}"
            );
            assert!(
                finds(data_encoding::BASE64URL_NOPAD.encode(once.as_bytes()).as_bytes()),
                "{text} packed twice"
            );
        }
    }
    let line = br#"7 write(3</x>, "\x5a\x71\x37\x58\x77\x39\x4b\x76\x54\x72", 10) = 10"#;
    assert!(finds(&unescaped(line)));
}
