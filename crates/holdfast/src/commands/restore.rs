//! `holdfast restore`: a backup into an empty data directory. What does not verify is refused; what was purged since goes again
//! before the data has its name; everybody signs in anew.

use std::path::{Path, PathBuf};

use ::backup::{Identities, restore};
use door::Crowd;
use ledger::NewEntry;
use purge::list::{self, Restored};
use purge::{LIST_NAME, ListFile, ListKey, PurgeError, Step};
use serde_json::{Value, json};
use service::doors::Doors;

use crate::cli::Restore;
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;
use crate::server::engine::Engine;
use crate::server::kept;

/// The most folders beside the target that are looked into.
const BESIDE_MAX: usize = 1_000;

pub(super) fn run(arguments: &Restore) -> Outcome {
    let config = super::configured(&arguments.place)?;
    let identities =
        Identities::read(&arguments.identity).map_err(|error| Failure::invalid(error.to_string()))?;
    // Its own name comes last: whatever lies at the target can be served.
    let working = Working::beside(&config.data)?;
    let report = restore(&arguments.from, &identities, &working.0)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let unnamed = Config { data: working.0.clone(), ..config.clone() };
    let made = make_safe(&unnamed, &config.data, arguments, &report.mark)?;
    working.become_data(&config.data)?;
    if arguments.json {
        return super::print_json(&json!({
            "files": report.files, "bytes": report.bytes, "mark": report.mark,
            "purges": { "from": made.from, "carried_out_again": made.again },
        }));
    }
    println!("{} files, {} bytes restored into {}", report.files, report.bytes, config.data.display());
    match &made.from {
        Some(from) => println!("{} purges carried out again, by {}", made.again, from.display()),
        None => println!(
            "without the list of purges: what was purged after this backup was made is back; order it again (docs/purge.md)"
        ),
    }
    println!(
        "the ledger verifies; every session has ended; next: holdfast serve --data {}",
        config.data.display()
    );
    Ok(())
}

/// What was done about purges.
struct Made {
    from: Option<PathBuf>,
    again: usize,
}

/// What was restored must verify, nothing purged may be in it, and nobody may be signed in by it.
fn make_safe(config: &Config, target: &Path, arguments: &Restore, mark: &Value) -> Outcome<Made> {
    let installation = Installation::open(&config.data, config).map_err(|failure| {
        Failure::failed(format!(
            "nothing was restored: {failure}; the master key that you kept must be where keys.* says"
        ))
    })?;
    let list = the_list(&installation, target, arguments)?;
    let core = Core::open(installation, config, config.console.addr.port())?;
    let verified =
        core.ledger.verify(None).map_err(|error| Failure::failed(format!("the ledger: {error}")))?;
    if !verified.is_sound() {
        return Err(Failure::failed(format!("its ledger does not verify: {verified}")));
    }
    let again = match &list {
        Some(list) => {
            list.check_signature(core.ledger.public_key()).map_err(refused)?;
            core.control.write(|tx| list::enter_missing(tx, &core.keys, list)).map_err(refused)?
        }
        None => Vec::new(),
    };
    let restored = Restored {
        at_ms: core.clock.now_ms(),
        backup_ms: mark["made_ms"].as_i64(),
        list_ms: list.as_ref().map(|list| list.as_of_ms),
        purges: again.len() as u64,
    };
    enter(&core, &restored)?;
    // Nobody gets in: there are no doors yet.
    let doors = Doors { since_ms: core.clock.now_ms(), collect: Crowd::new(0, 0), console: Crowd::new(0, 0) };
    let engine = Engine::start(&core, config, String::new(), doors)?;
    let purged = engine.services.purging.wait();
    // Sessions, tokens and codes of the past must not come back to life with it.
    let ended = core.guard.host().end_everything_restored();
    let sealed = kept::seal(&core.databases());
    engine.end();
    purged.map_err(|why| Failure::failed(format!("nothing was restored: what was purged remains: {why}")))?;
    ended.map_err(|error| Failure::failed(format!("sessions cannot be ended: {error}")))?;
    sealed?;
    all_done(&core, &again)?;
    Ok(Made { from: list.map(|list| list.path().to_owned()), again: again.len() })
}

fn refused(error: PurgeError) -> Failure {
    Failure::failed(format!("nothing was restored: {error}"))
}

