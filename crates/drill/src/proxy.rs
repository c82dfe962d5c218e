//! A proxy that an operator puts in front of a door: passes requests on to where it was told to, or answers them itself. A
//! thread of this process; ends with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What the proxy does with a request.
pub enum Way {
    /// Passed on to this address (`http://host:port`).
    To(String),
    /// Answered here with this status line.
    Answered(&'static str),
}

/// A proxy that listens.
pub struct Proxy {
    /// Its address: `http://127.0.0.1:port`.
    pub address: String,
}

/// A request as it came.
struct Request {
    path: String,
    head: String,
    body: Vec<u8>,
}

impl Proxy {
    /// Opens one on a random port; `way` is told the path and the body of each request.
    pub fn open(way: impl Fn(&str, &str) -> Way + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let way = Arc::new(way);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let way = way.clone();
                // Whoever hangs up early has no answer.
                std::thread::spawn(move || serve(stream, &*way).unwrap_or_default());
            }
        });
        Self { address }
    }
}

fn serve(mut stream: TcpStream, way: &impl Fn(&str, &str) -> Way) -> std::io::Result<()> {
    let request = request(&stream)?;
    match way(&request.path, &String::from_utf8_lossy(&request.body)) {
        Way::Answered(status) => {
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes())
        }
        Way::To(address) => {
            let host = address.trim_start_matches("http://").replace("localhost", "127.0.0.1");
            let mut onward = TcpStream::connect(host)?;
            onward.write_all(request.head.as_bytes())?;
            onward.write_all(&request.body)?;
            std::io::copy(&mut onward, &mut stream).map(|_| ())
        }
    }
}

/// One request of a connection, which ends with its answer.
fn request(stream: &TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    reader.read_line(&mut head)?;
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Request { path, head, body })
}
