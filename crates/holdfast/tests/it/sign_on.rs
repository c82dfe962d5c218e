//! Single sign-on: against a real provider, and against one that lies.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use testkit::{Authenticator, Client, Liar, Reply};

use crate::support::{House, ROOT};

/// A provider on this machine may be asked, as an operator would allow one in their own network.
pub const ALLOWED: (&str, &str) = ("HOLDFAST_OUTBOUND__ALLOW", "[\"127.0.0.0/8\"]");

/// The provider, ended with the test.
struct Real {
    child: Child,
    /// Kept open: it says more than the first line.
    _said: BufReader<ChildStdout>,
    at: Value,
}

impl Real {
    fn start(redirect: &str, logout: &str) -> Self {
        let folder = Path::new(ROOT).join("tests/oidc");
        let mut command = Command::new("node");
        command
            .current_dir(&folder)
            .args(["server.mjs", redirect, logout])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("node does not run ({error})"));
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let at = serde_json::from_str(&line)
            .expect("the provider starts; ./test installs it (npm ci in tests/oidc)");
        Self { child, _said: said, at }
    }

    fn issuer(&self) -> &str {
        self.at["issuer"].as_str().unwrap()
    }

    /// It signs with another key from now on.
    fn rotate(&self) {
        Client::new(self.issuer()).post("/rotate", &json!({})).expect(200);
    }

    /// Whoever comes from now on is this.
    fn who(&self, who: &Value) {
        Client::new(self.issuer()).post("/who", who).expect(200);
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser: cookies by site, redirects followed by hand.
#[derive(Default)]
pub struct Browser {
    jars: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    pub fn send(&mut self, method: &str, url: &str, form: &str) -> Reply {
        let parsed = url::Url::parse(url).unwrap();
        let site = parsed.origin().ascii_serialization();
        let jar = self.jars.entry(site.clone()).or_default();
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut extra = Vec::new();
        if !cookies.is_empty() {
            extra.push(("cookie", cookies.as_str()));
        }
        let kind = (method == "POST").then_some("application/x-www-form-urlencoded");
        let path = url.strip_prefix(&site).unwrap();
        let reply = Client::new(&site).send_raw(method, path, kind, form.as_bytes(), &extra);
        for (_, value) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = value.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }

    /// Gives the address on the sign-in page and goes where that leads: the provider's address.
    pub fn leaves(&mut self, console: &str, address: &str) -> Reply {
        let asked =
            self.send("POST", &format!("{console}/sign-in/organisation"), &format!("address={address}"));
        let next = asked.expect(200).header("refresh").unwrap().strip_prefix("0;url=").unwrap().to_owned();
        self.send("GET", &format!("{console}{next}"), "")
    }

    /// Follows redirects up to the first that leads back to `console`: that address.
    fn through(&mut self, console: &str, mut reply: Reply) -> String {
        let mut at = String::new();
        for _ in 0..10 {
            let next =
                reply.header("location").unwrap_or_else(|| panic!("no redirect: {}", reply.text)).to_owned();
            at = if at.is_empty() { next } else { url::Url::parse(&at).unwrap().join(&next).unwrap().into() };
            if at.starts_with(console) {
                return at;
            }
            reply = self.send("GET", &at, "");
        }
        panic!("the provider leads nowhere");
    }

    /// The session the browser has now.
    pub fn session(&self, console: &str) -> Client {
        let mut client = Client::new(console);
        let jar = self.jars.get(console);
        client.set_cookie(jar.and_then(|jar| jar.get("holdfast")).map(|value| format!("holdfast={value}")));
        client
    }
}

/// Sets the workspace's provider.
pub fn set(house: &mut House, issuer: &str, secret: Option<&str>, trusted: &[&str]) -> Value {
    let body = json!({
        "issuer": issuer, "client_id": "holdfast", "client_secret": secret, "domains": ["example.com"],
        "trusted_acr": trusted,
    });
    let path = house.path("/single-sign-on");
    house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&body)).expect(200).json
}

