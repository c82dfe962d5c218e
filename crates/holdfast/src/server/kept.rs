//! Whether the databases are what was last written here: asked before a server starts, and now and then while it runs. What
//! their tables add up to (`control::kept`) is entered in the ledger with the next entry after every change, in the same frame,
//! so that an older database, whole in itself, is found as well, also after a kill.

use control::mode::Mode;
use control::{Database, Kept, KeptState};
use guard::Guard;
use ledger::{Filter, Ledger, NewEntry, Scope};
use serde_json::{Value, json};

use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

/// The entry that has the digests.
const KEPT: &str = "database.kept";
/// What is said to differ where the whole of control.db is an older one.
const OLDER: &str = "an older database stands here";
/// The same of people.db.
const OLDER_PEOPLE: &str = "an older people.db stands here";
/// What stands before the name of a table of people.db.
const OF_PEOPLE: &str = "people.db: ";
/// How many pages of the ledger are looked through for the last digests.
const PAGES_MAX: u32 = 1_000;

/// The two databases and the ledger that knows of them. Cheap to clone.
#[derive(Clone)]
pub struct Databases {
    /// Decisions.
    pub control: Database,
    /// Identities and the vault.
    pub people: Database,
    /// Who saw and did what.
    pub ledger: Ledger,
}

/// What the ledger has last of each.
#[derive(Default)]
struct Entered {
    control: Option<KeptState>,
    people: Option<KeptState>,
}

/// Has the ledger take the digests along whenever they have changed.
pub fn accompany(databases: &Databases) {
    let (control, people) = (databases.control.clone(), databases.people.clone());
    databases.ledger.accompany(Box::new(move |entered| {
        let (control, people) = (control.last_kept(), people.last_kept());
        // Each only grows, so that their sum does with every change.
        let number = [&control, &people].into_iter().flatten().map(|state| state.number).sum();
        (number > entered).then(|| (number, entry(KEPT, detail(control.as_ref(), people.as_ref()))))
    }));
}

/// What differs from what was last written; nothing where all is well. A database that was never sealed is sealed, unless the
/// ledger knows that one was.
///
/// # Errors
/// A database's or the ledger's.
pub fn differs(databases: &Databases) -> Outcome<Vec<String>> {
    let last = last_entered(&databases.ledger)?;
    let mut differs = differ(&databases.control, last.control, ("", OLDER))?;
    differs.extend(differ(&databases.people, last.people, (OF_PEOPLE, OLDER_PEOPLE))?);
    Ok(differs)
}

fn differ(
    database: &Database,
    last: Option<KeptState>,
    (before, older): (&str, &str),
) -> Outcome<Vec<String>> {
    let named = |table: &str| format!("{before}{table}");
    match (database.check_kept().map_err(failed)?, last) {
        (Kept::Absent, None) => {
            database.seal_kept(0).map_err(failed)?;
            Ok(Vec::new())
        }
        (Kept::Absent, Some(_)) => Ok(vec![named("kept_state")]),
        (Kept::Differs(tables), _) => Ok(tables.iter().map(|table| named(table)).collect()),
        (Kept::Whole(state), Some(last)) if state.number < last.number || is_another(&state, &last) => {
            Ok(vec![older.to_owned()])
        }
        (Kept::Whole(_), _) => Ok(Vec::new()),
    }
}

fn is_another(state: &KeptState, last: &KeptState) -> bool {
    state.number == last.number && state.digest != last.digest
}

/// Refuses to serve databases that differ.
///
/// # Errors
/// They do; or a database's or the ledger's.
pub fn must_be_whole(databases: &Databases) -> Outcome {
    let differs = differs(databases)?;
    if differs.is_empty() { enter(databases) } else { Err(refusal(&differs)) }
}

/// The refusal, which says what to do.
pub fn refusal(differs: &[String]) -> Failure {
    let of_people = |table: &String| table.starts_with(OF_PEOPLE) || table == OLDER_PEOPLE;
    let which = match (differs.iter().all(of_people), differs.iter().any(of_people)) {
        (true, _) => "people.db was",
        (_, true) => "control.db and people.db were",
        _ => "control.db was",
    };
    Failure::failed(format!(
        "{which} changed outside Holdfast: rows were changed, removed, added or put back in {}; restore a backup, or see \
         `holdfast database accept`, which ends every session and token and leaves the installation read-only",
        differs.join(", ")
    ))
}

