//! Which browser, which system, what kind of device: from what the sender says, else from what the browser says of itself (client
//! hints), else from the User-Agent.

use std::borrow::Cow;

use crate::json::Elements;
use crate::visits::agent::Agent;
use crate::visits::told::{Told, member, text};
use crate::visits::{cut, names};

/// The longest name of a browser or system, and the longest first part of a version.
const NAME_BYTES_MAX: usize = 64;
const VERSION_BYTES_MAX: usize = 16;
/// The most brands of a browser that are looked at.
const BRANDS_MAX: usize = 8;

/// A browser or a system.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Software<'a> {
    pub name: Option<Cow<'a, str>>,
    /// The first part of its version.
    pub version: Option<Cow<'a, str>>,
}

impl<'a> Software<'a> {
    /// With the version cut to its first part.
    fn of(name: Option<Cow<'a, str>>, version: Option<Cow<'a, str>>) -> Self {
        let name = name.map(|name| short(name, NAME_BYTES_MAX));
        let version = version.map(|version| match version.find('.') {
            Some(end) => short(version, end.min(VERSION_BYTES_MAX)),
            None => short(version, VERSION_BYTES_MAX),
        });
        Self { name, version: version.filter(|version| !version.is_empty()) }
    }

    /// As [`Software::of`], kept apart from the text.
    pub fn owned(name: &str, version: Option<&str>) -> Software<'static> {
        let Software { name, version } = Software::of(Some(Cow::Borrowed(name)), version.map(Cow::Borrowed));
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Software { name: name.map(own), version: version.map(own) }
    }

    /// What is known where one who should know names it, and `other` may know the version of the same.
    fn or(self, other: Option<&'a Software<'static>>) -> Self {
        let Some(other) = other else { return self };
        let version = other.version.as_deref().map(Cow::Borrowed);
        match (&self.name, other.name.as_deref()) {
            (None, name) => Self { name: name.map(Cow::Borrowed), version },
            (Some(own), Some(others)) if self.version.is_none() && **own == *others => {
                Self { version, ..self }
            }
            _ => self,
        }
    }

    fn is_named(&self) -> bool {
        self.name.is_some()
    }
}

fn short(text: Cow<'_, str>, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text, bytes_max)),
        Cow::Owned(text) => Cow::Owned(cut(&text, bytes_max).to_owned()),
    }
}

/// What a device is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Desktop,
    Mobile,
    Tablet,
    Tv,
    Console,
    Watch,
}

impl Kind {
    /// Its name in a context.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Tv => "tv",
            Self::Console => "console",
            Self::Watch => "watch",
        }
    }

    /// What a sender's word for it means. SDKs of telephones say the system in its place.
    fn of_word(word: &str, model: &str, os: &str) -> Option<Self> {
        let word = cut(word, NAME_BYTES_MAX).to_ascii_lowercase();
        match word.as_str() {
            "desktop" | "pc" | "laptop" | "computer" => Some(Self::Desktop),
            "mobile" | "phone" | "smartphone" | "handset" => Some(Self::Mobile),
            "tablet" | "ipad" => Some(Self::Tablet),
            "tv" | "smarttv" | "television" | "tvos" => Some(Self::Tv),
            "console" => Some(Self::Console),
            "watch" | "wearable" | "watchos" => Some(Self::Watch),
            "ios" | "android" | "ipados" if model.starts_with("iPad") || os == "iPadOS" => Some(Self::Tablet),
            "ios" | "android" => Some(Self::Mobile),
            "ipados" => Some(Self::Tablet),
            _ => None,
        }
    }

    /// What a User-Agent says of it, in the words that makers agreed on.
    pub fn of_agent(text: &str) -> Option<Self> {
        const TV: [&str; 14] = [
            "SMART-TV",
            "SmartTV",
            "Smart TV",
            "GoogleTV",
            "Google TV",
            "Android TV",
            "AppleTV",
            "Apple TV",
            "HbbTV",
            "Web0S",
            "BRAVIA",
            "Roku",
            "CrKey",
            "; AFT",
        ];
        const RULES: [(Kind, &[&str]); 6] = [
            (Kind::Tv, &TV),
            (Kind::Console, &["PlayStation", "Xbox", "Nintendo"]),
            (Kind::Tablet, &["iPad", "Tablet", "tablet", "Kindle", "Silk/", "PlayBook"]),
            (Kind::Mobile, &["Mobi", "iPhone", "iPod", "Windows Phone", "Opera Mini"]),
            (Kind::Tablet, &["Android"]),
            (Kind::Desktop, &["Windows NT", "Macintosh", "X11;", "CrOS", "Linux x86_64"]),
        ];
        // Windows on a machine with a touch screen calls itself a tablet's.
        let text_has =
            |word: &&str| text.contains(*word) && !(word.ends_with("ablet") && text.contains("Windows NT"));
        RULES.iter().find(|(_, words)| words.iter().any(text_has)).map(|(kind, _)| *kind)
    }
}

/// What is known of a visitor's device.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Device<'a> {
    pub browser: Software<'a>,
    pub system: Software<'a>,
    pub kind: Option<&'static str>,
}

impl<'a> Device<'a> {
    /// What the sender says, then the hints, then the User-Agent.
    pub fn of(told: &Told<'a>, agent: Option<&'a Agent>) -> Self {
        let said = Self::said(told);
        let hinted = told.hints().map(Self::hinted).unwrap_or_default();
        let first = |said: Software<'a>, hinted: Software<'a>| if said.is_named() { said } else { hinted };
        Self {
            browser: first(said.browser, hinted.browser).or(agent.map(|agent| &agent.browser)),
            system: first(said.system, hinted.system).or(agent.map(|agent| &agent.system)),
            kind: said.kind.or_else(|| agent?.kind.map(Kind::as_str)).or(hinted.kind),
        }
    }