/// Somebody whom a directory brought in.
pub fn provisioned(house: &mut House, email: &str) -> String {
    let mut directory = house.token(&["scim:users"]);
    directory.post("/scim/v2/Users", &json!({"userName": email})).expect(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn house_with(real: &mut Option<Real>) -> House {
    let mut house = House::with(&[], &[ALLOWED]);
    let console = house.server.console.clone();
    let logout = format!("{console}/sign-in/organisation/logout/{}", house.server.installed.workspace);
    let started = Real::start(&format!("{console}/sign-in/organisation/back"), &logout);
    let secret = started.at["client_secret"].as_str().unwrap().to_owned();
    let (issuer, secret) = (started.issuer().to_owned(), secret);
    let view = set(&mut house, &issuer, Some(&secret), &[]);
    assert_eq!(view["redirect_uri"], format!("{console}/sign-in/organisation/back"));
    assert_eq!(view["logout_uri"], logout);
    assert!(!view.to_string().contains(&secret), "the secret is shown to nobody");
    *real = Some(started);
    house
}

fn comes(real: &Real, console: &str, who: &Value) -> (Browser, Reply) {
    real.who(who);
    let mut browser = Browser::default();
    let left = browser.leaves(console, "ada@example.com").expect(303);
    let back = browser.through(console, left);
    let came = browser.send("GET", &back, "");
    (browser, came)
}

#[test]
fn a_real_provider_signs_in_whom_somebody_invited() {
    let mut real = None;
    let mut house = house_with(&mut real);
    let real = real.unwrap();
    let console = house.server.console.clone();
    let ada = |more: Value| {
        let mut who = json!({"sub": "ada-1", "email": "ada@example.com", "email_verified": true, "amr": ["pwd", "otp"]});
        who.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        who
    };
    let (browser, came) = comes(&real, &console, &ada(json!({})));
    assert!(came.expect(403).text.contains("Nobody has invited you"), "no account is made");
    assert_eq!(browser.session(&console).get("/api/v1/session").status, 401);

    provisioned(&mut house, "ada@example.com");
    for (more, said) in [
        (json!({"amr": ["pwd"]}), "One factor is not enough"),
        (json!({"amr": null}), "One factor is not enough"),
        (json!({"email_verified": false}), "Nobody has invited you"),
        (json!({"email": "ada@elsewhere.example"}), "Nobody has invited you"),
    ] {
        let (_, came) = comes(&real, &console, &ada(more));
        assert!(came.expect(403).text.contains(said), "{said}");
    }
    let (browser, came) = comes(&real, &console, &ada(json!({})));
    assert_eq!(came.expect(200).header("refresh"), Some("0;url=/"));
    let mut session = browser.session(&console);
    let seen = session.get("/api/v1/session").expect(200).json;
    assert_eq!((seen["level"].as_u64(), seen["email"].as_str()), (Some(2), Some("ada@example.com")));
    session.get(&house.path("")).expect(200);
    // A touch is a passkey's, and they have none.
    let asked = session.post("/api/v1/workspaces", &json!({"name": "x"}));
    assert_eq!(asked.status, 403, "{}", asked.text);

    // Known by the provider's own name from now on, whatever the address says.
    let (_, came) = comes(&real, &console, &ada(json!({"email": "new@example.com"})));
    came.expect(200);
    // Somebody else whom the provider gives the same address gets nobody's account.
    let (_, came) = comes(&real, &console, &ada(json!({"sub": "other"})));
    assert!(came.expect(403).text.contains("Nobody has invited you"));

    // Whoever runs the workspace needs a passkey; a class that the owner trusts counts as much.
    let owner = json!({"sub": "boss", "email": "owner@example.com", "email_verified": true, "amr": ["mfa"], "acr": "gold"});
    let (_, came) = comes(&real, &console, &owner);
    assert!(came.expect(403).text.contains("Use your passkey"));
    let secret = real.at["client_secret"].as_str().unwrap().to_owned();
    set(&mut house, real.issuer(), Some(&secret), &["gold"]);
    session.get("/api/v1/session").expect(401);
    let (browser, came) = comes(&real, &console, &owner);
    came.expect(200);
    let mut boss = browser.session(&console);
    assert_eq!(boss.get("/api/v1/session").expect(200).json["level"], 3);
    boss.get(&house.path("/members")).expect(200);
    // It vouches for this workspace and no other of theirs.
    let body = json!({"name": "Elsewhere"});
    let made =
        house.owner.confirmed(&mut house.passkey, "POST", "/api/v1/workspaces", Some(&body)).expect(201);
    let other = format!("/api/v1/workspaces/{}", made.json["id"].as_str().unwrap());
    house.owner.get(&other).expect(200);
    boss.get(&other).expect(404);
    assert_eq!(boss.get("/api/v1/session").expect(200).json["workspaces"].as_array().unwrap().len(), 1);

    // Without the provider they are out.
    let path = house.path("/single-sign-on");
    house.owner.confirmed(&mut house.passkey, "DELETE", &path, None).expect(204);
    boss.get("/api/v1/session").expect(401);
    house.owner.get(&path).expect(404);
}

const ADA: &str = "ada@example.com";

#[test]
fn keys_that_the_provider_changes_are_found_at_the_next_sign_in() {
    let mut real = None;
    let mut house = house_with(&mut real);
    let real = real.unwrap();
    let console = house.server.console.clone();
    provisioned(&mut house, ADA);
    let ada = json!({"sub": "ada-1", "email": ADA, "email_verified": true, "amr": ["mfa"]});
    comes(&real, &console, &ada).1.expect(200);
    real.rotate();
    let (browser, came) = comes(&real, &console, &ada);
    came.expect(200);
    browser.session(&console).get("/api/v1/session").expect(200);
}

impl Browser {
    /// Signs out at the provider, as somebody does there.
    fn signs_out_at(&mut self, issuer: &str) {
        let page = self.send("GET", &format!("{issuer}/session/end"), "").expect(200).text;
        let token = page.split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let left =
            self.send("POST", &format!("{issuer}/session/end/confirm"), &format!("xsrf={token}&logout=yes"));
        assert!(left.status < 400, "{}", left.text);
    }
}

#[test]
fn signing_out_at_the_provider_ends_that_session_here() {
    let mut real = None;
    let mut house = house_with(&mut real);
    let real = real.unwrap();
    let console = house.server.console.clone();
    provisioned(&mut house, ADA);
    let ada = json!({"sub": "ada-1", "email": ADA, "email_verified": true, "amr": ["mfa"]});
    let (mut first, came) = comes(&real, &console, &ada);
    came.expect(200);
    let (second, came) = comes(&real, &console, &ada);
    came.expect(200);
    let (mut one, mut other) = (first.session(&console), second.session(&console));
    one.get("/api/v1/session").expect(200);
    first.signs_out_at(real.issuer());
    one.get("/api/v1/session").expect(401);
    other.get("/api/v1/session").expect(200);
    let entries = house.owner.get(&house.path("/ledger/entries?code=sign_on.ended")).expect(200).json;
    assert_eq!(entries["items"][0]["principal"], "provider", "{entries}");
}

#[test]
fn a_way_back_counts_once_in_the_browser_that_left() {
    let mut real = None;
    let mut house = house_with(&mut real);
    let real = real.unwrap();
    let console = house.server.console.clone();
    provisioned(&mut house, "ada@example.com");
    real.who(&json!({"sub": "ada-1", "email": "ada@example.com", "email_verified": true, "amr": ["mfa"]}));
    let over = |reply: Reply| assert!(reply.expect(403).text.contains("This sign-in is over"));

    let mut browser = Browser::default();
    let left = browser.leaves(&console, "ada@example.com").expect(303);
    let back = browser.through(&console, left);
    // Handed to somebody else's browser: they would be signed in as another.
    over(Browser::default().send("GET", &back, ""));
    over(browser.send("GET", &back, ""));

    let left = browser.leaves(&console, "ada@example.com").expect(303);
    let back = browser.through(&console, left);
    // The code of one sign-in with the state of another.
    let mut second = Browser::default();
    let other = second.leaves(&console, "ada@example.com").expect(303);
    let other = second.through(&console, other);
    let part = |url: &str, name: &str| {
        let url = url::Url::parse(url).unwrap();
        url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned()
    };
    let (state, code, issuer) = (part(&other, "state"), part(&back, "code"), part(&back, "iss"));
    let mixed = |state: &str, code: &str, issuer: &str| {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("state", state), ("code", code), ("iss", issuer)])
            .finish();
        format!("{console}/sign-in/organisation/back?{query}")
    };
    let came = second.send("GET", &mixed(&state, &code, &issuer), "");
    assert!(came.expect(403).text.contains("word does not count"));
    let came = browser.send("GET", &mixed(&part(&back, "state"), &code, "https://another.example"), "");
    assert!(came.expect(403).text.contains("word does not count"));

    let left = browser.leaves(&console, "ada@example.com").expect(303);
    let back = browser.through(&console, left);
    browser.send("GET", &back, "").expect(200);
    over(browser.send("GET", &back, ""));
}

