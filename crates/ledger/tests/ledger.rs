//! Entering, reading, proving, and opening again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

mod support;

use ledger::*;
use stdx::Secret;
use support::*;

#[test]
fn entries_are_read_newest_first_before_and_after_they_are_in_the_tree() {
    let place = Place::new();
    let ledger = place.open();
    let (mine, other) = (workspace(1), workspace(2));
    for number in 0..700 {
        ledger
            .enter(entry("person.viewed", Some(if number % 3 == 0 { mine } else { other }), number))
            .unwrap();
        if number == 400 {
            assert_eq!(ledger.checkpoint_now().unwrap().size, 401);
        }
    }
    let check = |ledger: &Ledger, scope: Scope, wanted: Vec<u64>| {
        let mut filter = Filter { limit: 37, ..Filter::newest(scope) };
        let mut found = Vec::new();
        loop {
            let page = ledger.entries(&filter).unwrap();
            assert!(page.entries.len() <= 37);
            found.extend(page.entries.iter().map(|entry| entry.id.0));
            filter.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted);
    };
    let all = |ledger: &Ledger| {
        check(ledger, Scope::Workspaces(vec![mine]), (0..700).rev().filter(|n| n % 3 == 0).collect());
        check(ledger, Scope::Workspaces(vec![mine, other]), (0..700).rev().collect());
        check(ledger, Scope::Installation, vec![]);
    };
    all(&ledger);
    assert_eq!(ledger.workspaces(), [mine, other]);
    drop(ledger);
    let ledger = place.open();
    assert_eq!((ledger.size(), ledger.checkpoint().size), (700, 700));
    all(&ledger);
}

#[test]
fn filters_choose_and_bounds_of_time_are_half_open() {
    let place = Place::new();
    let ledger = place.open();
    for number in 0..30 {
        ledger
            .enter(entry(
                if number % 2 == 0 { "person.viewed" } else { "key.made" },
                Some(workspace(1)),
                number,
            ))
            .unwrap();
        place.hand.advance_ms(1_000);
        if number == 20 {
            ledger.checkpoint_now().unwrap();
        }
    }
    let all = Filter::newest(Scope::Workspaces(vec![workspace(1)]));
    let check = |filter: Filter, wanted: &[u64]| {
        let page = ledger.entries(&filter).unwrap();
        assert_eq!(page.entries.iter().map(|entry| entry.id.0).collect::<Vec<_>>(), wanted, "{filter:?}");
        assert_eq!(page.next, None);
    };
    check(
        Filter { code: Some("key.made".into()), from_ms: Some(START_MS + 22_000), ..all.clone() },
        &[29, 27, 25, 23],
    );
    check(Filter { principal: Some("mem_3".into()), to_ms: Some(START_MS + 13_000), ..all.clone() }, &[8, 3]);
    check(Filter { session: Some("ses_6".into()), ..all.clone() }, &[27, 20, 13, 6]);
    check(Filter { object: Some("p_21".into()), ..all.clone() }, &[21]);
    check(Filter { from_ms: Some(START_MS + 5_000), to_ms: Some(START_MS + 7_000), ..all.clone() }, &[6, 5]);
    check(Filter { after: Some(EntryId(2)), ..all.clone() }, &[1, 0]);
    let view = &ledger.entries(&Filter { limit: 1, ..all }).unwrap().entries[0];
    assert_eq!((view.code.as_str(), view.at_ms, view.phase), ("key.made", START_MS + 29_000, Phase::Entry));
    assert_eq!((view.object.as_str(), &view.detail), ("p_29", &serde_json::json!({ "number": 29 })));
    assert!(!format!("{view:?}").contains("number"), "details are not printed");
}

#[test]
fn times_never_run_backwards() {
    let place = Place::new();
    let ledger = place.open();
    ledger.enter(entry("a", None, 0)).unwrap();
    place.hand.advance_ms(-5_000);
    ledger.enter(entry("b", None, 1)).unwrap();
    drop(ledger);
    let ledger = place.open();
    ledger.enter(entry("c", None, 2)).unwrap();
    let page = ledger.entries(&Filter::newest(Scope::Installation)).unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.at_ms).collect::<Vec<_>>(), [START_MS; 3]);
}

