//! The scope of an incident: what was shown is told, and nothing else; an answer stays what it was; refusals affect nobody.
#![expect(clippy::unwrap_used, reason = "a test may stop on what it did not expect")]

use incident::scope::{Question, of_installation, of_workspace};
use incident::{IncidentError, notice};
use keys::Key;
use ledger::{Ledger, LedgerKeys, NewEntry, Shown};
use model::{PersonId, WorkspaceId};
use serde_json::{Value, json};
use stdx::{Clock, Secret};

const HERE: WorkspaceId = WorkspaceId(1);
const THERE: WorkspaceId = WorkspaceId(2);

fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let keys =
        LedgerKeys::new("scope.example/ledger", &Secret::new([1; 32]), Key::from_bytes([2; 32])).unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger"), keys, Clock::wall()).unwrap();
    (folder, ledger)
}

fn entry(code: &'static str, workspace: WorkspaceId, detail: Value) -> NewEntry {
    NewEntry {
        code,
        principal: "mem_thief".to_owned(),
        session: Some("ses_thief".to_owned()),
        from: Some("a1.n1".to_owned()),
        workspace: Some(workspace),
        object: "x".to_owned(),
        detail,
    }
}

fn look(people: std::ops::Range<u128>, field: &str) -> Value {
    let mut shown = Shown::people(people.map(PersonId));
    shown.fields.insert(field.to_owned());
    shown.masked.insert("traits.email".to_owned());
    shown.details(&json!({})).remove(0)
}

fn session(ledger: &Ledger) -> Question {
    Question { session: Some("ses_thief".to_owned()), before: ledger.size(), ..Question::default() }
}

#[test]
fn what_was_shown_is_told_once_and_what_others_saw_is_not() {
    let (_folder, ledger) = ledger();
    ledger.enter(entry("people.listed", HERE, look(0..20, "traits.plan"))).unwrap();
    ledger.enter(entry("person.viewed", HERE, look(5..6, "traits.visits"))).unwrap();
    let other = NewEntry {
        session: Some("ses_other".into()),
        ..entry("person.viewed", HERE, look(40..50, "traits.age"))
    };
    ledger.enter(other).unwrap();
    ledger.intend(entry("token.made", HERE, json!({}))).unwrap().done(json!({})).unwrap();
    ledger.enter(entry("access.denied", THERE, json!({ "why": "no-permit" }))).unwrap();

    let scope = of_workspace(&ledger, HERE, &session(&ledger)).unwrap();
    let told: Vec<(PersonId, u64)> = scope.people.iter().map(|shown| (shown.person, shown.looks)).collect();
    let truth: Vec<(PersonId, u64)> = (0..20).map(|n| (PersonId(n), if n == 5 { 2 } else { 1 })).collect();
    assert_eq!(told, truth);
    let fields: Vec<(&str, &str, u64)> =
        scope.fields.iter().map(|field| (field.field.as_str(), field.form, field.looks)).collect();
    assert_eq!(
        fields,
        [("traits.email", "masked", 2), ("traits.plan", "value", 1), ("traits.visits", "value", 1)]
    );
    assert_eq!(
        scope.acts.iter().map(|act| (act.of.as_str(), act.entries)).collect::<Vec<_>>(),
        [("token.made", 1)]
    );

    let all = of_installation(&ledger, &session(&ledger)).unwrap();
    let affected: Vec<(WorkspaceId, bool)> =
        all.iter().map(|facts| (facts.workspace, facts.is_affected())).collect();
    assert_eq!(affected, [(HERE, true), (THERE, false)], "who was refused saw nothing");
    assert_eq!(all[0].sha256, scope.summary().sha256);
}

#[test]
fn the_same_question_has_the_same_answer_for_ever() {
    let (folder, ledger) = ledger();
    ledger.enter(entry("people.listed", HERE, look(0..9, "traits.plan"))).unwrap();
    let question = session(&ledger);
    let first = of_workspace(&ledger, HERE, &question).unwrap().document();
    ledger.enter(entry("people.listed", HERE, look(0..30, "traits.other"))).unwrap();
    assert_eq!(of_workspace(&ledger, HERE, &question).unwrap().document(), first);
    drop(ledger);
    let keys =
        LedgerKeys::new("scope.example/ledger", &Secret::new([1; 32]), Key::from_bytes([2; 32])).unwrap();
    let again = Ledger::open(&folder.path().join("ledger"), keys, Clock::wall()).unwrap();
    assert_eq!(of_workspace(&again, HERE, &question).unwrap().document(), first);
    assert_ne!(of_workspace(&again, HERE, &session(&again)).unwrap().document(), first);
}

#[test]
fn a_question_about_nobody_or_no_time_is_refused() {
    let (_folder, ledger) = ledger();
    let nobody = Question { before: 9, ..Question::default() };
    assert!(matches!(of_installation(&ledger, &nobody), Err(IncidentError::Nobody)));
    let never = Question { from_ms: Some(5), to_ms: Some(5), ..session(&ledger) };
    assert!(matches!(of_workspace(&ledger, HERE, &never), Err(IncidentError::Window)));
}

#[test]
fn a_notice_has_every_part_and_an_operators_names_no_field() {
    let (_folder, ledger) = ledger();
    ledger.enter(entry("people.listed", HERE, look(0..3, "traits.plan"))).unwrap();
    let scope = of_workspace(&ledger, HERE, &session(&ledger)).unwrap();
    let text = |text: &str| text.to_owned();
    let words = notice::Words {
        nature: text("A laptop was stolen."),
        consequences: text("Plans are known."),
        measures: text("The session was ended."),
        contact: text("privacy@example.com"),
    };
    let own = notice::draft("inc_1", &words, &scope.summary(), Some(&scope));
    let operators = notice::draft("inc_1", &words, &scope.summary(), None);
    for draft in [&own, &operators] {
        for part in [
            "A laptop",
            "3 people were shown in 1 looks",
            "Plans are",
            "was ended",
            "privacy@",
            &scope.summary().sha256,
        ] {
            assert!(draft.contains(part), "{part}: {draft}");
        }
    }
    assert!(own.contains("traits.plan") && own.contains("Shown masked only: traits.email"), "{own}");
    assert!(!operators.contains("traits."), "{operators}");
    let half = notice::Words { contact: text(" "), ..words };
    assert!(matches!(half.check(), Err(IncidentError::Text { field: "contact", .. })));
}
