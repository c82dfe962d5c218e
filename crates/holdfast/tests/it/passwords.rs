//! Passwords with codes: where they open, what they never open, and what a list of them gets.

use serde_json::json;
use testkit::{App, Client, Reply, wait_until};

use crate::support::House;

const EMAIL: &str = "kim@example.com";
const PASSWORD: &str = "four wet dogs on a train";

/// A member who signs in with a password.
struct Member {
    client: Client,
    app: App,
    id: String,
}

impl House {
    fn allow_passwords(&mut self) {
        let path = self.path("/passwords");
        self.owner.confirmed(&mut self.passkey, "PUT", &path, None).expect(200);
    }

    fn demand_passkeys(&mut self) {
        let path = self.path("/passwords");
        self.owner.confirmed(&mut self.passkey, "DELETE", &path, None).expect(200);
    }

    fn invited(&mut self, email: &str, role: &str) -> String {
        let body = json!({"email": email, "role": role});
        let path = self.path("/members");
        let made = self.owner.confirmed(&mut self.passkey, "POST", &path, Some(&body)).expect(201);
        made.json["code"].as_str().unwrap().to_owned()
    }

    fn member(&mut self, email: &str, role: &str) -> Member {
        let code = self.invited(email, role);
        let mut client = self.server.client();
        let app = client.enrol_password(&code, PASSWORD);
        let id = client.get("/api/v1/session").expect(200).json["id"].as_str().unwrap().to_owned();
        Member { client, app, id }
    }
}

fn is_in(client: &mut Client) -> bool {
    client.get("/api/v1/session").status == 200
}

/// What an answer says, without what is random in it.
fn told(reply: &Reply) -> (u16, String) {
    (reply.status, reply.text.clone())
}

#[test]
fn a_workspace_that_allows_it_lets_members_in_with_password_and_code() {
    let mut house = House::new();
    let code = house.invited(EMAIL, "viewer");
    let mut early = house.server.client();
    let begun = early.post("/api/v1/enrol/password/begin", &json!({"code": code, "password": PASSWORD}));
    let begun = begun.expect(200).json;
    let mut app = App::of(begun["secret"].as_str().unwrap());
    let finish = json!({"ceremony": begun["ceremony"], "code": app.code()});
    assert_eq!(
        early.post("/api/v1/enrol/password/finish", &finish).status,
        404,
        "no workspace allows it yet"
    );

    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    assert_eq!(kim.client.get("/api/v1/session").expect(200).json["level"], 2);
    kim.client.get(&house.path("/events")).expect(200);

    let mut again = house.server.client();
    again.try_password("Kim@Example.com", PASSWORD, &kim.app.code()).expect(200);
    again.get(&house.path("/events")).expect(200);
    // What needs a touch is not theirs, and they are told why.
    let refused = again.post("/api/v1/passkeys/begin", &json!({}));
    assert_eq!((refused.status, &refused.json["policy"]), (403, &json!("no-passkey")));
    assert!(refused.json["detail"].as_str().unwrap().contains("passkey"));
}

#[test]
fn whatever_does_not_fit_the_answer_is_the_same_and_opens_nothing() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    let with_passkey = house.invited("pass@example.com", "viewer");
    house.server.client().enrol(&with_passkey);
    let begun = house.invited("begun@example.com", "viewer");
    let body = json!({"code": begun, "password": PASSWORD});
    house.server.client().post("/api/v1/enrol/password/begin", &body).expect(200);
    let (good, old) = (kim.app.code(), kim.app.old_code());
    let mut stranger = house.server.client();
    stranger.try_password(EMAIL, PASSWORD, &good).expect(200);
    let mut first = None;
    for (email, password, code, what) in [
        (EMAIL, PASSWORD, good.as_str(), "a code a second time"),
        (EMAIL, PASSWORD, old.as_str(), "an old code"),
        (EMAIL, PASSWORD, "", "no code"),
        (EMAIL, "four wet dogs on a tram", "000000", "a wrong password"),
        ("nobody@example.com", PASSWORD, "000000", "an address of nobody's"),
        ("owner@example.com", PASSWORD, "000000", "an owner's address"),
        ("pass@example.com", PASSWORD, "000000", "somebody without a password"),
        ("begun@example.com", PASSWORD, "000000", "somebody who has only begun"),
        ("no address", "", "", "nonsense"),
    ] {
        let mut stranger = house.server.client();
        let reply = stranger.try_password(email, password, code);
        assert!(!is_in(&mut stranger), "{what}");
        let first = first.get_or_insert_with(|| told(&reply));
        assert_eq!(&told(&reply), first, "{what}");
    }
}

