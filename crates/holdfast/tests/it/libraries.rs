//! No library in the lock file has a weakness that the RustSec database of `advisories.tsv` knows of.

use std::path::Path;

use semver::{Version, VersionReq};

use crate::support::ROOT;

/// What is known and cannot be reached here, each with its reason and when it is looked at again.
const EXCEPTIONS: &[(&str, &str)] = &[(
    "RUSTSEC-2023-0071",
    "rsa: time tells about the private key while decrypting or signing. It comes with webauthn-rs, which verifies \
     signatures with public keys alone; no version is without it. Again on 2027-02-01",
)];

/// A line of the list.
struct Advisory<'a> {
    id: &'a str,
    library: &'a str,
    safe: Vec<VersionReq>,
}

impl<'a> Advisory<'a> {
    fn read(line: &'a str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, library, safe] = cells.as_slice() else { panic!("three cells: {line}") };
        let safe = safe.split("; ").filter(|range| !range.is_empty());
        let safe = safe.map(|range| VersionReq::parse(range).unwrap_or_else(|error| panic!("{id}: {error}")));
        Self { id, library, safe: safe.collect() }
    }

    fn is_of(&self, library: &str, version: &Version) -> bool {
        self.library == library && !self.safe.iter().any(|range| range.matches(version))
    }
}

/// Every library that comes from a registry, with its version.
fn libraries(lock: &str) -> Vec<(String, Version)> {
    let field = |part: &str, name: &str| {
        let line = part.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let parts = lock.split("[[package]]").filter(|part| field(part, "source").is_some());
    parts
        .map(|part| (field(part, "name").unwrap(), Version::parse(&field(part, "version").unwrap()).unwrap()))
        .collect()
}

fn weak<'a>(libraries: &[(String, Version)], advisories: &'a [Advisory<'_>]) -> Vec<&'a str> {
    let found = libraries.iter().flat_map(|(library, version)| {
        advisories.iter().filter(move |advisory| advisory.is_of(library, version))
    });
    found.map(|advisory| advisory.id).collect()
}

#[test]
fn no_library_has_a_known_weakness() {
    let read = |path: &str| std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
    let list = read("crates/holdfast/tests/advisories.tsv");
    let advisories: Vec<_> = list.lines().skip(1).map(Advisory::read).collect();
    let libraries = libraries(&read("Cargo.lock"));
    assert!(advisories.len() > 800 && libraries.len() > 400, "{} {}", advisories.len(), libraries.len());
    let excepted: Vec<&str> = EXCEPTIONS.iter().map(|(id, _)| *id).collect();
    assert_eq!(weak(&libraries, &advisories), excepted);
    // What the list knows of is found.
    let old = [("rusqlite".to_owned(), Version::new(0, 25, 3)), ("h2".to_owned(), Version::new(0, 4, 15))];
    assert_eq!(weak(&old, &advisories), ["RUSTSEC-2021-0128", "RUSTSEC-2026-0258"]);
}
