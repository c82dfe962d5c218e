//! The drills: every control holds, and a door that is opened is reported as a breach, and only that one.

use std::process::Command;

use serde_json::Value;

use crate::support::PROGRAM;

const DOORS: [&str; 6] = ["structure-only", "captured", "shield", "rule-to-effect", "advisory", "purge"];

fn play(doors: &[&str]) -> (bool, Vec<Value>) {
    let mut command = Command::new(PROGRAM);
    command.args(["drill", "mixpanel-2018", "--json"]);
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

#[test]
fn every_control_of_mixpanel_2018_holds() {
    let (held, steps) = play(&[]);
    assert!(held && steps.len() == 12, "{steps:#?}");
    for step in &steps {
        assert_eq!(step["passed"], true, "{step:#?}");
        for name in ["drill", "step", "tried", "outcome", "figure", "goal"] {
            assert!(step[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {step}");
        }
    }
}

#[test]
fn a_door_that_is_open_is_reported_and_no_other() {
    let (held, steps) = play(&DOORS);
    assert!(!held);
    assert_eq!(named(&steps, false), DOORS, "{steps:#?}");
}

#[test]
fn what_is_not_there_is_said() {
    for (arguments, said) in [
        (&["drill", "atlantis"][..], "there is no drill `atlantis`; there are: mixpanel-2018"),
        (
            &["drill", "mixpanel-2018", "--open-door", "cat-flap"],
            "no step `cat-flap` of this drill has a door",
        ),
    ] {
        let run = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(run.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&run.stderr).contains(said));
    }
}
