//! Screening through the public interface: what is kept, where, and what is refused.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

use model::{Class, Event, EventRecord, Kind, SourceId, WorkspaceId, limits};
use serde_json::{Value, json};
use shield::{Refusal, RefusalReason, Shield};

fn event(properties: &str, traits: &str, context: &str) -> Event<'static> {
    Event {
        workspace: WorkspaceId(1),
        source: SourceId(2),
        message_id: "m-1".into(),
        kind: Kind::Identify,
        name: "Identified".into(),
        time_ms: 1,
        received_ms: 2,
        user_id: Some("user-1729".into()),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: properties.to_owned().into(),
        traits: traits.to_owned().into(),
        context: context.to_owned().into(),
    }
}

fn screen(event: Event<'_>) -> Result<EventRecord, Refusal> {
    Shield::builtin().screen(event, &|value| format!("{:04x}", value.len())).map(shield::Clean::into_record)
}

fn kept(properties: &Value) -> Value {
    let record = screen(event(&properties.to_string(), "{}", "{}")).expect("clean");
    serde_json::from_str(&record.properties).expect("JSON")
}

#[test]
fn secrets_become_marks_and_personal_values_hashes() {
    for (before, after) in [
        (json!({"password": "hunter2", "n": 1}), json!({"password": "[removed: password]", "n": 1})),
        (json!({"otp": 664583}), json!({"otp": "[removed: auth_code]"})),
        (json!({"mail": "a@example.org"}), json!({"mail": "[sealed: email #000d]"})),
        (json!({"note": "ask a@example.org now"}), json!({"note": "ask [sealed: email #000d] now"})),
        (json!({"note": "card 4111 1111 1111 1111!"}), json!({"note": "card [removed: credit_card]!"})),
        (
            json!({"url": "postgres://u:pw1234@db/x"}),
            json!({"url": "postgres://[removed: url_with_credentials]@db/x"}),
        ),
        (
            json!({"url": "https://e.com/cb?a=1&access_token=8f7d6e5c4b3a2918&b=2"}),
            json!({"url": "https://e.com/cb?a=1&access_token=[removed: url_with_credentials]&b=2"}),
        ),
        (json!({"list": ["x", {"pin": "1234"}]}), json!({"list": ["x", {"pin": "[removed: auth_code]"}]})),
        (
            json!({"passwords": {"old": "dragon", "length": 6}}),
            json!({"passwords": {"old": "[removed: password]", "length": 6}}),
        ),
        (
            json!({"fields": [{"name": "password", "value": "dragon"}]}),
            json!({"fields": [{"name": "password", "value": "[removed: password]"}]}),
        ),
        (
            json!({"s": "{\"password\":\"hunter2\",\"n\":1}"}),
            json!({"s": "{\"password\":\"[removed: password]\",\"n\":1}"}),
        ),
        (json!({"s": "{\"card\":4111111111111111}"}), json!({"s": "{\"card\":\"[removed: credit_card]\"}"})),
        (json!({"a@example.org": 1}), json!({"[sealed: email #000d]": 1})),
        (
            json!({"a \"quoted\" a@example.org\n": 1, "t": "\"é\" a@example.org\n"}),
            json!({"a \"quoted\" [sealed: email #000d]\n": 1, "t": "\"é\" [sealed: email #000d]\n"}),
        ),
        (json!({"$ip": "203.0.113.9", "a": 1}), json!({"a": 1})),
    ] {
        assert_eq!(kept(&before), after);
    }
}