#[test]
fn intents_are_closed_by_their_outcome_a_drop_or_the_next_opening() {
    let place = Place::new();
    let ledger = place.open();
    let intend = |number| ledger.intend(entry("member.added", Some(workspace(1)), number)).unwrap();
    intend(0).done(serde_json::json!({ "made": "mem_1" })).unwrap();
    intend(1).failed("taken".into()).unwrap();
    drop(intend(2));
    let left_open = std::mem::ManuallyDrop::new(intend(3));
    ledger.checkpoint_now().unwrap();
    let crashed = place.crashed();
    let again = crashed.open();
    assert_eq!(again.recovery().interrupted, [left_open.id()]);
    let page = again.entries(&Filter::newest(Scope::Workspaces(vec![workspace(1)]))).unwrap();
    let outcome = |of, result| Phase::Outcome { of: EntryId(of), result };
    let phases: Vec<Phase> = page.entries.iter().rev().map(|entry| entry.phase).collect();
    use Phase::Intent;
    let wanted = [
        Intent,
        outcome(0, Outcome::Done),
        Intent,
        outcome(2, Outcome::Failed),
        Intent,
        outcome(4, Outcome::Interrupted),
        Intent,
        outcome(6, Outcome::Interrupted),
    ];
    assert_eq!(phases, wanted);
    assert!(
        page.entries.iter().all(|entry| entry.code == "member.added" && entry.principal.starts_with("mem_"))
    );
    drop(again);
    assert_eq!(crashed.open().recovery().interrupted, [], "closed once");
}

#[test]
fn proofs_hold_for_every_entry_and_pair_of_sizes() {
    let place = Place::new();
    let ledger = place.open();
    let mut known = vec![(0, empty_root())];
    for number in 0..20 {
        ledger.enter(entry("a", None, number)).unwrap();
        let checkpoint = ledger.checkpoint_now().unwrap();
        known.push((checkpoint.size, checkpoint.root));
    }
    fill(&ledger, 600);
    let checkpoint = ledger.checkpoint_now().unwrap();
    known.push((checkpoint.size, checkpoint.root));
    for (old, old_root) in &known {
        for (new, new_root) in known.iter().filter(|(new, _)| new >= old) {
            let proof = ledger.consistency(*old, *new).unwrap();
            assert!(consistent((*old, *old_root), (*new, *new_root), &proof), "{old} in {new}");
            if *old > 0 && old < new {
                let mut wrong = proof.clone();
                wrong[0].0[0] ^= 1;
                assert!(!consistent((*old, *old_root), (*new, *new_root), &wrong), "{old} in {new}");
                assert!(!consistent((*old, *new_root), (*new, *new_root), &proof), "{old} in {new}");
            }
        }
    }
    for index in (0..checkpoint.size).step_by(7).chain([255, 256, 511, 512, checkpoint.size - 1]) {
        let proof = ledger.proof(index).unwrap();
        proof.check(ledger.public_key()).unwrap();
        let json = serde_json::to_string(&proof).unwrap();
        assert_eq!(serde_json::from_str::<InclusionProof>(&json).unwrap(), proof);
        assert!(
            InclusionProof { index: (index + 1) % checkpoint.size, ..proof.clone() }
                .check(ledger.public_key())
                .is_err()
        );
        let mut wrong = proof;
        wrong.path[0].0[31] ^= 1;
        assert!(wrong.check(ledger.public_key()).is_err());
    }
    assert!(matches!(ledger.proof(checkpoint.size), Err(LedgerError::Beyond { .. })));
    assert!(matches!(ledger.consistency(0, checkpoint.size + 1), Err(LedgerError::Beyond { .. })));
}