/// A purge that cannot be carried out again must not pass for one that was.
fn all_done(core: &Core, again: &[model::PurgeId]) -> Outcome {
    for id in again {
        let found = core.control.read(|tx| purge::table::anywhere(tx, *id)).map_err(refused)?;
        if found.as_ref().is_none_or(|purge| purge.step != Step::Done) {
            let why = found.and_then(|purge| purge.note).unwrap_or_default();
            return Err(Failure::failed(format!(
                "nothing was restored: {id} cannot be carried out again: {why}"
            )));
        }
    }
    Ok(())
}

/// Writes down where the data comes from.
fn enter(core: &Core, restored: &Restored) -> Outcome {
    let code = if restored.list_ms.is_some() { "backup.restored" } else { "backup.restored_without_purges" };
    let detail = json!({
        "backup_ms": restored.backup_ms, "purges_as_of_ms": restored.list_ms, "purges_again": restored.purges,
    });
    let told = core.guard.tell_operators(code, &detail);
    told.map_err(|error| Failure::failed(format!("operators cannot be told: {error}")))?;
    let entry = NewEntry {
        code,
        principal: "host".to_owned(),
        session: None,
        from: None,
        workspace: None,
        object: "installation".to_owned(),
        detail,
    };
    core.ledger.enter(entry).map_err(|error| Failure::failed(format!("the ledger: {error}")))?;
    core.control.write(|tx| list::note_restore(tx, restored)).map_err(refused)
}

/// The list that was named, or the newest that lies beside the target; `None` only where it was said that it is lost.
fn the_list(installation: &Installation, target: &Path, arguments: &Restore) -> Outcome<Option<ListFile>> {
    if arguments.without_purges {
        return Ok(None);
    }
    let key = ListKey::new(&installation.identity.id, &installation.root);
    let own = match ListFile::read(&installation.path(LIST_NAME), &key) {
        Ok(own) => Some(own),
        Err(PurgeError::ListIo { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(refused(error)),
    };
    let extends = |list: &ListFile| own.as_ref().map_or(Ok(()), |own| list.check_extends(own));
    if let Some(path) = &arguments.purges {
        let path = if path.is_dir() { path.join(LIST_NAME) } else { path.clone() };
        let list = ListFile::read(&path, &key).map_err(refused)?;
        extends(&list).map_err(refused)?;
        return Ok(Some(list));
    }
    let found = beside(target, &installation.identity.id)
        .into_iter()
        .filter_map(|folder| ListFile::read(&folder.join(LIST_NAME), &key).ok())
        .filter(|list| extends(list).is_ok())
        .max_by_key(|list| (list.purges(), list.as_of_ms));
    found.map(Some).ok_or_else(|| {
        Failure::usage(
            "nothing was restored: which purges came after this backup? Name the list with --purges FILE: the newest that `holdfast \
             purges export` wrote, or DATA/purges of the data that the backup was made of. If it is lost, --without-purges restores \
             all the same: what was purged since is back then, and must be ordered again",
        )
    })
}

/// Data directories of the same installation beside the target.
fn beside(target: &Path, installation: &str) -> Vec<PathBuf> {
    let target = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
    let Some(Ok(entries)) = target.parent().map(std::fs::read_dir) else { return Vec::new() };
    let folders = entries.flatten().take(BESIDE_MAX).map(|entry| entry.path());
    folders
        .filter(|folder| !folder.to_string_lossy().contains(UNNAMED))
        .filter(|folder| Installation::identity(folder).is_ok_and(|found| found.id == installation))
        .collect()
}

/// What the name of data that is not ready has in it.
const UNNAMED: &str = ".restoring-";

/// The folder in which data is made ready, beside the target; gone again unless it becomes the data.
struct Working(PathBuf);

impl Working {
    fn beside(target: &Path) -> Outcome<Self> {
        let is_empty = std::fs::read_dir(target).map_or(true, |mut entries| entries.next().is_none());
        if !is_empty {
            return Err(Failure::conflict(format!(
                "{} is not empty: name a folder that is empty or does not exist",
                target.display()
            )));
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!("{UNNAMED}{}", stdx::random_text::<10>()));
        Ok(Self(target.with_file_name(name)))
    }

    fn become_data(&self, target: &Path) -> Outcome {
        std::fs::rename(&self.0, target)
            .and_then(|()| stdx::files::sync_parent(target))
            .map_err(|error| Failure::failed(format!("{}: {error}", target.display())))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        // After success there is nothing under this name; after a failure the first error is the one to tell.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
