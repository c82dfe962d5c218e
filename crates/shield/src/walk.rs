//! Going through a document: for every key and value, what its names and its neighbours say.

use std::borrow::Cow;
use std::ops::Range;

use crate::json::{self, Kind, Node};
use crate::judge::{Judge, Value, is_small};
use crate::keys::{self, DESCRIBES, Facts, IDENTIFIER, IP, VALUE};
use crate::shape::{AT, DIGIT, ESCAPE, Shape, UPPER};

/// A key or a value, where it stands and what is known of it. `value.text` is still raw.
pub(crate) struct Place<'a> {
    /// The number of its node on the tape.
    pub node: usize,
    pub is_key: bool,
    /// The text between the quotes, escapes and all.
    pub raw: &'a str,
    pub at: Range<usize>,
    pub value: Value<'a>,
}

impl<'a> Place<'a> {
    /// The text without escapes.
    pub fn decoded(&self) -> Cow<'a, str> {
        if self.value.shape.has(ESCAPE) { json::decode(self.raw) } else { Cow::Borrowed(self.raw) }
    }

    /// The value with its text decoded. What an escape stands for is not in the shape that came with the reading:
    /// `jo\u0040example.org` has an at sign all the same.
    pub fn read<'d>(&self, decoded: &'d str) -> Value<'d> {
        let Value { shape, facts, beside, is_number, is_identifier, .. } = self.value;
        let shape = if shape.has(ESCAPE) { Shape::of(decoded) } else { shape };
        Value { text: decoded, shape, is_number, facts, beside, is_identifier }
    }
}

/// Visits every key that could hold something, and every string and number.
pub(crate) fn walk<'a>(
    text: &'a str,
    tape: &[Node],
    names: &Names,
    visit: &mut dyn FnMut(&Place<'a>, &Node),
) {
    for (number, node) in tape.iter().enumerate() {
        if node.is_member && (names.all_keys || key_could_hold(node)) {
            let raw = text.get(node.key.clone()).unwrap_or_default();
            let value = Value { shape: node.key_shape, ..Value::nameless("") };
            visit(&Place { node: number, is_key: true, raw, at: node.key.clone(), value }, node);
        }
        // `true` and `false` are for the workspace's rules alone.
        let facts = names.facts.get(number).copied().unwrap_or_default();
        let raw = text.get(node.value.clone()).unwrap_or_default();
        let is_judged = match node.kind {
            Kind::String | Kind::Number => true,
            Kind::Word => facts.custom != 0 && raw != "null",
            Kind::Object | Kind::Array => false,
        };
        if !is_judged {
            continue;
        }
        let (beside, is_number) = (names.beside(node.parent), node.kind == Kind::Number);
        let is_silent = facts.cue.is_none() && beside.cue.is_none();
        if names.passes_small && is_silent && is_small(raw.len(), is_number, node.shape) {
            continue;
        }
        let value = Value { text: raw, shape: node.shape, is_number, facts, beside, is_identifier: false };
        visit(&Place { node: number, is_key: false, raw, at: node.value.clone(), value }, node);
    }
}

/// What the names say, by node; and what stands beside, by the few containers where something does.
pub(crate) struct Names {
    pub facts: Vec<Facts>,
    /// The members that hold internet addresses by their names.
    pub internet: Vec<usize>,
    beside: Vec<(usize, Facts)>,
    /// Whether a rule of the workspace may find something in any key.
    all_keys: bool,
    /// Whether values too small to hold anything need not be visited: no rule of a workspace asks for them.
    pub passes_small: bool,
}

impl Names {
    fn beside(&self, container: usize) -> Facts {
        match self.beside.binary_search_by_key(&container, |(number, _)| *number) {
            Ok(at) => self.beside.get(at).map(|(_, facts)| *facts).unwrap_or_default(),
            Err(_) => Facts::default(),
        }
    }
}

/// Works out the facts of every node.
pub(crate) fn names(judge: &Judge<'_>, text: &str, tape: &[Node], outer: Facts, root: Option<&str>) -> Names {
    let mut facts: Vec<Facts> = Vec::with_capacity(tape.len());
    let mut with_values: Vec<usize> = Vec::new();
    let mut describing: Vec<usize> = Vec::new();
    let mut internet: Vec<usize> = Vec::new();
    let mut lists = false;
    for (number, node) in tape.iter().enumerate() {
        let container = if number == 0 { outer } else { facts.get(node.parent).copied().unwrap_or_default() };
        lists |= node.kind == Kind::Array && node.end == number + 3;
        if !node.is_member {
            facts.push(container);
            continue;
        }
        let raw = text.get(node.key.clone()).unwrap_or_default();
        let own = if node.key_shape.has(ESCAPE) { judge.facts(&json::decode(raw)) } else { judge.facts(raw) };
        if own.is(VALUE) && with_values.last() != Some(&node.parent) {
            with_values.push(node.parent);
        }
        if own.is(IP) {
            internet.push(number);
        }
        if own.is(DESCRIBES) && node.kind == Kind::String {
            describing.push(number);
        }
        let placed = match (judge.custom(), root) {
            (Some(custom), Some(root)) if custom.has_paths() => {
                let ends = custom.name(raw).ends & !container.custom;
                if ends == 0 { 0 } else { custom.path(ends, &steps(text, tape, number, root)) }
            }
            _ => 0,
        };
        facts.push(Facts { custom: own.custom | container.custom | placed, ..own.within(container) });
    }
    let mut beside: Vec<(usize, Facts)> = Vec::new();
    with_values.sort_unstable();
    for node in describing.iter().filter_map(|number| tape.get(*number)) {
        let raw = text.get(node.value.clone()).unwrap_or_default();
        if with_values.binary_search(&node.parent).is_err() && !is_telling_type(raw) {
            continue;
        }
        let said = described(judge, &json::decode(raw));
        if said.cue.is_some() {
            beside.push((node.parent, said));
        }
    }
    if !describing.is_empty() {
        private_halves(text, tape, &describing, &mut facts);
    }
    if lists {
        named_by_neighbour(judge, text, tape, &mut facts);
    }
    // Of several descriptions of one field the strong one that comes first counts.
    beside.sort_by_key(|(container, facts)| (*container, !facts.cue.is_some_and(|cue| cue.strong)));
    beside.dedup_by_key(|(container, _)| *container);
    let all_keys = judge.custom().is_some_and(|custom| custom.looks_everywhere());
    Names { facts, internet, beside, all_keys, passes_small: judge.custom().is_none() }
}

