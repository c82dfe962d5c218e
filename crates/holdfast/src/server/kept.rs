//! Whether the database of decisions is what was last written here: asked before a server starts, and now and then while it
//! runs. The digest of its tables (`control::kept`) is entered in the ledger, so that an older database, whole in itself, is
//! found as well.

use control::mode::Mode;
use control::{Database, Kept, KeptState};
use guard::Guard;
use ledger::{Filter, Ledger, NewEntry, Scope};
use serde_json::{Value, json};

use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

/// The entry that has the digest.
const KEPT: &str = "database.kept";
/// What is said to differ where the whole database is an older one.
const OLDER: &str = "an older database stands here";

/// What differs from what was last written; nothing where all is well. A database that was never sealed is sealed, unless the
/// ledger knows that one was.
///
/// # Errors
/// The database's or ledger's.
pub fn differs(control: &Database, ledger: &Ledger) -> Outcome<Vec<String>> {
    let last = last_entered(ledger)?;
    match (control.check_kept().map_err(failed)?, last) {
        (Kept::Absent, None) => {
            control.seal_kept(0).map_err(failed)?;
            Ok(Vec::new())
        }
        (Kept::Absent, Some(_)) => Ok(vec!["kept_state".to_owned()]),
        (Kept::Differs(tables), _) => Ok(tables),
        (Kept::Whole(state), Some(last)) if state.number < last.number || is_another(&state, &last) => {
            Ok(vec![OLDER.to_owned()])
        }
        (Kept::Whole(_), _) => Ok(Vec::new()),
    }
}

fn is_another(state: &KeptState, last: &KeptState) -> bool {
    state.number == last.number && state.digest != last.digest
}

/// Refuses to serve a database that differs.
///
/// # Errors
/// It does; or the database's or ledger's.
pub fn must_be_whole(control: &Database, ledger: &Ledger) -> Outcome {
    let differs = differs(control, ledger)?;
    if differs.is_empty() { enter(control, ledger) } else { Err(refusal(&differs)) }
}

/// The refusal, which says what to do.
pub fn refusal(differs: &[String]) -> Failure {
    Failure::failed(format!(
        "control.db was changed outside Holdfast: rows were changed, removed, added or put back in {}; restore a backup, or see \
         `holdfast database accept`, which ends every session and token and leaves the installation read-only",
        differs.join(", ")
    ))
}

/// Enters the digest where the ledger does not have it yet. Called now and then, and at the end.
///
/// # Errors
/// The database's or ledger's.
pub fn enter(control: &Database, ledger: &Ledger) -> Outcome {
    let Kept::Whole(state) = control.check_kept().map_err(failed)? else { return Ok(()) };
    if last_entered(ledger)?.is_some_and(|last| last.number >= state.number) {
        return Ok(());
    }
    enter_as(ledger, KEPT, json!({ "number": state.number, "digest": state.digest }))
}

/// Takes what is there for what should be; nobody is signed in by it, and nothing changes until a second person says so.
///
/// # Errors
/// A reason that cannot be used, or the database's or ledger's.
pub fn accept(core: &Core, differs: &[String], reason: &str) -> Outcome {
    let Core { control, ledger, guard, .. } = core;
    enter_as(ledger, "database.accepted", json!({ "differs": differs, "reason": reason }))?;
    seal(control, ledger)?;
    let host = guard.host();
    let done = host
        .set_read_only(&format!("the database was changed outside Holdfast: {reason}"))
        .and_then(|()| host.end_everything_signed_in())
        .and_then(|()| guard.tell_operators("database.accepted", &json!({ "differs": differs })));
    done.map_err(|error| Failure::failed(format!("not all was done, accept it again: {error}")))?;
    enter(control, ledger)
}

/// Takes what is there for what should be: after it was accepted, and after a backup was restored, which says so itself.
///
/// # Errors
/// The database's or ledger's.
pub fn seal(control: &Database, ledger: &Ledger) -> Outcome {
    let last = last_entered(ledger)?;
    control.seal_kept(last.map_or(0, |last| last.number)).map_err(failed)
}

/// Looks while the server runs: what differs makes the installation read-only, and operators are told.
///
/// # Errors
/// The database's or ledger's.
pub fn watch(control: &Database, ledger: &Ledger, guard: &Guard) -> Outcome {
    let differs = differs(control, ledger)?;
    if differs.is_empty() {
        return enter(control, ledger);
    }
    tracing::error!(tables = differs.join(", "), "control.db was changed outside Holdfast");
    let held = |error: guard::GuardError| Failure::failed(format!("it cannot be made read-only: {error}"));
    if guard.mode(None).map_err(held)?.mode == Mode::ReadOnly {
        return Ok(());
    }
    enter_as(ledger, "database.altered", json!({ "differs": differs }))?;
    guard.host().set_read_only("the database was changed outside Holdfast").map_err(held)?;
    guard.tell_operators("database.altered", &json!({ "differs": differs })).map_err(held)
}

fn last_entered(ledger: &Ledger) -> Outcome<Option<KeptState>> {
    let filter = Filter { code: Some(KEPT.to_owned()), limit: 1, ..Filter::newest(Scope::Installation) };
    let page = ledger.entries(&filter).map_err(failed)?;
    Ok(page.entries.first().map(|entry| KeptState {
        number: entry.detail["number"].as_i64().unwrap_or_default(),
        digest: entry.detail["digest"].as_str().unwrap_or_default().to_owned(),
    }))
}

fn enter_as(ledger: &Ledger, code: &'static str, detail: Value) -> Outcome {
    let entry = NewEntry {
        code,
        principal: "host".to_owned(),
        session: None,
        from: None,
        workspace: None,
        object: "control.db".to_owned(),
        detail,
    };
    ledger.enter(entry).map(drop).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::failed(format!("whether the database was changed cannot be told: {error}"))
}
