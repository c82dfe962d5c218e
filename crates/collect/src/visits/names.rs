//! One name for one thing: what SDKs, hints and patterns call the same browser or system. What they add for telephones is left out,
//! because the kind of device says it.

use std::borrow::Cow;

const BROWSERS: [(&str, &str); 21] = [
    ("Google Chrome", "Chrome"),
    ("Chrome Mobile", "Chrome"),
    ("Chrome Mobile iOS", "Chrome"),
    ("Chrome iOS", "Chrome"),
    ("Chrome Mobile WebView", "Android WebView"),
    ("Mobile Safari", "Safari"),
    ("Mobile Safari UI/WKWebView", "iOS WebView"),
    ("Firefox Mobile", "Firefox"),
    ("Firefox iOS", "Firefox"),
    ("Microsoft Edge", "Edge"),
    ("Edge Mobile", "Edge"),
    ("Edge iOS", "Edge"),
    ("Opera Mobile", "Opera"),
    ("Opera Touch", "Opera"),
    ("IE", "Internet Explorer"),
    ("IE Mobile", "Internet Explorer"),
    ("Internet Explorer Mobile", "Internet Explorer"),
    ("Facebook Mobile", "Facebook"),
    ("DuckDuckGo Mobile", "DuckDuckGo"),
    ("Brave Browser", "Brave"),
    ("Android Browser", "Android"),
];

const SYSTEMS: [(&str, &str); 12] = [
    ("Mac OS X", "macOS"),
    ("Mac OS", "macOS"),
    ("macOS", "macOS"),
    ("iOS", "iOS"),
    ("iPadOS", "iOS"),
    ("iPhone OS", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Linux", "Linux"),
    ("Chromium OS", "Chrome OS"),
    ("CrOS", "Chrome OS"),
    ("Web0S", "webOS"),
];

/// The name of a browser.
pub(super) fn browser(name: Cow<'_, str>) -> Cow<'_, str> {
    common(&BROWSERS, name)
}

/// The name of a system.
pub(super) fn system(name: Cow<'_, str>) -> Cow<'_, str> {
    common(&SYSTEMS, name)
}

fn common<'a>(table: &[(&str, &'static str)], name: Cow<'a, str>) -> Cow<'a, str> {
    let found = table.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(&name));
    found.map_or(name, |(_, ours)| Cow::Borrowed(*ours))
}
