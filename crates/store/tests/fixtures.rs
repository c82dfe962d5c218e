//! Files of every format version that was ever released can be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::path::Path;

use model::Kind;
use serde_json::json;
use store::{EventsFilter, Needs, Presence, Scan, Seen, StoreError, Value};
use support::{Made, Row, WORKSPACES, all, apply, copy, erase, merge, open};

/// Rows in a chunk, then an order each, then rows in the tail.
fn rows() -> Vec<Made> {
    (0..12_u32)
        .map(|number| Made {
            workspace: 0,
            person: number % 4,
            time_ms: 1_785_500_000_000 + i64::from(number) * 10_000_000,
            name: if number % 3 == 0 { "Order Completed" } else { "Page Viewed" }.to_owned(),
            kind: if number % 3 == 0 { Kind::Track } else { Kind::Page },
            properties: json!({
                "amount": f64::from(number) * 2.5,
                "plan": if number % 2 == 0 { "pro" } else { "free" },
                "cart": { "items": [number, "x"], "gift": number == 3 },
                "mixed": if number % 2 == 0 { json!(number) } else { json!("text") },
                "dots.in": null,
            }),
            traits: json!({ "email": "[sealed: email]" }),
            context: json!({ "locale": "de-DE", "page": { "path": format!("/{number}") } }),
            finding: number == 5,
        })
        .collect()
}

/// Enough alike for a chunk to count them.
fn alike() -> Vec<Made> {
    let row = |number| Made {
        person: number,
        properties: json!({ "plan": if number % 4 == 0 { "pro" } else { "free" } }),
        time_ms: 1_785_542_400_000 + i64::from(number),
        ..rows().remove(0)
    };
    (0..60).map(row).collect()
}

fn path(version: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{version}"))
}

#[test]
#[ignore = "writes the files of the present version; run once when the version is raised"]
fn write_the_present_version() {
    let dir = path("v5");
    assert!(!dir.exists(), "fixtures are kept for ever");
    let store = open(&dir);
    for (offset, made) in (0..8).zip(rows()) {
        apply(&store, &[(made.entry(offset), made.person)]).unwrap();
    }
    store.maintain().unwrap();
    apply(&store, &[merge(8, 0, 1), erase(9, 2)]).unwrap();
    for (offset, made) in (10..14).zip(rows().into_iter().skip(8)) {
        apply(&store, &[(made.entry(offset), made.person)]).unwrap();
    }
    store.flush().unwrap();
    let store = open(&path("v5-counts"));
    for (offset, made) in (0..).zip(alike()) {
        apply(&store, &[(made.entry(offset), made.person)]).unwrap();
    }
    store.maintain().unwrap();
}

#[test]
fn every_version_is_read() {
    for version in ["v1", "v2", "v3", "v4", "v5"] {
        is_read(version);
    }
}

#[test]
fn counts_are_read() {
    ["v3-counts", "v4-counts", "v5-counts"].into_iter().for_each(are_counted);
}

#[test]
fn lists_are_read() {
    for version in ["v4-counts", "v5-counts"] {
        let dir = tempfile::tempdir().unwrap();
        copy(&path(version), dir.path());
        let store = open(dir.path());
        let needs = Needs { people: true, each: false, events: false, edges_ms: Some(vec![0]) };
        let events = Some(vec!["Order Completed".to_owned()]);
        let scan = Scan { to_ms: i64::MAX, events, needs, ..Scan::default() };
        let mut seen = Vec::new();
        let stats =
            store.view(WORKSPACES[0]).presence(&scan, 0..=u32::MAX, &mut |part| -> Result<(), StoreError> {
                let Presence::Hours(hours) = part else { panic!("rows") };
                hours.each(|person, hours| seen.push((person, hours.len())));
                Ok(())
            });
        assert_eq!(stats.unwrap().rows_counted, 60);
        assert_eq!(seen, (0..60).map(|person| (person, 1)).collect::<Vec<_>>(), "{version}");
    }
}

fn are_counted(version: &str) {
    let dir = tempfile::tempdir().unwrap();
    copy(&path(version), dir.path());
    let store = open(dir.path());
    let edges_ms = Some(vec![0]);
    let needs = Needs { people: false, each: false, events: false, edges_ms };
    let scan = Scan { to_ms: i64::MAX, properties: vec!["plan".to_owned()], needs, ..Scan::default() };
    let mut seen = Vec::new();
    let stats = store.view(WORKSPACES[0]).count(&scan, &mut |part| -> Result<(), StoreError> {
        let Seen::Counts(counts) = part else { panic!("rows") };
        for cell in counts.cells() {
            seen.push((format!("{:?}", counts.words().unwrap().get(cell.word.unwrap())), cell.rows));
        }
        Ok(())
    });
    assert_eq!(stats.unwrap().rows_counted, 60);
    let mut rows = std::collections::BTreeMap::new();
    seen.into_iter().for_each(|(word, count)| *rows.entry(word).or_insert(0) += count);
    assert_eq!(
        rows.into_iter().collect::<Vec<_>>(),
        [("Text(\"free\")".to_owned(), 45), ("Text(\"pro\")".to_owned(), 15)]
    );
}

fn is_read(version: &str) {
    let dir = tempfile::tempdir().unwrap();
    copy(&path(version), dir.path());
    let store = open(dir.path());
    assert_eq!(store.position().0, 14);
    let offsets = (0..8).chain(10..14);
    let mut wanted: Vec<Row> = offsets.zip(rows()).map(|(offset, made)| made.row(offset)).collect();
    wanted.retain(|row| row.person != 2 || row.offset > 9);
    wanted.iter_mut().filter(|row| row.person == 1).for_each(|row| row.person = 0);
    wanted.reverse();
    assert_eq!(all(&store, 0, &EventsFilter::default()).unwrap(), wanted);

    let scan = Scan {
        from_ms: 0,
        to_ms: i64::MAX,
        events: Some(vec!["Order Completed".to_owned()]),
        properties: vec!["amount".to_owned(), "cart.gift".to_owned(), "page.path".to_owned()],
        ..Scan::default()
    };
    let mut seen = Vec::new();
    let read = store.view(WORKSPACES[0]).scan(&scan, &mut |block| -> Result<(), StoreError> {
        for row in block.rows() {
            let row = *row as usize;
            let value = |index: usize| match block.column(index).get(row) {
                Value::Int(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            seen.push((block.people()[row], value(0), value(1), value(2)));
        }
        Ok(())
    });
    read.unwrap();
    seen.sort();
    let row = |person, amount: &str, gift: &str, path: &str| {
        (person, amount.to_owned(), gift.to_owned(), format!("Text({path:?})"))
    };
    let wanted = [
        row(0, "Float(0.0)", "Bool(false)", "/0"),
        row(0, "Float(22.5)", "Bool(false)", "/9"),
        row(3, "Float(7.5)", "Bool(true)", "/3"),
    ];
    assert_eq!(seen, wanted);
    assert_eq!(store.verify().unwrap().rows, 8);
}
