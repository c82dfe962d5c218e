//! By which channel a visitor came. One short rule, the same for everybody: docs/visits.md has it in words.

use crate::visits::campaign::Campaign;
use crate::visits::origin::Origin;

const DIRECT: &str = "direct";
const SEARCH: &str = "organic search";
const SOCIAL: &str = "social";
const PAID: &str = "paid";
const EMAIL: &str = "email";
const REFERRAL: &str = "referral";

/// Media of what is paid for, beside all that begin with `paid`.
const PAID_MEDIA: [&str; 12] = [
    "cpc",
    "ppc",
    "cpm",
    "cpv",
    "cpa",
    "cpp",
    "ad",
    "ads",
    "display",
    "banner",
    "retargeting",
    "remarketing",
];
const EMAIL_WORDS: [&str; 6] = ["email", "e-mail", "e_mail", "mail", "newsletter", "e mail"];
const SOCIAL_MEDIA: [&str; 6] =
    ["social", "social-network", "social-media", "social_network", "social_media", "sm"];

/// Sites that search: these, and what is below them.
const SEARCHING: [&str; 15] = [
    "bing.com",
    "duckduckgo.com",
    "ecosia.org",
    "baidu.com",
    "qwant.com",
    "startpage.com",
    "search.brave.com",
    "naver.com",
    "seznam.cz",
    "sogou.com",
    "kagi.com",
    "ask.com",
    "search.aol.com",
    "mojeek.com",
    "com.google.android.googlequicksearchbox",
];
/// Sites that search under a name of every country: `google.de`, `search.yahoo.co.jp`.
const SEARCHING_EVERYWHERE: [&str; 3] = ["google", "yahoo", "yandex"];
const MAILING: [&str; 8] = [
    "mail.google.com",
    "mail.yahoo.com",
    "outlook.live.com",
    "outlook.office.com",
    "outlook.office365.com",
    "mail.proton.me",
    "mail.ru",
    "com.google.android.gm",
];
const SOCIALISING: [&str; 26] = [
    "facebook.com",
    "fb.com",
    "messenger.com",
    "instagram.com",
    "threads.net",
    "threads.com",
    "twitter.com",
    "t.co",
    "x.com",
    "linkedin.com",
    "lnkd.in",
    "reddit.com",
    "pinterest.com",
    "youtube.com",
    "youtu.be",
    "tiktok.com",
    "snapchat.com",
    "bsky.app",
    "mastodon.social",
    "vk.com",
    "t.me",
    "whatsapp.com",
    "discord.com",
    "quora.com",
    "xing.com",
    "news.ycombinator.com",
];

/// The channel of a visit with this campaign and this page before it. Nothing where a visit merely goes on.
pub(super) fn of(campaign: &Campaign, is_paid_click: bool, origin: &Origin) -> Option<&'static str> {
    if is_paid_click {
        return Some(PAID);
    }
    let tagged = by_campaign(campaign);
    let site = match origin {
        Origin::Domain(domain) => Some(by_domain(domain)),
        Origin::Direct | Origin::Internal | Origin::Unknown => None,
    };
    let is_direct = *origin == Origin::Direct && campaign.is_empty();
    tagged
        .or(site)
        .or_else(|| (!campaign.is_empty()).then_some(REFERRAL))
        .or_else(|| is_direct.then_some(DIRECT))
}

/// What a campaign's medium or source says by itself.
fn by_campaign(campaign: &Campaign) -> Option<&'static str> {
    let small = |text: Option<&str>| text.unwrap_or_default().to_ascii_lowercase();
    if campaign.is_empty() {
        return None;
    }
    let (source, medium) = (small(campaign.source()), small(campaign.medium()));
    let (source, medium) = (source.as_str(), medium.as_str());
    if PAID_MEDIA.contains(&medium) || medium.starts_with("paid") {
        Some(PAID)
    } else if EMAIL_WORDS.contains(&medium) || EMAIL_WORDS.contains(&source) {
        Some(EMAIL)
    } else if SOCIAL_MEDIA.contains(&medium) || is_called(&SOCIALISING, source) {
        Some(SOCIAL)
    } else if medium == "organic" {
        Some(SEARCH)
    } else if matches!(medium, "referral" | "affiliate") {
        Some(REFERRAL)
    } else {
        None
    }
}

