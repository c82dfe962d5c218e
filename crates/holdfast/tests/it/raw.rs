//! Requests byte by byte: what no client library would send.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use testkit::Server;

/// A route of the collect door, its parameters filled in.
#[derive(Clone, Debug)]
pub struct RawRoute {
    pub method: String,
    pub path: String,
}

/// Every route of the collect door that takes something, from the server's own list.
pub fn collect_routes(server: &Server) -> Vec<RawRoute> {
    let (code, out, errors) = server.command(&["routes", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let listed: Value = serde_json::from_str(&out).unwrap();
    let listed = listed.as_array().or(listed["routes"].as_array()).expect("a list").clone();
    let of_collect = listed.iter().filter(|route| route["door"] == "collect");
    let routes: Vec<_> = of_collect
        .map(|route| RawRoute {
            method: route["method"].as_str().unwrap().to_owned(),
            path: filled(route["path"].as_str().unwrap(), &server.installed.write_key),
        })
        .filter(|route| !route.path.ends_with("z") && !route.path.starts_with("/status"))
        .collect();
    assert!(routes.len() > 30, "only {} routes", routes.len());
    routes
}

fn filled(path: &str, write_key: &str) -> String {
    let part = |part: &str| match part {
        "{write_key}" => write_key.to_owned(),
        "{call}" => "track".to_owned(),
        part if part.starts_with('{') => "p1".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A request with a framed body.
pub fn request(route: &RawRoute, headers: &str, body: &[u8]) -> Vec<u8> {
    let RawRoute { method, path } = route;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Sends bytes and gives what comes back until the server closes. After a request that is not `whole` its sender waits
/// a moment for the answer and then closes its own half, which says that nothing follows.
pub fn exchange(url: &str, bytes: &[u8], whole: bool) -> Vec<u8> {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server takes connections");
    let patience = Duration::from_millis(if whole { 60_000 } else { 150 });
    stream.set_read_timeout(Some(patience)).unwrap();
    let reader = stream.try_clone().unwrap();
    let reading = std::thread::spawn(move || {
        let (mut said, mut reader) = (Vec::new(), reader);
        // A reset after the answer is an answer too.
        if let Err(error) = std::io::Read::by_ref(&mut reader).take(1 << 20).read_to_end(&mut said)
            && matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        {
            let _ = reader.shutdown(std::net::Shutdown::Write);
            reader.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let _ = reader.take(1 << 20).read_to_end(&mut said);
        }
        said
    });
    let _ = stream.write_all(bytes);
    reading.join().unwrap()
}

/// How many answers there are in what was read, and the status of the first.
pub fn statuses(said: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(said);
    let heads = text.match_indices("HTTP/1.1 ").filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok());
    heads.collect()
}

/// A stream of numbers that is the same for the same seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound.max(1)
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