    fn said(told: &Told<'a>) -> Self {
        let own = told.properties();
        let read = |raw: Option<&'a [u8]>| raw.and_then(text);
        let browser = Software::of(read(own.browser).map(names::browser), read(own.browser_version));
        let system = match told.os("name") {
            Some(name) => Software::of(Some(name), told.os("version")),
            None => Software::of(read(own.os), read(own.os_version)),
        };
        let model = told.device("model").or_else(|| read(own.model)).unwrap_or_default();
        let os = system.name.clone().unwrap_or_default();
        let kind = told.device("type").and_then(|word| Kind::of_word(&word, &model, &os));
        // Mixpanel's SDKs of telephones name the system and the model alone.
        let kind = kind.or_else(|| own.model.and_then(|_| Kind::of_word(&os, &model, &os)));
        let system = Software { name: system.name.map(names::system), ..system };
        Self { browser, system, kind: kind.map(Kind::as_str) }
    }

    /// Reads client hints: `{"brands":[{"brand","version"}],"mobile","platform","platformVersion"}`.
    fn hinted(hints: &'a [u8]) -> Self {
        let part = |name| text(member(hints, name)?);
        let platform = part("platform").filter(|name| name != "Unknown");
        let system = Software::of(platform.map(names::system), part("platformVersion"));
        let system = match (
            system.name.as_deref(),
            system.version.as_deref().and_then(|text| text.parse::<u32>().ok()),
        ) {
            // Windows counts its interfaces there: from 13 on it is what is sold as 11.
            (Some("Windows"), Some(version)) => {
                let version = Cow::Borrowed(if version >= 13 { "11" } else { "10" });
                Software { version: Some(version), ..system }
            }
            _ => system,
        };
        let kind = match member(hints, "mobile") {
            Some(b"true") => Some(Kind::Mobile.as_str()),
            _ => None,
        };
        Self { browser: brand(hints).unwrap_or_default(), system, kind }
    }
}

/// The brand that is not the engine's, nor the one that is made up so that nobody relies on the list.
fn brand(hints: &[u8]) -> Option<Software<'_>> {
    let list = member(hints, "fullVersionList").or_else(|| member(hints, "brands"))?;
    let mut elements = Elements::new(list, 0)?;
    let mut engine = None;
    for _ in 0..BRANDS_MAX {
        let Some(at) = elements.next_at().ok()? else { break };
        let mut end = at;
        let raw = crate::json::value_at(list, at, &mut end).ok()?.raw;
        elements.resume(end);
        let part = |name| text(member(raw, name)?);
        let Some(name) = part("brand") else { continue };
        if name == "Chromium" {
            engine = Some(Software::of(Some(name), part("version")));
        } else if !is_made_up(&name) {
            return Some(Software::of(Some(names::browser(name)), part("version")));
        }
    }
    engine
}

/// `Not)A;Brand`, `Not.A/Brand`, ` Not A;Brand` …
fn is_made_up(brand: &str) -> bool {
    let letters: String = brand.chars().filter(char::is_ascii_alphabetic).take(16).collect();
    letters.eq_ignore_ascii_case("NotABrand")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_makers_words() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                Some(Kind::Desktop),
            ),
            ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Tablet PC 2.0)", Some(Kind::Desktop)),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1",
                Some(Kind::Mobile),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                Some(Kind::Tablet),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
                Some(Kind::Mobile),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                Some(Kind::Tablet),
            ),
            (
                "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 SamsungBrowser/4.0 TV Safari/537.36",
                Some(Kind::Tv),
            ),
            (
                "Mozilla/5.0 (Linux; Android 11; AFTKM Build/RS8101) AppleWebKit/537.36 Chrome/120 Safari/537.36",
                Some(Kind::Tv),
            ),
            (
                "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 Version/13.0 Safari/605.1.15",
                Some(Kind::Console),
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                Some(Kind::Desktop),
            ),
            ("python-requests/2.32", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_agent(text), expected, "{text}");
        }
    }

    #[test]
    fn hints_are_read_past_brands_that_are_made_up() {
        for (hints, browser, system) in [
            (
                r#"{"brands":[{"brand":"Not)A;Brand","version":"8"},{"brand":"Chromium","version":"140"},{"brand":"Microsoft Edge","version":"140.0.1"}],"platform":"Windows","platformVersion":"15.0.0"}"#,
                ("Edge", "140"),
                ("Windows", "11"),
            ),
            (
                r#"{"brands":[{"brand":" Not A;Brand","version":"99"},{"brand":"Chromium","version":"98"}],"platform":"macOS"}"#,
                ("Chromium", "98"),
                ("macOS", ""),
            ),
            (r#"{"brands":[],"platform":""}"#, ("", ""), ("", "")),
            (r#"{"brands":7}"#, ("", ""), ("", "")),
        ] {
            let device = Device::hinted(hints.as_bytes());
            let parts = |software: &Software<'_>| {
                (
                    software.name.clone().unwrap_or_default().into_owned(),
                    software.version.clone().unwrap_or_default().into_owned(),
                )
            };
            let own = |(name, version): (&str, &str)| (name.to_owned(), version.to_owned());
            assert_eq!(
                (parts(&device.browser), parts(&device.system)),
                (own(browser), own(system)),
                "{hints}"
            );
        }
    }
}
