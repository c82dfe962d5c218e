//! `holdfast keys …`: where the master key is, and giving the installation, or one workspace, another one.

use ledger::NewEntry;
use serde_json::{Value, json};

use crate::cli::{KeysCommand, Place};
use crate::installation::Installation;
use crate::masters::{self, Source};
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

pub(super) fn run(command: &KeysCommand) -> Outcome {
    match command {
        KeysCommand::Status { place, workspace: None, json } => status(place, *json),
        KeysCommand::Status { place, workspace: Some(id), json } => {
            let standing = super::local::call(place, "/local/key", &json!({ "workspace": id }))?;
            if *json { super::print_json(&standing) } else { super::print(&words(&standing)) }
        }
        KeysCommand::Rotate { place, from, workspace: None } => rotate(place, from.as_deref()),
        KeysCommand::Rotate { place, workspace: Some(id), .. } => {
            let standing = super::local::call(place, "/local/key/replace", &json!({ "workspace": id }))?;
            super::print(&words(&standing))
        }
    }
}

/// How a workspace's key stands, in words.
fn words(standing: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = format!("key        {} since {}\n", text(&standing["key"]), text(&standing["since"]));
    let older = &standing["older"];
    if older.is_null() {
        return words + "older      none: nothing is sealed under another one\n";
    }
    words += &format!(
        "older      {}, replaced {} by {}\n",
        text(&older["key"]),
        text(&older["replaced_at"]),
        text(&older["replaced_by"])
    );
    words += &match older["place"].as_str().unwrap_or_default() {
        "" => "           what it sealed waits to be sealed anew\n".to_owned(),
        place => format!(
            "           sealed anew: {place}, {} of {}\n",
            older["progress"]["at"], older["progress"]["of"]
        ),
    };
    match older["waits_for"].as_str() {
        Some(why) => words + &format!("           it does not go on: {why}\n"),
        None => words,
    }
}

fn status(place: &Place, as_json: bool) -> Outcome {
    let config = super::configured(place)?;
    let identity = Installation::identity(&config.data)?;
    let source = Source::of(&config.data, &config.keys, identity.demo, &identity.id)?;
    let opens =
        source.load(&identity).and_then(|master| masters::open_root(&config.data, &identity, &master));
    let separate = identity.root.is_some();
    if as_json {
        return super::print_json(&json!({
            "installation": identity.id, "master": identity.master_key, "from": source.words(),
            "opens": opens.is_ok(), "root_of_its_own": separate,
        }));
    }
    super::print(&format!(
        "installation  {}\nmaster key    {} from {}\n              {}\nroot          {}\n",
        identity.id,
        identity.master_key,
        source.words(),
        match &opens {
            Ok(_) => "it opens the data".to_owned(),
            Err(why) => format!("it does not open the data: {why}"),
        },
        if separate {
            "wrapped under the master key"
        } else {
            "the first master key itself (made before roots were)"
        },
    ))
}

/// The server must be stopped. Run again after an interruption it goes on where it was.
fn rotate(place: &Place, from: Option<&std::path::Path>) -> Outcome {
    let config = super::configured(place)?;
    let lock = Installation::claim(&config.data)?;
    let mut identity = Installation::identity(&config.data)?;
    let source = Source::of(&config.data, &config.keys, identity.demo, &identity.id)?;
    let old = match (from, &source) {
        (Some(path), _) => masters::kept(path)?,
        (None, Source::Transit(_)) => source.load(&identity)?,
        (None, _) => {
            return Err(Failure::usage(format!(
                "put the present master key aside and name it with --from FILE; the new one is made where the configuration says ({})",
                source.words()
            )));
        }
    };
    let before = identity.master_key.clone();
    if old.id().to_string() != before
        && source.load(&identity).is_ok_and(|new| new.id().to_string() == before)
    {
        return super::print(
            "it was replaced already: the key that the configuration names opens the data\n",
        );
    }
    let root = masters::open_root(&config.data, &identity, &old)?;
    let new = source.make()?;
    if new.key.id() == old.id() {
        return Err(Failure::conflict(format!(
            "the key that the configuration names ({}) is the present one: move it aside first",
            source.words()
        )));
    }
    identity.master_key = new.key.id().to_string();
    identity.root = Some(masters::wrap_root(&identity.id, &new.key, &root));
    identity.sealed_master = new.sealed;
    identity.keep(&config.data)?;
    drop(lock);
    enter(&config, &before, &identity.master_key)?;
    super::print(&format!(
        "master key {before} is replaced by {}, from {}\nbackups made until now open with {before} alone: keep it as long as them\n",
        identity.master_key,
        source.words()
    ))
}

fn enter(config: &crate::config::Config, before: &str, after: &str) -> Outcome {
    let installation = Installation::open(&config.data, config)?;
    let core = Core::open(installation, config, config.console.addr.port())?;
    let detail = json!({ "from": before, "to": after });
    let told = core.guard.tell_operators("keys.rotated", &detail);
    told.map_err(|error| Failure::failed(format!("it is replaced, but operators cannot be told: {error}")))?;
    let entry = NewEntry {
        code: "keys.rotated",
        principal: "host".to_owned(),
        session: None,
        from: None,
        workspace: None,
        object: "installation".to_owned(),
        detail,
    };
    core.ledger.enter(entry).map_err(|error| {
        Failure::failed(format!("it is replaced, but the ledger takes no entry: {error}"))
    })?;
    core.ledger.close();
    Ok(())
}
