//! Calls against servers on this machine, which is a network that is not public.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "clippy knows test functions, not what they call; a test's file need not last"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use outbound::{ANSWER_BYTES_MAX, Call, Outbound, OutboundError, Reach};
use stdx::Networks;
use testkit::{Authority, SecureSink};
use ureq::http::Method;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";

/// Answers every connection with `answer`; the port.
fn server(answer: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_whole(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

/// Reads until the body of [`call`] is there: what a closed connection leaves unread makes the system reset it, and
/// the answer is lost on its way.
fn read_whole(stream: &mut impl Read) {
    let (mut whole, mut part) = (Vec::new(), [0; 4096]);
    while !whole.ends_with(b"\r\n\r\n{}") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(count) => whole.extend_from_slice(&part[..count]),
        }
    }
}

fn members(allowed: &[&str]) -> Outbound {
    let texts: Vec<String> = allowed.iter().map(|text| (*text).to_owned()).collect();
    Outbound::new(Reach::Members { allowed: Networks::read(&texts).unwrap() }, None).unwrap()
}

fn call(client: &Outbound, url: &str) -> Result<(u16, String), OutboundError> {
    let answer = client.send(&Call { method: Method::POST, url, headers: &[("x-a", "b")], body: b"{}" })?;
    Ok((answer.status.as_u16(), String::from_utf8(answer.body).unwrap()))
}

#[test]
fn members_reach_nothing_that_is_not_public() {
    let port = server(OK.to_owned());
    let client = members(&["10.0.0.0/8"]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "[::]"] {
        for scheme in ["http", "https"] {
            let asked = call(&client, &format!("{scheme}://{host}:{port}/"));
            assert_eq!(asked, Err(OutboundError::NotAllowed), "{scheme}://{host}");
        }
    }
    let answered = call(&members(&["127.0.0.0/8"]), &format!("http://127.0.0.1:{port}/"));
    assert_eq!(answered, Ok((200, "hi".to_owned())));
}

#[test]
fn plain_http_goes_to_no_public_network() {
    let asked = call(&members(&[]), "http://8.8.8.8/");
    assert_eq!(asked, Err(OutboundError::NotAllowed));
}

#[test]
fn addresses_that_cannot_be_called_are_named() {
    let client = members(&["127.0.0.0/8"]);
    for wrong in ["", "example.com", "file:///etc/passwd", "gopher://127.0.0.1/", "https://a:b@example.com/"]
    {
        assert!(matches!(call(&client, wrong), Err(OutboundError::BadAddress(_))), "{wrong}");
    }
    let unknown = call(&client, "https://no-such-name.invalid/");
    assert_eq!(unknown, Err(OutboundError::UnknownName));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(call(&client, &format!("http://127.0.0.1:{port}/")), Err(OutboundError::Unreachable));
}

#[test]
fn a_redirect_is_not_followed() {
    let inner = server(OK.to_owned());
    let port = server(format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ));
    let answered = call(&members(&["127.0.0.0/8"]), &format!("http://127.0.0.1:{port}/"));
    assert_eq!(answered, Ok((302, String::new())));
}

#[test]
fn a_large_answer_is_cut() {
    let length = ANSWER_BYTES_MAX + 1;
    let body = "x".repeat(usize::try_from(length).unwrap());
    let port =
        server(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"));
    let client = Outbound::new(Reach::Operator, None).unwrap();
    assert_eq!(call(&client, &format!("http://127.0.0.1:{port}/")), Err(OutboundError::TooLarge));
    let port = server("220 mail.example ESMTP\r\n".to_owned());
    assert_eq!(call(&client, &format!("http://127.0.0.1:{port}/")), Err(OutboundError::Broken));
}

#[test]
fn a_certificate_counts_only_from_a_trusted_authority_for_that_name_and_in_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let root = authority.root();
    let trusting = Outbound::new(Reach::Operator, Some(&root)).unwrap();
    let url = |sink: &SecureSink| format!("https://localhost:{}/", sink.port());

    let own = SecureSink::open(&authority.certify("own"), OK);
    assert_eq!(call(&trusting, &url(&own)), Ok((200, "hi".to_owned())));
    let taken = own.arrived().len();
    assert_eq!(call(&Outbound::new(Reach::Operator, None).unwrap(), &url(&own)), Err(OutboundError::Tls));
    assert_eq!(own.arrived().len(), taken, "nothing is said to it");
    for files in [
        authority.certify_as("other", "hooks.example.com", false),
        authority.certify_as("old", "localhost", true),
    ] {
        let sink = SecureSink::open(&files, OK);
        assert_eq!(call(&trusting, &url(&sink)), Err(OutboundError::Tls), "{files:?}");
        assert!(sink.arrived().is_empty(), "{files:?}");
    }
    std::fs::write(&root, "nothing").unwrap();
    assert_eq!(Outbound::new(Reach::Operator, Some(&root)).err(), Some(OutboundError::Root));
}