#[test]
fn demanding_passkeys_ends_open_sessions_at_once() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    kim.client.get(&house.path("/events")).expect(200);
    house.demand_passkeys();
    assert!(!is_in(&mut kim.client));
    let mut again = house.server.client();
    assert_eq!(again.try_password(EMAIL, PASSWORD, &kim.app.code()).status, 404);
    // Allowed again, the same password opens again.
    house.allow_passwords();
    again.try_password(EMAIL, PASSWORD, &kim.app.code()).expect(200);
}

#[test]
fn who_is_made_an_admin_needs_a_passkey_which_two_others_give() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    let path = house.path(&format!("/members/{}", kim.id));
    let role = json!({"role": "admin"});
    assert!(house.owner.confirmed(&mut house.passkey, "PATCH", &path, Some(&role)).status < 300);
    assert!(!is_in(&mut kim.client));
    let mut again = house.server.client();
    assert_eq!(again.try_password(EMAIL, PASSWORD, &kim.app.code()).status, 404);

    let recovery = format!("{path}/recovery");
    let alone = house.owner.confirmed(&mut house.passkey, "POST", &recovery, None);
    assert_eq!(alone.status, 409, "nobody else could approve: {}", alone.text);
    let code = house.invited("second@example.com", "owner");
    let mut second = house.server.client();
    let mut second_key = second.enrol(&code);
    house.owner.confirmed(&mut house.passkey, "POST", &recovery, None).expect(202);
    let approve = format!("{recovery}/approve");
    let own = house.owner.confirmed(&mut house.passkey, "POST", &approve, None);
    assert_eq!(own.status, 403, "the one who started: {}", own.text);
    let approved = second.confirmed(&mut second_key, "POST", &approve, None).expect(201);
    again.enrol(approved.json["code"].as_str().unwrap());
    let me = again.get("/api/v1/session").expect(200).json;
    assert_eq!((&me["id"], &me["level"]), (&json!(kim.id), &json!(3)));
    again.get(&house.path("/members")).expect(200);
}