#[test]
fn tiles_are_served_as_the_specification_lays_them_out() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 290);
    let size = ledger.checkpoint_now().unwrap().size;
    assert_eq!(size, 296);
    let length = |path: &str| ledger.tile(path).unwrap().map(|bytes| bytes.len());
    assert_eq!(length("tile/0/000"), Some(8_192));
    assert_eq!(length("tile/entries/000"), Some(256 * 35));
    assert_eq!((length("tile/0/001.p/40"), length("tile/entries/001.p/40")), (Some(40 * 32), Some(40 * 35)));
    assert_eq!(length("tile/1/000.p/1"), Some(32));
    // Narrower ones too, for every checkpoint there ever was; nothing wider, and nothing else.
    assert_eq!((length("tile/0/000.p/7"), length("tile/entries/001.p/3")), (Some(7 * 32), Some(3 * 35)));
    for path in [
        "tile/0/001.p/41",
        "tile/0/001",
        "tile/0/002",
        "tile/1/000",
        "tile/1/000.p/2",
        "tile/0/../../intents",
        "intents",
    ] {
        assert_eq!(length(path), None, "{path}");
    }
    for file in ["tile/0/000", "tile/0/001.p/40", "tile/entries/001.p/40", "tile/1/000.p/1"] {
        assert_eq!(Some(std::fs::read(place.dir.join(file)).unwrap()), ledger.tile(file).unwrap(), "{file}");
    }
    let note = std::fs::read_to_string(place.dir.join("checkpoint")).unwrap();
    assert_eq!(note, ledger.checkpoint().note);
    assert!(note.starts_with("holdfast.example/ledger\n296\n"));
    assert_eq!(
        SignedCheckpoint::open(&note, &ledger.public_key().to_string().parse().unwrap()).unwrap(),
        ledger.checkpoint()
    );
}

#[test]
fn many_callers_share_commits_and_each_gets_his_own_number() {
    let place = Place::new();
    let ledger = place.open();
    let mut ids: Vec<u64> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|caller| {
                let ledger = ledger.clone();
                scope.spawn(move || -> Vec<u64> {
                    (0..50).map(|n| ledger.enter(entry("a", Some(workspace(caller)), n)).unwrap().0).collect()
                })
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    ids.sort_unstable();
    assert_eq!(ids, (0..400).collect::<Vec<_>>());
    assert!(ledger.verify(None).unwrap().is_sound());
}

#[test]
fn async_callers_wait_without_blocking() {
    let place = Place::new();
    let ledger = place.open();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let entries = (0..20).map(|number| ledger.enter_async(entry("a", None, number)));
        for (number, entered) in entries.enumerate() {
            assert_eq!(entered.await.unwrap().0, number as u64);
        }
        ledger.intend_async(entry("b", None, 0)).await.unwrap().done_async(1.into()).await.unwrap();
        // The blocking form is slow here, but does not panic.
        ledger.enter(entry("c", None, 0)).unwrap();
    });
    assert_eq!(ledger.size(), 23);
}

#[test]
fn what_is_no_entry_is_refused() {
    let place = Place::new();
    let ledger = place.open();
    let good = entry("person.viewed", None, 1);
    let check = |bad: NewEntry, named: &str| match ledger.enter(bad) {
        Err(LedgerError::Invalid { field, .. }) => assert_eq!(field, named),
        other => panic!("{named}: {other:?}"),
    };
    check(NewEntry { code: "ledger.payloads_dropped", ..good.clone() }, "code");
    check(NewEntry { code: "Person viewed", ..good.clone() }, "code");
    check(NewEntry { code: "", ..good.clone() }, "code");
    check(NewEntry { principal: String::new(), ..good.clone() }, "principal");
    check(NewEntry { session: Some("s".repeat(257)), ..good.clone() }, "session");
    check(NewEntry { object: "o".repeat(1_025), ..good.clone() }, "object");
    check(NewEntry { detail: "d".repeat(ENTRY_BYTES_MAX).into(), ..good.clone() }, "detail");
    assert_eq!(ledger.size(), 0);
    assert!(!format!("{good:?}").contains("mem_"));
}

