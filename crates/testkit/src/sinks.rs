//! What notices arrive at in tests and drills: a webhook and a mail relay, each a thread of this process. Either can be told to
//! refuse.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::Value;

/// What arrived at a webhook.
#[derive(Clone, Debug)]
pub struct Posted {
    /// When.
    pub at: Instant,
    /// The path.
    pub path: String,
    /// The header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Posted {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What arrived at a relay.
#[derive(Clone, Debug)]
pub struct Mailed {
    /// When.
    pub at: Instant,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Head and body.
    pub text: String,
}

struct Sink<T> {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<T>>>,
    refuses: Arc<AtomicU16>,
}

impl<T: Clone + Send + 'static> Sink<T> {
    fn open(serve: fn(TcpStream, &AtomicU16, &Mutex<Vec<T>>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (arrived, refuses) = (Arc::<Mutex<Vec<T>>>::default(), Arc::<AtomicU16>::default());
        let (into, asked) = (arrived.clone(), refuses.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (into, asked) = (into.clone(), asked.clone());
                std::thread::spawn(move || serve(stream, &asked, &into));
            }
        });
        Self { address, arrived, refuses }
    }

    fn arrived(&self) -> Vec<T> {
        self.arrived.lock().expect("what arrived").clone()
    }
}

/// A webhook.
pub struct HookSink(Sink<Posted>);

impl Default for HookSink {
    fn default() -> Self {
        Self::open()
    }
}

impl HookSink {
    /// Opens one on a random port.
    pub fn open() -> Self {
        Self(Sink::open(take_post))
    }

    /// Where it listens, with `path` behind.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.address)
    }

    /// Whether it answers everything with 503 from now on.
    pub fn refuse(&self, refuses: bool) {
        self.0.refuses.store(if refuses { 503 } else { 0 }, Ordering::SeqCst);
    }

    /// What arrived and was taken, oldest first.
    pub fn arrived(&self) -> Vec<Posted> {
        self.0.arrived()
    }
}

/// A mail relay that speaks plain SMTP.
pub struct MailSink(Sink<Mailed>);

impl Default for MailSink {
    fn default() -> Self {
        Self::open()
    }
}

impl MailSink {
    /// Opens one on a random port.
    pub fn open() -> Self {
        Self(Sink::open(take_mail))
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.0.address.port()
    }

    /// Whether it answers every recipient with 451 from now on.
    pub fn refuse(&self, refuses: bool) {
        self.0.refuses.store(if refuses { 451 } else { 0 }, Ordering::SeqCst);
    }

    /// Whether it answers every recipient with 550 from now on: there is nobody.
    pub fn reject(&self, rejects: bool) {
        self.0.refuses.store(if rejects { 550 } else { 0 }, Ordering::SeqCst);
    }

    /// What arrived and was taken, oldest first.
    pub fn arrived(&self) -> Vec<Mailed> {
        self.0.arrived()
    }
}

/// One request, one answer, and the connection ends.
fn take_post(mut stream: TcpStream, refuses: &AtomicU16, arrived: &Mutex<Vec<Posted>>) {
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let refused = refuses.load(Ordering::SeqCst) != 0;
    let status = if refused { "503 Service Unavailable" } else { "200 OK" };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}");
    let sent = stream.write_all(answer.as_bytes());
    if refused || sent.is_err() {
        return;
    }
    arrived.lock().expect("what arrived").push(Posted { at: Instant::now(), path, headers, body });
}

/// One conversation of SMTP (RFC 5321, without extensions).
fn take_mail(mut stream: TcpStream, refuses: &AtomicU16, arrived: &Mutex<Vec<Mailed>>) {
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    let mut to = Vec::new();
    if stream.write_all(b"220 sink\r\n").is_err() {
        return;
    }
    loop {
        let mut line = String::new();
        if !matches!(reader.read_line(&mut line), Ok(count) if count > 0) {
            return;
        }
        let verb = line.get(..4).unwrap_or_default().to_uppercase();
        let reply = match verb.as_str() {
            "RCPT" if refuses.load(Ordering::SeqCst) == 451 => "451 not now",
            "RCPT" if refuses.load(Ordering::SeqCst) == 550 => "550 nobody here",
            "RCPT" => {
                let address = line.split('<').nth(1).and_then(|rest| rest.split('>').next());
                to.push(address.unwrap_or_default().to_owned());
                "250 ok"
            }
            "DATA" => {
                if stream.write_all(b"354 go on\r\n").is_err() {
                    return;
                }
                let text = data(&mut reader);
                let mail = Mailed { at: Instant::now(), to: std::mem::take(&mut to), text };
                arrived.lock().expect("what arrived").push(mail);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if stream.write_all(format!("{reply}\r\n").as_bytes()).is_err() || verb == "QUIT" {
            return;
        }
    }
}

fn data(reader: &mut impl BufRead) -> String {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if !matches!(reader.read_line(&mut line), Ok(count) if count > 0) || line == ".\r\n" {
            return text;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
