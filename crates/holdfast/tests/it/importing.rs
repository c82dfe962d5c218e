//! `holdfast import`: history from a file, its mistakes by line, interrupted and gone on with.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

const LINES: usize = 6_000;

/// A shop's history: of each person a visit without a name, then a sign-up; without message ids.
fn history(folder: &Path) -> PathBuf {
    let mut text = String::new();
    for line in 0..LINES {
        let (person, at) = (line / 2, format!("2025-03-{:02}T10:00:00Z", 1 + line % 28));
        let message = if line % 2 == 0 {
            json!({"type": "page", "anonymousId": format!("a-{person}"), "timestamp": at, "name": "Home"})
        } else {
            json!({"type": "track", "event": "Signed Up", "anonymousId": format!("a-{person}"), "userId": format!("u-{person}"), "timestamp": at})
        };
        text.push_str(&format!("{message}\n"));
    }
    let path = folder.join("history.ndjson");
    stdx::files::replace(&path, text.as_bytes()).unwrap();
    path
}

fn import(house: &House, file: &Path, more: &[&str]) -> (i32, Value, String) {
    let key = house.server.installed.write_key.clone();
    let (file, collect) = (file.to_str().unwrap(), house.server.collect.clone());
    let mut command = vec!["import", file, "--json"];
    if !more.contains(&"--token-file") {
        command.extend(["--server", &collect, "--write-key", &key]);
    }
    command.extend(more);
    let (code, said, told) = house.server.command(&command);
    (code, serde_json::from_str(&said).unwrap_or(Value::Null), told)
}

/// Events and people of that name, once everything sent so far is counted.
fn count(house: &mut House, event: &str) -> Value {
    let marker = format!("Marker {}", stdx::random_text::<8>());
    house.send(
        "/v1/track",
        &json!({"event": marker, "userId": "marker", "timestamp": "2025-03-20T10:00:00Z"}),
    );
    wait_until(60, "the marker", || (asked(house, &marker)[0] == 1).then_some(()));
    asked(house, event)
}

fn asked(house: &mut House, event: &str) -> Value {
    let question = json!({
        "kind": "trend", "events": [{"event": event, "measure": "count"}, {"event": event, "measure": "people"}],
        "range": {"from": "2025-03-01", "to": "2025-03-31"}, "interval": "month"
    });
    let path = house.path("/questions");
    let answer = house.owner.post(&path, &question).expect(200).json;
    json!([answer["rows"][0][1], answer["rows"][0][2]])
}

