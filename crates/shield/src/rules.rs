//! Rules of a workspace beside those that come with the product: what else must leave or be sealed, and
//! where a built-in guess is wrong.
//!
//! A rule says *where* (words of names, paths; either is enough) and, if it likes, *what* (shapes of text,
//! [`pattern`]); with both, both must hold. Everything below a named container belongs to it. Rules are
//! checked when they are compiled, so that a set that was accepted works; compiling takes well under ten
//! milliseconds and matching a time linear in the text, whatever the rules.

mod compiled;
mod paths;
mod pattern;

use model::{Class, Sensitivity};
use serde::{Deserialize, Serialize};

pub(crate) use compiled::Custom;

/// The most rules of one workspace.
pub const RULES_MAX: usize = 64;
/// The most words, paths, patterns or events of one rule.
pub const ENTRIES_MAX: usize = 32;
/// The longest name, word, path, pattern or event of a rule, in bytes.
pub const ENTRY_BYTES_MAX: usize = 128;

/// The rules of one workspace.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomRules {
    /// In any order; removing comes before sealing, an exception never undoes another rule.
    pub rules: Vec<CustomRule>,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomRule {
    /// What findings call it, as `custom:<name>`: small letters, digits, `-` and `_`.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// The class of what is found; wanted unless the action is `allow`, where it limits the exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Words of property names: `badge number` finds `badgeNumber`, `employee_badge_number`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Paths: `properties.order.note`; `*` is one step, `**` any number of steps. Lists are not counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Shapes of text: `#` a digit, `@` a letter, `?` either, `*` any signs but space, `{3}` or `{3,5}` times
    /// what stands before, `\` takes the next sign as it is. Case does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Names of events the rule is for, with `*` for any signs; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

/// What a rule does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The value is kept nowhere.
    Remove,
    /// The value becomes a mark with a keyed hash; in traits it goes to the vault.
    Seal,
    /// What the built-in rules only guess is let through. Certain secrets (tokens of known form, private
    /// keys, passwords in addresses, card numbers with separators) are not.
    Allow,
}

/// Why rules were not accepted: which rule, which field, what is wrong and what to do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("rules[{index}].{field}: {problem}; {fix}")]
pub struct RulesError {
    /// The rule's place, from 0.
    pub index: usize,
    /// The field: `name`, `class`, `keys[2]` …
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl RulesError {
    fn new(index: usize, field: impl Into<String>, problem: &'static str, fix: &'static str) -> Self {
        Self { index, field: field.into(), problem, fix }
    }
}

impl CustomRules {
    /// Checks all rules.
    ///
    /// # Errors
    /// The first thing wrong, with its fix.
    pub fn check(&self) -> Result<(), RulesError> {
        Custom::compile(self).map(drop)
    }
}

/// Checks what needs no compiling.
fn check(index: usize, rule: &CustomRule, before: &[CustomRule]) -> Result<(), RulesError> {
    let wrong = |field: &str, problem, fix| Err(RulesError::new(index, field, problem, fix));
    let is_name = !rule.name.is_empty()
        && rule.name.len() <= 64
        && rule.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !is_name {
        return wrong(
            "name",
            "a name has 1 to 64 small letters, digits, - and _",
            "write it like employee-badge",
        );
    }
    if before.iter().any(|other| other.name == rule.name) {
        return wrong("name", "another rule has this name", "choose a name of its own");
    }
    for (field, entries) in
        [("keys", &rule.keys), ("paths", &rule.paths), ("patterns", &rule.patterns), ("events", &rule.events)]
    {
        if entries.len() > ENTRIES_MAX {
            return wrong(field, "there are more than 32 entries", "split the rule");
        }
        for (at, entry) in entries.iter().enumerate() {
            if entry.trim().is_empty() || entry.len() > ENTRY_BYTES_MAX {
                let field = format!("{field}[{at}]");
                return wrong(&field, "an entry has 1 to 128 bytes", "shorten it or leave it out");
            }
        }
    }
    let has_place = !rule.keys.is_empty() || !rule.paths.is_empty();
    match (rule.action, rule.class) {
        (Action::Allow, _) if !has_place => {
            wrong("paths", "an exception needs a place", "name a path such as properties.order.note")
        }
        (Action::Allow, _) => Ok(()),
        (_, None) => wrong("class", "the class of what is found is missing", "add one, such as personal"),
        (Action::Seal, Some(class)) if class.sensitivity() == Sensitivity::Secret => {
            wrong("action", "secrets are removed, never sealed", "set the action to remove")
        }
        _ if !has_place && rule.patterns.is_empty() => {
            wrong("keys", "the rule says neither where nor what", "add keys, paths or patterns")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> CustomRules {
        serde_json::from_str(&format!("{{\"rules\":[{json}]}}")).expect("readable")
    }

    #[test]
    fn what_is_wrong_is_named_with_its_fix() {
        for (json, shown) in [
            (r#"{"name":"A B","action":"remove"}"#, "rules[0].name:"),
            (r#"{"name":"a","action":"remove","keys":["x y"]}"#, "rules[0].class:"),
            (r#"{"name":"a","action":"seal","class":"password","keys":["x y"]}"#, "rules[0].action:"),
            (r#"{"name":"a","action":"remove","class":"personal"}"#, "rules[0].keys:"),
            (r#"{"name":"a","action":"allow","patterns":["AB##"]}"#, "rules[0].paths:"),
            (r#"{"name":"a","action":"remove","class":"personal","keys":[""]}"#, "rules[0].keys[0]:"),
            (r#"{"name":"a","action":"remove","class":"personal","keys":["--"]}"#, "rules[0].keys[0]:"),
            (
                r#"{"name":"a","action":"remove","class":"personal","patterns":["@@@@@@"]}"#,
                "rules[0].patterns[0]:",
            ),
            (
                r#"{"name":"a","action":"remove","class":"personal","patterns":["AB#{99}"]}"#,
                "rules[0].patterns[0]:",
            ),
            (r#"{"name":"a","action":"remove","class":"personal","paths":["note"]}"#, "rules[0].paths[0]:"),
        ] {
            let error = rule(json).check().expect_err(json);
            assert!(error.to_string().starts_with(shown), "{json}: {error}");
            assert!(!error.fix.is_empty());
        }
    }

    #[test]
    fn good_rules_are_taken() {
        for json in [
            r#"{"name":"badge","action":"seal","class":"personal","keys":["badge number"],"patterns":["EMP-#{4,6}"]}"#,
            r#"{"name":"legacy","action":"remove","class":"api_key","patterns":["acme_?{20}"],"events":["Order *"]}"#,
            r#"{"name":"pass-name","action":"allow","class":"password","paths":["properties.ticket.pass"]}"#,
            r#"{"name":"all-below","action":"remove","class":"personal","paths":["properties.**.internal","context.*.x"]}"#,
        ] {
            rule(json).check().expect(json);
        }
    }
}
