//! A single value with its surroundings, judged exactly as inside an event.

use std::borrow::Cow;

use model::Class;

use crate::case::Case;
use crate::find::{Hit, rank};
use crate::json::{self, Budget, Kind};
use crate::judge::{Judge, Value};
use crate::keys::{self, Facts};
use crate::shape::{ESCAPE, Shape};
use crate::walk::described;

/// What kind of value a case holds: the most dangerous class found in it.
pub(crate) fn classify(judge: &Judge<'_>, case: &Case<'_>) -> Option<Class> {
    let text = case.value.get();
    let json::Node { kind, value: at, shape, .. } = json::scalar(text).or_else(|| {
        json::with_tape(|tape| {
            json::read(text, &mut Budget::default(), tape).ok()?;
            tape.first().cloned()
        })
    })?;
    let raw = text.get(at)?;
    let decoded = if shape.has(ESCAPE) { json::decode(raw) } else { Cow::Borrowed(raw) };
    let outer = container(judge, &case.path, &case.key);
    let own = judge.facts(&case.key);
    let placed = judge.custom().map_or(0, |custom| custom.path(u64::MAX, &steps(&case.path, &case.key)));
    let facts = Facts { custom: own.custom | outer.custom | placed, ..own.within(outer) };
    let shape = match kind {
        Kind::Word => return None,
        Kind::String if !shape.has(ESCAPE) => shape,
        Kind::String | Kind::Number | Kind::Object | Kind::Array => Shape::of(&decoded),
    };
    let value = Value {
        text: &decoded,
        shape,
        is_number: kind == Kind::Number,
        facts,
        beside: beside(judge, case),
        is_identifier: false,
    };
    let mut hits: Vec<Hit> = Vec::new();
    judge.judge(&value, &mut hits);
    hits.iter().map(|hit| hit.class).max_by_key(|class| rank(*class))
}

/// What the names above the value say.
fn container(judge: &Judge<'_>, path: &str, key: &str) -> Facts {
    let above = path.strip_suffix(key).unwrap_or_default();
    if judge.custom().is_some() {
        return above_all(judge, above);
    }
    keys::of_path(above, || above_all(judge, above))
}

fn above_all(judge: &Judge<'_>, above: &str) -> Facts {
    let mut outer = Facts::default();
    let mut from = 0;
    for (end, byte) in above.bytes().chain([b'.']).enumerate() {
        if !matches!(byte, b'.' | b'[' | b']') {
            continue;
        }
        let name = above.get(from..end).unwrap_or_default();
        from = end + 1;
        if !name.bytes().all(|byte| byte.is_ascii_digit()) {
            let own = judge.facts(name);
            outer = Facts { custom: own.custom | outer.custom, ..own.within(outer) };
        }
    }
    outer
}

/// The path's steps without places in lists; the key, which may hold dots, is one.
fn steps<'a>(path: &'a str, key: &'a str) -> Vec<&'a str> {
    let above = path.strip_suffix(key).unwrap_or(path).split('.');
    let names = above.map(|step| step.split('[').next().unwrap_or_default());
    names.filter(|name| !name.is_empty()).chain([key]).collect()
}

/// What the fields beside the value say.
fn beside(judge: &Judge<'_>, case: &Case<'_>) -> Facts {
    let Some(sib) = case.sib else { return Facts::default() };
    let sib = sib.get();
    json::with_tape(|tape| {
        if json::read(sib, &mut Budget::default(), tape).is_err() {
            return Facts::default();
        }
        let said = tape
            .iter()
            .filter(|node| node.is_member && node.kind == Kind::String)
            .map(|node| described(judge, &json::decode(sib.get(node.value.clone()).unwrap_or_default())));
        said.filter(|facts| facts.cue.is_some())
            .min_by_key(|facts| !facts.cue.is_some_and(|cue| cue.strong))
            .unwrap_or_default()
    })
}
