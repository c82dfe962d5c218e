//! What is striking about a message: where it links to, whether it asks for secrets, and a sketch of its words by which alike
//! texts are known as such. Looked at is the template, not what one person gets: a value cannot bring a link.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};

use crate::error::{CampaignError, invalid};
use crate::template::Template;

/// How many words make a piece of a text.
const WORDS: usize = 4;
/// How many of the pieces' hashes are kept.
const SKETCH: usize = 64;
/// Words with which messages of thieves ask for what nobody should send by mail.
const SECRETS: [&str; 16] = [
    "password",
    "passcode",
    "passwort",
    "kennwort",
    "mot de passe",
    "contraseña",
    "one-time code",
    "verification code",
    "security code",
    "confirm your account",
    "verify your account",
    "card number",
    "credit card",
    "seed phrase",
    "social security",
    "log in to",
];

/// The hosts that a template links to, in lower case; `{name}` where a person's value stands in the place of a link.
///
/// # Errors
/// A host that is put together from values.
pub fn domains(template: &Template) -> Result<Vec<String>, CampaignError> {
    let mut found = BTreeSet::new();
    for (field, text) in bodies(template) {
        let lower = text.to_lowercase();
        for (at, scheme) in lower.match_indices("://").chain(lower.match_indices("www.")) {
            let from = if scheme == "://" { at + scheme.len() } else { at };
            let rest = lower.get(from..).unwrap_or_default();
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || ".-_@:{".contains(c))).unwrap_or(rest.len());
            let host = rest.get(..end).unwrap_or_default();
            if host.contains('{') {
                return Err(invalid(
                    field,
                    "the host of a link stands there as it is, without places for values",
                ));
            }
            // What stands before an @ is no host, and only looks like one.
            let host = host.rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
            if !host.is_empty() {
                found.insert(host.to_owned());
            }
        }
        found.extend(bare_hosts(&lower));
        for (at, quoted) in lower.match_indices("href=").chain(lower.match_indices("src=")) {
            let value =
                lower.get(at + quoted.len()..).unwrap_or_default().trim_start_matches(['"', '\'', ' ']);
            if let Some(place) = value.strip_prefix("{{") {
                let name = place.split(['}', '|']).next().unwrap_or_default().trim();
                if name != crate::template::UNSUBSCRIBE {
                    found.insert(format!("{{{name}}}"));
                }
            } else if value.starts_with("//") {
                let host = value
                    .trim_start_matches('/')
                    .split(['/', '"', '\'', ' ', '>'])
                    .next()
                    .unwrap_or_default();
                found.insert(host.to_owned());
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// Names that mail programs make links of though nobody wrote `https://` before them.
fn bare_hosts(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    // A place for a value is no name.
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        plain.push(' ');
        rest = after.split_once("}}").map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    let words = plain.split(|c: char| !(c.is_alphanumeric() || "-._@".contains(c)));
    let words = words.map(|word| word.trim_matches(['.', '-']));
    let is_host = |word: &&str| {
        let mut labels = word.split('.');
        let last = labels.next_back().unwrap_or_default();
        let named = (2..=24).contains(&last.chars().count()) && last.chars().all(char::is_alphabetic);
        named && labels.clone().count() > 0 && labels.all(|label| !label.is_empty()) && !word.contains('@')
    };
    words.filter(is_host).map(str::to_owned).collect()
}

/// `form` and `secret-words`, as far as they apply.
pub fn signals(template: &Template) -> Vec<String> {
    let all: String = bodies(template).map(|(_, text)| text.to_lowercase()).collect::<Vec<_>>().join(" ");
    let form = ["<form", "<input", "<button", "<textarea", "data:"].iter().any(|tag| all.contains(tag));
    let words: Vec<&str> = all.split_whitespace().collect();
    let plain = words.join(" ");
    let secrets = SECRETS.iter().any(|word| plain.contains(word));
    [(form, "form"), (secrets, "secret-words")]
        .into_iter()
        .filter(|(so, _)| *so)
        .map(|(_, word)| word.to_owned())
        .collect()
}

/// The smallest hashes of the text's pieces.
pub fn sketch(template: &Template) -> Vec<u64> {
    let mut hashes = BTreeSet::new();
    for (_, text) in bodies(template) {
        let lower = text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        for piece in words.windows(WORDS.min(words.len().max(1))) {
            let hash = digest(&SHA256, piece.join(" ").as_bytes());
            if let Some(first) = hash.as_ref().first_chunk::<8>() {
                // A number that JSON readers keep whole.
                hashes.insert(u64::from_be_bytes(*first) >> 12);
            }
        }
    }
    hashes.into_iter().take(SKETCH).collect()
}

fn bodies(template: &Template) -> impl Iterator<Item = (&'static str, &str)> {
    let Template { subject, text, html, .. } = template;
    [("subject", Some(subject)), ("text", Some(text)), ("html", html.as_ref())]
        .into_iter()
        .filter_map(|(field, text)| Some((field, text?.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str, html: &str) -> Template {
        Template {
            name: "n".to_owned(),
            subject: "s".to_owned(),
            text: text.to_owned(),
            html: Some(html.to_owned()),
            from: "a@b.example".to_owned(),
            reply_to: None,
        }
    }

    #[test]
    fn every_way_to_write_a_link_is_seen() {
        let check = |text: &str, html: &str, wanted: &[&str]| {
            assert_eq!(domains(&template(text, html)).expect("hosts"), wanted, "{text} {html}");
        };
        check("see https://Shop.example/a and http://b.example:8080.", "", &["b.example", "shop.example"]);
        check("www.evil.example", "", &["www.evil.example"]);
        check("go to evil.example/claim, ask a@b.example, e.g. {{ x.name }} at 3.50", "", &["evil.example"]);
        check("https://shop.example@evil.example/x", "", &["evil.example"]);
        check("", "<a href=\"{{ page }}\">", &["{page}"]);
        check("", "<a href='//evil.example/x'>", &["evil.example"]);
        check("", "<a href=\"{{ unsubscribe_url }}\">", &[]);
        assert!(domains(&template("https://{{ host }}/", "")).is_err());
        assert!(domains(&template("https://x.{{ host }}/", "")).is_err());
    }

    #[test]
    fn forms_and_words_for_secrets_are_striking() {
        assert_eq!(signals(&template("Your  PASSWORD\nplease", "<form action=x>")), ["form", "secret-words"]);
        assert!(signals(&template("New shoes", "<p>New shoes</p>")).is_empty());
    }

    #[test]
    fn a_text_with_few_words_changed_is_known_again() {
        let words: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
        let mut other = words.clone();
        for at in [10, 90, 150] {
            other[at] = "changed".to_owned();
        }
        let (one, two) = (sketch(&template(&words.join(" "), "")), sketch(&template(&other.join(" "), "")));
        let common = one.iter().filter(|piece| two.contains(piece)).count();
        assert!(common * 2 >= one.len(), "{common} of {}", one.len());
        let apart =
            sketch(&template(&(0..200).map(|n| format!("else{n}")).collect::<Vec<_>>().join(" "), ""));
        // The subject is the same.
        assert!(one.iter().filter(|piece| apart.contains(piece)).count() <= 1);
    }
}
