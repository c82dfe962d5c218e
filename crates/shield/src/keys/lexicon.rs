//! `rules/keys.txt` compiled, for folded names.

use std::ops::Range;

use model::Class;

use super::{Cue, DESCRIBES, IDENTIFIER, IP, NUMBER_ID, VALUE, What};
use crate::fold::Folded;
use crate::words::Words;

const RULES: &str = include_str!("../../rules/keys.txt");

/// The words of names, and what each says.
pub(crate) struct Lexicon {
    words: Words<4>,
    entries: Vec<Entry>,
}

/// What an entry says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Cue(Cue),
    BenignPhrase,
    BenignHead,
    BenignLead,
    /// What a code is about that is none of a person: a product, a place, a discount.
    CodeAbout,
    Bits(u16),
    Reserved(Class),
}

/// An entry found in a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub role: Role,
    pub at: Range<usize>,
    /// Its place among the rules, for what stands at the same place.
    number: usize,
    is_hidden: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    Word,
    /// At the end of a longer word: `algoliatoken`.
    Tail,
    Alone,
}

#[derive(Clone, Copy)]
struct Entry {
    role: Role,
    place: Place,
    is_long: bool,
}

impl Lexicon {
    /// The words that come with the product.
    pub fn builtin() -> Self {
        let mut words: Vec<(String, Entry)> = Vec::new();
        for (section, line) in sections(RULES) {
            let Some((role, place)) = meaning(section) else { continue };
            for word in line.split('|') {
                let folded = Folded::of(word).text;
                if !folded.is_empty() {
                    // In scripts that do not part words, two signs are a word.
                    let is_long = folded.chars().count() > 4 || folded.starts_with(|c| c >= '\u{590}');
                    words.push((folded, Entry { role, place, is_long }));
                }
            }
        }
        let (words, entries): (Vec<String>, Vec<Entry>) = words.into_iter().unzip();
        Self { words: Words::of(&words), entries }
    }

    /// The entries of a name, without those inside a longer one; in order of their ends. `found` is cleared first.
    pub(super) fn find(&self, folded: &Folded, found: &mut Vec<Found>) {
        found.clear();
        let text = folded.text.as_bytes();
        let mut take = |start: usize, end: usize, number: usize| {
            let Some(entry) = self.entries.get(number) else { return };
            let fits = match entry.place {
                // A short one across the border of two words is chance: `телефоннИИ Номер`.
                Place::Inside => entry.is_long || folded.is_border(start) || folded.is_border(end),
                Place::Word => folded.is_border(start) && folded.is_border(end),
                Place::Tail => folded.is_border(end) && !folded.is_border(start),
                Place::Alone => end - start == text.len(),
            };
            if fits {
                found.push(Found { role: entry.role, at: start..end, number, is_hidden: false });
            }
        };
        let wants = |at: usize, first: u8| {
            // No short word of ASCII fits without a border at its beginning or its end.
            if first >= 0x80 || folded.is_border(at) {
                return u8::MAX;
            }
            (1..4).fold(0, |wanted, length| wanted | u8::from(folded.is_border(at + length)) << length)
        };
        self.words.each_wanted(text, &wants, &mut take);
        if found.len() < 2 {
            return;
        }
        found.sort_unstable_by_key(|entry| (entry.at.end, entry.at.start, entry.number));
        for at in 0..found.len() {
            let Some(entry) = found.get(at) else { continue };
            let is_hidden =
                !matches!(entry.role, Role::Reserved(_)) && found.iter().any(|other| hides(other, entry));
            if let Some(entry) = found.get_mut(at) {
                entry.is_hidden = is_hidden;
            }
        }
        found.retain(|entry| !entry.is_hidden);
    }

    /// The words that announce a password, as the rules spell them, for the search in running text.
    pub fn password_words() -> impl Iterator<Item = &'static str> {
        sections(RULES)
            .filter(|(section, _)| *section == "password inside")
            .flat_map(|(_, line)| line.split('|').map(str::trim))
    }
}

/// Whether an entry lies inside a longer one that speaks about names of values at all.
fn hides(longer: &Found, shorter: &Found) -> bool {
    longer.at.start <= shorter.at.start
        && shorter.at.end <= longer.at.end
        && longer.at.len() > shorter.at.len()
        // Two facts about a name stand beside each other: `gtin13` is an id and a number.
        && !matches!((longer.role, shorter.role), (Role::Bits(_), Role::Bits(_)))
        && matches!(longer.role, Role::Cue(_) | Role::BenignPhrase | Role::Bits(IDENTIFIER | NUMBER_ID))
}

/// The lines of the rules with the section each stands in.
fn sections(rules: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    rules.lines().map(str::trim).filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            return None;
        }
        let is_example = line.starts_with("yes:") || line.starts_with("no:");
        (!line.is_empty() && !line.starts_with('#') && !is_example).then_some((section, line))
    })
}

pub(super) fn meaning(section: &str) -> Option<(Role, Place)> {
    let (role, place) = section.rsplit_once(' ')?;
    let place = match place {
        "inside" => Place::Inside,
        "word" => Place::Word,
        "tail" => Place::Tail,
        "alone" => Place::Alone,
        _ => return None,
    };
    let cue = |what, strong| Role::Cue(Cue { what, strong });
    let role = match role {
        "password" => cue(What::Password, true),
        "password_weak" => cue(What::Password, false),
        "api_key" => cue(What::ApiKey, true),
        "api_key_weak" => cue(What::ApiKey, false),
        "private_key" => cue(What::PrivateKey, true),
        "credit_card" => cue(What::Card, true),
        "card_code" => cue(What::CardCode, true),
        "iban" => cue(What::Iban, true),
        "iban_weak" => cue(What::Iban, false),
        "national_id" => cue(What::NationalId, true),
        "national_id_weak" => cue(What::NationalId, false),
        "email" => cue(What::Email, true),
        "phone" => cue(What::Phone, true),
        "jwt_session" => cue(What::Session, true),
        "session_weak" => cue(What::Session, false),
        "auth_code" => cue(What::AuthCode, true),
        "passcode" => cue(What::Passcode, true),
        "passcode_weak" => cue(What::Passcode, false),
        "code_noun" => cue(What::AuthCode, false),
        "code_about" => Role::CodeAbout,
        "secret_word" => cue(What::Secret, true),
        "benign phrase" => Role::BenignPhrase,
        "benign head" => Role::BenignHead,
        "benign lead" => Role::BenignLead,
        "identifier" => Role::Bits(IDENTIFIER),
        "number_id" => Role::Bits(NUMBER_ID),
        "value" => Role::Bits(VALUE),
        "describes" => Role::Bits(DESCRIBES),
        "ip" => Role::Bits(IP),
        "trait name" => Role::Reserved(Class::Name),
        "trait birthday" => Role::Reserved(Class::Birthday),
        "trait address" => Role::Reserved(Class::Address),
        "trait email" => Role::Reserved(Class::Email),
        "trait phone" => Role::Reserved(Class::Phone),
        _ => return None,
    };
    Some((role, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_understood_and_every_word_survives_folding() {
        let mut words = 0;
        for (section, line) in sections(RULES) {
            assert!(meaning(section).is_some(), "section [{section}]");
            for word in line.split('|').filter(|word| !word.trim().is_empty()) {
                assert!(!Folded::of(word).text.is_empty(), "`{word}` in [{section}] folds to nothing");
                words += 1;
            }
        }
        assert!(words > 1_500, "{words} words");
    }
}
