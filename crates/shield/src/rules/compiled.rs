//! Rules, compiled: which of them a name, a path, an event and a text set off, as bits of one word.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use hashbrown::HashMap;
use model::Class;

use super::paths::Path;
use super::pattern::{FIXED_MIN, Pattern, Wrong};
use super::{Action, CustomRules, RULES_MAX, RulesError, check};
use crate::find::Hit;
use crate::fold::Folded;

/// The most names a thread remembers of one set, and the most sets.
const NAMES_MAX: usize = 2_048;
const SETS_MAX: usize = 16;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

type Memory = HashMap<Box<str>, NameBits, foldhash::fast::RandomState>;

thread_local! {
    /// Per set what its names say. A set that was replaced is pushed out by newer ones.
    static MEMORY: RefCell<Vec<(u64, Memory)>> = const { RefCell::new(Vec::new()) };
}

/// The rules of a workspace, compiled; bit `n` of a word is rule `n`.
pub(crate) struct Custom {
    id: u64,
    rules: Vec<Rule>,
    words: Option<AhoCorasick>,
    word_rules: Vec<u64>,
    /// Rules that hold at any place.
    everywhere: u64,
    pub allowing: u64,
    /// Rules whose paths end in a star: the last name does not tell whether they hold.
    any_last: u64,
    with_patterns: u64,
    fixed: Option<AhoCorasick>,
    fixed_rules: Vec<u64>,
}

struct Rule {
    action: Action,
    class: Option<Class>,
    shown: String,
    paths: Vec<Path>,
    patterns: Vec<Pattern>,
    events: Vec<String>,
}

/// What a name says to the rules.
#[derive(Clone, Copy, Default)]
pub(crate) struct NameBits {
    /// Rules with a word of this name.
    pub words: u64,
    /// Rules with a path that may end in it.
    pub ends: u64,
}

