//! Thousands of bodies made to break something, over every route of the collect door: the server goes on, its memory
//! stays where it was, and what honest neighbours send meanwhile is all there.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use testkit::Server;

use crate::raw::{Random, RawRoute, collect_routes, exchange, request, statuses};
use crate::support::House;

/// How many bodies; many more when asked to take long.
fn bodies() -> usize {
    if std::env::var_os("HOLDFAST_TEST_LONG").is_some() { 100_000 } else { 10_000 }
}

const SENDERS: usize = 6;
/// What the process may have grown by when all is over, over what it had after the first bodies of each kind.
const GROWTH_MAX_KB: usize = 64 * 1024;
/// What it may have held at any time meanwhile, over the same.
const PEAK_MAX_KB: usize = 192 * 1024;

/// Resident memory, now and at most, in KB.
pub fn memory_kb(server: &Server) -> (usize, usize) {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the server runs");
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What is made once, since it is dear to make.
struct Stock {
    routes: Vec<RawRoute>,
    write_key: String,
    bombs: Vec<Vec<u8>>,
}

impl Stock {
    fn new(server: &Server) -> Self {
        let zeros = gzip(&vec![0; 64 << 20]);
        let spaces = gzip(&vec![b' '; 8 << 20]);
        let array = gzip(&[b"{\"batch\":[".as_slice(), &b"{},".repeat(2 << 20), b"{}]}"].concat());
        let nested = gzip(&gzip(&zeros));
        let mut cut = gzip(br#"{"event":"cut","userId":"u","batch":[]}"#);
        cut.truncate(cut.len() - 6);
        let mut wrong_sum = gzip(br#"{"event":"sum","userId":"u"}"#);
        let last = wrong_sum.len() - 5;
        wrong_sum[last] ^= 0xff;
        let extra = [b"\x1f\x8b\x08\x04\0\0\0\0\0\x03\xff\xff".as_slice(), &[7; 300]].concat();
        let name = [b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".as_slice(), &[b'n'; 100_000]].concat();
        let routes = collect_routes(server);
        let write_key = server.installed.write_key.clone();
        Self { routes, write_key, bombs: vec![zeros, spaces, array, nested, cut, wrong_sum, extra, name] }
    }

    /// The bytes of the request of that number, and whether it can be read in two ways.
    fn make(&self, number: usize) -> (Vec<u8>, bool) {
        let mut random =
            Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1).wrapping_mul(0xD129_0F3B_55C1_7A2D));
        let route = random.pick(&self.routes).clone();
        match number % 4 {
            0 => (request(&route, &self.headers(&mut random), &self.shaped(&mut random)), false),
            1 => (request(&route, &self.headers(&mut random), &self.bent(&mut random)), false),
            2 => (request(&route, "", &self.form(&mut random)), false),
            _ => self.head(&route, &mut random),
        }
    }

    fn headers(&self, random: &mut Random) -> String {
        let key = data_encoding::BASE64.encode(format!("{}:", self.write_key).as_bytes());
        random
            .pick(&[
                String::new(),
                format!("Authorization: Basic {key}\r\n"),
                format!("Authorization: Basic {key}\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"),
                "Authorization: Basic !!!!\r\nContent-Type: \u{7f}\r\n".to_owned(),
                format!("X-Write-Key: {}:secret\r\nContent-Encoding: br\r\n", self.write_key),
            ])
            .clone()
    }

    /// JSON and gzip of hostile shapes.
    fn shaped(&self, random: &mut Random) -> Vec<u8> {
        let key = &self.write_key;
        let size = *random.pick(&[10, 100, 1_000, 10_000, 60_000]);
        match random.below(16) {
            0 => [b"[".repeat(size), b"]".repeat(size / 2)].concat(),
            1 => [format!("{{\"writeKey\":\"{key}\",\"event\":\"e\",\"userId\":\"u\",\"properties\":").into_bytes(), b"{\"a\":".repeat(size), b"1".to_vec(), b"}".repeat(size + 1)].concat(),
            2 => format!("{{\"writeKey\":\"{key}\",\"event\":\"{}\"}}", "x".repeat(size * 20)).into_bytes(),
            3 => {
                let keys: String = (0..size).map(|n| format!("\"k{n}\":{n},")).collect();
                format!("{{\"writeKey\":\"{key}\",\"userId\":\"u\",\"event\":\"e\",\"properties\":{{{keys}\"z\":1}}}}").into_bytes()
            }
            4 => format!("{{\"writeKey\":\"{key}\",\"writeKey\":1,\"batch\":[{{\"type\":\"track\"}}],\"batch\":{{}},\"batch\":null,\"userId\":\"a\",\"userId\":[]}}").into_bytes(),
            5 => {
                let numbers = ["1e999999", "-1e-999999", "0x10", "NaN", "-Infinity", "1E+", "00001", "-", "1.2.3", ".5"];
                let digits = "9".repeat(size);
                let number = if random.below(2) == 0 { digits.as_str() } else { *random.pick(&numbers) };
                format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"userId\":{number},\"event\":\"n\",\"timestamp\":{number},\"properties\":{{\"n\":{number}}}}}").into_bytes()
            }
            6 | 7 => random.pick(&self.bombs).clone(),
            8 => {
                let wrong = ["null", "[]", "{}", "\"\"", "0", "true", "[[[]]]", "\"\\ud800\"", "{\"\":null}"];
                let of = |random: &mut Random| *random.pick(&wrong);
                format!(
                    "{{\"writeKey\":\"{key}\",\"batch\":[{{\"type\":{},\"event\":{},\"userId\":{},\"anonymousId\":{},\"properties\":{},\"traits\":{},\"context\":{},\"timestamp\":{},\"messageId\":{}}}],\"context\":{},\"sentAt\":{}}}",
                    of(random), of(random), of(random), of(random), of(random), of(random), of(random), of(random), of(random), of(random), of(random)
                )
                .into_bytes()
            }
            9 => format!("{{\"writeKey\":\"{key}\",\"batch\":[{}{{}}]}}", "{},".repeat(size)).into_bytes(),
            10 => format!("{{\"writeKey\":\"{key}\",\"batch\":[{}1]}}", "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"properties\":[]},".repeat(size / 20)).into_bytes(),
            11 => b" \t\r\n".repeat(size),
            12 => random.pick(&["", "null", "[]", "{}", "true", "\u{feff}{}", "{\"a\"", "\"", "[1,", "{\"batch\":[", "{}{}"]).as_bytes().to_vec(),
            13 => (0..size).map(|_| random.next() as u8).collect(),
            14 => format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"userId\":\"u\",\"event\":\"\\u0000\\ud83d\\u{}\"}}", "0".repeat(size)).into_bytes(),
            _ => {
                let inner = format!("{{\"password\":\"{}\"}}", "\\\"".repeat(size / 4));
                json!({"writeKey": key, "type": "track", "userId": "u", "event": "e", "properties": {"json": inner, "b64": data_encoding::BASE64.encode(inner.as_bytes())}}).to_string().into_bytes()
            }
        }
    }

    /// A good body with bytes changed, doubled, left out.
    fn bent(&self, random: &mut Random) -> Vec<u8> {
        let good = json!({"writeKey": self.write_key, "token": self.write_key, "type": "track", "event": "Bent", "userId": "u",
            "name": "Bent", "data": {"a": [1, 2.5, {"b": "c"}]}, "properties": {"token": self.write_key, "distinct_id": "u", "x": "y"},
            "batch": [{"type": "identify", "userId": "u", "traits": {"email": "a@b.example"}}, {"type": "event", "identifiers": {"id": "u"}, "name": "n"}]});
        let mut bytes = match random.below(3) {
            0 => good.to_string().into_bytes(),
            1 => json!([good, good]).to_string().into_bytes(),
            _ => format!("{good}\n{good}\n").into_bytes(),
        };
        for _ in 0..=random.below(12) {
            let at = random.below(bytes.len().max(1));
            match random.below(4) {
                0 if at < bytes.len() => bytes[at] = random.next() as u8,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.insert(at, *random.pick(b"\0\"\\{}[]:,\xff\xc0\x80\n")),
                _ => bytes.truncate(at + bytes.len() / 2),
            }
        }
        bytes
    }

    /// Forms, as Mixpanel's SDKs send them.
    fn form(&self, random: &mut Random) -> Vec<u8> {
        let inner = if random.below(2) == 0 { self.bent(random) } else { self.shaped(random) };
        let packed = data_encoding::BASE64.encode(&inner);
        match random.below(6) {
            0 => format!("data={packed}").into_bytes(),
            1 => format!("verbose=1&data={}", packed.replace('+', " ")).into_bytes(),
            2 => [b"data=".as_slice(), &inner].concat(),
            3 => b"data=%".repeat(random.below(5_000)),
            4 => format!("data={}", data_encoding::BASE64.encode(packed.as_bytes())).into_bytes(),
            _ => b"=&&=%00%ff%zz&data&data=".repeat(random.below(500)),
        }
    }

    /// Heads and framing of hostile shapes.
    fn head(&self, route: &RawRoute, random: &mut Random) -> (Vec<u8>, bool) {
        let RawRoute { method, path } = route;
        let smuggled = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
        let plain = |headers: &str, body: &str| {
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}").into_bytes()
        };
        let two = |headers: &str, body: &str| (plain(headers, body), true);
        match random.below(24) {
            0 => two("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{smuggled}")),
            1 => two("Transfer-Encoding: chunked\r\nContent-Length: 60\r\n", &format!("0\r\n\r\n{smuggled}")),
            2 => two("Content-Length: 2\r\nContent-Length: 40\r\n", &format!("{{}}{smuggled}")),
            3 => two("Content-Length: 2, 2\r\n", &format!("{{}}{smuggled}")),
            4 => two("Content-Length: +2\r\n", &format!("{{}}{smuggled}")),
            5 => two("Content-Length: -1\r\n", smuggled),
            6 => two("Content-Length: 18446744073709551618\r\n", &format!("{{}}{smuggled}")),
            7 => two("Transfer-Encoding: chunked, identity\r\n", &format!("0\r\n\r\n{smuggled}")),
            8 => two("Transfer-Encoding: xchunked\r\n", &format!("0\r\n\r\n{smuggled}")),
            9 => two("Transfer-Encoding : chunked\r\n", &format!("0\r\n\r\n{smuggled}")),
            10 => two("X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", smuggled),
            11 => two("X: a\r\n\tb\r\nContent-Length: 0\r\n", smuggled),
            12 => {
                (format!("{method} {path} HTTP/1.1\nHost: x\nContent-Length: 2\n\n{{}}").into_bytes(), false)
            }
            13 => (plain("X: a\0b\r\nContent-Length: 2\r\n", "{}"), false),
            14 => (plain(&format!("X: {}\r\n", "h".repeat(random.below(90_000))), ""), false),
            15 => (plain(&"X: y\r\n".repeat(random.below(400)), ""), false),
            16 => (
                format!(
                    "{method} {path}?{} HTTP/1.1\r\nHost: x\r\n\r\n",
                    "q=%00&".repeat(random.below(15_000))
                )
                .into_bytes(),
                false,
            ),
            17 => {
                let lines = [
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    "GET / HTTP/0.9\r\n\r\n",
                    "GET / HTTP/1.2\r\n\r\n",
                    "GET  /livez  HTTP/1.1\r\n\r\n",
                    "\u{0}\u{16}\u{3}\u{1}",
                    "get /livez http/1.1\r\n\r\n",
                    "POST http://other.example/v1/t HTTP/1.1\r\nHost: x\r\n\r\n",
                    "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                    "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
                ];
                (random.pick(&lines).as_bytes().to_vec(), false)
            }
            18 => (plain("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\nx"), false),
            19 => (
                plain(
                    "Transfer-Encoding: chunked\r\n",
                    &format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat(random.below(80_000))),
                ),
                false,
            ),
            20 => (
                plain(
                    "Transfer-Encoding: chunked\r\nConnection: close\r\n",
                    &format!("{}0\r\n\r\n", "1\r\n{\r\n".repeat(random.below(20_000))),
                ),
                false,
            ),
            21 => (
                plain(
                    "Transfer-Encoding: chunked\r\n",
                    &format!("2\r\n{{}}\r\n0\r\n{}\r\n", "T: x\r\n".repeat(random.below(20_000))),
                ),
                false,
            ),
            22 => (
                plain(
                    "Transfer-Encoding: chunked\r\n",
                    random.pick::<&str>(&[
                        "-1\r\n",
                        "2\r\n{}X\r\n0\r\n\r\n",
                        "2\n{}\n0\n\n",
                        "0x2\r\n{}\r\n",
                        "\r\n",
                        "2\r\n{}",
                    ]),
                ),
                false,
            ),
            _ => (
                plain(
                    &format!(
                        "Content-Length: {}\r\n",
                        random.pick(&[1usize, 100, 4_096_000, 10_000_000_000])
                    ),
                    "{",
                ),
                false,
            ),
        }
    }
}