#[test]
fn old_payloads_go_and_their_leaves_stay() {
    const DAY_MS: i64 = 24 * 3_600 * 1_000;
    let place = Place::new();
    let ledger = place.open();
    for day in 0..40 {
        ledger.enter(entry("person.viewed", Some(workspace(day % 2)), day as u64)).unwrap();
        place.hand.advance_ms(DAY_MS);
        ledger.checkpoint_now().unwrap();
    }
    assert_eq!(ledger.retain(50).unwrap(), Retained::default());
    let retained = ledger.retain(20).unwrap();
    assert!(retained.files > 0 && (10..=20).contains(&retained.kept_from), "{retained:?}");
    let check = |ledger: &Ledger| {
        let report = ledger.verify(None).unwrap();
        assert!(report.is_sound() && report.payloads_dropped >= 10, "{report}");
        let page =
            ledger.entries(&Filter::newest(Scope::Workspaces(vec![workspace(0), workspace(1)]))).unwrap();
        assert_eq!(page.entries.last().map(|entry| entry.id.0 <= retained.kept_from), Some(true));
        assert_eq!(page.entries.len() as u64 + report.payloads_dropped, 40);
    };
    check(&ledger);
    ledger.checkpoint_now().unwrap();
    check(&ledger);
    drop(ledger);
    let ledger = place.open();
    check(&ledger);
    // Everything at once, the growing files included, and it goes on.
    place.hand.advance_ms(500 * DAY_MS);
    ledger.retain(PAYLOAD_DAYS).unwrap();
    assert_eq!(ledger.entries(&Filter::newest(Scope::Workspaces(vec![workspace(0)]))).unwrap().entries, []);
    ledger.enter(entry("person.viewed", Some(workspace(0)), 1)).unwrap();
    ledger.checkpoint_now().unwrap();
    let report = ledger.verify(None).unwrap();
    assert!(report.is_sound(), "{report}");
}

#[test]
fn a_second_process_is_kept_out_and_a_closed_ledger_refuses() {
    let place = Place::new();
    let ledger = place.open();
    assert!(matches!(Ledger::open(&place.dir, ledger_keys(), place.clock.clone()), Err(LedgerError::Locked)));
    ledger.enter(entry("a", None, 1)).unwrap();
    ledger.close();
    assert!(matches!(ledger.enter(entry("a", None, 1)), Err(LedgerError::Closed)));
    assert!(matches!(ledger.checkpoint_now(), Err(LedgerError::Closed)));
    assert_eq!(ledger.checkpoint().size, 1, "closing signs a last checkpoint");
}

#[test]
fn other_keys_do_not_open_it() {
    let place = Place::new();
    drop(place.open());
    let master = keys::Key::from_bytes([3; 32]);
    let other = LedgerKeys::derive(ORIGIN, &master).unwrap();
    assert!(matches!(Ledger::open(&place.dir, other, place.clock.clone()), Err(LedgerError::Damaged { .. })));
    assert_eq!(
        LedgerKeys::derive(ORIGIN, &master).unwrap().public(),
        LedgerKeys::derive(ORIGIN, &master).unwrap().public()
    );
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged_any_more() {
    let place = Place::new();
    let ledger = place.open();
    ledger.enter(entry("a", None, 0)).unwrap();
    // The next file cannot be made: its folder is a file.
    let pending = place.dir.join("pending");
    std::fs::rename(&pending, place.dir.join("aside")).unwrap();
    put(&pending, b"");
    let large = || NewEntry { detail: "x".repeat(50_000).into(), ..entry("a", None, 1) };
    let acknowledged = (0..100).take_while(|_| ledger.enter(large()).is_ok()).count() as u64;
    assert!((20..30).contains(&acknowledged), "{acknowledged}");
    // Mending the disk does not mend the trust in it.
    std::fs::remove_file(&pending).unwrap();
    std::fs::rename(place.dir.join("aside"), &pending).unwrap();
    assert!(matches!(ledger.enter(large()), Err(LedgerError::Stopped { .. })));
    assert!(matches!(ledger.intend(large()), Err(LedgerError::Stopped { .. })));
    assert!(matches!(ledger.checkpoint_now(), Err(LedgerError::Stopped { .. })));
    assert_eq!(
        ledger.entries(&Filter::newest(Scope::Installation)).unwrap().entries.len() as u64,
        acknowledged + 1
    );
    drop(ledger);
    assert_eq!(place.open().size(), acknowledged + 1);
}

/// A verifier may look while the server writes.
#[test]
fn a_log_that_grows_is_verified_without_false_alarms() {
    let place = Place::new();
    let ledger = place.open();
    let older = fill(&ledger, 300);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for round in 0..30 {
                fill(&ledger, 20);
                let open = ledger.intend(entry("key.made", Some(workspace(round)), 1)).unwrap();
                ledger.checkpoint_now().unwrap();
                open.done(1.into()).unwrap();
            }
        });
        let mut looks = 0;
        while !writing.is_finished() || looks == 0 {
            let report = ledger.verify(Some(&older)).unwrap();
            assert!(report.is_sound() && report.older_checked == 1, "{report}");
            looks += 1;
        }
        writing.join().unwrap();
    });
    assert!(ledger.verify(Some(&older)).unwrap().is_sound());
}