/// Enters the digests where the ledger does not have them yet. Called now and then, and at the end.
///
/// # Errors
/// A database's or the ledger's.
pub fn enter(databases: &Databases) -> Outcome {
    let whole = |database: &Database| match database.check_kept() {
        Ok(Kept::Whole(state)) => Ok(Some(state)),
        Ok(_) => Ok(None),
        Err(error) => Err(failed(error)),
    };
    let (control, people) = (whole(&databases.control)?, whole(&databases.people)?);
    let last = last_entered(&databases.ledger)?;
    let is_known = |state: &Option<KeptState>, last: Option<KeptState>| {
        state.as_ref().is_none_or(|state| last.is_some_and(|last| last.number >= state.number))
    };
    if is_known(&control, last.control) && is_known(&people, last.people) {
        return Ok(());
    }
    databases.ledger.enter(entry(KEPT, detail(control.as_ref(), people.as_ref()))).map(drop).map_err(failed)
}

/// Takes what is there for what should be; nobody is signed in by it, and nothing changes until a second person says so.
///
/// # Errors
/// A reason that cannot be used, or the database's or ledger's.
pub fn accept(core: &Core, differs: &[String], reason: &str) -> Outcome {
    let guard = &core.guard;
    let accepted = entry("database.accepted", json!({ "differs": differs, "reason": reason }));
    core.ledger.enter(accepted).map_err(failed)?;
    let databases = core.databases();
    seal(&databases)?;
    let host = guard.host();
    let done = host
        .set_read_only(&format!("the database was changed outside Holdfast: {reason}"))
        .and_then(|()| host.end_everything_signed_in())
        .and_then(|()| guard.tell_operators("database.accepted", &json!({ "differs": differs })));
    done.map_err(|error| Failure::failed(format!("not all was done, accept it again: {error}")))?;
    enter(&databases)
}

/// Takes what is there for what should be: after it was accepted, and after a backup was restored, which says so itself.
///
/// # Errors
/// The database's or ledger's.
pub fn seal(databases: &Databases) -> Outcome {
    let last = last_entered(&databases.ledger)?;
    let above = |last: Option<KeptState>| last.map_or(0, |last| last.number);
    databases.control.seal_kept(above(last.control)).map_err(failed)?;
    databases.people.seal_kept(above(last.people)).map_err(failed)
}

/// Looks while the server runs: what differs makes the installation read-only, and operators are told.
///
/// # Errors
/// The database's or ledger's.
pub fn watch(databases: &Databases, guard: &Guard) -> Outcome {
    let differs = differs(databases)?;
    if differs.is_empty() {
        return enter(databases);
    }
    tracing::error!(tables = differs.join(", "), "a database was changed outside Holdfast");
    let held = |error: guard::GuardError| Failure::failed(format!("it cannot be made read-only: {error}"));
    if guard.mode(None).map_err(held)?.mode == Mode::ReadOnly {
        return Ok(());
    }
    let altered = entry("database.altered", json!({ "differs": differs }));
    databases.ledger.enter(altered).map_err(failed)?;
    guard.host().set_read_only("the database was changed outside Holdfast").map_err(held)?;
    guard.tell_operators("database.altered", &json!({ "differs": differs })).map_err(held)
}

/// The newest of each, however far back: the walk is over the installation's own entries, of which there are few.
fn last_entered(ledger: &Ledger) -> Outcome<Entered> {
    let mut filter = Filter { code: Some(KEPT.to_owned()), ..Filter::newest(Scope::Installation) };
    let mut last = Entered::default();
    for _ in 0..PAGES_MAX {
        let page = ledger.entries(&filter).map_err(failed)?;
        for entry in &page.entries {
            last.control = last.control.or_else(|| state_of(&entry.detail));
            last.people = last.people.or_else(|| state_of(&entry.detail["people"]));
        }
        filter.after = page.next;
        if page.next.is_none() || (last.control.is_some() && last.people.is_some()) {
            break;
        }
    }
    Ok(last)
}

fn state_of(detail: &Value) -> Option<KeptState> {
    let number = detail["number"].as_i64()?;
    Some(KeptState { number, digest: detail["digest"].as_str()?.to_owned() })
}

fn detail(control: Option<&KeptState>, people: Option<&KeptState>) -> Value {
    let of = |state: &KeptState| json!({ "number": state.number, "digest": state.digest });
    let mut detail = control.map_or_else(|| json!({}), of);
    if let (Some(fields), Some(people)) = (detail.as_object_mut(), people) {
        fields.insert("people".to_owned(), of(people));
    }
    detail
}

fn entry(code: &'static str, detail: Value) -> NewEntry {
    NewEntry {
        code,
        principal: "host".to_owned(),
        session: None,
        from: None,
        workspace: None,
        object: "control.db".to_owned(),
        detail,
    }
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::failed(format!("whether the database was changed cannot be told: {error}"))
}
