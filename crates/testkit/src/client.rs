//! A client of the console door: a person with a cookie and a passkey, or a program with a token.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::app::App;
use crate::authenticator::Authenticator;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body as JSON; `null` where it is none.
    pub json: Value,
    /// The body as text.
    pub text: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Reply {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Fails the test unless the status is `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// Somebody who calls.
pub struct Client {
    agent: Agent,
    base: String,
    cookie: Option<String>,
    /// What else the browser keeps: `name=value`.
    kept: Vec<String>,
    token: Option<String>,
}

impl Client {
    /// Somebody who has nothing yet. `base` is the door's address as its people type it.
    pub fn new(base: &str) -> Self {
        Self::trusting(base, None)
    }

    /// Somebody who has nothing yet and trusts the certificates of one authority, whose root is the file `root`.
    pub fn trusting(base: &str, root: Option<&Path>) -> Self {
        let mut config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        if let Some(root) = root {
            let pem = std::fs::read(root).expect("the root");
            let root = Certificate::from_pem(&pem).expect("PEM");
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let tls = TlsConfig::builder()
                .root_certs(RootCerts::Specific(Arc::new(vec![root])))
                .unversioned_rustls_crypto_provider(provider);
            config = config.tls_config(tls.build());
        }
        Self {
            agent: config.build().into(),
            base: base.to_owned(),
            cookie: None,
            kept: Vec::new(),
            token: None,
        }
    }

    /// The same somebody with an API token instead of a cookie.
    pub fn with_token(base: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(base) }
    }

    /// The same trust and address with an API token.
    pub fn and_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The door's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same caller at another address of the door.
    pub fn move_to(&mut self, base: &str) {
        base.clone_into(&mut self.base);
    }

    /// The session cookie (`name=value`), for those who steal it.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Whether it has a cookie or a token.
    pub fn is_signed_in(&self) -> bool {
        self.cookie.is_some() || self.token.is_some()
    }

    /// Puts a cookie in place.
    pub fn set_cookie(&mut self, cookie: Option<String>) {
        self.cookie = cookie;
    }

    /// Sends a request with whatever the caller has; remembers a cookie that comes back.
    pub fn send(&mut self, method: &str, path: &str, body: Option<&Value>, extra: &[(&str, &str)]) -> Reply {
        let text = body.map(Value::to_string);
        let content_type = text.as_ref().map(|_| "application/json");
        self.send_raw(method, path, content_type, text.as_deref().unwrap_or("").as_bytes(), extra)
    }

    /// Sends bytes as they are.
    pub fn send_raw(
        &mut self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &[u8],
        extra: &[(&str, &str)],
    ) -> Reply {
        let url = format!("{}{path}", self.base);
        let mut request = ureq::http::Request::builder().method(method).uri(&url);
        if let Some(kind) = content_type {
            request = request.header("content-type", kind);
        }
        let cookies: Vec<&str> = self.cookie.iter().chain(&self.kept).map(String::as_str).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in extra {
            request = request.header(*name, *value);
        }
        let mut response = self
            .agent
            .run(request.body(body.to_vec()).expect("a request"))
            .unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        for value in response.headers().get_all("set-cookie") {
            let pair = value.to_str().expect("a cookie").split(';').next().unwrap_or_default().to_owned();
            let (name, value) = pair.split_once('=').expect("a cookie");
            if ["holdfast", "__Host-holdfast"].contains(&name) {
                self.cookie = (!value.is_empty()).then(|| pair.clone());
            } else {
                self.kept.retain(|kept| !kept.starts_with(&format!("{name}=")));
                self.kept.push(pair.clone());
            }
        }
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let status = response.status().as_u16();
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, json: serde_json::from_str(&text).unwrap_or(Value::Null), text, bytes, headers }
    }

    /// `GET`.
    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, None, &[])
    }

    /// Everything that a list has, page by page. `path` has a query already.
    pub fn every(&mut self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut page = self.get(path).expect(200).json;
        loop {
            all.extend(page["items"].as_array().cloned().unwrap_or_default());
            let Some(next) = page["next"].as_str() else { return all };
            page = self.get(&format!("{path}&after={next}")).expect(200).json;
        }
    }

    /// `POST`.
    pub fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, Some(body), &[])
    }

    /// `PUT`.
    pub fn put(&mut self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, Some(body), &[])
    }

    /// `DELETE`.
    pub fn delete(&mut self, path: &str) -> Reply {
        self.send("DELETE", path, None, &[])
    }

    /// Uses a set-up or invite code: a new passkey, and the session that follows.
    pub fn enrol(&mut self, code: &str) -> Authenticator {
        let mut passkey = Authenticator::at(&self.base);
        let begun = self.post("/api/v1/enrol/begin", &json!({ "code": code })).expect(200);
        let made = passkey.register(&begun.json);
        self.post("/api/v1/enrol/finish", &finish(&begun.json, made)).expect(200);
        passkey
    }

    /// Signs in with a passkey that is known already.
    pub fn sign_in(&mut self, passkey: &mut Authenticator) -> Reply {
        let begun = self.post("/api/v1/login/begin", &json!({})).expect(200);
        let signed = passkey.sign(&begun.json);
        self.post("/api/v1/login/finish", &finish(&begun.json, signed)).expect(200)
    }

    /// Uses an invite code to choose a password: the app that makes its codes, and the session that follows.
    pub fn enrol_password(&mut self, code: &str, password: &str) -> App {
        let begun = self.post("/api/v1/enrol/password/begin", &json!({ "code": code, "password": password }));
        let begun = begun.expect(200).json;
        let mut app = App::of(begun["secret"].as_str().expect("a secret"));
        let finish = json!({ "ceremony": begun["ceremony"], "code": app.code() });
        self.post("/api/v1/enrol/password/finish", &finish).expect(200);
        app
    }

    /// Tries an address, a password and a code.
    pub fn try_password(&mut self, email: &str, password: &str, code: &str) -> Reply {
        let given = json!({ "email": email, "password": password, "code": code });
        self.post("/api/v1/login/password", &given)
    }

    /// Sends a request, with a touch of the passkey where it is asked for.
    pub fn change(&mut self, passkey: &mut Authenticator, method: &str, path: &str, body: &Value) -> Reply {
        let asked = self.send(method, path, Some(body), &[]);
        if asked.status == 403 && asked.json["code"] == "step-up-required" {
            return self.confirmed(passkey, method, path, Some(body));
        }
        asked
    }

    /// Sends a request that needs a touch: asks, signs, repeats.
    pub fn confirmed(
        &mut self,
        passkey: &mut Authenticator,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let asked = self.send(method, path, body, &[]).expect(403);
        assert_eq!(asked.json["code"], "step-up-required", "{}", asked.text);
        let id = asked.json["stepup"]["id"].as_str().expect("a step-up id").to_owned();
        let signed = passkey.sign(&asked.json["stepup"]["publicKey"]);
        let taken = self.post(&format!("/api/v1/stepup/{id}"), &signed);
        assert!(taken.status < 300, "{}", taken.text);
        self.send(method, path, body, &[("holdfast-step-up", &id)])
    }
}

/// The credential as it is, with the ceremony's id beside it where the server named one.
fn finish(begun: &Value, mut credential: Value) -> Value {
    if let (Some(ceremony), Some(object)) = (begun.get("ceremony"), credential.as_object_mut()) {
        object.insert("ceremony".to_owned(), ceremony.clone());
    }
    credential
}
