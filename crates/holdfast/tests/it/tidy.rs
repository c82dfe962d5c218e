//! House rules that no linter knows: the arrows between crates, the absences, and what may not stand in files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::ROOT;

/// Who may use whom. A new arrow is an event: it needs a line here and one in ARCHITECTURE.md.
const ARROWS: &[(&str, &str)] = &[
    ("stdx", ""),
    ("model", "stdx"),
    ("question", "model"),
    ("keys", "stdx model"),
    ("breach", "stdx"),
    ("control", "stdx model keys"),
    ("shield", "model"),
    ("journal", "stdx model shield keys"),
    ("dedup", "stdx model"),
    ("vault", "stdx model keys control"),
    ("people", "stdx model question keys control vault"),
    ("store", "stdx model keys"),
    ("insight", "stdx model question store"),
    ("sql", "stdx model question people store"),
    ("exchange", "stdx question"),
    ("ledger", "stdx model keys"),
    ("witness", "stdx ledger"),
    ("outbound", "stdx"),
    ("policy", "model"),
    ("signin", "stdx model keys control ledger"),
    ("guard", "stdx model keys control breach ledger signin policy"),
    ("provider", "stdx signin outbound"),
    ("rows", "stdx model keys vault people guard ledger"),
    ("door", "stdx model policy guard"),
    ("send", "stdx guard outbound"),
    ("mirror", "stdx ledger outbound"),
    ("plan", "model"),
    ("watch", "stdx model keys control breach"),
    ("purge", "stdx model keys control journal people store ledger shield"),
    ("incident", "stdx model control ledger"),
    ("segments", "stdx model question keys control people store insight ledger guard"),
    ("campaign", "stdx model question keys control people segments ledger guard rows send"),
    ("charts", "question"),
    ("dashboards", "stdx model question keys control segments ledger guard charts"),
    ("public", "control policy guard campaign charts dashboards door incident"),
    ("collect", "stdx model keys control shield journal plan"),
    (
        "service",
        "stdx model question keys control shield plan collect watch journal purge incident people store insight sql ledger mirror guard segments dashboards campaign rows provider door",
    ),
    (
        "api",
        "stdx model policy question control shield plan collect watch purge incident store exchange ledger mirror signin guard segments dashboards campaign rows service door",
    ),
    (
        "console",
        "stdx model policy question control shield plan collect watch purge incident store ledger mirror signin guard segments charts dashboards campaign rows service door",
    ),
    ("backup", "stdx"),
    ("demo", "stdx model"),
    ("bench", "stdx model keys question store insight"),
    ("drill", "stdx testkit"),
    ("testkit", ""),
];

/// Third-party crates that sit behind named crates of ours.
const BEHIND: &[(&str, &str)] = &[
    ("cedar-policy", "policy"),
    ("webauthn-rs", "signin"),
    ("webauthn-rs-core", "signin"),
    ("webauthn-rs-proto", "signin"),
    ("axum", "door collect public api console holdfast"),
    ("hyper", "door bench"),
    ("hyper-util", "door bench"),
    ("maud", "console public charts"),
    ("lettre", "send"),
    ("age", "backup rows testkit"),
    ("clap", "holdfast"),
    ("ureq", "door witness outbound holdfast testkit drill"),
    ("rustls", "door outbound mirror holdfast testkit"),
    ("tokio-rustls", "door"),
    ("instant-acme", "door"),
    ("rcgen", "door testkit"),
    ("toml", "holdfast"),
    ("parquet", "exchange"),
    ("arrow-array", "exchange"),
    ("arrow-ipc", "exchange"),
    ("arrow-schema", "exchange"),
    (
        "rusqlite",
        "control vault people sql signin guard segments dashboards campaign collect service watch purge incident holdfast testkit",
    ),
];

/// Crates that do no input or output.
const PURE: &[&str] = &["model", "question", "shield", "policy", "plan"];

fn crates() -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = std::fs::read_dir(Path::new(ROOT).join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(_, path)| path.join("Cargo.toml").exists())
        .collect();
    found.sort();
    found
}

fn dependencies(path: &Path, section: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let table = manifest.get(section).and_then(toml::Value::as_table).cloned().unwrap_or_default();
    table.keys().cloned().collect()
}

