//! Our own SDK in Debian's Chromium: pages with planted secrets, of which nothing may leave, generated pages with
//! canaries everywhere, and the SDK's behaviour, with what was kept compared field by field.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::sdk::{python, with_profiles};
use crate::support::{House, ROOT};

/// How many pages are generated: every day, and in the long run. Each holds some 245 canaries.
const PAGES: (&str, &str) = ("60", "500");

fn run(program: &str, folder: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .current_dir(Path::new(ROOT).join(folder))
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} does not run ({error}); ./test installs it"))
}

/// Runs a script of `tests/browser`, which must succeed, and gives what it printed.
fn browse(house: &House, script: &str, more: &[&str]) -> String {
    let key = &house.server.installed.write_key;
    let arguments = [&[script, &house.server.collect, key], more].concat();
    let ran = run("node", "tests/browser", &arguments);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let end = said.get(..said.len().min(8_000)).unwrap_or_default();
    assert!(ran.status.success(), "{end}\n{}", String::from_utf8_lossy(&ran.stderr));
    said
}

fn long() -> bool {
    std::env::var_os("HOLDFAST_TEST_LONG").is_some()
}

#[test]
fn no_planted_secret_leaves_a_page() {
    let mut house = House::new();
    let more: &[&str] = if long() { &["--every-kind"] } else { &[] };
    let said = browse(&house, "autocapture.mjs", more);
    let planted: Vec<String> = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert!(planted.len() > 200, "only {} secrets were planted", planted.len());
    let kept = Value::Array(house.every_event()).to_string().to_lowercase();
    assert!(kept.contains("$autocapture"), "nothing was kept");
    let found: Vec<_> = planted.iter().filter(|secret| holds(&kept, &secret.to_lowercase())).collect();
    assert!(found.is_empty(), "the collector keeps {found:?}");
    println!("{}", said.lines().rev().nth(1).unwrap_or_default());
}

/// Whether the text holds the secret; a short one alone, since its digits may stand in an id by chance.
fn holds(text: &str, secret: &str) -> bool {
    let is_apart = |place: usize| {
        let before = text[..place].chars().next_back();
        let after = text[place + secret.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    };
    text.match_indices(secret).any(|(place, _)| secret.len() > 8 || is_apart(place))
}

#[test]
fn no_canary_leaves_a_generated_page() {
    let house = House::new();
    let said = browse(&house, "sweep.mjs", &[if long() { PAGES.1 } else { PAGES.0 }]);
    println!("{said}");
}

#[test]
fn the_sdk_behaves() {
    let mut house = House::new();
    let path = house.path("/sources");
    let body = json!({ "name": "Second" });
    let second = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    let other = second.json["write_key"].as_str().unwrap().to_owned();
    let sent = browse(&house, "sdk.mjs", &[&other]);
    let count = sent.lines().count();
    assert!(count > 20, "only {count} messages were sent");
    let (sent_file, kept_file) = (house.server.scratch().join("sent"), house.server.scratch().join("kept"));
    let ids: BTreeSet<String> = sent
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["sent"]["messageId"].as_str().unwrap().to_owned()
        })
        .collect();
    let is_sent = |event: &Value| event["message_id"].as_str().is_some_and(|id| ids.contains(id));
    let events = testkit::wait_until(60, "every message that was sent", || {
        let found: Vec<Value> = house.every_event().into_iter().filter(is_sent).collect();
        (found.len() >= ids.len()).then_some(found)
    });
    // What a page sends while it is left, and what goes to the other source, is not in the list of what was sent.
    let kept = with_profiles(&mut house, &events);
    stdx::files::replace(&sent_file, sent.as_bytes()).unwrap();
    stdx::files::replace(&kept_file, kept.to_string().as_bytes()).unwrap();
    let files = [&sent_file, &kept_file].map(|file| file.to_str().unwrap());
    let compared = run(&python(), "tests/sdk", &[&["compare.py"], files.as_slice()].concat());
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
}

