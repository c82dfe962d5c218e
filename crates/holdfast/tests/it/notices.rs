//! Notices by a second channel: mail and a signed webhook, and what waits for them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use serde_json::{Value, json};
use testkit::{Authority, CertificateFiles, HookSink, MailSink, Posted, SecureSink, wait_until};

use crate::grants::{Office, asked, id};
use crate::support::{House, ROOT};

/// How long an act may take to reach a second channel.
const GOAL: Duration = Duration::from_secs(10);

/// What configures a relay on this host.
fn relay(port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("HOLDFAST_NOTICES__SMTP__HOST", "127.0.0.1".to_owned()),
        ("HOLDFAST_NOTICES__SMTP__PORT", port.to_string()),
        ("HOLDFAST_NOTICES__SMTP__SECURITY", "plain".to_owned()),
        ("HOLDFAST_NOTICES__SMTP__FROM", "Holdfast <holdfast@example.com>".to_owned()),
    ]
}

fn house(environment: &[(&str, String)]) -> House {
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    House::with(&[], &environment)
}

fn office(house: House) -> Office {
    let mut house = house;
    let (admin, admin_key) = crate::grants::join(&mut house, "admin@example.com", "admin");
    Office { house, admin, admin_key }
}

/// Sets the workspace's webhook; gives its secret.
fn set_hook(house: &mut House, url: &str) -> String {
    let path = house.path("/notices/webhook");
    let set = house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&json!({ "url": url })));
    set.expect(200).json["secret"].as_str().expect("a secret").to_owned()
}

fn is_signed(posted: &Posted, secret: &str) -> bool {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let content =
        [posted.header("webhook-id"), ".", posted.header("webhook-timestamp"), "."].concat().into_bytes();
    let wanted =
        format!("v1,{}", BASE64.encode(hmac::sign(&key, &[content, posted.body.clone()].concat()).as_ref()));
    posted.header("webhook-signature").split(' ').any(|signature| signature == wanted)
}

fn posted(sink: &HookSink, kind: &str) -> Vec<Posted> {
    sink.arrived().into_iter().filter(|posted| posted.json()["type"] == kind).collect()
}

fn arrived(sink: &HookSink, kind: &str) -> Posted {
    wait_until(GOAL.as_secs(), kind, || posted(sink, kind).pop())
}

