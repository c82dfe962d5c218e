//! Walks every page: what may never be in one, what must be in every one, and how heavy it is.

#![expect(clippy::unwrap_used, reason = "a test may stop on what it did not expect")]

mod samples;

use console::{assets, components::layout, frame, pages};
use samples::{NONCE, all};

/// The tags of a page, each as its text between `<` and `>`; scripts have no content of their own.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(tag, _)| tag)
        .filter(|tag| !tag.starts_with('/'))
}

/// Names and values of a tag's attributes; values are always quoted.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let close = quoted.find('"').unwrap();
                rest = &quoted[close + 1..];
                quoted[..close].to_owned()
            }
            None => String::new(),
        };
        out.push((name, value));
    }
    out
}

const HTMX_ALLOWED: [&str; 12] = [
    "hx-get",
    "hx-post",
    "hx-target",
    "hx-select",
    "hx-swap",
    "hx-trigger",
    "hx-push-url",
    "hx-confirm",
    "hx-nonce",
    "hx-sse:connect",
    "hx-include",
    "hx-indicator",
];

fn offence(tag: &str) -> Option<String> {
    let element = tag.split(char::is_whitespace).next().unwrap_or_default();
    let attributes = attributes(tag);
    let has =
        |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    if element == "style" || (element == "script" && has("src").is_none()) {
        return Some(format!("<{element}> with content of its own"));
    }
    if element == "script" && has("nonce") != Some(NONCE) {
        return Some("a script without the nonce".to_owned());
    }
    let htmx = attributes.iter().any(|(name, _)| name.starts_with("hx-"));
    if htmx && has("hx-nonce") != Some(NONCE) {
        return Some("htmx attributes without the nonce".to_owned());
    }
    attributes.iter().find_map(|(name, value)| {
        let lower = value.trim_start().to_ascii_lowercase();
        let bad = name == "style"
            || name.starts_with("on")
            || name.starts_with("data-hx")
            || (name.starts_with("hx-") && !HTMX_ALLOWED.contains(&name.as_str()))
            || ["js:", "javascript:", "data:text"].iter().any(|scheme| lower.starts_with(scheme))
            || (name == "hx-trigger" && value.contains('['));
        bad.then(|| format!("{name}=\"{value}\""))
    })
}

#[test]
fn the_walk_itself_finds_each_kind_of_offence() {
    for tag in [
        "style",
        "script",
        "script src=\"/a.js\"",
        "p style=\"color:red\"",
        "p onclick=\"a()\"",
        "a href=\"javascript:a()\"",
        "p hx-get=\"/x\"",
        "p hx-on:click=\"a()\" hx-nonce=\"sample-nonce-0123456789\"",
        "p hx-vals=\"js:{}\" hx-nonce=\"sample-nonce-0123456789\"",
        "p hx-trigger=\"click[a]\" hx-nonce=\"sample-nonce-0123456789\"",
        "p data-hx-get=\"/x\"",
    ] {
        assert!(offence(tag).is_some(), "<{tag}> passed");
    }
    assert_eq!(offence("p class=\"a\" hx-get=\"/x\" hx-nonce=\"sample-nonce-0123456789\""), None);
}

#[test]
fn no_page_has_anything_inline_or_evaluated() {
    for (name, page) in all() {
        let page = page.into_string();
        for tag in tags(&page) {
            assert_eq!(offence(tag), None, "{name}: <{tag}>");
        }
    }
}

#[test]
fn every_page_is_named_has_one_headline_and_no_id_twice() {
    for (name, page) in all() {
        let page = page.into_string();
        assert!(page.contains("<html lang=\"en\"") && page.contains(" · Holdfast</title>"), "{name}");
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert_eq!(page.matches("<main").count(), 1, "{name}");
        let mut ids: Vec<String> = tags(&page)
            .flat_map(attributes)
            .filter(|(attribute, _)| attribute == "id")
            .map(|(_, id)| id)
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id twice");
        for (attribute, value) in tags(&page).flat_map(attributes) {
            if attribute == "for"
                || attribute == "aria-describedby"
                || attribute == "aria-labelledby"
                || attribute == "popovertarget"
            {
                for id in value.split(' ') {
                    assert!(
                        ids.iter().any(|known| known == id),
                        "{name}: {attribute}=\"{value}\" points nowhere"
                    );
                }
            }
        }
    }
}