#[test]
fn signs_that_are_escaped_hide_nothing() {
    for (before, after) in [
        (r#"{"note":"ask jo\u0040example.org"}"#, json!({"note": "ask [sealed: email #000e]"})),
        (
            r#"{"s":"colour\u003dblue&note\u003d4&otp\u003d482913"}"#,
            json!({"s": "colour=blue&note=4&otp=[removed: auth_code]"}),
        ),
        (
            r#"{"n":"\u0034\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031"}"#,
            json!({"n": "[removed: credit_card]"}),
        ),
        (r#"{"jo\u0040example.org":1}"#, json!({"[sealed: email #000e]": 1})),
        (
            r#"{"s":"{\"a\":\"ask jo\\u0040example.org\"}"}"#,
            json!({"s": "{\"a\":\"[sealed: email #0017]\"}"}),
        ),
    ] {
        let record = screen(event(before, "{}", "{}")).expect("clean");
        let kept: Value = serde_json::from_str(&record.properties).expect("JSON");
        assert_eq!(kept, after, "{before}");
    }
}

#[test]
fn what_is_benign_is_copied_as_it_stood() {
    let properties = "{ \"a\" : [1.50, \"x\\u00e9\", {\"b\":null}],\n \"price\":1e2 }";
    let record = screen(event(properties, "{}", "{}")).expect("clean");
    assert_eq!(record.properties, properties);
    assert!(record.findings.is_empty() && record.sealed.is_empty());
}

#[test]
fn screening_twice_changes_nothing() {
    let properties =
        json!({"password": "hunter2", "mail": "a@example.org", "note": "card 4111 1111 1111 1111!"})
            .to_string();
    let once = screen(event(&properties, "{}", "{}")).expect("clean").properties;
    let twice = screen(event(&once, "{}", "{}")).expect("clean");
    assert_eq!(twice.properties, once);
    assert!(twice.findings.is_empty());
}

#[test]
fn personal_traits_go_to_the_vault_by_name_and_by_class() {
    let traits = json!({
        "email": "a@example.org", "firstName": "Ann", "name": "Ann Example", "plan": "pro", "address": {"city": "Bremen", "geo": {"zip": 28195}},
        "birthday": "1990-01-01", "company": {"name": "Acme"}, "emails": ["b@example.org"], "bio": "mail c@example.org, password: hunter2!", "phone": null
    });
    let record = screen(event("{}", &traits.to_string(), "{}")).expect("clean");
    let kept: Value = serde_json::from_str(&record.traits).expect("JSON");
    assert_eq!(
        kept,
        json!({
            "email": "[sealed: email]", "firstName": "[sealed: name]", "name": "[sealed: name]", "plan": "pro",
            "address": {"city": "[sealed: address]", "geo": {"zip": "[sealed: address]"}}, "birthday": "[sealed: birthday]",
            "company": {"name": "Acme"}, "emails": ["[sealed: email]"], "bio": "[removed: password]", "phone": null
        })
    );
    let mut sealed: Vec<_> =
        record.sealed.iter().map(|s| (s.name.as_str(), s.class, s.value.as_str())).collect();
    sealed.sort_unstable();
    assert_eq!(
        sealed,
        [
            ("address.city", Class::Address, "Bremen"),
            ("address.geo.zip", Class::Address, "28195"),
            ("birthday", Class::Birthday, "1990-01-01"),
            ("email", Class::Email, "a@example.org"),
            ("emails.0", Class::Email, "b@example.org"),
            ("firstName", Class::Name, "Ann"),
            ("name", Class::Name, "Ann Example"),
        ]
    );
}

#[test]
fn a_groups_name_is_no_persons() {
    let mut group = event(
        "{}",
        &json!({"name": "Acme", "address": {"city": "Bremen"}, "email": "a@example.org"}).to_string(),
        "{}",
    );
    group.kind = Kind::Group;
    let record = screen(group).expect("clean");
    assert_eq!(
        record.traits,
        json!({"name": "Acme", "address": {"city": "Bremen"}, "email": "[sealed: email]"}).to_string()
    );
}

#[test]
fn internet_addresses_leave_the_context() {
    let context = json!({"ip": "203.0.113.9", "page": {"url": "https://e.com/"}, "device": {"ip_address": "::1", "model": "x"}}).to_string();
    let record = screen(event("{}", "{}", &context)).expect("clean");
    assert_eq!(
        record.context,
        json!({"page": {"url": "https://e.com/"}, "device": {"model": "x"}}).to_string()
    );
}

#[test]
fn findings_name_place_class_and_rule_but_no_value() {
    let properties = json!({"payment": {"cards": [{"number": "4111111111111111"}]}, "x": {"a@example.org": {"pin": "1234"}}}).to_string();
    let record = screen(event(&properties, "{}", "{}")).expect("clean");
    let found: Vec<_> = record.findings.iter().map(|f| (f.path.as_str(), f.class)).collect();
    assert_eq!(
        found,
        [
            ("properties.payment.cards[].number", Class::CreditCard),
            ("properties.x.[sealed: email #000d]", Class::Email),
            ("properties.x.[sealed: email #000d].pin", Class::AuthCode),
        ]
    );
    assert!(record.findings.iter().all(|finding| !finding.rule.is_empty()));
}

#[test]
fn every_duplicate_of_a_key_is_inspected() {
    let record = screen(event(r#"{"password":"hunter2","password":"dragon"}"#, "{}", "{}")).expect("clean");
    assert_eq!(record.properties, r#"{"password":"[removed: password]","password":"[removed: password]"}"#);
}

#[test]
fn names_and_message_ids_are_screened_and_ids_of_messages_stay_distinct() {
    let mut named = event("{}", "{}", "{}");
    named.name = "Invited a@example.org".into();
    named.message_id = "a@example.org".into();
    let record = screen(named).expect("clean");
    assert_eq!(
        (record.name.as_str(), record.message_id.as_str()),
        ("Invited [sealed: email #000d]", "[sealed: email #000d]")
    );
    let mut long = event("{}", "{}", "{}");
    long.message_id = "é".repeat(80).into();
    assert_eq!(screen(long).expect("clean").message_id.len(), limits::MESSAGE_ID_BYTES_MAX);
}

#[test]
fn identifiers_are_kept_unless_they_are_secrets() {
    for id in [
        "a@example.org",
        "+491701234567",
        "4a7027de-f155-4eb3-886a-a6e1f7643403",
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "PxlcZH9nMEZdz6OsgPdn7QHXw4s",
        "100004123456789",
    ] {
        let mut of = event("{}", "{}", "{}");
        of.user_id = Some(id.into());
        assert_eq!(screen(of).expect("clean").user_id.as_deref(), Some(id));
    }
    for id in [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "4111-1111-1111-1111",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    ] {
        for field in ["user_id", "anonymous_id", "group_id", "previous_id"] {
            let mut of = event("{}", "{}", "{}");
            let place = match field {
                "user_id" => &mut of.user_id,
                "anonymous_id" => &mut of.anonymous_id,
                "group_id" => &mut of.group_id,
                _ => &mut of.previous_id,
            };
            *place = Some(id.into());
            let refusal = screen(of).expect_err("a secret");
            assert_eq!(refusal, Refusal { reason: RefusalReason::SecretIdentifier, field });
            assert!(!format!("{refusal} {refusal:?}").contains(id));
        }
    }
}

#[test]
fn limits_refuse_the_event_and_name_the_field() {
    let deep = |depth: usize| format!("{}{}{}", "{\"a\":".repeat(depth), "1", "}".repeat(depth));
    let wide = |keys: usize| {
        format!("{{{}}}", (0..keys).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(","))
    };
    let check = |properties: &str, wanted: Option<RefusalReason>| {
        let found = screen(event(properties, "{}", "{}")).err();
        assert_eq!(
            found,
            wanted.map(|reason| Refusal {
                reason,
                field: if reason == RefusalReason::EventTooLarge { "event" } else { "properties" }
            })
        );
    };
    check(&deep(limits::DEPTH_MAX), None);
    check(&deep(limits::DEPTH_MAX + 1), Some(RefusalReason::TooDeep));
    check(&wide(limits::KEYS_MAX), None);
    check(&wide(limits::KEYS_MAX + 1), Some(RefusalReason::TooManyKeys));
    check(
        &format!("{{\"a\":\"{}\"}}", "b".repeat(limits::EVENT_BYTES_MAX)),
        Some(RefusalReason::EventTooLarge),
    );
    for broken in [
        "",
        "{",
        "{\"a\":}",
        "{\"a\":01}",
        "{} x",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":1e999}",
        "{\"a\":\"\\x\"}",
        "{\"a\":1,}",
    ] {
        check(broken, Some(RefusalReason::InvalidJson));
    }
    check("[]", Some(RefusalReason::NotAnObject));
    check("1", Some(RefusalReason::NotAnObject));
    let mut long = event("{}", "{}", "{}");
    long.name = "n".repeat(limits::NAME_BYTES_MAX + 1).into();
    assert_eq!(screen(long).err(), Some(Refusal { reason: RefusalReason::NameTooLong, field: "event" }));
    let mut long = event("{}", "{}", "{}");
    long.group_id = Some("n".repeat(limits::IDENTIFIER_BYTES_MAX + 1).into());
    assert_eq!(
        screen(long).err(),
        Some(Refusal { reason: RefusalReason::IdentifierTooLong, field: "group_id" })
    );
}

#[test]
fn halves_of_surrogate_pairs_become_readable() {
    let record = screen(event(r#"{"a":"x\ud83d","b":"\ud83d\ude00"}"#, "{}", "{}")).expect("clean");
    let kept: Value = serde_json::from_str(&record.properties).expect("JSON");
    assert_eq!(kept, json!({"a": "x\u{fffd}", "b": "😀"}));
}

#[test]
fn a_secret_longer_than_is_looked_at_takes_the_whole_text_along() {
    let long = "qEiI5PF7NqEv4iQ9VETcjFJUahuyI6em".repeat(40);
    assert_eq!(
        kept(&json!({"note": format!("client_secret={long}&a=1")})),
        json!({"note": "[removed: api_key]"})
    );
}

#[test]
fn text_made_to_be_slow_is_still_judged() {
    for piece in [
        "pw=",
        "eyJ",
        "a@",
        "://",
        "AKIA",
        "[",
        "{\"a\":",
        "%2541",
        "password is ",
        "-----BEGIN PRIVATE KEY",
        "DE89 3704 ",
        "1 ",
    ] {
        let text = piece.repeat(10_000 / piece.len());
        let record = screen(event(&json!({"note": text}).to_string(), "{}", "{}"));
        assert!(record.is_ok(), "{piece}");
    }
}

/// Every value must leave nothing of what it hides, under a neutral name and as the page's address.
fn leaves_nothing(value: &Value, hidden: &[&str]) {
    let properties = json!({"v": value}).to_string();
    let context = json!({"page": {"url": value}}).to_string();
    let record = screen(event(&properties, "{}", &context)).expect("clean");
    for part in hidden {
        assert!(!record.properties.contains(part), "{value}: {}", record.properties);
        assert!(!record.context.contains(part), "{value}: {}", record.context);
    }
}

#[test]
fn every_part_of_an_address_is_judged() {
    const GITHUB: &str = concat!("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a");
    const STRIPE: &str = concat!("sk_live", "_4eC39HqLyjWDarjtT1zdp7dc");
    const AMAZON: &str = "AKIA2E0A8F3B244C9986";
    const CARD: &str = "4111111111111111";
    const ACCOUNT: &str = "DE89370400440532013000";
    const CHOSEN: &str = "hunter2-Very-Secret";
    for hidden in [GITHUB, STRIPE, AMAZON, CARD, ACCOUNT] {
        for (before, after) in [
            ("a/", ""),
            ("a/", "/"),
            ("a/", "/b?c=d#e"),
            ("#", ""),
            ("#/a/", ""),
            ("?", ""),
            ("?q=x&", ""),
            ("?q=x#", ""),
            ("?q=x#/a/", "/b"),
            ("?", "=1"),
            ("?q=", ""),
            ("a;", ""),
            ("a/<", ">"),
            ("a|", "|b"),
        ] {
            let address = format!("https://x.io/{before}{hidden}{after}");
            leaves_nothing(&json!(address), &[hidden]);
            leaves_nothing(&json!(format!("see {address} please")), &[hidden]);
        }
    }
    for address in [
        format!("https://x.io/password/{CHOSEN}"),
        format!("https://x.io/a/password/{CHOSEN}/b?c=d"),
        format!("see https://x.io/#/password/{CHOSEN} please"),
        format!("https://x.io/?a=b#/password/{CHOSEN}"),
    ] {
        leaves_nothing(&json!(address), &[CHOSEN]);
    }
    leaves_nothing(&json!("https://x.io/pay/4111-1111-1111-1111"), &["1111-1111"]);
    leaves_nothing(&json!("https://x.io/pay/4111%201111%201111%201111"), &["1111%20"]);
}

#[test]
fn ids_in_addresses_stay() {
    for address in [
        "https://x.io/orders/4111111111111112",
        "https://x.io/orders/1700000000000/1714564800000",
        "https://x.io/status/1782345678901234567",
        "https://x.io/?1714564800000",
        "https://x.io/#section-12345678901234",
        "https://x.io/password/reset",
        "https://x.io/password/resetForm",
        "https://x.io/password/12345678",
        "https://x.io/password/index2.html",
        "https://x.io/i/4a7027de-f155-4eb3-886a-a6e1f7643403",
    ] {
        let properties = json!({"v": address, "t": format!("see {address} please")});
        assert_eq!(kept(&properties), properties);
    }
}

#[test]
fn what_is_wrapped_deeper_than_is_looked_goes_whole() {
    for layers in 1..9 {
        let mut value = json!({"password": "hunter2-Very-Secret"}).to_string();
        let mut quoted = value.clone();
        for _ in 1..layers {
            value = json!({ "a": value }).to_string();
            quoted = json!(quoted).to_string();
        }
        leaves_nothing(&json!(value), &["hunter2"]);
        leaves_nothing(&json!(quoted), &["hunter2"]);
    }
    let deep = format!(
        "{}{{\"password\":\"dragon\"}}{}",
        "[".repeat(limits::DEPTH_MAX + 1),
        "]".repeat(limits::DEPTH_MAX + 1)
    );
    leaves_nothing(&json!(deep), &["dragon"]);
}

#[test]
fn nothing_hides_behind_a_mark_or_a_mask() {
    for value in [
        "[removed: hunter2-Very-Secret]",
        "[removed: password #hunter2-Very-Secret]",
        "[sealed: hunter2 #0f3a]",
        "[removed: password] hunter2-Very-Secret [removed: password]",
        "hunter2-Very-Secret••••",
        "hunter2-Very-Secret****************************",
        "hunter2***@",
    ] {
        let properties = kept(&json!({ "password": value }));
        assert!(!properties.to_string().contains("hunter2"), "{properties}");
    }
    leaves_nothing(&json!("[removed: 4111 1111 1111 1111]"), &["1111"]);
}

#[test]
fn cards_written_with_fraction_or_exponent_are_found() {
    for number in [
        "4111111111111111.0",
        "4.111111111111111e15",
        "4.111111111111111E+15",
        "41111111111111110e-1",
        "\"4.111111111111111e15\"",
    ] {
        let record = screen(event(&format!("{{\"v\":{number}}}"), "{}", "{}")).expect("clean");
        assert_eq!(record.properties, r#"{"v":"[removed: credit_card]"}"#, "{number}");
    }
    for number in ["4111111111111112.0", "4.111111111111111", "52.520006599999996", "4.2e15", "1e300"] {
        let properties = format!("{{\"v\":{number}}}");
        assert_eq!(screen(event(&properties, "{}", "{}")).expect("clean").properties, properties);
    }
}

#[test]
fn elements_and_parts_of_forms_are_judged_by_their_names() {
    for value in [
        "<password>hunter2-Very-Secret</password>",
        "<a><wsse:Password Type=\"text\">hunter2-Very-Secret</wsse:Password></a>",
        "<password><![CDATA[hunter2-Very-Secret]]></password>",
        "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2-Very-Secret\r\n--b--",
        "--b\nContent-Disposition: form-data; name=\"password\"\n\nhunter2-Very-Secret\n--b--",
    ] {
        leaves_nothing(&json!(value), &["hunter2"]);
    }
}

#[test]
fn cards_are_found_with_separators_of_any_script_and_in_data() {
    for separator in ['\u{2009}', '\u{200b}', '\u{2013}', '\u{202f}', '\u{3000}'] {
        let card = ["4111", "1111", "1111", "1111"].join(&separator.to_string());
        leaves_nothing(&json!(card), &["1111"]);
        leaves_nothing(&json!(format!("my card {card} please")), &["1111"]);
    }
    let data = "eyJwYXNzd29yZCI6Imh1bnRlcjItVmVyeS1TZWNyZXQifQ==";
    leaves_nothing(&json!(format!("data:application/json;base64,{data}")), &["eyJwYXNz"]);
}

#[test]
fn the_padding_of_base64_ends_no_name() {
    for packed in [
        "eyJzZXNzaW9uVG9rZW4iOiJacTdYdzlLdlRyMDA2MDk2UFp6a2pwY0t1VkpyNjMifQ==",
        "eyJwYXNzd2QiOiJacTdYdzlLdlRyMDA2MDk2UFp6a2pwY0t1VkpyNjMifQ==",
    ] {
        leaves_nothing(&json!(packed), &["eyJ", "Zq7X", "iJacTdY"]);
    }
}
