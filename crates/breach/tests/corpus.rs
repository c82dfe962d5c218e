//! The file of a corpus: what was put in is found, little else is, and damage is told.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

use std::io::Cursor;
use std::path::Path;

use breach::{BreachError, Corpus, import};
use proptest::prelude::*;

fn built(dir: &Path, text: &str) -> Corpus {
    let path = dir.join("breached");
    import(Cursor::new(text.as_bytes()), &path, |_| {}).unwrap();
    Corpus::at(path)
}

#[test]
fn everything_in_the_corpus_is_found_and_little_else() {
    let dir = tempfile::tempdir().unwrap();
    let lines: String = (0..40_000).map(|n| format!("a known password {n}\r\n")).collect();
    let corpus = built(dir.path(), &format!("{lines}\n{lines}5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3\n"));
    let facts = corpus.facts().unwrap().unwrap();
    assert_eq!(facts.keys, 40_001, "each once");
    assert!((0..40_000).all(|n| corpus.has(&format!("a known password {n}")).unwrap()));
    assert!(corpus.has("password").unwrap());
    let strangers = (0..40_000).filter(|n| corpus.has(&format!("nobody knows this {n}")).unwrap());
    assert!(strangers.count() < 10);
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing of the building is left");
}

#[test]
fn without_a_file_nothing_is_known_and_an_empty_corpus_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("breached");
    assert!(!Corpus::at(&path).has("password").unwrap());
    assert!(matches!(import(Cursor::new(b"\n\r\n"), &path, |_| {}), Err(BreachError::Empty)));
    assert!(Corpus::at(&path).facts().unwrap().is_none());
}

#[test]
fn a_line_too_long_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let corpus = built(dir.path(), &format!("{}\nthe next line is read\n", "x".repeat(5_000)));
    assert_eq!(corpus.facts().unwrap().unwrap().keys, 1);
    assert!(corpus.has("the next line is read").unwrap());
}

#[test]
fn a_file_of_version_1_is_still_read() {
    let corpus = Corpus::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/breached-1"));
    assert_eq!(corpus.facts().unwrap().unwrap().keys, 300);
    assert!((0..300).all(|n| corpus.has(&format!("fixture {n}")).unwrap()));
    assert!(!corpus.has("fixture 300").unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn few_keys_are_found_too(passwords in prop::collection::hash_set("[a-z]{1,12}", 1..12)) {
        let dir = tempfile::tempdir().unwrap();
        let text: Vec<String> = passwords.iter().cloned().collect();
        let corpus = built(dir.path(), &text.join("\n"));
        for password in &passwords {
            prop_assert!(corpus.has(password).unwrap());
        }
    }

    #[test]
    fn damage_is_told_or_does_not_matter(at in 0_usize..4_000, bit in 0_u8..8, cut in prop::bool::ANY) {
        let dir = tempfile::tempdir().unwrap();
        let text: String = (0..300).map(|n| format!("fixture {n}\n")).collect();
        let corpus = built(dir.path(), &text);
        let mut bytes = std::fs::read(corpus.path()).unwrap();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        std::fs::write(corpus.path(), &bytes).unwrap();
        for n in 0..300 {
            // Never a panic, and never an answer that is wrong.
            if let Ok(found) = corpus.has(&format!("fixture {n}")) {
                prop_assert!(found);
            }
        }
    }
}