impl Custom {
    pub fn compile(rules: &CustomRules) -> Result<Self, RulesError> {
        if rules.rules.len() > RULES_MAX {
            return Err(RulesError::new(
                RULES_MAX,
                "name",
                "there are more than 64 rules",
                "join or drop some",
            ));
        }
        let mut compiled = Vec::with_capacity(rules.rules.len());
        let (mut words, mut word_rules): (Vec<String>, Vec<u64>) = Default::default();
        let (mut fixed, mut fixed_rules): (Vec<String>, Vec<u64>) = Default::default();
        let (mut everywhere, mut allowing, mut any_last, mut with_patterns) = (0, 0, 0, 0);
        for (index, rule) in rules.rules.iter().enumerate() {
            check(index, rule, rules.rules.get(..index).unwrap_or_default())?;
            let bit = 1_u64 << index;
            let wrong = |field: &str, at: usize, (problem, fix): Wrong| {
                RulesError::new(index, format!("{field}[{at}]"), problem, fix)
            };
            for (at, word) in rule.keys.iter().enumerate() {
                let folded = Folded::of(word).text;
                if folded.chars().count() < 2 {
                    return Err(wrong("keys", at, ("a word has at least two letters", "write a longer one")));
                }
                words.push(folded);
                word_rules.push(bit);
            }
            let mut paths = Vec::new();
            for (at, path) in rule.paths.iter().enumerate() {
                paths.push(Path::compile(path).map_err(|what| wrong("paths", at, what))?);
            }
            let has_place = !rule.keys.is_empty() || !rule.paths.is_empty();
            let mut patterns = Vec::new();
            for (at, text) in rule.patterns.iter().enumerate() {
                let pattern = Pattern::compile(text).map_err(|what| wrong("patterns", at, what))?;
                if !has_place {
                    if pattern.fixed.len() < FIXED_MIN {
                        let what = (
                            "without a place a pattern needs two fixed signs in a row",
                            "add keys or paths, or a fixed beginning",
                        );
                        return Err(wrong("patterns", at, what));
                    }
                    fixed.push(pattern.fixed.clone());
                    fixed_rules.push(bit);
                }
                patterns.push(pattern);
            }
            any_last |= if paths.iter().any(|path| path.last_name().is_none()) { bit } else { 0 };
            everywhere |= if has_place { 0 } else { bit };
            allowing |= if rule.action == Action::Allow { bit } else { 0 };
            with_patterns |= if patterns.is_empty() { 0 } else { bit };
            compiled.push(Rule {
                action: rule.action,
                class: rule.class,
                shown: format!("custom:{}", rule.name),
                paths,
                patterns,
                events: rule.events.clone(),
            });
        }
        let automaton = |patterns: &[String]| {
            (!patterns.is_empty())
                .then(|| {
                    AhoCorasickBuilder::new()
                        .match_kind(MatchKind::Standard)
                        .ascii_case_insensitive(true)
                        .build(patterns)
                        .ok()
                })
                .flatten()
        };
        Ok(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            rules: compiled,
            words: automaton(&words),
            word_rules,
            everywhere,
            allowing,
            any_last,
            with_patterns,
            fixed: automaton(&fixed),
            fixed_rules,
        })
    }

    /// What findings call a rule.
    pub fn shown(&self, rule: u8) -> &str {
        self.rules.get(usize::from(rule)).map_or("custom", |rule| rule.shown.as_str())
    }

    /// The rules for events of this name.
    pub fn for_event(&self, name: &str) -> u64 {
        let is_for = |rule: &Rule| rule.events.is_empty() || rule.events.iter().any(|glob| fits(glob, name));
        self.bits().filter(|(_, rule)| is_for(rule)).fold(0, |bits, (bit, _)| bits | bit)
    }

    fn bits(&self) -> impl Iterator<Item = (u64, &Rule)> {
        self.rules.iter().enumerate().map(|(place, rule)| (1 << place, rule))
    }

    /// What a name says, from memory if it was met before.
    pub fn name(&self, name: &str) -> NameBits {
        const NAME_BYTES_MAX: usize = 64;
        if name.len() > NAME_BYTES_MAX {
            return self.read_name(name);
        }
        MEMORY.with_borrow_mut(|memory| {
            let place = match memory.iter().position(|(id, _)| *id == self.id) {
                Some(place) => place,
                None => {
                    if memory.len() >= SETS_MAX {
                        memory.remove(0);
                    }
                    memory.push((self.id, HashMap::default()));
                    memory.len() - 1
                }
            };
            let Some((_, names)) = memory.get_mut(place) else { return self.read_name(name) };
            if let Some(bits) = names.get(name) {
                return *bits;
            }
            let bits = self.read_name(name);
            if names.len() >= NAMES_MAX {
                names.clear();
            }
            names.insert(name.into(), bits);
            bits
        })
    }

    fn read_name(&self, name: &str) -> NameBits {
        let mut bits = NameBits { words: 0, ends: self.any_last };
        if let Some(words) = &self.words {
            let folded = Folded::of(name);
            for hit in words.find_overlapping_iter(folded.text.as_str()) {
                if folded.is_border(hit.start()) && folded.is_border(hit.end()) {
                    bits.words |= self.word_rules.get(hit.pattern().as_usize()).copied().unwrap_or(0);
                }
            }
        }
        for (bit, rule) in self.bits() {
            if rule.paths.iter().any(|path| path.last_name() == Some(name)) {
                bits.ends |= bit;
            }
        }
        bits
    }

    /// Which of these rules have this path.
    pub fn path(&self, among: u64, steps: &[&str]) -> u64 {
        let held = self
            .bits()
            .filter(|(bit, rule)| among & bit != 0 && rule.paths.iter().any(|path| path.is(steps)));
        held.fold(0, |bits, (bit, _)| bits | bit)
    }

    /// Whether any rule speaks of paths.
    pub fn has_paths(&self) -> bool {
        self.rules.iter().any(|rule| !rule.paths.is_empty())
    }

    /// Whether any rule holds at every place.
    pub fn looks_everywhere(&self) -> bool {
        self.everywhere != 0
    }

    /// What the active rules whose place holds (or that hold at any place) find in a text.
    pub fn find(&self, placed: u64, active: u64, text: &str, hits: &mut Vec<Hit>) {
        let mut due = (placed | self.everywhere) & active & !self.allowing;
        if due == 0 || text.is_empty() {
            return;
        }
        let unplaced = due & self.everywhere;
        if unplaced != 0 {
            due = due & !unplaced | unplaced & self.with_fixed(text);
        }
        for (place, rule) in self.rules.iter().enumerate().filter(|(place, _)| due >> place & 1 == 1) {
            let (Some(class), Ok(number)) = (rule.class, u8::try_from(place)) else { continue };
            let hit = Hit {
                custom: Some(number),
                removes: rule.action == Action::Remove,
                ..Hit::whole(class, "custom")
            };
            if rule.patterns.is_empty() {
                hits.push(hit);
                continue;
            }
            for pattern in &rule.patterns {
                let mut from = 0;
                while let Some(at) = pattern.find(text, from) {
                    from = at.end;
                    hits.push(Hit { span: Some(at), ..hit.clone() });
                }
            }
        }
    }

    /// The rules at any place one of whose patterns could match, by the signs each match holds.
    fn with_fixed(&self, text: &str) -> u64 {
        let Some(fixed) = &self.fixed else { return 0 };
        let found = fixed.find_overlapping_iter(text);
        found.fold(0, |bits, hit| bits | self.fixed_rules.get(hit.pattern().as_usize()).copied().unwrap_or(0))
    }

    /// The exceptions that hold for a text: their classes (`None` is all), if there is one.
    pub fn allows(&self, placed: u64, active: u64, text: &str) -> Vec<Option<Class>> {
        let due = placed & active & self.allowing;
        if due == 0 {
            return Vec::new();
        }
        let holds = |bit: u64, rule: &Rule| {
            due & bit != 0
                && (self.with_patterns & bit == 0
                    || rule.patterns.iter().any(|pattern| pattern.find(text, 0).is_some()))
        };
        self.bits().filter(|(bit, rule)| holds(*bit, rule)).map(|(_, rule)| rule.class).collect()
    }
}

/// `Order *`: stars stand for any signs.
fn fits(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn events_by_glob() {
        for (glob, name, is) in [
            ("Order Completed", "Order Completed", true),
            ("Order Completed", "Order Completed 2", false),
            ("Order *", "Order Completed", true),
            ("*Completed", "Order Completed", true),
            ("*der*eted", "Order Completed", true),
            ("Order *x", "Order Completed", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(glob, name), is, "{glob} {name}");
        }
    }
}
