//! Judging one screened event: one pass over the text of its properties or traits.

use model::{EventRecord, Kind as Call};

use crate::compile::{Check, Compiled, Member, Members, WORDS};
use crate::document::{Mode, Scalar, Type};
use crate::scan::{self, Kind, Value, decoded, has_mark, is_mark};
use crate::violation::{Rule, Verdict};

/// The longest name of an unplanned property that is told; the rest is cut.
const STEP_CHARS_MAX: usize = 64;
/// How many elements of an array are looked into.
const ITEMS_MAX: usize = 1_000;

impl Compiled {
    /// How the event departs from the plan.
    pub fn check(&self, event: &EventRecord) -> Verdict {
        let mut verdict = Verdict::default();
        let Some(rules) = self.rules(event.kind, &event.name) else {
            if event.kind == Call::Track
                && let Some(mode) = self.unplanned_events
            {
                verdict.add(String::new, Rule::UnplannedEvent, mode);
            }
            return verdict;
        };
        let is_traits = matches!(event.kind, Call::Identify | Call::Group);
        let text = if is_traits { &event.traits } else { &event.properties };
        let judge = Judge { mode: rules.mode, unplanned: rules.unplanned, is_traits };
        judge.members(&rules.members, text, &Path::ROOT, &mut verdict);
        verdict
    }
}

/// What holds for the whole event.
struct Judge {
    mode: Mode,
    unplanned: Option<Mode>,
    /// Traits may hold operations (`$set_once` …), whose members are the traits.
    is_traits: bool,
}

/// Where a value stands; written out only for a violation.
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: &'a str,
}

impl Path<'_> {
    const ROOT: Path<'static> = Path { above: None, step: "" };

    fn text(&self) -> String {
        let Some(above) = self.above else { return String::new() };
        let mut text = above.text();
        if self.step == "[]" {
            text.push_str("[]");
            return text;
        }
        if !text.is_empty() {
            text.push('.');
        }
        text.extend(self.step.chars().take(STEP_CHARS_MAX));
        text
    }
}

impl Judge {
    fn members(&self, planned: &Members, text: &str, path: &Path<'_>, verdict: &mut Verdict) {
        let mut missing = planned.required;
        for (key, value) in scan::Members::of(text) {
            let key = decoded(key);
            let path = Path { above: Some(path), step: &key };
            if let Some((place, member)) = planned.find(&key) {
                self.planned(member, value, &path, verdict);
                if value.kind != Kind::Null {
                    strike(&mut missing, place);
                }
            } else if self.is_traits && key.starts_with('$') && value.kind == Kind::Object {
                self.operation(planned, &key, value, verdict);
            } else if let Some(mode) = self.unplanned {
                verdict.add(|| path.text(), Rule::UnplannedProperty, mode);
            }
        }
        for (word, bits) in missing.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let place = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Some(member) = planned.list.get(place) {
                    let path = Path { above: Some(path), step: &member.name };
                    verdict.add(|| path.text(), Rule::Missing, self.mode);
                }
            }
        }
    }

    /// `$set_once {…}` and the like: the traits in it are judged, none is missed.
    fn operation(&self, planned: &Members, operation: &str, value: Value<'_>, verdict: &mut Verdict) {
        // What is added to or taken from a trait is of another type than the trait.
        let is_whole = matches!(operation, "$set_once" | "$set");
        for (key, value) in scan::Members::of(value.raw) {
            let key = decoded(key);
            let path = Path { above: Some(&Path::ROOT), step: &key };
            match planned.find(&key) {
                Some((_, member)) if is_whole => self.planned(member, value, &path, verdict),
                Some(_) => {}
                None => {
                    if let Some(mode) = self.unplanned {
                        verdict.add(|| path.text(), Rule::UnplannedProperty, mode);
                    }
                }
            }
        }
    }

    fn planned(&self, member: &Member, value: Value<'_>, path: &Path<'_>, verdict: &mut Verdict) {
        // A null is as good as absent, as in the dialects.
        if value.kind != Kind::Null {
            self.value(&member.check, value, path, verdict);
        }
    }

    fn value(&self, check: &Check, value: Value<'_>, path: &Path<'_>, verdict: &mut Verdict) {
        if check.never_marked && has_mark(value.raw) {
            verdict.add(|| path.text(), Rule::Classification, self.mode);
        }
        // In the place of a whole value a mark says that there was one; more cannot be known.
        if value.kind == Kind::String && is_mark(value.raw) {
            return;
        }
        if let Some(rule) = broken(check, value) {
            verdict.add(|| path.text(), rule, self.mode);
            return;
        }
        if let Some(items) = &check.items
            && value.kind == Kind::Array
        {
            let path = Path { above: Some(path), step: "[]" };
            for (_, item) in scan::Members::of(value.raw).take(ITEMS_MAX) {
                self.value(items, item, &path, verdict);
            }
        }
        if let Some(members) = &check.members
            && value.kind == Kind::Object
        {
            self.members(members, value.raw, path, verdict);
        }
    }
}

