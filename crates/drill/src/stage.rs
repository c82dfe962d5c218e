//! What a drill is played on: a fresh server in a process and a folder of its own, its owner, and what was planted.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{App, Authenticator, Client, HookSink, MailSink, Reply, Server, wait_until};

use crate::Options;
use crate::browser;
use crate::canary::Canaries;

/// The server, the people, and what the steps leave for each other.
pub struct Stage {
    /// The server under drill.
    pub server: Server,
    /// Its owner, signed in.
    pub owner: Client,
    /// The owner's passkey.
    pub passkey: Authenticator,
    /// An operator, signed in, once a step has enrolled one.
    pub operator: Option<(Client, Authenticator)>,
    /// The second one, likewise.
    pub second_operator: Option<(Client, Authenticator)>,
    /// The relay that the server hands notices to.
    pub mail: MailSink,
    /// The relay that the server hands messages to customers to.
    pub letters: MailSink,
    /// A webhook that a step can set.
    pub hook: HookSink,
    /// The planted values.
    pub canaries: Canaries,
    /// The browser, where there is one.
    pub browser: Option<PathBuf>,
    /// Whether the full figures are wanted.
    pub long: bool,
}

/// How many people are planted in a workspace.
const PLANTED: usize = 6;

/// A member who signs in with a password and a code.
pub struct ByPassword {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The browser, signed in.
    pub client: Client,
    /// The authenticator app.
    pub app: App,
}

/// How many are invited before they join, and how many join at once.
const INVITED_AT_ONCE: usize = 96;
const JOINING_AT_ONCE: usize = 8;

/// Somebody with a code to join with.
struct Invited {
    email: String,
    code: String,
}

impl Invited {
    fn joins(&self, mut client: Client) -> ByPassword {
        let password = format!("only {} knows this one", stdx::random_text::<8>());
        let app = client.enrol_password(&self.code, &password);
        ByPassword { email: self.email.clone(), password, client, app }
    }
}

impl Stage {
    /// Starts a server that sends mail, and enrols its owner.
    pub fn new(options: &Options, settings: &[(&str, &str)]) -> Self {
        let program = options.program.to_str().expect("a path that is text");
        Self::of(program, settings, (browser::find(options.browser.as_deref()), options.long))
    }

    /// Another one, with a server and an owner of its own, for a step that does not leave its server as it was.
    pub fn beside(&self, settings: &[(&str, &str)]) -> Self {
        Self::of(self.server.program(), settings, (self.browser.clone(), self.long))
    }

    fn of(program: &str, settings: &[(&str, &str)], (browser, long): (Option<PathBuf>, bool)) -> Self {
        let (mail, letters) = (MailSink::open(), MailSink::open());
        let (port, letters_port) = (mail.port().to_string(), letters.port().to_string());
        let mut environment = settings.to_vec();
        environment.extend([
            ("HOLDFAST_NOTICES__SMTP__HOST", "127.0.0.1"),
            ("HOLDFAST_NOTICES__SMTP__PORT", port.as_str()),
            ("HOLDFAST_NOTICES__SMTP__SECURITY", "plain"),
            ("HOLDFAST_NOTICES__SMTP__FROM", "holdfast@example.com"),
            ("HOLDFAST_MESSAGES__SMTP__HOST", "127.0.0.1"),
            ("HOLDFAST_MESSAGES__SMTP__PORT", letters_port.as_str()),
            ("HOLDFAST_MESSAGES__SMTP__SECURITY", "plain"),
            ("HOLDFAST_OUTBOUND__ALLOW", "[\"127.0.0.0/8\"]"),
        ]);
        let server = Server::start_with(program, &[], &environment);
        let mut owner = server.client();
        let passkey = owner.enrol(&server.installed.setup_code);
        Self {
            server,
            owner,
            passkey,
            operator: None,
            second_operator: None,
            mail,
            letters,
            hook: HookSink::open(),
            canaries: Canaries::new(),
            browser,
            long,
        }
    }

