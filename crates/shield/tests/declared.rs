//! What a plan declares leaves, and what was screened before stays as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::borrow::Cow;

use model::{Class, Event, Kind, Sensitivity, SourceId, WorkspaceId};
use shield::{Clean, Declared, Shield};

fn event<'a>(kind: Kind, properties: &'a str, traits: &'a str) -> Event<'a> {
    Event {
        workspace: WorkspaceId(1),
        source: SourceId(2),
        message_id: Cow::Borrowed("m-1"),
        kind,
        name: Cow::Borrowed("Signed Up"),
        time_ms: 1,
        received_ms: 2,
        user_id: Some(Cow::Borrowed("u-1")),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: Cow::Borrowed(properties),
        traits: Cow::Borrowed(traits),
        context: Cow::Borrowed("{}"),
    }
}

fn declared(members: &[(&str, Sensitivity)]) -> Declared {
    let mut declared = Declared::default();
    for (path, sensitivity) in members {
        declared.add(path.split('.'), *sensitivity);
    }
    declared
}

fn hash(value: &str) -> String {
    format!("{:04x}", value.len())
}

fn screen(kind: Kind, text: &str, members: &[(&str, Sensitivity)]) -> Clean {
    let (properties, traits) = if kind == Kind::Identify { ("{}", text) } else { (text, "{}") };
    Shield::builtin().screen_declared(event(kind, properties, traits), &hash, &declared(members)).unwrap()
}

const SECRET: Sensitivity = Sensitivity::Secret;
const PERSONAL: Sensitivity = Sensitivity::Personal;

#[test]
fn declared_secrets_leave_whole() {
    for (text, path, kept) in [
        (r#"{"note":"plain words","n":1}"#, "note", r#"{"note":"[removed: secret]","n":1}"#),
        (r#"{"note":{"a":1,"b":"x"},"n":1}"#, "note", r#"{"note":"[removed: secret]","n":1}"#),
        (r#"{"note":true}"#, "note", r#"{"note":"[removed: secret]"}"#),
        (r#"{"note":null}"#, "note", r#"{"note":null}"#),
        (
            r#"{"a":[{"b":1},{"b":"x","c":2}]}"#,
            "a.b",
            r#"{"a":[{"b":"[removed: secret]"},{"b":"[removed: secret]","c":2}]}"#,
        ),
        (r#"{"n\u006fte":[1,2]}"#, "note", r#"{"n\u006fte":"[removed: secret]"}"#),
        (r#"{"other":"plain words"}"#, "note", r#"{"other":"plain words"}"#),
    ] {
        let clean = screen(Kind::Track, text, &[(path, SECRET)]);
        assert_eq!(clean.record().properties, kept);
        assert!(clean.record().sealed.is_empty());
    }
    let traits = screen(
        Kind::Identify,
        r#"{"email":"ada@example.com","$set_once":{"email":"x@example.com"}}"#,
        &[("email", SECRET)],
    );
    assert_eq!(
        traits.record().traits,
        r#"{"email":"[removed: secret]","$set_once":{"email":"[removed: secret]"}}"#
    );
    assert!(traits.record().sealed.is_empty(), "a secret goes to no vault");
}

#[test]
fn declared_personal_values_become_marks_and_traits_go_to_the_vault() {
    let clean = screen(
        Kind::Track,
        r#"{"size":"XL","ok":true,"n":12,"mail":"ada@example.com","z":{"y":"w"}}"#,
        &[("size", PERSONAL), ("ok", PERSONAL), ("mail", PERSONAL), ("z", PERSONAL)],
    );
    assert_eq!(
        clean.record().properties,
        r#"{"size":"[sealed: personal #0002]","ok":"[sealed: personal #0004]","n":12,"mail":"[sealed: email #000f]","z":{"y":"[sealed: personal #0001]"}}"#
    );
    let clean = screen(
        Kind::Identify,
        r#"{"size":"XL","kids":[3,"four"],"email":"ada@example.com","plan":"pro"}"#,
        &[("size", PERSONAL), ("kids", PERSONAL), ("email", PERSONAL)],
    );
    assert_eq!(
        clean.record().traits,
        r#"{"size":"[sealed: personal]","kids":["[sealed: personal]","[sealed: personal]"],"email":"[sealed: email]","plan":"pro"}"#
    );
    let mut sealed: Vec<_> =
        clean.record().sealed.iter().map(|one| (one.name.as_str(), one.class, one.value.as_str())).collect();
    sealed.sort_by_key(|one| one.0);
    assert_eq!(
        sealed,
        [
            ("email", Class::Email, "ada@example.com"),
            ("kids.0", Class::Personal, "3"),
            ("kids.1", Class::Personal, "four"),
            ("size", Class::Personal, "XL"),
        ]
    );
    assert!(
        clean
            .record()
            .findings
            .iter()
            .any(|finding| finding.path == "traits.kids[]" && finding.rule == "plan")
    );
}

#[test]
fn screening_again_changes_nothing_but_what_the_rules_of_today_find() {
    let text = r#"{"email":"ada@example.com","size":"XL","note":"see you"}"#;
    let first = screen(Kind::Identify, text, &[]);
    let again = Shield::builtin().screen_again(first.record().clone(), &hash, &Declared::default()).unwrap();
    assert_eq!(again, first);
    let stricter = declared(&[("size", PERSONAL), ("note", SECRET)]);
    let again = Shield::builtin().screen_again(first.into_record(), &hash, &stricter).unwrap();
    assert_eq!(
        again.record().traits,
        r#"{"email":"[sealed: email]","size":"[sealed: personal]","note":"[removed: secret]"}"#
    );
    assert_eq!(again.record().sealed.len(), 2);
}