/// The private members of a JSON web key: it has a `kty`.
fn private_halves(text: &str, tape: &[Node], describing: &[usize], facts: &mut [Facts]) {
    const WEB_KEYS_MAX: usize = 16;
    let key = |node: &Node| text.get(node.key.clone()).unwrap_or_default();
    let is_private = |name: &str| matches!(name, "d" | "p" | "q" | "dp" | "dq" | "qi" | "k");
    let described = describing.iter().filter_map(|number| tape.get(*number));
    for node in described.filter(|node| key(node) == "kty").take(WEB_KEYS_MAX) {
        for (number, other) in tape.iter().enumerate().filter(|(_, other)| other.is_member) {
            if other.parent != node.parent {
                continue;
            }
            if !is_private(key(other)) {
                // The public half is as random and no secret.
                if let Some(slot) = facts.get_mut(number) {
                    *slot = slot.with(IDENTIFIER);
                }
            } else if other.value.len() >= 16 {
                let held = facts.get(number).map_or(0, |held| held.custom);
                if let Some(slot) = facts.get_mut(number) {
                    *slot = Facts { custom: held, ..Facts::announcing(keys::What::PrivateKey, true) };
                }
            }
        }
    }
}

/// `["password", "x"]`: of a list of two texts the first may be the name of the second.
fn named_by_neighbour(judge: &Judge<'_>, text: &str, tape: &[Node], facts: &mut [Facts]) {
    for (number, list) in tape.iter().enumerate().filter(|(_, node)| node.kind == Kind::Array) {
        let is_pair = list.end == number + 3;
        let (Some(first), Some(second)) = (tape.get(number + 1), tape.get(number + 2)) else { continue };
        if !is_pair || first.kind != Kind::String || !matches!(second.kind, Kind::String | Kind::Number) {
            continue;
        }
        let said = described(judge, &json::decode(text.get(first.value.clone()).unwrap_or_default()));
        if said.cue.is_some_and(|cue| cue.strong)
            && let Some(slot) = facts.get_mut(number + 2)
            && slot.cue.is_none()
        {
            slot.cue = said.cue;
        }
    }
}

/// The names from the root down to a member.
fn steps<'a>(text: &'a str, tape: &[Node], number: usize, root: &'a str) -> Vec<&'a str> {
    let mut steps = Vec::new();
    let mut at = number;
    while at != 0
        && let Some(node) = tape.get(at)
    {
        if node.is_member {
            steps.push(text.get(node.key.clone()).unwrap_or_default());
        }
        at = node.parent;
    }
    steps.push(root);
    steps.reverse();
    steps
}

/// What a description (`type`, `name`, `label` …) says about the value beside it.
pub(crate) fn described(judge: &Judge<'_>, description: &str) -> Facts {
    const BYTES_MAX: usize = 120;
    const WORDS_MAX: usize = 6;
    let digits = description.bytes().filter(u8::is_ascii_digit).count();
    if description.len() > BYTES_MAX || digits >= 6 || description.split_whitespace().count() > WORDS_MAX {
        return Facts::default();
    }
    let facts = judge.facts(description);
    if facts.cue.is_none() && is_one_box_of_a_code(description) {
        return Facts::announcing(keys::What::AuthCode, true);
    }
    Facts { cue: facts.cue, ..Facts::default() }
}

/// `Digit 3 of 6`, `code-1`: the boxes of a code that is entered sign by sign.
fn is_one_box_of_a_code(description: &str) -> bool {
    let lower = description.to_ascii_lowercase();
    let has_number = lower.bytes().any(|byte| byte.is_ascii_digit());
    has_number
        && (lower.starts_with("digit ")
            || lower.starts_with("character ") && lower.contains(" of ")
            || lower.contains("digit") && lower.contains(" of "))
}

/// Types of fields that say everything, even where no `value` stands beside them.
fn is_telling_type(raw: &str) -> bool {
    matches!(raw, "password" | "new-password" | "current-password" | "one-time-code" | "cc-number" | "cc-csc")
}

/// The first test for keys: most are short words.
fn key_could_hold(node: &Node) -> bool {
    let length = node.key.len();
    let shape = node.key_shape;
    shape.has(AT | ESCAPE) || shape.digits >= 7 || length >= 16 && (shape.has(UPPER | DIGIT) || length >= 40)
}