    /// Signs the owner in again where an earlier step took longer than a session lasts without use: with the full figures.
    pub fn wake(&mut self) {
        if self.long && self.owner.get("/api/v1/session").status == 401 {
            self.owner.sign_in(&mut self.passkey);
        }
    }

    /// A path inside the workspace.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}{rest}", self.server.installed.workspace)
    }

    /// Asks as the owner.
    pub fn get(&mut self, rest: &str) -> Value {
        let path = self.path(rest);
        self.owner.get(&path).expect(200).json
    }

    /// Changes something as the owner, with a touch of the passkey where it is asked for.
    pub fn change(&mut self, method: &str, rest: &str, body: &Value) -> Reply {
        let path = self.path(rest);
        let mut done = self.owner.change(&mut self.passkey, method, &path, body);
        if done.status == 401 {
            // With the full figures a step takes longer than a session lasts without use.
            self.owner.sign_in(&mut self.passkey);
            done = self.owner.change(&mut self.passkey, method, &path, body);
        }
        assert!(done.status < 300, "{method} {rest}: {} {}", done.status, done.text);
        done
    }

    /// The installation's first operator; the code for it works once, so steps hand it back.
    pub fn take_operator(&mut self) -> (Client, Authenticator) {
        self.operator.take().unwrap_or_else(|| {
            let mut client = self.server.client();
            let passkey = client.enrol(&self.server.installed.operator_code);
            (client, passkey)
        })
    }

    /// The second operator, who is there from the first day; steps hand them back, too. Signed in anew, wherever the door is.
    pub fn take_second_operator(&mut self) -> (Client, Authenticator) {
        let Some((mut client, mut passkey)) = self.second_operator.take() else {
            let mut client = self.server.client();
            let passkey = client.enrol(&self.server.installed.second_operator_code);
            return (client, passkey);
        };
        client.move_to(&self.server.console);
        passkey.move_to(&self.server.console);
        client.sign_in(&mut passkey);
        (client, passkey)
    }

    /// A further workspace of the owner's: its id and write key.
    pub fn another_workspace(&mut self, name: &str) -> (String, String) {
        let body = json!({ "name": name });
        let made =
            self.owner.confirmed(&mut self.passkey, "POST", "/api/v1/workspaces", Some(&body)).expect(201);
        let text = |name: &str| made.json[name].as_str().expect("a text").to_owned();
        (text("id"), text("write_key"))
    }

    /// Somebody who was invited into the workspace in that role, and has enrolled.
    pub fn joined(&mut self, role: &str) -> (Client, Authenticator) {
        let email = format!("{}@example.com", stdx::random_text::<12>());
        let invited = self.change("POST", "/members", &json!({ "email": email, "role": role }));
        let mut client = self.server.client();
        let passkey = client.enrol(invited.json["code"].as_str().expect("a code"));
        (client, passkey)
    }

    /// Lets members in with a password and a code.
    pub fn allow_passwords(&mut self) {
        self.change("PUT", "/passwords", &json!({}));
    }

    /// Somebody who was invited into the workspace in that role and has chosen a password.
    pub fn joined_by_password(&mut self, role: &str) -> ByPassword {
        let invited = self.invited_by_password(role);
        invited.joins(self.server.client())
    }

    /// So many of them. Each waits for the grid of 250 ms again and again, so several come at once.
    pub fn all_joined_by_password(&mut self, role: &str, count: usize) -> Vec<ByPassword> {
        let mut joined = Vec::with_capacity(count);
        while joined.len() < count {
            let invited: Vec<Invited> = (0..INVITED_AT_ONCE.min(count - joined.len()))
                .map(|_| self.invited_by_password(role))
                .collect();
            let server = &self.server;
            let each = invited.len().div_ceil(JOINING_AT_ONCE);
            std::thread::scope(|scope| {
                let join = |part: &[Invited]| -> Vec<ByPassword> {
                    part.iter().map(|invited| invited.joins(server.client())).collect()
                };
                let parts: Vec<_> =
                    invited.chunks(each).map(|part| scope.spawn(move || join(part))).collect();
                joined.extend(parts.into_iter().flat_map(|part| part.join().expect("they join")));
            });
        }
        joined
    }

    fn invited_by_password(&mut self, role: &str) -> Invited {
        let email = format!("{}@example.com", stdx::random_text::<12>());
        let invited = self.change("POST", "/members", &json!({ "email": email, "role": role }));
        Invited { email, code: invited.json["code"].as_str().expect("a code").to_owned() }
    }

    /// Kills the server and starts it again; its people go on at its new address.
    pub fn kill_and_restart(&mut self) {
        self.server.kill_and_restart();
        self.follow();
    }

    /// Has its people go on where the server is now.
    pub fn follow(&mut self) {
        let at = self.server.console.clone();
        self.owner.move_to(&at);
        self.passkey.move_to(&at);
    }

    /// Sends Segment messages in batches, as a server's SDK would.
    pub fn send(&self, messages: &[Value]) {
        self.send_with(&self.server.installed.write_key, messages);
    }

    /// The same with another write key.
    pub fn send_with(&self, write_key: &str, messages: &[Value]) {
        let mut sdk = self.server.sdk();
        for batch in messages.chunks(500) {
            let body = json!({ "writeKey": write_key, "batch": batch });
            let reply = sdk.post("/v1/batch", &body).expect(200);
            assert_eq!(reply.text, r#"{"success":true}"#);
        }
    }

    /// People with planted names, addresses and ids in a workspace of the owner's, sent with its write key; the ids that the
    /// server gave to everybody there.
    pub fn planted(&mut self, (workspace, write_key): (&str, &str)) -> Vec<String> {
        let planted = |n: usize| self.canaries.secret(n);
        let messages: Vec<Value> = (0..PLANTED)
            .map(|n| {
                let email = format!("{}@example.com", planted(n).replace('!', ""));
                let traits =
                    json!({ "plan": "pro", "name": format!("{} Planted", planted(n)), "email": email });
                json!({ "type": "identify", "userId": format!("planted-{}", planted(n)), "traits": traits })
            })
            .collect();
        self.send_with(write_key, &messages);
        let path = format!("/api/v1/workspaces/{workspace}/people?limit=200");
        let owner = &mut self.owner;
        wait_until(60, "the people", || {
            let people = owner.get(&path).expect(200).json;
            let ids = people["items"].as_array()?.iter().filter_map(|line| line["id"].as_str());
            let ids: Vec<String> = ids.map(str::to_owned).collect();
            (ids.len() >= PLANTED).then_some(ids)
        })
    }

    /// Every event that is shown.
    pub fn every_event(&mut self) -> Vec<Value> {
        let path = self.path("/events?limit=1000");
        self.owner.every(&path)
    }

    /// Waits until `count` events of that name are shown.
    pub fn wait_for_events(&mut self, name: &str, count: usize) {
        let question = json!({
            "kind": "trend", "events": [{ "event": name, "measure": "count" }],
            "range": { "from": "2020-01-01", "to": "2035-01-01" }, "interval": "month"
        });
        let path = self.path("/questions");
        let owner = &mut self.owner;
        wait_until(120, &format!("{count} events"), || {
            let answer = owner.post(&path, &question).expect(200).json;
            let last = answer["columns"].as_array().map_or(0, Vec::len).saturating_sub(1);
            let counted: u64 =
                answer["rows"].as_array().into_iter().flatten().filter_map(|row| row[last].as_u64()).sum();
            (counted >= count as u64).then_some(())
        });
    }

    /// Everything that could hold a planted value: each file below the data directory, the log, and every event shown.
    pub fn planted_left(&mut self) -> usize {
        let files = crate::canary::bytes_below(&self.server.data());
        let shown = Value::Array(self.every_event()).to_string();
        let log = self.server.log();
        self.canaries.count_in(&files)
            + self.canaries.count_in(shown.as_bytes())
            + self.canaries.count_in(log.as_bytes())
    }
}
