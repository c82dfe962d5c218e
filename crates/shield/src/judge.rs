//! The judgement of one value: what its name announces, what its neighbours say, what it contains.
//!
//! Order, cheapest first: leave by shape; the name's cue with the value it wants ([`named`]); contents:
//! one keyword pass ([`keywords`], [`told`]), then checksums for the candidates ([`content`], [`address`],
//! [`pairs`], [`markup`], [`cells`], [`announced`], [`certain`]); what is
//! wrapped inside, to a depth of three ([`wrapped`]). What was found benign is known again ([`benign`]).

mod address;
mod announced;
mod benign;
mod cells;
mod certain;
mod commands;
mod content;
mod excepted;
mod keywords;
mod markup;
mod named;
mod pairs;
mod told;
mod wrapped;

use crate::find::Hit;
use crate::keys::{self, DESCRIBES, Facts, Lexicon, NUMBER_ID, VALUE};
use crate::rules::Custom;
use crate::shape::{AT, COLON, DASH, DIGIT, EQUALS, HIGH, LETTER, LOWER, OTHER, PLUS, SPACE, Shape, UPPER};
use keywords::Keywords;

/// How deep values inside values are looked into.
const WRAPPED_MAX: u8 = 3;

/// The rules that come with the product, compiled.
pub(crate) struct Builtin {
    lexicon: Lexicon,
    keywords: Keywords,
}

/// What judges one event: the product's rules, and those of the workspace that are for it.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'r> {
    rules: &'r Builtin,
    custom: Option<&'r Custom>,
    active: u64,
}

/// A value to be judged.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    /// Its text; a string is decoded.
    pub text: &'a str,
    pub shape: Shape,
    /// A JSON number.
    pub is_number: bool,
    /// What its name says.
    pub facts: Facts,
    /// What the fields beside it say.
    pub beside: Facts,
    /// An id or a name: random text is expected there, and only what is certain counts.
    pub is_identifier: bool,
}

impl<'a> Value<'a> {
    /// A text about which nothing is known.
    pub fn nameless(text: &'a str) -> Self {
        Self {
            text,
            shape: Shape::of(text),
            is_number: false,
            facts: Facts::default(),
            beside: Facts::default(),
            is_identifier: false,
        }
    }
}

impl Builtin {
    pub fn new() -> Self {
        Self { lexicon: Lexicon::builtin(), keywords: Keywords::builtin() }
    }
}

impl<'r> Judge<'r> {
    /// For events of this name.
    pub fn new(rules: &'r Builtin, custom: Option<&'r Custom>, event: &str) -> Self {
        let active = custom.map_or(0, |custom| custom.for_event(event));
        Self { rules, custom: custom.filter(|_| active != 0), active }
    }

