//! A provider that says what a test wants it to say, true or not: a few lines of HTTP on a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::app::now_s;
use crate::device::{Device, hs256};
use serde_json::{Value, json};

const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

struct Said {
    header: Value,
    claims: Value,
    nonce: String,
}

/// The provider.
pub struct Liar {
    /// Its address, which is its name.
    pub issuer: String,
    key: Arc<Device>,
    said: Arc<Mutex<Said>>,
}

impl Liar {
    /// Starts one on a random port. What it signs is right until it is told otherwise.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let said = Said { header: json!({}), claims: json!({}), nonce: String::new() };
        let (key, said) = (Arc::new(Device::new()), Arc::new(Mutex::new(said)));
        let (own, kept, words) = (issuer.clone(), key.clone(), said.clone());
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &own, &kept, &words);
            }
        });
        Self { issuer, key, said }
    }

    /// Its public key.
    pub fn jwk(&self) -> Value {
        self.key.jwk()
    }

    /// How the next tokens differ from right ones.
    pub fn says(&self, header: Value, claims: Value) {
        let mut said = self.said.lock().unwrap();
        (said.header, said.claims) = (header, claims);
    }

    /// A logout token for Ada that differs so from a right one; `null` takes a claim out.
    pub fn logout_token(&self, header: &Value, claims: &Value) -> String {
        let now_s = now_s();
        let mut whole_header = json!({ "alg": "ES256", "kid": "first", "typ": "logout+jwt" });
        let mut whole = json!({
            "iss": self.issuer, "aud": "holdfast", "sub": "ada", "iat": now_s, "exp": now_s + 120,
            "jti": lot(), "events": { LOGOUT_EVENT: {} },
        });
        for (name, value) in header.as_object().unwrap() {
            whole_header[name] = value.clone();
        }
        for (name, value) in claims.as_object().unwrap() {
            whole[name] = value.clone();
        }
        whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let other = Device::new();
        let signer = if whole_header["other"] == true { &other } else { &*self.key };
        signer.signed(&whole_header, &whole)
    }

    /// Where the provider sends somebody who came with `location`.
    pub fn back(&self, location: &str) -> String {
        let url = url::Url::parse(location).unwrap();
        let part = |name: &str| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
        assert_eq!(
            (part("response_type"), part("code_challenge_method")),
            ("code".to_owned(), "S256".to_owned())
        );
        self.said.lock().unwrap().nonce = part("nonce");
        format!("{}?state={}&code=a-code", part("redirect_uri"), part("state"))
    }
}

/// Twelve bytes that nobody can guess, as text.
fn lot() -> String {
    let mut bytes = [0; 12];
    aws_lc_rs::rand::fill(&mut bytes).expect("chance");
    data_encoding::BASE64URL_NOPAD.encode(&bytes)
}

fn answer(mut stream: TcpStream, issuer: &str, key: &Device, said: &Mutex<Said>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap_or_default();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or_default() <= 2 {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = if first.contains("openid-configuration") {
        json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
        })
    } else if first.contains("/jwks") {
        let mut jwk = key.jwk();
        jwk["kid"] = json!("first");
        json!({ "keys": [jwk] })
    } else {
        json!({ "id_token": token(issuer, key, &said.lock().unwrap()), "token_type": "Bearer" })
    };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes());
}

fn token(issuer: &str, key: &Device, said: &Said) -> String {
    let now_s = now_s();
    let mut header = json!({ "alg": "ES256", "kid": "first" });
    let mut claims = json!({
        "iss": issuer, "aud": "holdfast", "sub": "ada", "nonce": said.nonce, "iat": now_s, "exp": now_s + 300,
        "email": "ada@example.com", "email_verified": true, "amr": ["mfa"],
    });
    let differ = |whole: &mut Value, by: &Value| {
        for (name, value) in by.as_object().unwrap() {
            whole[name] = value.clone();
        }
    };
    differ(&mut header, &said.header);
    differ(&mut claims, &said.claims);
    let other = Device::new();
    let signer = if header["other"] == true { &other } else { key };
    if header["jwk"] == true {
        header["jwk"] = signer.jwk();
    }
    if let Some(secret) = header["secret"].as_str().map(str::to_owned) {
        return hs256(&secret, &json!({ "alg": "HS256", "kid": "first" }), &claims);
    }
    let token = signer.signed(&header, &claims);
    if header["alg"] == "none" { format!("{}.", token.rsplit_once('.').unwrap().0) } else { token }
}