fn by_domain(domain: &str) -> &'static str {
    if is_of(&MAILING, domain) {
        EMAIL
    } else if is_of(&SEARCHING, domain) || searches_everywhere(domain) {
        SEARCH
    } else if is_of(&SOCIALISING, domain) || domain.starts_with("com.facebook.") || is_pinterest(domain) {
        SOCIAL
    } else {
        REFERRAL
    }
}

/// Whether a domain is one of the list or below one.
fn is_of(list: &[&str], domain: &str) -> bool {
    let is =
        |site: &&str| domain.strip_suffix(*site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    list.iter().any(is)
}

/// Whether a source is a site of the list, by its domain or by its name alone (`facebook`).
fn is_called(list: &[&str], source: &str) -> bool {
    let is_name = |site: &&str| site.split('.').next().is_some_and(|name| name.len() > 2 && name == source);
    !source.is_empty() && (is_of(list, source) || list.iter().any(is_name))
}

/// `google.de`, `google.co.uk`, `search.yahoo.com`: the name, then nothing but the ending of a country, and before it nothing that
/// is another service's.
fn searches_everywhere(domain: &str) -> bool {
    let domain = domain.strip_prefix("search.").unwrap_or(domain);
    let is = |name: &&str| {
        let rest = domain.strip_prefix(*name).and_then(|rest| rest.strip_prefix('.'));
        rest.is_some_and(is_ending)
    };
    SEARCHING_EVERYWHERE.iter().any(is)
}

fn is_pinterest(domain: &str) -> bool {
    domain.strip_prefix("pinterest.").is_some_and(is_ending)
}

/// `de`, `com`, `co.uk`.
fn is_ending(rest: &str) -> bool {
    rest.split('.').count() <= 2 && rest.split('.').all(|part| (2..=3).contains(&part.len()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn channels_are_told_by_the_rule() {
        let direct = || Origin::Direct;
        let from = |domain: &str| Origin::Domain(domain.to_owned());
        for (source, medium, click, origin, expected) in [
            ("", "", false, direct(), Some("direct")),
            ("", "", false, Origin::Internal, None),
            ("", "", false, Origin::Unknown, None),
            ("", "", true, Origin::Internal, Some("paid")),
            ("google", "CPC", false, direct(), Some("paid")),
            ("facebook", "paid-social", false, direct(), Some("paid")),
            ("letter", "E-Mail", false, from("google.com"), Some("email")),
            ("newsletter", "", false, direct(), Some("email")),
            ("facebook", "", false, direct(), Some("social")),
            ("x", "social", false, direct(), Some("social")),
            ("partner", "affiliate", false, direct(), Some("referral")),
            ("partner", "", false, direct(), Some("referral")),
            ("partner", "", false, from("t.co"), Some("social")),
            ("bing", "organic", false, direct(), Some("organic search")),
            ("", "", false, from("google.de"), Some("organic search")),
            ("", "", false, from("google.co.uk"), Some("organic search")),
            ("", "", false, from("google.evil.example"), Some("referral")),
            ("", "", false, from("docs.google.com"), Some("referral")),
            ("", "", false, from("mail.google.com"), Some("email")),
            ("", "", false, from("search.yahoo.co.jp"), Some("organic search")),
            ("", "", false, from("cn.bing.com"), Some("organic search")),
            ("", "", false, from("notbing.com"), Some("referral")),
            ("", "", false, from("l.facebook.com"), Some("social")),
            ("", "", false, from("pinterest.co.uk"), Some("social")),
            ("", "", false, from("com.google.android.gm"), Some("email")),
            ("", "", false, from("blog.example"), Some("referral")),
        ] {
            let given = |text: &'static str| (!text.is_empty()).then_some(Cow::Borrowed(text));
            let campaign = Campaign::of(|name| match name {
                "source" => given(source),
                "medium" => given(medium),
                _ => None,
            });
            assert_eq!(of(&campaign, click, &origin), expected, "{source} {medium} {origin:?}");
        }
    }
}