    /// The workspace's rules, if any is for this event.
    pub fn custom(&self) -> Option<&'r Custom> {
        self.custom
    }

    /// What a name says, remembered by name.
    pub fn facts(&self, name: &str) -> Facts {
        let facts = keys::of(name, &self.rules.lexicon);
        match self.custom {
            Some(custom) => Facts { custom: custom.name(name).words, ..facts },
            None => facts,
        }
    }

    /// What a word of a text says by the product's rules, remembered.
    fn remembered(&self, word: &str) -> Facts {
        keys::of(word, &self.rules.lexicon)
    }

    /// What a phrase says; not remembered, for phrases differ.
    fn derived(&self, phrase: &str) -> Facts {
        keys::derive(phrase, &self.rules.lexicon)
    }

    /// What a value holds; `hits` is cleared first and empty for a benign value. Sorted, and no two
    /// spans overlap; a whole hit stands alone.
    pub fn judge(&self, value: &Value<'_>, hits: &mut Vec<Hit>) {
        hits.clear();
        if self.custom.is_some() {
            self.look(value, 0, hits);
            settle(hits);
            return;
        }
        if value.facts.cue.is_none() && value.beside.cue.is_none() && leaves_by_shape(value) {
            return;
        }
        let hash = benign::hash(value);
        if hash.is_some_and(benign::is_known) {
            return;
        }
        self.look(value, 0, hits);
        settle(hits);
        if let Some(hash) = hash.filter(|_| hits.is_empty()) {
            benign::remember(hash);
        }
    }

    /// The same inside another value.
    fn look(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let mut facts = self.facts_of(value);
        if let Some(custom) = self.custom {
            if crate::find::mask::is_mark(value.text) {
                return;
            }
            custom.find(facts.custom, self.active, value.text, hits);
            let allowed = custom.allows(facts.custom, self.active, value.text);
            if depth == 0 && !allowed.is_empty() {
                let start = hits.len();
                facts = Facts { custom: facts.custom, ..Facts::default() };
                self.content(&Value { facts, ..*value }, depth, hits);
                let mut place = 0;
                hits.retain(|hit| {
                    place += 1;
                    let is_excepted =
                        allowed.iter().any(|class| class.is_none_or(|class| class == hit.class));
                    place <= start || !is_excepted || !excepted::may_be(hit, value.text)
                });
                return;
            }
        }
        if facts.cue.is_none() && leaves_by_shape(value) {
            return;
        }
        if crate::find::mask::is_mark(value.text) {
            return;
        }
        if (facts.cue.is_some() || facts.second.is_some())
            && let Some(hit) = self.cued(facts, value, depth)
        {
            hits.push(hit);
            return;
        }
        self.content(&Value { facts, ..*value }, depth, hits);
    }

    /// What a value is by its name: by the workspace's rules, else by what the name announces.
    fn by_name(&self, facts: Facts, value: &Value<'_>, depth: u8) -> Option<Hit> {
        if facts.custom != 0
            && let Some(custom) = self.custom
            && !crate::find::mask::is_mark(value.text)
        {
            let mut found = Vec::new();
            custom.find(facts.custom, self.active, value.text, &mut found);
            if let Some(hit) = found.into_iter().next() {
                return Some(hit);
            }
        }
        self.cued(facts, value, depth)
    }

    fn cued(&self, facts: Facts, value: &Value<'_>, depth: u8) -> Option<Hit> {
        let first = facts.cue.and_then(|cue| self.named(cue, facts, value, depth));
        first.or_else(|| facts.second.and_then(|cue| self.named(cue, facts, value, depth)))
    }

    /// What the name says; where it says nothing, what stands beside it.
    fn facts_of(&self, value: &Value<'_>) -> Facts {
        let (facts, beside) = (value.facts, value.beside);
        let Some(mut cue) = beside.cue else { return facts };
        if facts.cue.is_some_and(|own| own.strong) {
            return facts;
        }
        // `{"input": "password", "text": …}`: the first only names the second.
        let is_name = facts.is(VALUE) && facts.is(DESCRIBES);
        if is_name && crate::walk::described(self, value.text).cue.is_some_and(|named| named.strong) {
            return facts;
        }
        if facts.is(VALUE) || facts.cue.is_some() {
            return Facts { cue: Some(cue), ..facts };
        }
        cue.strong = false;
        if facts.is_silent() { Facts { cue: Some(cue), ..facts } } else { facts }
    }
}

/// Whether nothing could be found in a value so short, or a number so small, without a cue.
#[inline]
pub(crate) fn is_small(length: usize, is_number: bool, shape: Shape) -> bool {
    length < 5 || is_number && shape.digits < 8
}

/// The first test: whether nothing could be found in a value of this shape without a cue.
fn leaves_by_shape(value: &Value<'_>) -> bool {
    let Value { text, shape, .. } = *value;
    if is_small(text.len(), value.is_number, shape) {
        return true;
    }
    if value.is_number && shape.has(OTHER | LETTER) {
        // A fraction or an exponent: a measure, unless a card was written as one.
        return value.facts.is(NUMBER_ID) || !crate::find::card::is_float_card(text);
    }
    if text.len() < 10 && !shape.has(AT | EQUALS | COLON | PLUS | HIGH) {
        return true;
    }
    if shape.only(DIGIT) {
        // Digits alone can only be a card or, rarely, a number of a person.
        return !(12..=19).contains(&text.len()) || value.facts.is(NUMBER_ID);
    }
    // Words without digits, signs or spaces: enumerations, slugs, names.
    let is_mixed = shape.has(DASH) && shape.has(UPPER) && shape.has(LOWER) && text.len() >= 16;
    shape.only(LETTER | DASH) && !is_mixed && text.len() < 24
        || shape.only(LETTER | DASH | SPACE) && text.len() < 14
        || !shape.has(AT | DIGIT) && text.len() < 8
}

/// Brings hits into order: a whole one swallows all, overlapping ones become one; the most dangerous
/// class gives the name.
fn settle(hits: &mut Vec<Hit>) {
    if hits.len() < 2 {
        return;
    }
    if hits.iter().any(|hit| hit.span.is_none()) {
        let worst =
            hits.drain(..).reduce(|left, right| if right.weight() > left.weight() { right } else { left });
        hits.extend(worst.map(|hit| Hit { span: None, needs_quotes: false, ..hit }));
        return;
    }
    hits.sort_by_key(|hit| hit.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
    let mut settled: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        let last = settled.last_mut();
        if let Some(last) = last
            && let (Some(held), Some(span)) = (&mut last.span, &hit.span)
            && span.start < held.end
        {
            held.end = held.end.max(span.end);
            if hit.weight() > last.weight() {
                *last = Hit { span: last.span.take(), needs_quotes: last.needs_quotes, ..hit };
            }
        } else {
            settled.push(hit);
        }
    }
    *hits = settled;
}
