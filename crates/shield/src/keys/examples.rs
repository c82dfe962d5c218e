//! The examples in `rules/keys.txt`: every section has names that it must be said of and names it must not.

use super::lexicon::{Role, meaning};
use super::{Lexicon, derive};
use crate::fold::Folded;

/// Whether what a section is for is said of a name, by all rules together.
fn is_said(role: Role, name: &str, lexicon: &Lexicon) -> bool {
    let facts = derive(name, lexicon);
    let mut found = Vec::new();
    lexicon.find(&Folded::of(name), &mut found);
    let is_found = found.iter().any(|entry| entry.role == role);
    match role {
        Role::Cue(cue) => [facts.cue, facts.second].into_iter().flatten().any(|said| said.what == cue.what),
        // What makes harmless: its word stands there, and nothing is announced.
        Role::BenignPhrase | Role::BenignHead | Role::BenignLead | Role::CodeAbout => {
            is_found && facts.cue.is_none()
        }
        Role::Bits(_) | Role::Reserved(_) => is_found,
    }
}

/// What is wrong with a file of rules, by section.
fn wrong(rules: &str) -> Vec<String> {
    let lexicon = Lexicon::builtin();
    let mut found = Vec::new();
    let mut sections: Vec<(&str, usize, usize)> = Vec::new();
    for line in rules.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push((name, 0, 0));
            continue;
        }
        let Some((section, yes, no)) = sections.last_mut() else { continue };
        let example = line.strip_prefix("yes:").map(|name| (name.trim(), true));
        let Some((name, wanted)) =
            example.or_else(|| line.strip_prefix("no:").map(|name| (name.trim(), false)))
        else {
            continue;
        };
        *if wanted { yes } else { no } += 1;
        match meaning(section) {
            Some((role, _)) if is_said(role, name, &lexicon) == wanted => {}
            Some(_) => found.push(format!("[{section}] {name}: wanted {wanted}")),
            None => found.push(format!("[{section}] is no section")),
        }
    }
    let without = sections.iter().filter(|(_, yes, no)| *yes == 0 || *no == 0);
    found.extend(without.map(|(section, ..)| format!("[{section}] lacks examples")));
    found
}

#[test]
fn every_section_has_examples_and_they_hold() {
    assert_eq!(wrong(include_str!("../../rules/keys.txt")), Vec::<String>::new());
}

#[test]
fn a_section_without_examples_or_with_wrong_ones_is_refused() {
    assert_eq!(wrong("[password word]\npwd"), ["[password word] lacks examples"]);
    assert_eq!(
        wrong("[password word]\nyes: plan\nno: new_pwd\npwd"),
        ["[password word] plan: wanted true", "[password word] new_pwd: wanted false"]
    );
}
