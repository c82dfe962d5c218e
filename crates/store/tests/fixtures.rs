//! Files of every format version that was ever released can be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::path::Path;

use model::Kind;
use serde_json::json;
use store::{EventsFilter, Scan, StoreError, Value};
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

fn path(version: u32) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/v{version}"))
}

#[test]
#[ignore = "writes the files of the present version; run once when the version is raised"]
fn write_the_present_version() {
    let dir = path(2);
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
}

#[test]
fn every_version_is_read() {
    is_read(1);
    is_read(2);
}

fn is_read(version: u32) {
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