#[test]
fn what_is_told_arrives_by_mail_and_by_a_signed_webhook() {
    let (mail, hook) = (MailSink::open(), HookSink::open());
    let mut environment = relay(mail.port());
    environment.push(("HOLDFAST_OUTBOUND__ALLOW", r#"["127.0.0.0/8"]"#.to_owned()));
    let mut office = office(house(&environment));
    office.house.send(
        "/v1/identify",
        &json!({"userId": "u1", "traits": {"email": "u1@shop.example", "plan": "pro"}}),
    );
    office.house.events(1);
    let secret = set_hook(&mut office.house, &hook.url("/holdfast"));

    let grant = office.ask(10);
    let asked = arrived(&hook, "grant.asked");
    assert!(is_signed(&asked, &secret), "signed with the secret that was shown");
    assert!(!is_signed(&asked, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_eq!(asked.json()["data"]["detail"]["grant"], grant["id"]);

    // Told first, done after: when the answer is there, so is the notice.
    let approved = office.approve(&grant);
    assert_eq!(approved["weaker"], json!([]), "two channels, two people");
    assert_eq!(posted(&hook, "grant.approving").len(), 1);
    let path = office.house.path("/exports");
    let House { owner, passkey, .. } = &mut office.house;
    owner.confirmed(passkey, "POST", &path, Some(&json!({ "grant": grant["id"] }))).expect(201);
    assert_eq!(posted(&hook, "export.beginning").len(), 1);

    // The same by mail, to each who runs the workspace, naming nobody's customers.
    let mails = wait_until(GOAL.as_secs(), "mail", || {
        let found: Vec<_> =
            mail.arrived().into_iter().filter(|mail| mail.text.contains("grant.used")).collect();
        (found.len() == 2).then_some(found)
    });
    let mut to: Vec<String> = mails.iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["admin@example.com", "owner@example.com"]);
    assert!(mails.iter().all(|mail| mail.text.contains("Auto-Submitted: auto-generated")));
    assert!(mail.arrived().iter().all(|mail| !mail.text.contains("shop.example")));
    assert!(
        hook.arrived().iter().all(|posted| !String::from_utf8_lossy(&posted.body).contains("shop.example"))
    );

    // Another secret: both sign for a day, so that whoever receives it has time to change.
    let rotate = office.house.path("/notices/webhook/rotate");
    let House { owner, passkey, .. } = &mut office.house;
    let new = owner.confirmed(passkey, "POST", &rotate, None).expect(200).json["secret"].clone();
    let rotated = arrived(&hook, "webhook.rotated");
    assert!(is_signed(&rotated, new.as_str().unwrap()) && is_signed(&rotated, &secret));

    let channels = office.house.path("/notices/channels");
    let found = office.house.owner.get(&channels).expect(200).json;
    assert_eq!(found["channels"][0]["reaches"], 2, "{found}");
    assert_eq!(found["weaker"], Value::Null);
    let tested = office.house.owner.post(&office.house.path("/notices/test"), &json!({})).expect(200).json;
    assert_eq!(tested["delivered"], true, "{tested}");
    office.admin.post(&office.house.path("/notices/test"), &json!({})).expect(429);
}

#[test]
fn what_nobody_can_be_told_of_does_not_happen() {
    let hook = HookSink::open();
    let allow = ("HOLDFAST_OUTBOUND__ALLOW", r#"["127.0.0.0/8"]"#.to_owned());
    let mut office = office(house(&[allow]));
    office.house.send("/v1/identify", &json!({"userId": "u1", "traits": {"email": "u1@shop.example"}}));
    office.house.events(1);
    set_hook(&mut office.house, &hook.url("/holdfast"));
    let mut operator = office.house.server.client();
    operator.enrol(&office.house.server.installed.operator_code);
    let me = operator.get("/api/v1/session").expect(200).json["id"].clone();
    let support = office.house.path("/grants/support");
    let open = json!({ "operator": me, "reason": "ticket 7", "life_s": 3600 });
    office.admin.confirmed(&mut office.admin_key, "POST", &support, Some(&open)).expect(201);
    let grant = office.ask(10);

    hook.refuse(true);
    let approve = office.house.path(&format!("/grants/{}/approve", id(&grant)));
    let body = json!({ "digest": grant["digest"] });
    let refused = office.admin.confirmed(&mut office.admin_key, "POST", &approve, Some(&body)).expect(503);
    assert_eq!(refused.json["code"], "notice-undelivered", "{}", refused.text);
    assert_eq!(office.state(&grant), "waiting", "nothing happened");
    let events = office.house.path("/events");
    assert_eq!(operator.get(&events).expect(503).json["code"], "notice-undelivered");

    hook.refuse(false);
    assert_eq!(office.approve(&grant)["weaker"], json!([]));
    operator.get(&events).expect(200);

    // The file as well, and the refusals are in the ledger.
    hook.refuse(true);
    let exports = office.house.path("/exports");
    let begin = json!({ "grant": grant["id"] });
    let House { owner, passkey, .. } = &mut office.house;
    owner.confirmed(passkey, "POST", &exports, Some(&begin)).expect(503);
    let path = office.house.path("/ledger/entries?code=notice.undelivered");
    let entries = office.house.owner.get(&path).expect(200).json;
    let of: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|entry| &entry["object"]).collect();
    assert_eq!(of, ["export.beginning", "support.beginning", "grant.approving"], "newest first");
    assert_eq!(office.state(&grant), "open", "it can be begun later");
    hook.refuse(false);
    let House { owner, passkey, .. } = &mut office.house;
    owner.confirmed(passkey, "POST", &exports, Some(&begin)).expect(201);

    // What failed arrives later, once, also after a kill; it bears the same id.
    hook.refuse(true);
    let removed = office.ask(10);
    office.house.owner.delete(&office.house.path(&format!("/grants/{}", id(&removed)))).expect(200);
    office.house.server.kill_and_restart();
    hook.refuse(false);
    let late = wait_until(30, "a notice that was written before the kill", || {
        posted(&hook, "grant.ended")
            .into_iter()
            .find(|posted| posted.json()["data"]["detail"]["grant"] == removed["id"])
    });
    let same = hook
        .arrived()
        .iter()
        .filter(|posted| posted.header("webhook-id") == late.header("webhook-id"))
        .count();
    assert_eq!(same, 1);
}

#[test]
fn without_a_second_channel_it_is_weaker_or_refused() {
    let mut office = office(house(&[("HOLDFAST_NOTICES__REQUIRED", "true".to_owned())]));
    let channels = office.house.owner.get(&office.house.path("/notices/channels")).expect(200).json;
    assert_eq!((&channels["weaker"], &channels["required"]), (&json!("one-channel"), &json!(true)));
    office.house.send("/v1/identify", &json!({"userId": "u1", "traits": {"email": "u1@shop.example"}}));
    office.house.events(1);
    let grant =
        office.house.owner.post(&office.house.path("/grants"), &asked(10, &json!({}))).expect(201).json;
    let approve = office.house.path(&format!("/grants/{}/approve", id(&grant)));
    let body = json!({ "digest": grant["digest"] });
    let refused = office.admin.confirmed(&mut office.admin_key, "POST", &approve, Some(&body)).expect(503);
    assert_eq!(refused.json["code"], "notice-undelivered");
    assert!(refused.json["detail"].as_str().unwrap().contains("set a webhook"), "{}", refused.text);
    // An address inside is not called unless the operator says so; the state of the channel says why.
    let hook = HookSink::open();
    set_hook(&mut office.house, &hook.url("/x"));
    let tested = office.house.owner.post(&office.house.path("/notices/test"), &json!({})).expect(200).json;
    assert_eq!(tested["delivered"], false);
    let why = tested["channels"][1]["failed"]["why"].as_str().unwrap();
    assert!(why.contains("outbound.allow"), "{why}");
    assert!(hook.arrived().is_empty());
}

/// A relay as relays are: STARTTLS and a password, by another hand's SMTP server.
struct Relay {
    child: Child,
    port: String,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Relay {
    fn start(files: &CertificateFiles) -> Self {
        let python = std::env::var("HOLDFAST_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(python)
            .arg(format!("{ROOT}/tests/mail/relay.py"))
            .args([&files.cert, &files.key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        reader.read_line(&mut port).unwrap();
        let lines = Arc::<Mutex<Vec<Value>>>::default();
        let into = lines.clone();
        std::thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                into.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, port: port.trim().to_owned(), lines }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_relay_that_demands_tls_and_a_password_takes_the_mail() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let relay = Relay::start(&authority.certify("relay"));
    let root = authority.root().to_str().unwrap().to_owned();
    let kept = |name: &str, password: &str| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(password.as_bytes()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (password, wrong) = (kept("password", "correct horse\n"), kept("wrong", "battery staple\n"));
    let settings = |password: &str, root: Option<&str>| {
        let mut settings = vec![
            ("HOLDFAST_NOTICES__SMTP__HOST", "localhost".to_owned()),
            ("HOLDFAST_NOTICES__SMTP__PORT", relay.port.clone()),
            ("HOLDFAST_NOTICES__SMTP__USER", "holdfast".to_owned()),
            ("HOLDFAST_NOTICES__SMTP__PASSWORD_FILE", password.to_owned()),
            ("HOLDFAST_NOTICES__SMTP__FROM", "Holdfast <holdfast@example.com>".to_owned()),
        ];
        settings.extend(root.map(|root| ("HOLDFAST_NOTICES__SMTP__ROOT", root.to_owned())));
        settings
    };
    let house = house(&settings(&password, Some(&root)));
    let data = house.server.data();
    let arguments = ["notices", "test", "--workspace", &house.server.installed.workspace, "--json", "--data"];
    let arguments = [&arguments[..], &[data.to_str().unwrap()]].concat();
    let (code, said, errors) = house.server.command(&arguments);
    assert_eq!(code, 0, "{said}{errors}");
    let mail = relay.lines.lock().unwrap().first().cloned().unwrap();
    assert_eq!((&mail["tls"], &mail["to"]), (&json!(true), &json!(["owner@example.com"])));
    assert_eq!(mail["from"], "holdfast@example.com");
    assert!(mail["text"].as_str().unwrap().contains("notice.test"), "{mail}");

    // A certificate that nobody vouches for, and then a wrong password: nothing is handed over, and the command says so.
    for (password, root, why) in [
        (password.as_str(), None, "no secure connection to the relay"),
        (wrong.as_str(), Some(root.as_str()), "the relay refused with 535"),
    ] {
        let house = self::house(&settings(password, root));
        let data = house.server.data();
        let arguments =
            ["notices", "test", "--workspace", &house.server.installed.workspace, "--json", "--data"];
        let arguments = [&arguments[..], &[data.to_str().unwrap()]].concat();
        let (code, said, _) = house.server.command(&arguments);
        assert_eq!(code, 1, "{said}");
        let said: Value = serde_json::from_str(said.trim()).unwrap();
        assert_eq!(said["channels"][0]["failed"]["why"], why, "{said}");
    }
    assert_eq!(relay.lines.lock().unwrap().len(), 1);
}

/// `whsec_` and base64.
const OPERATORS_SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const TAKEN: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

#[test]
fn the_operators_webhook_is_told_over_tls_where_its_certificate_holds() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let secret = folder.path().join("secret");
    std::fs::File::create(&secret).unwrap().write_all(OPERATORS_SECRET.as_bytes()).unwrap();
    for (files, takes) in [
        (authority.certify("hook"), true),
        (authority.certify_as("other", "hooks.example.com", false), false),
        (authority.certify_as("old", "localhost", true), false),
    ] {
        let sink = SecureSink::open(&files, TAKEN);
        let house = house(&[
            ("HOLDFAST_NOTICES__OPERATORS__URL", format!("https://localhost:{}/ops", sink.port())),
            ("HOLDFAST_NOTICES__OPERATORS__SECRET_FILE", secret.to_str().unwrap().to_owned()),
            ("HOLDFAST_OUTBOUND__ROOT", authority.root().to_str().unwrap().to_owned()),
        ]);
        let data = house.server.data();
        let (code, said, _) =
            house.server.command(&["notices", "test", "--json", "--data", data.to_str().unwrap()]);
        let heard = String::from_utf8(sink.arrived()).unwrap();
        assert_eq!((code, heard.contains("notice.test")), (i32::from(!takes), takes), "{files:?} {said}");
        if takes {
            assert!(heard.starts_with("POST /ops HTTP/1.1\r\n") && heard.contains("webhook-signature: v1,"));
        } else {
            assert!(heard.is_empty(), "nothing is said to it");
        }
    }
}
