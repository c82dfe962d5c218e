//! `bench query`: its answers are those of another engine, and one that differs is told before anything is measured.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::PROGRAM;

/// A Python with DuckDB.
fn python() -> String {
    std::env::var("HOLDFAST_TEST_DUCKDB_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn bench(folder: &Path, python: &str, more: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(["bench", "query", "--events", "20000,40000", "--rounds", "1", "--data"])
        .arg(folder)
        .args(more)
        .env("HOLDFAST_BENCH_PYTHON", python)
        .output()
        .unwrap()
}

#[test]
fn questions_are_answered_like_another_engine_does_and_told_as_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let (json, html) = (folder.path().join("report.json"), folder.path().join("report.html"));
    let files = ["--json", json.to_str().unwrap(), "--html", html.to_str().unwrap()];
    let data = folder.path().join("data");
    stdx::files::private_dir(&data).unwrap();
    let output = bench(&data, &python(), &[&["--peers=duckdb"][..], &files].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "nothing is left behind");
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("top 20 of 6,000 paths") && table.contains("growth"), "{table}");
    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    for (size, events) in report["sizes"].as_array().unwrap().iter().zip([20_000, 40_000]) {
        assert_eq!(size["events"], events);
        assert_eq!(size["fresh"], events / 100);
        assert!(size["merged"].as_u64() > Some(0), "{size}");
        assert!(
            size["stores"].as_array().unwrap().iter().all(|store| store["disk_bytes"].as_u64() > Some(0))
        );
        let questions = size["questions"].as_array().unwrap();
        assert_eq!(questions.len(), 9);
        for question in questions {
            let figures = question["figures"].as_array().unwrap();
            let engines: Vec<&Value> = figures.iter().map(|figures| &figures["engine"]).collect();
            assert_eq!(engines, ["Holdfast", "DuckDB"]);
            for figures in figures {
                let (wall, peak) = (figures["wall_s"].as_f64(), figures["peak_bytes"].as_u64());
                assert!(wall > Some(0.0) && peak > Some(1_000_000), "{question}");
            }
        }
    }
    let page = std::fs::read_to_string(html).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg") && page.contains("DuckDB"));
    assert!(!page.contains("http"), "a page of its own asks nobody for anything");
}

#[test]
fn an_answer_that_differs_is_an_error_and_what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // The same engine, but it takes another event for a rare funnel's first step.
    let liar = folder.path().join("python");
    let script =
        format!("#!/bin/sh\nsed -i 's/\"Signed Up\"/\"Signed In\"/' \"$1\"\nexec {} \"$@\"\n", python());
    stdx::files::replace(&liar, script.as_bytes()).unwrap();
    std::fs::set_permissions(&liar, PermissionsExt::from_mode(0o755)).unwrap();
    let output = bench(folder.path(), liar.to_str().unwrap(), &["--peers=duckdb"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("funnel, rare steps: DuckDB answers differently"), "{errors}");
    assert!(output.stdout.is_empty(), "nothing was measured");

    for (python, names, wanted) in [
        ("/nowhere/python", "duckdb", "/nowhere/python cannot be run"),
        ("/bin/true", "duckdb", "is no Python 3"),
        ("python3", "oracle", "there is no engine \"oracle\""),
    ] {
        let output = bench(folder.path(), python, &[&format!("--peers={names}")]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(wanted) && errors.contains("pip install"), "{errors}");
    }
}