#[test]
fn a_leaver_is_out_of_single_sign_on_at_once() {
    let mut real = None;
    let mut house = house_with(&mut real);
    let real = real.unwrap();
    let console = house.server.console.clone();
    let id = provisioned(&mut house, "ada@example.com");
    let who = json!({"sub": "ada-1", "email": "ada@example.com", "email_verified": true, "amr": ["mfa"]});
    let (browser, came) = comes(&real, &console, &who);
    came.expect(200);
    let mut directory = house.token(&["scim:users"]);
    directory.delete(&format!("/scim/v2/Users/{id}")).expect(204);
    browser.session(&console).get("/api/v1/session").expect(401);
    let (_, came) = comes(&real, &console, &who);
    assert!(came.expect(403).text.contains("Nobody has invited you"));
}

#[test]
fn what_a_provider_says_is_checked_to_the_letter() {
    let mut house = House::with(&[], &[ALLOWED]);
    let console = house.server.console.clone();
    let liar = Liar::start();
    set(&mut house, &liar.issuer, None, &[]);
    provisioned(&mut house, "ada@example.com");
    let now_s = stdx::Clock::wall().now_ms() / 1_000;
    let jwk = liar.jwk().to_string();
    for (what, header, claims, right) in [
        ("all is well", json!({}), json!({}), true),
        ("no signature", json!({"alg": "none"}), json!({}), false),
        ("the public key as a secret", json!({"alg": "HS256", "secret": jwk}), json!({}), false),
        ("another key", json!({"other": true}), json!({}), false),
        ("a key of its own in the header", json!({"other": true, "jwk": true}), json!({}), false),
        ("an unknown key", json!({"kid": "unknown"}), json!({}), false),
        ("for another client", json!({}), json!({"aud": "another"}), false),
        ("for several, not ours to ask", json!({}), json!({"aud": ["holdfast", "another"]}), false),
        ("asked for by another", json!({}), json!({"aud": ["holdfast", "x"], "azp": "x"}), false),
        (
            "for several, asked for by us",
            json!({}),
            json!({"aud": ["holdfast", "x"], "azp": "holdfast"}),
            true,
        ),
        ("another sign-in's nonce", json!({}), json!({"nonce": "another"}), false),
        ("no nonce", json!({}), json!({"nonce": null}), false),
        ("expired", json!({}), json!({"exp": now_s - 120}), false),
        ("without an end", json!({}), json!({"exp": null}), false),
        ("made in the future", json!({}), json!({"iat": now_s + 600}), false),
        ("made long ago", json!({}), json!({"iat": now_s - 3_600}), false),
        ("another issuer's", json!({}), json!({"iss": "http://127.0.0.1:1"}), false),
        ("nobody", json!({}), json!({"sub": ""}), false),
        ("an unverified address", json!({}), json!({"sub": "new", "email_verified": "no"}), false),
    ] {
        liar.says(header, claims);
        let mut browser = Browser::default();
        let left = browser.leaves(&console, "ada@example.com").expect(303);
        let back = liar.back(left.header("location").unwrap());
        let came = browser.send("GET", &back, "");
        assert_eq!(came.status, if right { 200 } else { 403 }, "{what}: {}", came.text);
        let signed_in = browser.session(&console).get("/api/v1/session").status == 200;
        assert_eq!(signed_in, right, "{what}");
    }
    // A new key is found without anybody's help, and an address that is not ours to call is not called.
    set(&mut house, "http://192.0.2.1", None, &[]);
    let refused = Browser::default().leaves(&console, "ada@example.com");
    assert!(refused.expect(403).text.contains("word does not count"));
}

