//! What a workspace's tracking plan declares of members: that their values are secret or personal, whatever they look
//! like.
//!
//! A secret is removed whole, objects and lists too, before the rules look. Of what is personal every value that the
//! rules left standing leaves after them, so that an address keeps its class: in traits it goes to the vault,
//! elsewhere a mark with a keyed hash stays.

use std::borrow::Cow;

use hashbrown::HashMap;
use model::{Class, Event, Finding, Kind as Call, SealedValue, Sensitivity};

use crate::Shield;
use crate::clean::Clean;
use crate::find::mask::is_mark;
use crate::json::{self, Budget, Kind, Node};
use crate::refusal::Refusal;
use crate::rewrite::{Edits, encoded};

/// The most findings kept of one event, as in the screening itself.
const FINDINGS_MAX: usize = 256;

/// The members of one event of which something is declared, by their paths.
#[derive(Clone, Default, Debug)]
pub struct Declared {
    own: Option<Sensitivity>,
    below: HashMap<String, Declared, foldhash::fast::RandomState>,
}

/// What came of a document: its text, and what left it.
#[derive(Default)]
struct Taken {
    edits: Edits,
    sealed: Vec<SealedValue>,
    findings: Vec<Finding>,
}

/// A document on its way.
struct Document<'a> {
    field: &'static str,
    sensitivity: Sensitivity,
    text: &'a str,
    tape: Vec<Node>,
    keyed_hash: &'a dyn Fn(&str) -> String,
}

impl Declared {
    /// Adds a member by its path; lists are stepped over.
    pub fn add<'p>(&mut self, path: impl IntoIterator<Item = &'p str>, sensitivity: Sensitivity) {
        let mut place = self;
        for step in path {
            place = place.below.entry_ref(step).or_default();
        }
        place.own = Some(sensitivity);
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.own.is_none() && self.below.is_empty()
    }
}

impl Shield {
    /// As [`Shield::screen`], for an event of which something is declared: of its traits if it is an `identify` or a
    /// `group`, of its properties otherwise.
    ///
    /// # Errors
    /// As [`Shield::screen`].
    pub fn screen_declared(
        &self,
        mut event: Event<'_>,
        keyed_hash: &dyn Fn(&str) -> String,
        declared: &Declared,
    ) -> Result<Clean, Refusal> {
        if declared.is_empty() {
            return self.screen(event, keyed_hash);
        }
        let is_traits = matches!(event.kind, Call::Identify | Call::Group);
        let field = if is_traits { "traits" } else { "properties" };
        let given = if is_traits { &mut event.traits } else { &mut event.properties };
        let removed = take(given, field, Sensitivity::Secret, (declared, keyed_hash));
        let mut findings = Vec::new();
        if let Some((text, taken)) = removed {
            *given = Cow::Owned(text);
            findings = taken.findings;
        }
        let mut record = self.screen(event, keyed_hash)?.into_record();
        let kept = if is_traits { &mut record.traits } else { &mut record.properties };
        if let Some((text, taken)) = take(kept, field, Sensitivity::Personal, (declared, keyed_hash)) {
            *kept = text;
            record.sealed.extend(taken.sealed);
            findings.extend(taken.findings);
        }
        record.findings.extend(findings);
        record.findings.truncate(FINDINGS_MAX);
        Ok(Clean::new(record))
    }
}

/// Carries out what is declared so; nothing where none of it is there.
fn take(
    text: &str,
    field: &'static str,
    sensitivity: Sensitivity,
    (declared, keyed_hash): (&Declared, &dyn Fn(&str) -> String),
) -> Option<(String, Taken)> {
    if text == "{}" {
        return None;
    }
    let mut tape = Vec::new();
    // What cannot be read is refused by the rules, with the reason.
    json::read(text, &mut Budget::default(), &mut tape).ok()?;
    let document = Document { field, sensitivity, text, tape, keyed_hash };
    let mut taken = Taken::default();
    document.walk(declared, &mut taken);
    if taken.findings.is_empty() {
        return None;
    }
    let edits = std::mem::take(&mut taken.edits);
    Some((edits.apply(text), taken))
}