#[test]
fn history_is_there_once_however_often_it_is_sent() {
    let mut house = House::new();
    let file = history(house.server.scratch());
    let (code, said, told) = import(&house, &file, &[]);
    assert_eq!((code, &said["taken"], &said["refused"]), (0, &json!(LINES), &json!(0)), "{told}");
    let half = LINES / 2;
    assert_eq!(count(&mut house, "Signed Up"), json!([half, half]));
    assert_eq!(count(&mut house, "Page Viewed"), json!([half, half]));
    // Known to be done; sent again nevertheless; and from what was noted half way.
    let (code, _, told) = import(&house, &file, &[]);
    assert!(code == 0 && told.contains("brought in before"), "{told}");
    assert_eq!(import(&house, &file, &["--again"]).0, 0);
    let state = house.server.scratch().join("history.ndjson.import");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    (kept["lines"], kept["taken"], kept["done"]) = (json!(1_000), json!(1_000), json!(false));
    stdx::files::replace(&state, kept.to_string().as_bytes()).unwrap();
    let (code, said, told) = import(&house, &file, &[]);
    assert!(code == 0 && told.contains("going on after line 1000"), "{told}");
    assert_eq!(said["taken"], LINES);
    assert_eq!(count(&mut house, "Signed Up"), json!([half, half]));
    // Packed it is another file: other ids, so that nothing of it is taken for a repeat.
    let packed = house.server.scratch().join("history.ndjson.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gzip.write_all(&std::fs::read(&file).unwrap()).unwrap();
    gzip.finish().unwrap();
    let body = json!({"name": "import", "scopes": ["sources:read"], "expires_in_s": 3600});
    let path = house.path("/tokens");
    let token = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    let token_file = house.server.scratch().join("token");
    stdx::files::replace(&token_file, token["token"].as_str().unwrap().as_bytes()).unwrap();
    let console = house.server.console.clone();
    let (code, said, told) =
        import(&house, &packed, &["--token-file", token_file.to_str().unwrap(), "--server", &console]);
    assert_eq!((code, &said["taken"]), (0, &json!(LINES)), "{told}");
    assert_eq!(count(&mut house, "Signed Up"), json!([LINES, half]));
}

#[test]
fn what_is_wrong_is_told_by_its_line_and_its_neighbours_are_taken() {
    let house = House::new();
    let file = house.server.scratch().join("mixed.ndjson");
    let good =
        json!({"type": "track", "event": "Signed Up", "userId": "u-1", "timestamp": "2025-03-01T10:00:00Z"});
    let nameless = json!({"type": "track", "userId": "u-1"});
    let secret = "hunter2-Very-Secret";
    let text = format!("{good}\n\n[1]\n{nameless}\n{{\"type\": \"track\", \"{secret}\n{good}\n");
    stdx::files::replace(&file, text.as_bytes()).unwrap();
    let (code, said, told) = import(&house, &file, &[]);
    assert_eq!((code, &said["taken"], &said["refused"]), (6, &json!(2), &json!(3)), "{told}");
    for line in
        ["line 3: not an object", "line 4: a track needs a name in `event` (event)", "line 5: not JSON"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(!told.contains(secret), "{told}");
    let (code, _, told) = import(&house, Path::new("/nowhere/x.ndjson"), &[]);
    assert!(code == 3 && told.contains("there is no file"), "{code} {told}");
    let (code, _, told) = import(&house, &file, &["--again", "--write-key", "wk_nobodys"]);
    assert!(code == 2 || (code == 4 && told.contains("no source has this write key")), "{code} {told}");
}

/// A statement carried out by DuckDB.
fn duckdb(sql: &str) {
    let python = std::env::var("HOLDFAST_TEST_DUCKDB_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = "import duckdb, sys; duckdb.connect().execute(sys.argv[1])";
    let status = std::process::Command::new(&python).args(["-c", script, sql]).status();
    assert!(status.is_ok_and(|status| status.success()), "{python}: see tests/questions/README.md");
}

#[test]
fn a_table_of_parquet_is_history_as_well_and_there_once() {
    let mut house = House::new();
    let file = house.server.scratch().join("history.parquet");
    let table = |select: &str| duckdb(&format!("copy ({select}) to '{}' (format parquet)", file.display()));
    let rows = "select timestamptz '2025-03-01 10:00:00Z' + to_minutes(i // 2) as time, 'a-' || (i // 2) as anonymous_id,
        case when i % 2 = 1 then 'u-' || (i // 2) end as user_id, case when i % 2 = 1 then 'Signed Up' else 'Seen' end as event,
        case when i % 4 < 2 then 'free' else 'pro' end as plan, i / 2 as price";
    table(&format!("{rows} from range({LINES}) t(i) order by i"));
    let (code, said, told) = import(&house, &file, &[]);
    assert_eq!((code, &said["taken"], &said["refused"]), (0, &json!(LINES), &json!(0)), "{told}");
    let half = LINES / 2;
    assert_eq!(count(&mut house, "Signed Up"), json!([half, half]));
    assert_eq!(count(&mut house, "Seen"), json!([half, half]));
    // From where it was noted, and whole: the file's digest and the row's number are the message's id.
    let state = house.server.scratch().join("history.parquet.import");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    (kept["lines"], kept["taken"], kept["done"]) = (json!(1_001), json!(1_001), json!(false));
    stdx::files::replace(&state, kept.to_string().as_bytes()).unwrap();
    let (code, said, told) = import(&house, &file, &[]);
    assert!(code == 0 && told.contains("going on after row 1001"), "{told}");
    assert_eq!(said["taken"], LINES);
    assert_eq!(import(&house, &file, &["--again"]).0, 0);
    assert_eq!(count(&mut house, "Signed Up"), json!([half, half]));
    let question = json!({
        "kind": "trend", "events": [{"event": "Seen", "measure": "sum", "property": "price"}], "by": ["plan"],
        "range": {"from": "2025-03-01", "to": "2025-03-31"}, "interval": "month"
    });
    let path = house.path("/questions");
    let answer = house.owner.post(&path, &question).expect(200).json;
    let sums: Vec<f64> =
        answer["rows"].as_array().unwrap().iter().map(|row| row[2].as_f64().unwrap()).collect();
    assert_eq!(sums.len(), 2, "{answer}");
    assert_eq!(sums.iter().sum::<f64>(), (0..half).map(|number| number as f64).sum::<f64>());
    // What is wrong is told by its row, by its column, or before anything is sent.
    table("select '2025-03-01' as time, 'u' as user_id, unnest(['Seen', null, 'Seen']) as event");
    let (code, said, told) = import(&house, &file, &[]);
    assert_eq!((code, &said["taken"], &said["refused"]), (6, &json!(2), &json!(1)), "{told}");
    assert!(told.contains("row 2: a track needs a name in `event` (event)"), "{told}");
    table("select '2025-03-01' as time, 'u' as user_id, 'Seen' as event, [1, 2] as tags");
    let (code, _, told) = import(&house, &file, &[]);
    assert!(code == 6 && told.contains("column `tags.list.element` is nested; write lists"), "{code} {told}");
}

#[test]
fn lines_are_on_disk_in_the_files_order() {
    const LINES: usize = 20_000;
    let mut house = House::new();
    let file = house.server.scratch().join("order.ndjson");
    let message = |line: usize| json!({"type": "track", "event": "Seen", "userId": "u-1", "timestamp": "2025-03-01T10:00:00Z", "properties": {"line": line}});
    let lines: Vec<String> = (0..LINES).map(|line| message(line).to_string()).collect();
    stdx::files::replace(&file, lines.join("\n").as_bytes()).unwrap();
    assert_eq!(import(&house, &file, &[]).0, 0);
    assert_eq!(count(&mut house, "Seen"), json!([LINES, 1]));
    // Events of one instant stand in the order in which they came, the last first.
    let (mut after, mut wanted) = (String::new(), LINES);
    while wanted > 0 {
        let path = house.path(&format!("/events?event=Seen&limit=1000{after}"));
        let page = house.owner.get(&path).expect(200).json;
        for event in page["items"].as_array().unwrap() {
            wanted -= 1;
            assert_eq!(event["properties"]["line"], wanted);
        }
        after = format!("&after={}", page["next"].as_str().unwrap_or_default());
    }
}