#[test]
fn only_owners_name_a_provider_and_a_domain_is_one_workspaces() {
    let mut house = House::new();
    let path = house.path("/single-sign-on");
    let body = |domain: &str| json!({"issuer": "https://login.example.com", "client_id": "holdfast", "domains": [domain]});
    house.owner.put(&path, &body("example.com")).expect(403);
    let invite = json!({"email": "admin@example.com", "role": "admin"});
    let members = house.path("/members");
    let invited = house.owner.confirmed(&mut house.passkey, "POST", &members, Some(&invite)).expect(201).json;
    let mut admin = house.server.client();
    let _key: Authenticator = admin.enrol(invited["code"].as_str().unwrap());
    let refused = admin.put(&path, &body("example.com")).expect(403).json;
    assert_ne!(refused["code"], "step-up-required", "no touch helps an admin");
    house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&body("Example.com"))).expect(200);
    assert_eq!(admin.get(&path).expect(200).json["domains"], json!(["example.com"]));
    for (field, wrong) in [
        ("issuer", json!({"issuer": "login", "client_id": "x", "domains": ["example.com"]})),
        ("client_id", json!({"issuer": "https://x.example", "client_id": "", "domains": ["example.com"]})),
        ("domains", json!({"issuer": "https://x.example", "client_id": "x", "domains": []})),
        ("domains", json!({"issuer": "https://x.example", "client_id": "x", "domains": ["example"]})),
    ] {
        let reply = house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&wrong)).expect(422);
        assert_eq!(reply.json["field"], field);
    }
    let made = json!({"name": "Other"});
    let made =
        house.owner.confirmed(&mut house.passkey, "POST", "/api/v1/workspaces", Some(&made)).expect(201);
    let other = format!("/api/v1/workspaces/{}/single-sign-on", made.json["id"].as_str().unwrap());
    let taken =
        house.owner.confirmed(&mut house.passkey, "PUT", &other, Some(&body("example.com"))).expect(422);
    assert_eq!(taken.json["field"], "domains");
}