#[test]
fn one_entry_is_disclosed_without_the_others() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 300);
    assert!(matches!(ledger.disclose(EntryId(299), None), Err(LedgerError::Beyond { .. })));
    ledger.checkpoint_now().unwrap();
    let shown = ledger.disclose(EntryId(4), Some(workspace(1))).unwrap().unwrap();
    assert_eq!(ledger.disclose(EntryId(4), Some(workspace(2))).unwrap(), None, "it is not theirs");
    let text = shown.to_string();
    assert_eq!(text.parse::<Disclosure>().unwrap(), shown);
    let proven = shown.check(ledger.public_key(), &[]).unwrap();
    assert_eq!((&proven.entry["code"], &proven.entry["object"]), (&"person.viewed".into(), &"p_4".into()));
    let other = ledger.disclose(EntryId(7), Some(workspace(1))).unwrap().unwrap().to_string();
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap().to_owned();
    let size = ledger.size();
    let forged = [
        text.replace(&line(&text, 1), &line(&other, 1)),
        text.replace("index 4\n", "index 5\n"),
        text.replace(&line(&text, 3), &line(&other, 3)),
        text.replacen(&format!("{}\n", line(&text, 4)), "", 1),
        text.replace(&format!("\n{size}\n"), &format!("\n{}\n", size - 1)),
    ];
    for forged in forged {
        assert_ne!(forged, text);
        let checked = forged.parse::<Disclosure>().and_then(|proof| proof.check(ledger.public_key(), &[]));
        assert!(checked.is_err(), "{forged}");
    }
    for (told, tree) in
        [(prove(&place, &text), true), (prove(&place, &text.replace("index 4\n", "index 5\n")), false)]
    {
        assert_eq!(told.answer["sound"], tree, "{}", told.errors);
        assert!(!tree || told.answer["entry"] == proven.entry);
    }
    // Another process makes the same proof from the folder alone.
    let keys = ledger_keys();
    let trust = Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] };
    assert_eq!(disclose(&place.dir, &trust, 4).unwrap(), Some(shown));
    assert!(matches!(disclose(&place.dir, &trust, size), Err(LedgerError::Beyond { .. })));
}

fn prove(place: &Place, text: &str) -> Told {
    let file = place.dir.with_extension("tlog-proof");
    put(&file, text.as_bytes());
    python(&["--proof".to_owned(), file.display().to_string()])
}

#[test]
fn proofs_are_under_the_last_checkpoint_that_a_witness_cosigned() {
    let place = Place::new();
    let ledger = place.open();
    let witness = Cosigner::new("witness.example/w1", &Secret::new([3; 32])).unwrap();
    ledger.expect_witnesses(vec![witness.key().clone()]);
    fill(&ledger, 300);
    let seen = ledger.checkpoint_now().unwrap();
    ledger.add_cosignature(&seen, witness.key(), &witness.cosign(&seen, 1_767_225_600)).unwrap();
    fill(&ledger, 300);
    let last = ledger.checkpoint_now().unwrap();
    let cosigned = |index: u64, workspace| {
        let shown = ledger.disclose(EntryId(index), workspace).unwrap().unwrap();
        assert!(shown.check(ledger.public_key(), &[]).is_ok());
        shown
            .check(ledger.public_key(), &[witness.key().clone()])
            .map(|proven| (proven.size, proven.cosigned_s))
    };
    assert_eq!(cosigned(4, Some(workspace(1))).unwrap(), (seen.size, vec![1_767_225_600]));
    assert!(cosigned(last.size - 1, Some(workspace(2))).is_err(), "no witness has seen this one");
}

