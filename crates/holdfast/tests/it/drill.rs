//! The drills: every control holds, and a door that is opened is reported as a breach, and only that one.

use std::process::Command;

use serde_json::Value;

use crate::support::PROGRAM;

fn play(drill: &str, doors: &[&str]) -> (bool, Vec<Value>) {
    let mut command = Command::new(PROGRAM);
    command.args(["drill", drill, "--json"]);
    for door in doors {
        command.args(["--open-door", door]);
    }
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    let steps: Vec<Value> = serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&run.stderr)));
    (run.status.success(), steps)
}

fn named(steps: &[Value], passed: bool) -> Vec<String> {
    let of = steps.iter().filter(|step| step["passed"] == passed);
    of.map(|step| step["step"].as_str().unwrap().to_owned()).collect()
}

/// Plays a drill as it is, and once more with these doors open.
fn check(drill: &str, count: usize, doors: &[&str]) {
    let (held, steps) = play(drill, &[]);
    assert!(held && steps.len() == count, "{steps:#?}");
    for step in &steps {
        assert_eq!(step["passed"], true, "{step:#?}");
        for name in ["drill", "step", "tried", "outcome", "figure", "goal"] {
            assert!(step[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {step}");
        }
    }
    let (held, steps) = play(drill, doors);
    assert!(!held);
    assert_eq!(named(&steps, false), doors, "{steps:#?}");
    for step in &steps {
        assert!(!step["outcome"].as_str().unwrap().contains("the step broke"), "{step:#?}");
    }
}

#[test]
fn segment_2019_holds_and_reports_open_doors_and_no_others() {
    let doors = [
        "half-signed-in",
        "operator",
        "write-key",
        "step-up",
        "matrix",
        "scope",
        "notice",
        "paths",
        "reset",
        "lockdown",
    ];
    check("segment-2019", 10, &doors);
}

#[test]
fn mixpanel_2018_holds_and_reports_open_doors_and_no_others() {
    let doors = ["structure-only", "captured", "shield", "rule-to-effect", "advisory", "purge"];
    check("mixpanel-2018", 12, &doors);
}

#[test]
fn twilio_2022_holds_and_reports_open_doors_and_no_others() {
    check(
        "twilio-2022",
        10,
        &[
            "relay",
            "two-doors",
            "staff-console",
            "stolen-session",
            "stolen-cookie",
            "bound-session",
            "new-device",
            "lifetimes",
            "leaver",
            "status",
        ],
    );
}

#[test]
fn customerio_2022_holds_and_reports_open_doors_and_no_others() {
    check(
        "customerio-2022",
        14,
        &[
            "support",
            "operator-export",
            "break-glass",
            "second-account",
            "export",
            "leak",
            "notice-channels",
            "sql",
            "scraper",
            "review",
            "disk",
            "ledger-broken",
            "database",
            "workspace-key",
        ],
    );
}

#[test]
fn mixpanel_2025_holds_and_reports_open_doors_and_no_others() {
    check("mixpanel-2025", 4, &["relay", "export", "scope", "notice"]);
}

#[test]
fn customerio_2019_holds_and_reports_open_doors_and_no_others() {
    check(
        "customerio-2019",
        8,
        &[
            "oracles",
            "stuffing",
            "passwords",
            "second-factor",
            "detection",
            "send-guard",
            "spike",
            "read-only",
        ],
    );
}

#[test]
fn a_step_can_be_played_alone_with_those_that_it_stands_on() {
    let alone = |steps: &[&str], played: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["drill", "mixpanel-2018", "--json"]);
        for step in steps {
            command.args(["--step", step]);
        }
        let run = command.output().unwrap();
        let found: Vec<Value> = serde_json::from_slice(&run.stdout).unwrap();
        assert!(run.status.success() && named(&found, true) == played, "{found:#?}");
    };
    alone(&["fail-closed"], &["fail-closed"]);
    alone(&["advisory", "captured"], &["captured", "census", "advisory"]);
}

/// E1 with 10,000 probes a side at each route, E3 with 100,000 pairs and 500 honest members: on a quiet machine, about an hour.
#[test]
fn customerio_2019_holds_at_its_full_figures() {
    if std::env::var_os("HOLDFAST_TEST_LONG").is_none() {
        return;
    }
    let run = Command::new(PROGRAM).args(["drill", "customerio-2019", "--json", "--long"]).output().unwrap();
    let steps: Vec<Value> = serde_json::from_slice(&run.stdout).unwrap();
    assert!(named(&steps, false).is_empty() && steps.len() == 8, "{steps:#?}");
}

#[test]
fn what_is_not_there_is_said() {
    for (arguments, said) in [
        (
            &["drill", "atlantis"][..],
            "there is no drill `atlantis`; there are: segment-2019, mixpanel-2018, customerio-2022, twilio-2022, customerio-2019, mixpanel-2025",
        ),
        (
            &["drill", "mixpanel-2018", "--open-door", "cat-flap"],
            "no step `cat-flap` of this drill has a door",
        ),
        (
            &["drill", "mixpanel-2018", "--step", "juggling"],
            "this drill has no step `juggling`; it has: off-by-default, structure-only, captured",
        ),
        // A door of a step that is not played would not be opened.
        (
            &["drill", "mixpanel-2018", "--step", "corpus", "--open-door", "shield"],
            "no step `shield` of this drill has a door to open; these have: ",
        ),
    ] {
        let run = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(run.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&run.stderr).contains(said));
    }
}
