//! `serve --demo`: the shop's three months, the live trickle, and what must be nowhere in them.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use testkit::{Server, wait_until};

use crate::sdk::python;
use crate::support::{PROGRAM, ROOT};

#[test]
fn the_demo_fills_itself_and_keeps_no_planted_value() {
    let mut server = Server::demo(PROGRAM);
    let log = wait_until(30, "the links", || Some(server.log()).filter(|log| log.contains("/look#")));
    let code = log.split("/look#").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let mut visitor = server.client();
    let looked = visitor.post("/look", &json!({ "code": code }));
    assert!(looked.status < 400, "{}", looked.text);
    let session = visitor.get("/api/v1/session").expect(200);
    let workspace = session.json["workspaces"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(session.json["workspaces"][0]["role"], "viewer");
    wait_until(300, "the whole history", || server.log().contains("live traffic follows").then_some(()));

    let question = json!({"kind": "trend", "events": [{"event": "Page Viewed", "measure": "count"}],
        "range": {"from": "2020-01-01", "to": "2099-01-01"}, "interval": "month"});
    let path = format!("/api/v1/workspaces/{workspace}/questions");
    let counted = wait_until(120, "the history in the store", || {
        let answer = visitor.post(&path, &question).expect(200);
        let rows = answer.json["rows"].as_array().unwrap().clone();
        let sum: u64 = rows.iter().filter_map(|row| row[1].as_u64()).sum();
        (sum > 30_000).then_some(sum)
    });
    assert!(counted > 30_000);
    let again = server.client().post("/look", &json!({ "code": code }));
    assert!(again.status >= 400, "the link works once");

    // A sample of everything that was planted, through the same scanner as elsewhere.
    let planted: Vec<String> =
        demo::planted(demo::SEED).into_iter().filter(|value| value.len() >= 8).collect();
    assert!(planted.len() > 1_000);
    let needles = server.scratch().join("needles");
    stdx::files::replace(&needles, Value::from(planted).to_string().as_bytes()).unwrap();
    assert_eq!(server.terminate(), Some(0));
    let log_file = server.scratch().join("server.log");
    stdx::files::replace(&log_file, server.log().as_bytes()).unwrap();
    let run = Command::new(python())
        .arg(Path::new(ROOT).join("tests/scan/scan.py"))
        .arg(&needles)
        .args([server.data(), log_file])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    println!("{}", String::from_utf8_lossy(&run.stdout));
}