#[test]
fn how_far_witnesses_are_is_told_and_outlives_the_process() {
    let place = Place::new();
    let ledger = place.open();
    assert_eq!(ledger.standing().behind_since_ms, None, "who has no witness is never behind");
    let [one, two] = [1, 2]
        .map(|seed| Cosigner::new(&format!("witness.example/{seed}"), &Secret::new([seed; 32])).unwrap());
    let expected = vec![one.key().clone(), two.key().clone()];
    ledger.expect_witnesses(expected.clone());
    fill(&ledger, 10);
    let first = ledger.checkpoint_now().unwrap();
    assert_eq!(ledger.standing().behind_since_ms, Some(START_MS));
    place.hand.advance_ms(60_000);
    let now_s = u64::try_from(place.clock.now_ms() / 1_000).unwrap();
    assert!(
        ledger.add_cosignature(&first, one.key(), &two.cosign(&first, now_s)).is_err(),
        "the other's does not count"
    );
    ledger.add_cosignature(&first, one.key(), &one.cosign(&first, now_s)).unwrap();
    let standing = ledger.standing();
    assert_eq!(
        (standing.size, standing.witnessed_size, standing.behind_ms(place.clock.now_ms())),
        (11, 11, 0)
    );
    ledger.note_trouble(two.key(), Trouble::Refused("its checkpoint is another".to_owned())).unwrap();
    assert!(ledger.standing().is_refused());
    assert_eq!(Standing::read(&place.dir).unwrap().unwrap(), ledger.standing());
    fill(&ledger, 10);
    let second = ledger.checkpoint_now().unwrap();
    ledger.add_cosignature(&second, two.key(), &two.cosign(&second, now_s + 5)).unwrap();
    assert!(!ledger.standing().is_refused(), "an answer mends it");
    let sizes =
        |ledger: &Ledger| ledger.standing().witnesses.iter().map(|witness| witness.size).collect::<Vec<_>>();
    assert_eq!(sizes(&ledger), [first.size, second.size]);
    ledger.add_cosignature(&second, two.key(), &two.cosign(&second, now_s + 5)).unwrap();
    let both = std::fs::read_to_string(place.dir.join("cosigned")).unwrap();
    assert_eq!(
        (both.matches("\n\n").count(), both.matches("witness.example/").count()),
        (2, 2),
        "the last of each: {both}"
    );
    fill(&ledger, 10);
    drop(ledger);
    place.hand.advance_ms(3_600_000);
    let ledger = place.open();
    ledger.expect_witnesses(expected);
    assert_eq!(sizes(&ledger), [first.size, second.size]);
    // At the latest since the last cosignature.
    assert_eq!(ledger.standing().behind_ms(place.clock.now_ms()), 3_600_000 - 5_000);
}

#[test]
fn a_companion_goes_along_once_for_each_change_it_tells_of() {
    let place = Place::new();
    let ledger = place.open();
    let changes = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
    let seen = changes.clone();
    ledger.accompany(Box::new(move |last| {
        let now = seen.load(std::sync::atomic::Ordering::SeqCst);
        (now > last).then(|| (now, entry("database.kept", None, now.unsigned_abs())))
    }));
    for number in 0..6 {
        ledger.enter(entry("person.viewed", Some(workspace(1)), number)).unwrap();
        // Two changes of one look are told once, by the later number; no change, no entry.
        if number % 2 == 0 {
            changes.fetch_add(2, std::sync::atomic::Ordering::SeqCst);
        }
    }
    let told = |ledger: &Ledger| -> Vec<u64> {
        let page = ledger.entries(&Filter::newest(Scope::Installation)).unwrap();
        page.entries.iter().map(|entry| entry.detail["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(told(&ledger), [6, 4, 2]);
    assert_eq!(ledger.size(), 9);
    // It is in the same write: after a crash both are there, and the tree has both.
    let again = place.crashed();
    let again = again.open();
    assert_eq!((told(&again), again.size()), (vec![6, 4, 2], 9));
}

#[test]
fn a_thread_that_breaks_off_leaves_nobody_waiting() {
    let place = Place::new();
    let ledger = place.open();
    let before = ledger.enter(entry("person.viewed", Some(workspace(1)), 1)).unwrap();
    ledger.accompany(Box::new(|_| panic!("what goes along breaks")));
    assert!(!ledger.is_stopped());
    ledger.enter(entry("person.viewed", Some(workspace(1)), 2)).unwrap_err();
    for number in 3..6 {
        let refused = ledger.enter(entry("person.viewed", Some(workspace(1)), number)).unwrap_err();
        assert!(matches!(refused, LedgerError::Stopped { .. } | LedgerError::Closed), "{refused}");
    }
    ledger.checkpoint_now().unwrap_err();
    assert!(ledger.is_stopped());
    drop(ledger);
    assert_eq!(place.open().size(), before.0 + 1);
}