#[test]
fn a_password_that_strangers_know_is_not_taken_and_must_be_replaced_once_they_do() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    let mut max = house.member("max@example.com", "viewer");
    let corpus = house.server.scratch().join("corpus.txt");
    stdx::files::replace(&corpus, format!("{PASSWORD}\nanother known password\n").as_bytes()).unwrap();
    let data = house.server.data();
    let (data, corpus) = (data.to_str().unwrap(), corpus.to_str().unwrap());
    let (exit, out, errors) = house.server.command(&["breached", "import", "--json", "--data", data, corpus]);
    assert_eq!(exit, 0, "{errors}");
    assert!(out.contains("\"passwords\":2"), "{out}");

    let code = house.invited("lou@example.com", "viewer");
    let mut lou = house.server.client();
    for (wrong, why) in
        [("another known password", "known"), ("too short", "15"), ("Shop Shop Shop Shop", "names")]
    {
        let body = json!({"code": code, "password": wrong});
        let refused = lou.post("/api/v1/enrol/password/begin", &body).expect(422);
        assert!(refused.json["detail"].as_str().unwrap().contains(why), "{}", refused.text);
    }

    let mut again = house.server.client();
    let asked = again.try_password(EMAIL, PASSWORD, &kim.app.code()).expect(200).json;
    assert_eq!(asked["next"], "replace-password");
    assert!(!is_in(&mut again), "nothing before it is replaced");
    let replace = |client: &mut Client, password: &str| {
        let body = json!({"ceremony": asked["ceremony"], "password": password});
        client.post("/api/v1/login/password/replace", &body)
    };
    replace(&mut again, PASSWORD).expect(422);
    replace(&mut again, "three dry cats in a boat").expect(200);
    assert!(is_in(&mut again));
    assert!(!is_in(&mut kim.client), "the sessions of before");
    assert_eq!(replace(&mut house.server.client(), "two hot birds on a bike").status, 404, "once");
    assert!(again.get("/api/v1/notices").expect(200).text.contains("password.breached"));

    // Whoever is made an admin between the two is worth more than another password.
    let mut late = house.server.client();
    let asked = late.try_password("max@example.com", PASSWORD, &max.app.code()).expect(200).json;
    let role = json!({"role": "admin"});
    let path = house.path(&format!("/members/{}", max.id));
    assert!(house.owner.confirmed(&mut house.passkey, "PATCH", &path, Some(&role)).status < 300);
    let body = json!({"ceremony": asked["ceremony"], "password": "five old frogs in a pond"});
    assert_eq!(late.post("/api/v1/login/password/replace", &body).status, 404);
    assert!(!is_in(&mut late));
}

#[test]
fn a_list_of_passwords_is_noticed_and_locks_nobody_out() {
    let mut house = House::with(&[], &[("HOLDFAST_CONSOLE__TRUSTED_PROXIES", "[\"127.0.0.1\", \"::1\"]")]);
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    // From everywhere: the right password once, and many wrong ones, for her and for nobody.
    let mut attacker = house.server.client();
    let mut refused = 0;
    for n in 0..60 {
        let (email, password) = match n {
            0 => (EMAIL, PASSWORD.to_owned()),
            n if n % 2 == 0 => (EMAIL, format!("wrong again and again {n}")),
            _ => ("nobody@example.com", format!("wrong again and again {n}")),
        };
        let body = json!({"email": email, "password": password, "code": "123456"});
        let from = format!("198.51.{n}.7");
        let reply =
            attacker.send("POST", "/api/v1/login/password", Some(&body), &[("x-forwarded-for", &from)]);
        refused += usize::from(reply.status == 404);
    }
    assert_eq!(refused, 60);
    let notices = house.owner.get(&house.path("/notices")).expect(200).text;
    assert!(notices.contains("stuffing.noticed") && notices.contains("password.half"), "{notices}");
    wait_until(10, "the log", || house.server.log().contains("are being tried").then_some(()));
    // A browser of hers that was in before still comes in; the password that was found must go first.
    let asked = kim.client.try_password(EMAIL, PASSWORD, &kim.app.code()).expect(200).json;
    assert_eq!(asked["next"], "replace-password");
    let body = json!({"ceremony": asked["ceremony"], "password": "three dry cats in a boat"});
    kim.client.post("/api/v1/login/password/replace", &body).expect(200);
    kim.client.get(&house.path("/events")).expect(200);
    assert!(kim.client.get("/api/v1/notices").expect(200).text.contains("password.half"));
}

#[test]
fn one_address_runs_out_and_a_browser_that_was_in_before_does_not() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    let mut attacker = house.server.client();
    let mut statuses: Vec<u16> = (0..32)
        .map(|_| attacker.try_password("nobody@example.com", "whatever it may be", "1").status)
        .collect();
    assert_eq!(statuses.split_off(30), [429, 429]);
    assert!(statuses.iter().all(|status| *status == 404));
    kim.client.try_password(EMAIL, PASSWORD, &kim.app.code()).expect(200);
}