/// Sends the bodies of these numbers; fails on an answer that says that something broke.
fn attack(stock: &Stock, url: &str, next: &AtomicUsize, until: usize) {
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= until {
            return;
        }
        let (bytes, ambiguous) = stock.make(number);
        let said = statuses(&exchange(url, &bytes, number % 4 != 3));
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
        assert!(
            said.iter().all(|status| *status < 500 || *status == 503),
            "body {number}: {said:?}\n{start}"
        );
        if ambiguous {
            // Whatever is made of the first, nothing is made of what hides behind it.
            assert!(said.len() <= 1, "body {number} was read as {} requests\n{start}", said.len());
        }
    }
}

fn all(stock: &Arc<Stock>, url: &str, from: usize, until: usize) {
    let next = Arc::new(AtomicUsize::new(from));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (stock, url, next) = (stock.clone(), url.to_owned(), next.clone());
            std::thread::spawn(move || attack(&stock, &url, &next, until))
        })
        .collect();
    for sender in senders {
        sender.join().expect("no answer says that something broke");
    }
}

#[test]
fn hostile_bodies_break_nothing_and_cost_no_memory() {
    let mut house = House::new();
    let stock = Arc::new(Stock::new(&house.server));
    let url = house.server.collect.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let neighbour = {
        let (url, write_key, stop) = (url.clone(), house.server.installed.write_key.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut sent = 0;
            while !stop.load(Ordering::SeqCst) && sent < 900 {
                let event = json!({"writeKey": write_key, "userId": "honest", "event": "Neighbour", "messageId": format!("n{sent}")});
                let route = RawRoute { method: "POST".to_owned(), path: "/v1/track".to_owned() };
                let said = exchange(&url, &request(&route, "", event.to_string().as_bytes()), true);
                assert_eq!(statuses(&said), [200], "{}", String::from_utf8_lossy(&said));
                sent += 1;
            }
            sent
        })
    };
    let warm = bodies() / 10;
    all(&stock, &url, 0, warm);
    let (before_kb, _) = memory_kb(&house.server);
    all(&stock, &url, warm, bodies());
    let (after_kb, peak_kb) = memory_kb(&house.server);
    stop.store(true, Ordering::SeqCst);
    let sent: usize = neighbour.join().expect("honest senders are answered with 200");
    assert!(sent > 20, "only {sent} honest events");
    let path = house.path("/events?event=Neighbour&limit=1000");
    let owner = &mut house.owner;
    let kept = testkit::wait_until(60, "every honest event", || {
        let items = owner.get(&path).expect(200).json["items"].as_array().unwrap().len();
        (items >= sent).then_some(items)
    });
    assert_eq!(kept, sent);
    assert!(!house.server.log().contains("panicked"), "{}", house.server.log());
    house.server.sdk().get("/livez").expect(200);
    println!(
        "{} hostile bodies, 0 crashes, {kept} honest events; memory {before_kb} KB before, {after_kb} KB after, {peak_kb} KB at most",
        bodies()
    );
    assert!(after_kb < before_kb + GROWTH_MAX_KB, "grew from {before_kb} KB to {after_kb} KB");
    assert!(peak_kb < before_kb + PEAK_MAX_KB, "held {peak_kb} KB, {before_kb} KB before");
    assert_eq!(house.server.terminate(), Some(0));
}