#[test]
fn only_a_right_logout_token_signs_anybody_out_and_counts_once() {
    let mut house = House::with(&[], &[ALLOWED]);
    let console = house.server.console.clone();
    let liar = Liar::start();
    set(&mut house, &liar.issuer, None, &[]);
    provisioned(&mut house, ADA);
    liar.says(json!({}), json!({ "sid": "s-1" }));
    let mut browser = Browser::default();
    let left = browser.leaves(&console, ADA).expect(303);
    let back = liar.back(left.header("location").unwrap());
    browser.send("GET", &back, "").expect(200);
    let mut session = browser.session(&console);
    let workspace = house.server.installed.workspace.clone();
    let sends = |workspace: &str, token: &str| {
        let path = format!("/sign-in/organisation/logout/{workspace}");
        let form = Some("application/x-www-form-urlencoded");
        let body = format!("logout_token={token}");
        Client::new(&console).send_raw("POST", &path, form, body.as_bytes(), &[]).status
    };
    let now_s = stdx::Clock::wall().now_ms() / 1_000;
    for (what, header, claims) in [
        ("another key", json!({"other": true}), json!({})),
        ("an unknown key", json!({"kid": "unknown"}), json!({})),
        ("another kind", json!({"typ": "at+jwt"}), json!({})),
        ("another issuer's", json!({}), json!({"iss": "http://127.0.0.1:1"})),
        ("for another client", json!({}), json!({"aud": "another"})),
        ("no event", json!({}), json!({"events": null})),
        ("another event", json!({}), json!({"events": {"http://example.com/other": {}}})),
        ("an ID token", json!({}), json!({"nonce": "n"})),
        ("expired", json!({}), json!({"exp": now_s - 120})),
        ("without an end", json!({}), json!({"exp": null})),
        ("made long ago", json!({}), json!({"iat": now_s - 3_600, "exp": now_s + 60})),
        ("made in the future", json!({}), json!({"iat": now_s + 600})),
        ("about nobody", json!({}), json!({"sub": null})),
        ("without an id", json!({}), json!({"jti": null})),
    ] {
        assert_eq!(sends(&workspace, &liar.logout_token(&header, &claims)), 400, "{what}");
        session.get("/api/v1/session").expect(200);
    }
    assert_eq!(sends(&workspace, "x"), 400);
    assert_eq!(sends("ws_nobody", &liar.logout_token(&json!({}), &json!({}))), 400);
    // Somebody else's subject or session ends nothing of hers.
    for claims in [json!({"sub": "eve"}), json!({"sub": null, "sid": "s-2"})] {
        assert_eq!(sends(&workspace, &liar.logout_token(&json!({}), &claims)), 200, "{claims}");
        session.get("/api/v1/session").expect(200);
    }
    let right = liar.logout_token(&json!({}), &json!({"sid": "s-1"}));
    assert_eq!(sends(&workspace, &right), 200);
    session.get("/api/v1/session").expect(401);
    assert_eq!(sends(&workspace, &right), 400, "once");

    // By the subject alone: every session of hers.
    let mut browser = Browser::default();
    let left = browser.leaves(&console, ADA).expect(303);
    browser.send("GET", &liar.back(left.header("location").unwrap()), "").expect(200);
    let mut session = browser.session(&console);
    session.get("/api/v1/session").expect(200);
    assert_eq!(sends(&workspace, &liar.logout_token(&json!({}), &json!({}))), 200);
    session.get("/api/v1/session").expect(401);
}