/// A form as a browser without scripts sends it.
fn form(client: &mut Client, path: &str, pairs: &[(&str, &str)]) -> Reply {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let kind = Some("application/x-www-form-urlencoded");
    client.send_raw("POST", path, kind, body.join("&").as_bytes(), &[])
}

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field =
        page.split("<input").find(|field| field.contains(&format!("name=\"{name}\""))).expect("a field");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn it_works_without_scripts_and_is_offered_only_where_it_is_of_use() {
    let mut house = House::new();
    let mut browser = house.server.client();
    assert!(!browser.get("/sign-in").expect(200).text.contains("name=\"password\""));
    house.allow_passwords();
    assert!(browser.get("/sign-in").expect(200).text.contains("name=\"password\""));
    let code = house.invited(EMAIL, "viewer");
    let refused = form(&mut browser, "/enrol/password", &[("code", &code), ("password", "too short")]);
    assert!(refused.status == 422 && refused.text.contains("at least 15 characters"), "{}", refused.text);
    let shown =
        form(&mut browser, "/enrol/password", &[("code", &code), ("password", PASSWORD)]).expect(200).text;
    assert!(shown.contains("<svg"), "a picture for the app");
    let secret = shown.split("id=\"secret\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap();
    let mut app = App::of(secret);
    let finish = [("ceremony", hidden(&shown, "ceremony")), ("code", &app.code())];
    form(&mut browser, "/enrol/password/finish", &finish).expect(303);
    browser.get(&house.path("/events")).expect(200);

    let mut other = house.server.client();
    let typed = |code: &str| {
        [("email", EMAIL), ("password", PASSWORD), ("code", code), ("next", "//elsewhere.example")]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let sent = |client: &mut Client, code: &str| {
        let typed = typed(code);
        let pairs: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        form(client, "/sign-in/password", &pairs)
    };
    let wrong = sent(&mut other, &app.old_code()).expect(422);
    assert!(wrong.text.contains("does not fit") && !wrong.text.contains(PASSWORD), "{}", wrong.text);
    let entered = sent(&mut other, &app.code()).expect(303);
    assert_eq!(entered.header("location"), Some("/"), "nobody is sent elsewhere");
    other.get(&house.path("/events")).expect(200);
}

#[test]
fn another_password_ends_the_other_sessions() {
    let mut house = House::new();
    house.allow_passwords();
    let mut kim = house.member(EMAIL, "viewer");
    let mut other = house.server.client();
    other.try_password(EMAIL, PASSWORD, &kim.app.code()).expect(200);
    let change = |present: &str, code: &str, password: &str| json!({"present": present, "code": code, "password": password});
    let next = "three dry cats in a boat";
    let wrong = change("not the present one", &kim.app.old_code(), next);
    assert_eq!(kim.client.put("/api/v1/password", &wrong).status, 404);
    let right = change(PASSWORD, &kim.app.code(), next);
    assert_eq!(kim.client.put("/api/v1/password", &right).status, 204);
    assert!(is_in(&mut kim.client) && !is_in(&mut other));

    // Somebody with a passkey sets and removes one with touches.
    let code = house.invited("lou@example.com", "viewer");
    let mut lou = house.server.client();
    let mut key = lou.enrol(&code);
    let body = json!({"password": next});
    let begun = lou.confirmed(&mut key, "POST", "/api/v1/password/begin", Some(&body)).expect(200).json;
    let mut app = App::of(begun["secret"].as_str().unwrap());
    let finish = json!({"ceremony": begun["ceremony"], "code": app.code()});
    assert_eq!(lou.post("/api/v1/password/finish", &finish).status, 204);
    let mut by_password = house.server.client();
    by_password.try_password("lou@example.com", next, &app.code()).expect(200);
    assert_eq!(lou.confirmed(&mut key, "DELETE", "/api/v1/password", None).status, 204);
    assert!(!is_in(&mut by_password) && is_in(&mut lou));
}