#[test]
fn the_files_are_what_their_parts_make_and_small() {
    let ran = run("node", "sdk/browser", &["build.mjs", "--check"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    println!("{}", String::from_utf8_lossy(&ran.stdout));
}

#[test]
fn the_door_serves_the_files() {
    let house = House::new();
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(ROOT).join("sdk/browser/manifest.json")).unwrap())
            .unwrap();
    for name in ["holdfast.js", "holdfast.mjs"] {
        let file = std::fs::read(Path::new(ROOT).join("sdk/browser").join(name)).unwrap();
        let hash = manifest["files"][name]["hash"].as_str().unwrap();
        let (stem, ending) = name.split_once('.').unwrap();
        for (path, caching) in [
            (format!("/sdk/{name}"), "public, max-age=300"),
            (format!("/sdk/{stem}.{hash}.{ending}"), "public, max-age=31536000, immutable"),
        ] {
            let mut client = house.server.sdk();
            let mut get = |headers: &[(&str, &str)]| client.send("GET", &path, None, headers);
            let plain = get(&[("Origin", "https://shop.example")]).expect(200);
            assert_eq!(plain.text.as_bytes(), file);
            assert_eq!(plain.header("cache-control"), Some(caching));
            assert_eq!(plain.header("cross-origin-resource-policy"), Some("cross-origin"));
            assert_eq!(plain.header("access-control-allow-origin"), Some("https://shop.example"));
            assert_eq!(plain.header("x-content-type-options"), Some("nosniff"));
            assert!(plain.header("content-type").unwrap().starts_with("text/javascript"));
            let etag = plain.header("etag").unwrap().to_owned();
            let again = get(&[("If-None-Match", &etag)]).expect(304);
            assert_eq!(again.text, "");
        }
    }
    house.server.sdk().get("/sdk/other.js").expect(404);
}

#[test]
fn the_packed_files_are_the_files() {
    let house = House::new();
    let client = house.server.sdk();
    let authority = client.base().trim_start_matches("http://").to_owned();
    for (accepted, encoding) in [("br, gzip", "br"), ("gzip, br;q=0", "gzip"), ("identity", "")] {
        let mut socket = std::net::TcpStream::connect(&authority).unwrap();
        let head = format!(
            "GET /sdk/holdfast.js HTTP/1.1\r\nHost: {authority}\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
        );
        std::io::Write::write_all(&mut socket, head.as_bytes()).unwrap();
        let mut reply = Vec::new();
        socket.read_to_end(&mut reply).unwrap();
        let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&reply[..end]).to_lowercase();
        assert_eq!(head.contains("content-encoding"), !encoding.is_empty(), "{head}");
        assert!(encoding.is_empty() || head.contains(&format!("content-encoding: {encoding}")), "{head}");
        assert!(head.contains("vary: accept-encoding") || head.contains("accept-encoding"), "{head}");
        let body = &reply[end + 4..];
        let folder = Path::new(ROOT).join("sdk/browser");
        match encoding {
            "br" => assert_eq!(body, std::fs::read(folder.join("holdfast.js.br")).unwrap()),
            "gzip" => assert_eq!(&body[..2], [0x1f, 0x8b]),
            _ => assert_eq!(body, std::fs::read(folder.join("holdfast.js")).unwrap()),
        }
    }
}

/// What a reader of the source can check: one place alone reads what stands in a field, and nothing reads the
/// clipboard, what is dragged, keys, markup, or an element's own text by the ways that include fields.
#[test]
fn one_place_alone_reads_fields() {
    let folder = Path::new(ROOT).join("sdk/browser/src");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for line in code {
            for word in [
                "clipboardData",
                "dataTransfer",
                "innerText",
                "innerHTML",
                "outerHTML",
                ".value",
                "detail",
                "keyCode",
                "defaultValue",
                "files",
                "eval(",
                "document.title",
                "window.name",
            ] {
                let allowed = name == "8-client.js" && word == ".value";
                assert!(!line.contains(word) || allowed, "{name}: {line}");
            }
            if line.contains("\"value\"") || line.contains("\"textContent\"") {
                assert_eq!(name, "3-echo.js", "{line}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 3, "the reader of fields has moved");
}
