//! A journal written by version 1 stays readable for ever.

use std::fs;
use std::path::Path;

use crate::support::{Place, append, read_all};

const FIRST: &str = "00000000000000000000.log";

#[test]
fn the_journal_of_version_1_is_read() {
    let place = Place::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.log");
    fs::copy(fixture, place.dir.path().join(FIRST)).unwrap();
    let journal = place.open();
    let entries = read_all(&journal).unwrap();
    let shown = entries.iter().map(|entry| format!("{entry:?}\n")).collect::<String>();
    assert_eq!(shown, include_str!("../fixtures/v1.txt"));
    append(&journal, 0..1);
}