fn strike(missing: &mut [u64; WORDS], place: usize) {
    if let Some(word) = missing.get_mut(place / 64) {
        *word &= !(1 << (place % 64));
    }
}

/// The first rule that the value itself breaks.
fn broken(check: &Check, value: Value<'_>) -> Option<Rule> {
    if !is_of(check.kind, value) {
        return Some(Rule::Type);
    }
    if !check.one_of.is_empty() && !check.one_of.iter().any(|scalar| equals(scalar, value)) {
        return Some(Rule::Enum);
    }
    match check.kind {
        Type::String => {
            let has_bounds = check.min_length > 0 || check.max_length < usize::MAX;
            if !has_bounds && check.pattern.is_none() {
                return None;
            }
            let text = decoded(value.raw);
            let chars = if has_bounds { text.chars().count() } else { 0 };
            if has_bounds && !(check.min_length..=check.max_length).contains(&chars) {
                return Some(Rule::Length);
            }
            let misses = check.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text));
            misses.then_some(Rule::Pattern)
        }
        Type::Array if check.min_length > 0 || check.max_length < usize::MAX => {
            let count = scan::Members::of(value.raw).count();
            (!(check.min_length..=check.max_length).contains(&count)).then_some(Rule::Length)
        }
        Type::Integer | Type::Number
            if check.minimum > f64::NEG_INFINITY || check.maximum < f64::INFINITY =>
        {
            let number: f64 = value.raw.parse().ok()?;
            (!(check.minimum..=check.maximum).contains(&number)).then_some(Rule::Range)
        }
        _ => None,
    }
}

fn is_of(kind: Type, value: Value<'_>) -> bool {
    match kind {
        Type::Any => true,
        Type::String => value.kind == Kind::String,
        Type::Number => value.kind == Kind::Number,
        Type::Integer => value.kind == Kind::Number && is_whole(value.raw),
        Type::Boolean => value.kind == Kind::Boolean,
        Type::Object => value.kind == Kind::Object,
        Type::Array => value.kind == Kind::Array,
        Type::DateTime => value.kind == Kind::String && crate::instant::is_instant(&decoded(value.raw)),
    }
}

/// `3`, and `3.0` and `3e2`, which are the same in JSON.
fn is_whole(raw: &str) -> bool {
    raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        || raw.parse::<f64>().is_ok_and(|number| number.fract() == 0.0)
}

fn equals(scalar: &Scalar, value: Value<'_>) -> bool {
    match scalar {
        Scalar::Text(text) => value.kind == Kind::String && *text == decoded(value.raw),
        Scalar::Number(number) => {
            value.kind == Kind::Number && value.raw.parse::<f64>().is_ok_and(|found| found == *number)
        }
        Scalar::Boolean(truth) => value.kind == Kind::Boolean && (value.raw == "true") == *truth,
    }
}
