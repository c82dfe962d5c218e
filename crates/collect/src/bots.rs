//! Which events come from programs that walk the web: told by the User-Agent, of the request itself or as
//! the event's context gives it. Their events are kept and tagged, `context.bot` being the program's
//! name; `people` gives them no person, so that they are in no count of people.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use http::header::USER_AGENT;
use memchr::memmem;
use model::Event;

use crate::asked::Asked;
use crate::compose::quoted;
use crate::json::{Members, string};

/// Tokens of known programs and the names they are tagged with; the first one that stands in a User-Agent
/// counts, in any case of letters. General words come last.
const TOKENS: [(&str, &str); 64] = [
    ("googlebot", "googlebot"),
    ("google-inspectiontool", "google"),
    ("google-read-aloud", "google"),
    ("googleother", "google"),
    ("adsbot-google", "google ads"),
    ("mediapartners-google", "google ads"),
    ("google-safety", "google"),
    ("storebot-google", "google"),
    ("chrome-lighthouse", "lighthouse"),
    ("bingbot", "bingbot"),
    ("bingpreview", "bingbot"),
    ("adidxbot", "bingbot"),
    ("msnbot", "bingbot"),
    ("duckduckbot", "duckduckbot"),
    ("duckassistbot", "duckduckbot"),
    ("slurp", "yahoo"),
    ("yandexbot", "yandex"),
    ("yandeximages", "yandex"),
    ("yandexmobilebot", "yandex"),
    ("yandexrenderresourcesbot", "yandex"),
    ("baiduspider", "baidu"),
    ("sogou web spider", "sogou"),
    ("360spider", "360"),
    ("bytespider", "bytedance"),
    ("petalbot", "petalbot"),
    ("applebot", "applebot"),
    ("amazonbot", "amazonbot"),
    ("facebookexternalhit", "facebook"),
    ("facebot", "facebook"),
    ("meta-externalagent", "facebook"),
    ("twitterbot", "twitter"),
    ("linkedinbot", "linkedin"),
    ("pinterestbot", "pinterest"),
    ("redditbot", "reddit"),
    ("slackbot", "slack"),
    ("slack-imgproxy", "slack"),
    ("discordbot", "discord"),
    ("telegrambot", "telegram"),
    ("whatsapp/", "whatsapp"),
    ("skypeuripreview", "skype"),
    ("gptbot", "openai"),
    ("oai-searchbot", "openai"),
    ("chatgpt-user", "openai"),
    ("claudebot", "anthropic"),
    ("claude-user", "anthropic"),
    ("anthropic-ai", "anthropic"),
    ("perplexitybot", "perplexity"),
    ("ccbot", "common crawl"),
    ("cohere-ai", "cohere"),
    ("ahrefsbot", "ahrefs"),
    ("semrushbot", "semrush"),
    ("mj12bot", "majestic"),
    ("dotbot", "moz"),
    ("rogerbot", "moz"),
    ("screaming frog", "screaming frog"),
    ("uptimerobot", "uptimerobot"),
    ("pingdom", "pingdom"),
    ("statuscake", "statuscake"),
    ("site24x7", "site24x7"),
    ("ia_archiver", "internet archive"),
    ("archive.org_bot", "internet archive"),
    ("crawler", "crawler"),
    ("spider", "crawler"),
    ("bot", "crawler"),
];
/// The longest User-Agent that is looked into; of a longer one the beginning is.
const LOOKED_AT_BYTES_MAX: usize = 512;

static KNOWN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let tokens = TOKENS.iter().map(|(token, _)| token);
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(tokens).ok()
});

/// What the request's own User-Agent says.
pub(crate) struct Bots {
    request: Option<&'static str>,
}

impl Bots {
    /// Looks at the request's head.
    pub fn of(asked: &Asked) -> Self {
        Self { request: asked.header(USER_AGENT).and_then(name_of) }
    }
}

/// Tags an event that comes from a program.
pub(crate) fn tag(event: &mut Event<'_>, bots: &Bots) {
    let Some(name) = bots.request.or_else(|| user_agent(&event.context).and_then(|text| name_of(&text)))
    else {
        return;
    };
    let rest = event.context.trim_start().strip_prefix('{').unwrap_or("}");
    let separator = if rest.trim_start().starts_with('}') { "" } else { "," };
    event.context = Cow::Owned(format!("{{\"bot\":{}{separator}{rest}", quoted(name)));
}

/// The `userAgent` that a context gives.
fn user_agent(context: &str) -> Option<Cow<'_, str>> {
    static MEMBER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\"userAgent\""));
    MEMBER.find(context.as_bytes())?;
    let mut members = Members::new(context.as_bytes(), 0)?;
    while let Some((name, value)) = members.advance().ok()? {
        if &*name == b"userAgent" {
            return string(value.raw).ok()?;
        }
    }
    None
}

/// The name of the program that a User-Agent is of, where it is a known one.
fn name_of(text: &str) -> Option<&'static str> {
    let looked_at = text.as_bytes().get(..text.len().min(LOOKED_AT_BYTES_MAX))?;
    let found = KNOWN.as_ref()?.find_overlapping_iter(looked_at);
    let found = found.filter(|found| is_word(looked_at, found.start(), found.end()));
    let (_, name) = TOKENS.get(found.map(|found| found.pattern().as_usize()).min()?)?;
    Some(name)
}

/// Whether a token ends where a word does, and is not the end of `Cubot`, which makes telephones.
fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let goes_on = text.get(end).is_some_and(u8::is_ascii_alphanumeric);
    let before = text.get(..start).unwrap_or_default().to_ascii_lowercase();
    !goes_on && !before.ends_with(b"cu")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_people() {
        for (text, expected) in [
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Some("googlebot")),
            ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0)", Some("bingbot")),
            ("GPTBot/1.2", Some("openai")),
            ("facebookexternalhit/1.1", Some("facebook")),
            ("SomeUnheardOfBot/0.1", Some("crawler")),
            ("my-crawler", Some("crawler")),
            ("Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36", None),
            ("Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36", None),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", None),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15", None),
            ("python-requests/2.32", None),
            ("analytics-node/3.1.0", None),
            ("botany-client/1", None),
            ("", None),
        ] {
            assert_eq!(name_of(text), expected, "{text}");
        }
        assert_eq!(name_of(&format!("{}bot", "x".repeat(5_000))), None);
    }

    #[test]
    fn the_agent_is_found_in_a_context() {
        for (context, expected) in [
            (r#"{"userAgent":"x"}"#, Some("x")),
            (r#"{"a":{"userAgent":"x"}}"#, None),
            (r#"{"a":1,"userAgent":"x\u0079"}"#, Some("xy")),
            (r#"{"userAgent":7}"#, None),
            ("{}", None),
        ] {
            assert_eq!(user_agent(context).as_deref(), expected, "{context}");
        }
    }
}