pub fn sources(path: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

#[test]
fn code_depends_downward() {
    let arrows: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(name, uses)| (*name, uses.split_whitespace().collect())).collect();
    let ours: BTreeSet<String> = crates().into_iter().map(|(name, _)| name).collect();
    let mut wrong = Vec::new();
    for (name, path) in crates() {
        if name == "holdfast" {
            continue;
        }
        let Some(allowed) = arrows.get(name.as_str()) else {
            wrong.push(format!("{name} has no line in ARROWS"));
            continue;
        };
        for used in dependencies(&path, "dependencies") {
            if ours.contains(&used) && !allowed.contains(used.as_str()) {
                wrong.push(format!("{name} → {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that ARCHITECTURE.md does not know: {wrong:#?}");
}

#[test]
fn heavy_crates_sit_behind_one_of_ours() {
    let mut wrong = Vec::new();
    for (name, path) in crates() {
        let used = dependencies(&path, "dependencies");
        for (heavy, behind) in BEHIND {
            if used.contains(*heavy) && !behind.split_whitespace().any(|owner| owner == name) {
                wrong.push(format!("{name} uses {heavy}, which belongs to {behind}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_crates_do_no_io() {
    let mut wrong = Vec::new();
    for (name, path) in crates() {
        if !PURE.contains(&name.as_str()) {
            continue;
        }
        for (file, text) in sources(&path.join("src")) {
            for line in text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")) {
                for word in [
                    "std::fs",
                    "std::net",
                    "std::process",
                    "tokio::",
                    "std::env",
                    "SystemTime",
                    "Instant::now",
                ] {
                    if line.contains(word)
                        && !line.contains("std::net::Ip")
                        && !line.trim_start().starts_with("//")
                        && !file.ends_with("score/clock.rs")
                    {
                        wrong.push(format!("{}: {line}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_made_in_one_place_is_made_nowhere_else() {
    let mut wrong = Vec::new();
    for (name, path) in crates() {
        for (file, text) in sources(&path.join("src")) {
            let own = |owner: &str| name == owner;
            if !own("guard") && text.contains("Granted(") {
                wrong.push(format!("{} makes a Granted", file.display()));
            }
            if !own("shield") && text.contains("Clean(") && !text.contains("Event(Clean") {
                wrong.push(format!("{} makes a Clean", file.display()));
            }
            if own("people")
                && text.lines().any(|line| line.contains("derive(") && line.contains("Serialize"))
                && text.contains("pub struct Profile")
            {
                wrong.push(format!("{} lets a person be serialised", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_keep_one_idea_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for (_, path) in crates() {
        for (file, text) in sources(&path.join("src")) {
            let body = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
            if body > 600 {
                wrong.push(format!("{} has {body} lines", file.display()));
            }
            if !text.starts_with("//!") && !text.starts_with("#!") {
                wrong.push(format!("{} does not say what it is for", file.display()));
            }
            for (number, line) in text.lines().enumerate() {
                if line.contains("todo!(") || line.contains("unimplemented!(") || line.contains("FIXME") {
                    wrong.push(format!("{}:{} is unfinished", file.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_crate_is_on_the_map() {
    let map = std::fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let missing: Vec<_> = crates()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !map.contains(&format!("| `{name}` |")))
        .collect();
    assert!(missing.is_empty(), "not in ARCHITECTURE.md: {missing:?}");
}

#[test]
fn the_house_forbids_unsafe_code() {
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap();
    let root = read(Path::new(ROOT).join("Cargo.toml"));
    assert_eq!(root["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for (name, path) in crates() {
        let lints = read(path.join("Cargo.toml"))["lints"].clone();
        if name == "sql" {
            meets_sqlite_in_one_file(&root["workspace"]["lints"], &lints, &path);
            continue;
        }
        assert_eq!(lints["workspace"].as_bool(), Some(true), "{name} goes its own way");
    }
}

/// The one crate with `unsafe`: in one file, and everything else is as strict there as anywhere.
fn meets_sqlite_in_one_file(strict: &toml::Value, own: &toml::Value, path: &Path) {
    assert_eq!(own["rust"]["unsafe_code"].as_str(), Some("deny"));
    for (kind, name, level) in ["rust", "clippy"].into_iter().flat_map(|kind| {
        let lints = strict[kind].as_table().unwrap().iter();
        lints.map(move |(name, level)| (kind, name, level))
    }) {
        assert!(name == "unsafe_code" || own[kind].get(name) == Some(level), "{name} is laxer in `sql`");
    }
    for (file, text) in sources(&path.join("src")) {
        let has = ["unsafe ", "allow(unsafe_code"].iter().any(|word| text.contains(word));
        assert_eq!(has, file.ends_with("tables.rs"), "{}", file.display());
    }
}

/// Other programs are started for tests, drills and measurements; what serves starts none.
#[test]
fn no_shell_and_no_other_program() {
    let mut wrong = Vec::new();
    for (name, path) in crates() {
        for (file, text) in sources(&path.join("src")) {
            let measures =
                ["testkit", "drill", "bench"].contains(&name.as_str()) || file.ends_with("commands/bench.rs");
            if !measures && (text.contains("process::Command") || text.contains("Command::new")) {
                wrong.push(file);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_third_party_crate_is_on_the_map() {
    let map = std::fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let table = map.split("## Third-party crates").nth(1).unwrap();
    let manifest: toml::Table =
        std::fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap().parse().unwrap();
    let named: BTreeSet<&str> =
        table.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).collect();
    let dependencies = manifest["workspace"]["dependencies"].as_table().unwrap();
    let missing: Vec<_> = dependencies
        .iter()
        .filter(|(_, value)| value.get("path").is_none())
        // What belongs together stands in one row under the first name.
        .filter(|(name, _)| {
            !named.contains(name.as_str())
                && !named.iter().any(|known| name.starts_with(&format!("{known}-")))
        })
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "not in ARCHITECTURE.md: {missing:?}");
}