impl<'a> Document<'a> {
    fn walk(&self, declared: &Declared, taken: &mut Taken) {
        // Per node what is declared at and below it, and what holds for it.
        let mut places: Vec<(Option<&Declared>, Option<Sensitivity>)> = Vec::with_capacity(self.tape.len());
        let mut skip_to = 0;
        for (number, node) in self.tape.iter().enumerate() {
            let (above, held) = match number {
                0 => (Some(declared), None),
                _ => places.get(node.parent).copied().unwrap_or_default(),
            };
            let place = if node.is_member { self.step(node, above, declared) } else { above };
            let own = place.filter(|_| node.is_member).and_then(|place| place.own);
            let held = stricter(own, held);
            places.push((place, held));
            if number < skip_to {
                continue;
            }
            match held {
                Some(held) if held != self.sensitivity => {}
                Some(Sensitivity::Secret) => {
                    skip_to = node.end;
                    self.remove(number, node, taken);
                }
                Some(Sensitivity::Personal) => self.seal(number, node, taken),
                None => {}
            }
        }
    }

    fn step<'d>(&self, node: &Node, above: Option<&'d Declared>, root: &'d Declared) -> Option<&'d Declared> {
        let key = self.key(node);
        // The operations on traits (`$set_once`) hold traits themselves.
        if self.field == "traits" && node.parent == 0 && key.starts_with('$') {
            return Some(root);
        }
        above?.below.get(key.as_ref())
    }

    fn key(&self, node: &Node) -> Cow<'a, str> {
        json::decode(self.text.get(node.key.clone()).unwrap_or_default())
    }

    fn remove(&self, number: usize, node: &Node, taken: &mut Taken) {
        let raw = self.text.get(node.value.clone()).unwrap_or_default();
        if raw == "null" {
            return;
        }
        taken.edits.replace(node.whole(), format!("\"[removed: {}]\"", Class::Secret));
        self.note(number, Class::Secret, taken);
    }

    fn seal(&self, number: usize, node: &Node, taken: &mut Taken) {
        let raw = self.text.get(node.value.clone()).unwrap_or_default();
        if matches!(node.kind, Kind::Object | Kind::Array) || raw == "null" {
            return;
        }
        let value = if node.kind == Kind::String { json::decode(raw) } else { Cow::Borrowed(raw) };
        if is_mark(&value) {
            return;
        }
        let mark = if self.field == "traits" {
            let name = self.name(number);
            taken.sealed.push(SealedValue { name, class: Class::Personal, value: value.into_owned() });
            format!("[sealed: {}]", Class::Personal)
        } else {
            let hash: String =
                (self.keyed_hash)(&value).chars().filter(char::is_ascii_alphanumeric).collect();
            format!("[sealed: {} #{hash}]", Class::Personal)
        };
        taken.edits.replace(node.whole(), format!("\"{}\"", encoded(&mark)));
        self.note(number, Class::Personal, taken);
    }

    fn note(&self, number: usize, class: Class, taken: &mut Taken) {
        let path = format!("{}{}", self.field, self.path(number));
        taken.findings.push(Finding { path, class, rule: "plan".to_owned() });
    }

    /// `.payment.card`, elements as `[]`.
    fn path(&self, number: usize) -> String {
        const STEP_CHARS_MAX: usize = 64;
        let steps = self.line(number).into_iter().map(|(_, node)| {
            if !node.is_member {
                return "[]".to_owned();
            }
            format!(".{}", self.key(node).chars().take(STEP_CHARS_MAX).collect::<String>())
        });
        steps.collect()
    }

    /// The name in the vault: `address.street`, `emails.0`.
    fn name(&self, number: usize) -> String {
        let steps = self.line(number).into_iter().map(|(number, node)| {
            if node.is_member {
                self.key(node).into_owned()
            } else {
                self.place_among(number, node).to_string()
            }
        });
        steps.collect::<Vec<_>>().join(".")
    }

    /// The nodes from the root's member down to this one.
    fn line(&self, number: usize) -> Vec<(usize, &Node)> {
        let mut line = Vec::new();
        let mut at = number;
        while at != 0
            && let Some(node) = self.tape.get(at)
        {
            line.push((at, node));
            at = node.parent;
        }
        line.reverse();
        line
    }

    fn place_among(&self, number: usize, node: &Node) -> usize {
        let (mut place, mut at) = (0, node.parent + 1);
        while at < number
            && let Some(sibling) = self.tape.get(at)
        {
            place += 1;
            at = sibling.end;
        }
        place
    }
}

/// Of what is declared of a value and of what holds it, the one that lets less remain.
fn stricter(own: Option<Sensitivity>, outer: Option<Sensitivity>) -> Option<Sensitivity> {
    if outer == Some(Sensitivity::Secret) { outer } else { own.or(outer) }
}
