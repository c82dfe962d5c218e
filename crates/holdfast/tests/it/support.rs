//! What the tests share: the program's path, a signed-in owner, a token, a few events.

use serde_json::{Value, json};
use testkit::{Authenticator, Client, Server, wait_until};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_holdfast");

/// The repository's root.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A server with an owner who is signed in.
pub struct House {
    pub server: Server,
    pub owner: Client,
    pub passkey: Authenticator,
}

impl House {
    pub fn new() -> Self {
        Self::with(&[], &[])
    }

    pub fn with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::of(Server::start_with(PROGRAM, arguments, environment))
    }

    /// The same with TLS on both doors; clients trust `server.ca`.
    pub fn secure() -> Self {
        Self::of(Server::start_secure(PROGRAM, &[], &[]))
    }

    pub fn of(server: Server) -> Self {
        let mut owner = server.client();
        let passkey = owner.enrol(&server.installed.setup_code);
        Self { server, owner, passkey }
    }

    /// A path inside the workspace.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}{rest}", self.server.installed.workspace)
    }

    /// A client with a fresh token of these scopes.
    pub fn token(&mut self, scopes: &[&str]) -> Client {
        let body = json!({ "name": "test", "scopes": scopes, "expires_in_s": 3600 });
        let path = self.path("/tokens");
        let made = self.owner.confirmed(&mut self.passkey, "POST", &path, Some(&body)).expect(201);
        self.server.client().and_token(made.json["token"].as_str().expect("a token"))
    }

    /// Sends one Segment message with the workspace's write key.
    pub fn send(&self, path: &str, message: &Value) {
        send(&self.server, path, message);
    }

    /// Every event that is shown, newest first.
    pub fn every_event(&mut self) -> Vec<Value> {
        let path = self.path("/events?limit=1000");
        self.owner.every(&path)
    }

    /// The same once there are `count` of them.
    pub fn events(&mut self, count: usize) -> Vec<Value> {
        wait_until(60, "events", || {
            let items = self.every_event();
            (items.len() >= count).then_some(items)
        })
    }
}

pub fn send(server: &Server, path: &str, message: &Value) {
    let mut body = message.clone();
    body["writeKey"] = json!(server.installed.write_key);
    let reply = server.sdk().post(path, &body).expect(200);
    assert_eq!(reply.text, r#"{"success":true}"#);
}
