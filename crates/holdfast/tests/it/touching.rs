//! A door in front of the console door that has an owner's session and answers every touch that is asked for, so that
//! programs without a passkey reach what lies behind one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::{Authenticator, Client, Reply};

/// What the client of the tests can send; `it passive` sends the others.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
/// The longest body that is passed on.
const BODY_BYTES_MAX: usize = 4 << 20;

/// The door; it serves until the tests end.
pub struct Touching {
    url: String,
    answered: Arc<AtomicUsize>,
}

struct Asked {
    method: String,
    path: String,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Touching {
    /// Opens the door.
    pub fn answer(mut owner: Client, mut passkey: Authenticator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answered = Arc::new(AtomicUsize::new(0));
        let counted = answered.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(asked) = read(&stream) else { continue };
                if !METHODS.contains(&asked.method.as_str()) {
                    refuse(stream, "405 Method Not Allowed");
                    continue;
                }
                // The client of the tests takes what browsers send; the fuzzer sends more.
                let passed = AssertUnwindSafe(|| pass(&mut owner, &mut passkey, &asked, &counted));
                answer(stream, &asked.method, catch_unwind(passed).ok());
            }
        });
        Self { url, answered }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many touches were asked for and given.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut content_type) = (0, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                length = value.trim().parse().ok().filter(|length| *length <= BODY_BYTES_MAX)?
            }
            "content-type" => content_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, content_type, body })
}

fn pass(owner: &mut Client, passkey: &mut Authenticator, asked: &Asked, counted: &AtomicUsize) -> Reply {
    let with_body = matches!(asked.method.as_str(), "POST" | "PUT" | "PATCH");
    let body: &[u8] = if with_body { &asked.body } else { &[] };
    let content_type = asked.content_type.as_deref().filter(|_| with_body);
    let send = |owner: &mut Client, extra: &[(&str, &str)]| {
        owner.send_raw(&asked.method, &asked.path, content_type, body, extra)
    };
    let first = send(owner, &[]);
    if first.status != 403 || first.json["code"] != "step-up-required" {
        return first;
    }
    let id = first.json["stepup"]["id"].as_str().expect("an id").to_owned();
    let signed = passkey.sign(&first.json["stepup"]["publicKey"]);
    assert!(owner.post(&format!("/api/v1/stepup/{id}"), &signed).status < 300);
    counted.fetch_add(1, Ordering::Relaxed);
    send(owner, &[("holdfast-step-up", &id)])
}

fn answer(mut stream: TcpStream, method: &str, reply: Option<Reply>) {
    let Some(reply) = reply else { return refuse(stream, "400 Bad Request") };
    let mut head = format!(
        "HTTP/1.1 {} x\r\nConnection: close\r\nContent-Length: {}\r\n",
        reply.status,
        reply.bytes.len()
    );
    for name in ["content-type", "allow", "retry-after"] {
        if let Some(value) = reply.header(name) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let body: &[u8] = if method == "HEAD" { &[] } else { &reply.bytes };
    let _ = stream.write_all(&[head.as_bytes(), b"\r\n", body].concat());
}

fn refuse(mut stream: TcpStream, status: &str) {
    let code = status.split(' ').next().unwrap_or_default();
    let said = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/problem+json\r\nAllow: GET\r\nConnection: close\r\n\r\n\
         {{\"type\":\"/problems/odd\",\"title\":\"odd\",\"status\":{code},\"code\":\"odd\"}}"
    );
    let _ = stream.write_all(said.as_bytes());
}
