//! Every path to a session, held against the code: a place that opens one and is not in this table fails, and so does a row
//! whose test is gone. Each new way to sign in adds one row.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::ROOT;

/// A way to a session, or what could be taken for one.
struct Way {
    name: &'static str,
    /// The file and function that open it; empty where no session comes of it.
    opens: &'static str,
    /// The level at its end.
    level: &'static str,
    /// The file and test that drive it to its end.
    driven: &'static str,
}

const fn way(name: &'static str, opens: &'static str, level: &'static str, driven: &'static str) -> Way {
    Way { name, opens, level, driven }
}

const WAYS: &[Way] = &[
    way(
        "passkey",
        "guard/src/sign_in.rs finish_sign_in",
        "3",
        "holdfast/tests/it/access.rs signing_in_and_out",
    ),
    way(
        "set-up code",
        "guard/src/sign_in.rs finish_enrol",
        "3",
        "guard/tests/it/sign_in.rs a_set_up_code_works_once",
    ),
    way(
        "invitation",
        "guard/src/sign_in.rs finish_enrol",
        "3",
        "holdfast/tests/it/scim.rs whoever_leaves_is_gone_at_once_and_comes_back_with_nothing",
    ),
    way("recovery", "guard/src/sign_in.rs finish_enrol", "3", "guard/tests/it/recovery.rs "),
    way(
        "an organisation's provider",
        "guard/src/sign_on/vouched.rs vouched",
        "2, or 3 where an owner trusts the class",
        "holdfast/tests/it/sign_on.rs a_real_provider_signs_in_whom_somebody_invited",
    ),
    way(
        "password and code",
        "guard/src/password.rs open_by_password",
        "2, where the workspace gives its leave",
        "holdfast/tests/it/passwords.rs a_workspace_that_allows_it_lets_members_in_with_password_and_code",
    ),
    way("link of a demo", "guard/src/visitors.rs look_around", "1", "guard/tests/it/visitors.rs "),
    way(
        "directory (SCIM)",
        "",
        "none: an account that nothing opens",
        "holdfast/tests/it/scim.rs a_user_is_made_found_changed_and_removed",
    ),
    way(
        "interface token",
        "",
        "none: a token is no session",
        "holdfast/tests/it/routes.rs a_token_gets_only_its_scope",
    ),
    way(
        "command line",
        "",
        "none: tokens, and the host's socket",
        "holdfast/tests/it/routes.rs what_only_the_host_may_do_stands_on_its_own_socket_alone",
    ),
    way("restored backup", "", "none: every session in it has ended", "holdfast/tests/it/restoring.rs "),
    way(
        "device's key",
        "",
        "none: renews the one it is bound to",
        "guard/tests/it/binding.rs only_the_key_it_was_bound_to_renews_a_session",
    ),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join("crates").join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The functions that open a session through guard's one function for it.
fn openers() -> BTreeSet<String> {
    let crates = Path::new(ROOT).join("crates");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&crates).unwrap().flatten() {
        sources(&entry.path().join("src"), &mut files);
    }
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut function = String::new();
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once("fn ") {
                rest.split(['(', '<']).next().unwrap_or_default().clone_into(&mut function);
            }
            let calls = line.contains("open_session(") && !line.contains("fn open_session(");
            // The one that the others go through.
            if calls && function != "open_session" {
                found.insert(format!("{} {function}", file.strip_prefix(&crates).unwrap().display()));
            }
        }
    }
    found
}

#[test]
fn every_path_to_a_session_is_known() {
    let known: BTreeSet<String> =
        WAYS.iter().filter(|way| !way.opens.is_empty()).map(|way| way.opens.to_owned()).collect();
    assert_eq!(openers(), known);
    for way in WAYS {
        let (file, test) = way.driven.split_once(' ').unwrap();
        let text = read(file);
        assert!(
            text.contains(&format!("fn {test}")) && text.contains("#[test]"),
            "{}: no test {test}",
            way.name
        );
        println!("{}: {}", way.name, way.level);
    }
}
