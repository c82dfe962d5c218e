//! Assets: the vendored files are the published ones, names follow content, and nothing refers to elsewhere.

use std::collections::HashSet;
use std::io::Read;

use console::assets;
use serde_json::Value;

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

#[test]
fn vendored_files_are_those_of_the_manifest_and_the_manifest_has_them_all() {
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder().join("vendor.json")).unwrap()).unwrap();
    let mut listed = HashSet::new();
    for package in manifest["packages"].as_array().unwrap() {
        for field in ["name", "version", "licence", "source", "archive"] {
            assert!(package[field].is_string(), "{field} is missing");
        }
        for file in package["files"].as_array().unwrap() {
            let name = file["file"].as_str().unwrap();
            let bytes = std::fs::read(folder().join(name)).unwrap();
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
            assert_eq!(
                data_encoding::HEXLOWER.encode(digest.as_ref()),
                file["sha256"].as_str().unwrap(),
                "{name} was changed"
            );
            listed.insert(name.to_owned());
        }
    }
    let there = std::fs::read_dir(folder().join("vendor"))
        .unwrap()
        .map(|entry| format!("vendor/{}", entry.unwrap().file_name().display()));
    assert_eq!(there.collect::<HashSet<_>>(), listed);
}

#[test]
fn names_carry_the_hash_and_find_what_they_name() {
    for asset in assets::all() {
        let address = assets::href(asset.name);
        let found = assets::find(address.strip_prefix(assets::PREFIX).unwrap()).unwrap();
        assert_eq!(found.name, asset.name);
        assert!(found.hashed_name.len() >= asset.name.len() + 17, "{}", found.hashed_name);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(found.gzip.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, found.bytes, "{}", asset.name);
    }
    assert!(assets::find("app.css").is_none());
    assert!(assets::find("../Cargo.toml").is_none());
}

#[test]
fn our_scripts_make_no_markup_from_text_and_evaluate_nothing() {
    for asset in assets::all().iter().filter(|asset| asset.name.ends_with(".mjs")) {
        let text = std::str::from_utf8(asset.bytes).unwrap();
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "import(",
            "http://",
            "https://",
            ".style",
        ] {
            assert!(!text.contains(sink), "{} uses {sink}", asset.name);
        }
    }
    let style = assets::all().iter().find(|asset| asset.name == "app.css").unwrap();
    assert!(!std::str::from_utf8(style.bytes).unwrap().contains("url("), "the style loads something");
}

#[test]
fn our_scripts_keep_nothing_in_the_browser() {
    for asset in assets::all().iter().filter(|asset| asset.name.ends_with(".mjs")) {
        let text = std::str::from_utf8(asset.bytes).unwrap();
        for store in
            ["localStorage", "sessionStorage", "indexedDB", "caches.", "serviceWorker", "document.cookie"]
        {
            assert!(!text.contains(store), "{} keeps something in {store}", asset.name);
        }
    }
}
