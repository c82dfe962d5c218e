//! A single value with its surroundings, judged exactly as inside an event.

use model::Class;

use crate::case::Case;
use crate::find::{Hit, rank};
use crate::json::{self, Budget, Kind};
use crate::judge::{Judge, Value};
use crate::keys::Facts;
use crate::walk::described;

/// What kind of value a case holds: the most dangerous class found in it.
pub(crate) fn classify(judge: &Judge<'_>, case: &Case<'_>) -> Option<Class> {
    let text = case.value.get();
    let mut tape = Vec::new();
    json::read(text, &mut Budget::default(), &mut tape).ok()?;
    let root = tape.first()?;
    let raw = text.get(root.value.clone())?;
    let decoded = json::decode(raw);
    let outer = container(judge, &case.path, &case.key);
    let own = judge.facts(&case.key);
    let placed = judge.custom().map_or(0, |custom| custom.path(u64::MAX, &steps(&case.path, &case.key)));
    let facts = Facts { custom: own.custom | outer.custom | placed, ..own.within(outer) };
    let mut value = Value { facts, beside: beside(judge, case), ..Value::nameless(&decoded) };
    let mut hits: Vec<Hit> = Vec::new();
    match root.kind {
        Kind::Word => return None,
        Kind::Number => value.is_number = true,
        Kind::String | Kind::Object | Kind::Array => {}
    }
    judge.judge(&value, &mut hits);
    hits.iter().map(|hit| hit.class).max_by_key(|class| rank(*class))
}

/// What the names above the value say.
fn container(judge: &Judge<'_>, path: &str, key: &str) -> Facts {
    let above = path.strip_suffix(key).unwrap_or_default();
    above.split(['.', '[', ']']).filter(|name| !name.is_empty()).fold(Facts::default(), |outer, name| {
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            outer
        } else {
            let own = judge.facts(name);
            Facts { custom: own.custom | outer.custom, ..own.within(outer) }
        }
    })
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
    let mut tape = Vec::new();
    if json::read(sib.get(), &mut Budget::default(), &mut tape).is_err() {
        return Facts::default();
    }
    let said = tape
        .iter()
        .filter(|node| node.is_member && node.kind == Kind::String)
        .map(|node| described(judge, &json::decode(sib.get().get(node.value.clone()).unwrap_or_default())));
    said.filter(|facts| facts.cue.is_some())
        .min_by_key(|facts| !facts.cue.is_some_and(|cue| cue.strong))
        .unwrap_or_default()
}
