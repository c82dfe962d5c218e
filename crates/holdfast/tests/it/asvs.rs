//! docs/asvs.md has every requirement of OWASP ASVS 5.0.0 once, and what it names as a test is one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::ROOT;
use crate::tidy::sources;

/// How many requirements each chapter has, V1 first.
const CHAPTERS: [usize; 17] = [30, 13, 31, 16, 13, 47, 19, 13, 7, 36, 24, 12, 21, 13, 21, 17, 12];
/// How many requirements each level adds.
const LEVELS: [(u8, usize); 3] = [(1, 70), (2, 183), (3, 92)];

struct Row {
    id: String,
    level: u8,
    state: String,
    shown: String,
}

fn document() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("docs/asvs.md")).unwrap()
}

fn rows(text: &str) -> Vec<Row> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let numbered = text.lines().filter(|line| {
        line.strip_prefix("| ")
            .and_then(|line| line.chars().next())
            .is_some_and(|first| first.is_ascii_digit())
            && line.matches('|').count() == 6
            && line.split('|').nth(1).is_some_and(|id| id.matches('.').count() == 2)
    });
    numbered
        .map(|line| {
            let cells = cells(line);
            assert!(!cells[3].is_empty(), "{line}");
            Row {
                id: cells[1].clone(),
                level: cells[2].parse().unwrap(),
                state: cells[4].clone(),
                shown: cells[5].clone(),
            }
        })
        .collect()
}

/// The names in code type that look like tests.
fn named(shown: &str) -> impl Iterator<Item = &str> {
    let code = shown.split('`').skip(1).step_by(2);
    code.filter(|name| {
        name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

/// Every function that is a test; those that a macro makes count by their name too.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources(&Path::new(ROOT).join("crates")) {
        let mut marked = text.contains("proptest!");
        let every = marked;
        for line in text.lines().map(str::trim) {
            marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let Some(rest) = line.trim_start_matches("async ").strip_prefix("fn ") else { continue };
            if marked {
                found.insert(rest.split(['(', '<']).next().unwrap_or_default().to_owned());
            }
            marked = every;
        }
    }
    found
}

#[test]
fn every_requirement_of_the_standard_has_its_row() {
    let rows = rows(&document());
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (345, 345));
    for (chapter, count) in (1..).zip(CHAPTERS) {
        let start = format!("{chapter}.");
        assert_eq!(ids.iter().filter(|id| id.starts_with(&start)).count(), count, "V{chapter}");
    }
    for (level, count) in LEVELS {
        assert_eq!(rows.iter().filter(|row| row.level == level).count(), count, "level {level}");
    }
}

#[test]
fn what_is_called_done_is_shown_and_what_is_not_says_why() {
    let tests = tests();
    let mut wrong = Vec::new();
    for row in rows(&document()) {
        let names: Vec<_> = named(&row.shown).collect();
        wrong.extend(
            names
                .iter()
                .filter(|name| !tests.contains(**name))
                .map(|name| format!("{}: no test {name}", row.id)),
        );
        let fits = match row.state.as_str() {
            "done" => !names.is_empty() || row.shown.len() >= 20,
            "open" => row.shown.len() >= 15,
            "n/a" => row.shown.len() >= 5,
            _ => false,
        };
        if !fits {
            wrong.push(format!("{}: {} says too little", row.id, row.state));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_sums_are_those_of_the_rows() {
    let text = document();
    let rows = rows(&text);
    let mut sums: BTreeMap<u8, BTreeMap<&str, usize>> = BTreeMap::new();
    for row in &rows {
        *sums.entry(row.level).or_default().entry(row.state.as_str()).or_default() += 1;
    }
    for (level, states) in sums {
        let of = |state: &str| states.get(state).copied().unwrap_or_default();
        let (done, open) = (of("done"), of("open"));
        println!("ASVS 5.0 level {level}: {done} of {}", done + open);
        let line = format!("| {level} | {} | {done} | {open} | {} |", done + open, of("n/a"));
        assert!(text.contains(&line), "docs/asvs.md should say: {line}");
    }
}