#[test]
fn a_part_of_a_page_has_the_main_part_alone() {
    let part = frame::Frame { partial: true, ..samples::frame(frame::Section::Live) };
    for page in [
        pages::quality::why_page(&part),
        pages::errors::not_found_page(&frame::Frame { workspace: None, ..part.clone() }),
    ] {
        let page = page.into_string();
        assert!(page.starts_with("<title>") && page.ends_with("</main>"), "{page}");
        assert!(
            !page.contains("<script") && !page.contains("<nav class=\"side") && !page.contains("<html"),
            "{page}"
        );
    }
}

#[test]
fn every_control_has_a_name_for_those_who_hear_it() {
    for (name, page) in all() {
        let page = page.into_string();
        let labelled: Vec<String> = tags(&page)
            .filter(|tag| tag.starts_with("label "))
            .flat_map(attributes)
            .filter(|(attribute, _)| attribute == "for")
            .map(|(_, id)| id)
            .collect();
        for (at, tag) in page
            .match_indices('<')
            .filter_map(|(at, _)| page[at + 1..].split_once('>').map(|(tag, _)| (at, tag)))
        {
            let element = tag.split(char::is_whitespace).next().unwrap();
            let attributes = attributes(tag);
            let has = |wanted: &str| {
                attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
            };
            if !["input", "select", "textarea"].contains(&element) || has("type") == Some("hidden") {
                continue;
            }
            let inside = page[..at].rfind("<label").is_some_and(|open| !page[open..at].contains("</label>"));
            let named = has("aria-label").is_some()
                || inside
                || has("id").is_some_and(|id| labelled.iter().any(|known| known == id));
            assert!(named, "{name}: <{tag}>");
        }
    }
}

#[test]
fn a_page_and_all_it_needs_stay_within_the_budget() {
    let assets: usize =
        assets::all().iter().filter(|asset| asset.name != "icon.svg").map(|asset| asset.gzip.len()).sum();
    assert!(assets <= 40_000, "{assets} bytes of style and scripts");
    for (name, page) in all() {
        let bytes = console_gzip(page.into_string().as_bytes());
        let first = name.starts_with("sign-in") || name.starts_with("enrol") || name.starts_with("welcome");
        let most = if first { 60_000 } else { 120_000 };
        assert!(assets + bytes <= most, "{name}: {} bytes", assets + bytes);
    }
}

fn console_gzip(bytes: &[u8]) -> usize {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn what_comes_from_outside_is_text_on_the_page() {
    let mut hostile = samples::frame(frame::Section::Live);
    hostile.flash = Some("<script>alert(1)</script>".to_owned());
    if let Some(workspace) = &mut hostile.workspace {
        workspace.name = "\"><img src=x onerror=alert(1)>".to_owned();
    }
    let head = layout::Head { title: "</title><script>alert(1)</script>", ..layout::Head::default() };
    let page = layout::page(&hostile, &head, &maud::html! {}).into_string();
    assert!(!page.contains("<img") && !page.contains("<script>"), "{page}");
    let page = pages::errors::broken_page(&hostile, "<script>").into_string();
    assert!(!page.contains("<script>"), "{page}");
}

#[test]
fn an_operator_finds_the_installation_and_no_workspace() {
    let frame = samples::operator(frame::Section::Operations);
    let normal = pages::operations::page(&frame, &samples::operations_view(None)).into_string();
    assert!(normal.contains("see no workspace's data") && normal.contains("Hold read-only"), "{normal}");
    assert!(normal.contains("action=\"/sign-out\"") && !normal.contains("href=\"/w/"), "{normal}");
    let held = samples::held(frame::Section::Live, false).held;
    let held = pages::operations::page(&frame, &samples::operations_view(held)).into_string();
    assert!(
        held.contains("Ask to end read-only") && held.contains("action=\"/operations/approve/"),
        "{held}"
    );
}

#[test]
fn settings_tell_who_holds_the_workspace() {
    let frame = samples::held(frame::Section::Settings, false);
    let page = pages::settings::page(&frame, &samples::settings_held_from_above()).into_string();
    assert!(page.contains("The whole installation is held read-only"), "{page}");
    assert!(page.contains("An operator can end it under Operations"), "{page}");
    // The workspace's own request could not end it, so it is not offered.
    assert!(!page.contains("Ask to end read-only"), "{page}");
}

#[test]
fn whoever_is_refused_can_sign_out() {
    let lone = frame::Frame { workspace: None, member: None, ..samples::frame(frame::Section::Elsewhere) };
    let page = pages::errors::forbidden_page(&lone, "no", &[]).into_string();
    assert!(page.contains("action=\"/sign-out\""), "{page}");
}
