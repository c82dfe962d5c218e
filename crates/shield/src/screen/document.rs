//! `properties`, `traits` and `context`: the same judgement, different ends for personal values.

use std::borrow::Cow;
use std::net::IpAddr;

use model::{Class, Kind as EventKind, SealedValue};

use super::Screening;
use super::marks::{removed, sealed};
use crate::find::{Hit, mask, rank};
use crate::json::{self, Budget, Kind, Node};
use crate::judge::{Judge, Value};
use crate::keys;
use crate::refusal::{Refusal, RefusalReason};
use crate::rewrite::{Edits, drop_members, encoded, marked};
use crate::walk::{Place, names, walk};

/// Which part of the event a document is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Section {
    Properties,
    /// Personal values go to the vault. A group's name and address are no person's.
    Traits(EventKind),
    Context,
}

impl Section {
    fn field(self) -> &'static str {
        match self {
            Self::Properties => "properties",
            Self::Traits(_) => "traits",
            Self::Context => "context",
        }
    }
}

/// A document being screened.
struct Document<'t> {
    text: &'t str,
    tape: &'t [Node],
    section: Section,
    /// Keys that were replaced, by node.
    keys: Vec<(usize, String)>,
    edits: Edits,
}

impl Screening<'_> {
    /// Screens a document and gives what may be kept of it.
    pub(super) fn document(
        &mut self,
        text: &str,
        section: Section,
        budget: &mut Budget,
    ) -> Result<String, Refusal> {
        if text == "{}" {
            return Ok(text.to_owned());
        }
        json::with_tape(|tape| self.read_document(text, section, budget, tape))
    }

    fn read_document(
        &mut self,
        text: &str,
        section: Section,
        budget: &mut Budget,
        tape: &mut Vec<Node>,
    ) -> Result<String, Refusal> {
        let field = section.field();
        json::read(text, budget, tape).map_err(|reason| Refusal { reason, field })?;
        let tape: &[Node] = tape;
        if tape.first().is_none_or(|root| root.kind != Kind::Object) {
            return Err(Refusal { reason: RefusalReason::NotAnObject, field });
        }
        let mut document = Document { text, tape, section, keys: Vec::new(), edits: Edits::default() };
        let mut names = names(&self.judge, text, tape, keys::Facts::default(), Some(field));
        // A reserved trait goes to the vault whatever it looks like.
        names.passes_small &= !matches!(section, Section::Traits(_));
        let dropped = document.internet_addresses(&names.internet);
        let reserved = document.reserved(&self.judge);
        walk(text, tape, &names, &mut |place, node| {
            if dropped.iter().any(|number| place.node == *number || is_within(tape, place.node, *number)) {
                return;
            }
            if place.is_key {
                self.key(place, &mut document);
            } else {
                let trait_class = reserved.get(place.node).copied().flatten();
                self.value(place, node, trait_class, &mut document);
            }
        });
        drop_members(tape, &dropped, &mut document.edits);
        Ok(document.edits.apply(text))
    }

    fn key(&mut self, place: &Place<'_>, document: &mut Document<'_>) {
        let decoded = json::decode(place.raw);
        self.judge.judge(&Value::nameless(&decoded), &mut self.hits);
        if self.hits.is_empty() {
            return;
        }
        let hits = std::mem::take(&mut self.hits);
        let shown = marked(&decoded, &hits, &mut |hit, found| self.marks.of(hit, found));
        document.edits.replace(place.at.clone(), encoded(&shown));
        document.keys.push((place.node, shown));
        for hit in &hits {
            let path = document.path(place.node);
            self.note(path, hit);
        }
    }

    fn value(
        &mut self,
        place: &Place<'_>,
        node: &Node,
        trait_class: Option<Class>,
        document: &mut Document<'_>,
    ) {
        let decoded = place.decoded();
        self.judge.judge(&place.read(&decoded), &mut self.hits);
        if self.hits.is_empty() && trait_class.is_none() {
            // Half a surrogate pair is no text; what was decoded is written instead.
            if matches!(decoded, Cow::Owned(_)) && has_surrogates(place.raw) {
                document.edits.replace(place.at.clone(), encoded(&decoded));
            }
            return;
        }
        let hits = std::mem::take(&mut self.hits);
        let replacement = match document.section {
            Section::Traits(_) => self.trait_value(&decoded, &hits, trait_class, place.node, document),
            Section::Properties | Section::Context => {
                Some(marked(&decoded, &hits, &mut |hit, found| self.marks.of(hit, found)))
            }
        };
        for hit in &hits {
            let path = document.path(place.node);
            self.note(path, hit);
        }
        if let Some(replacement) = replacement {
            document.edits.replace(node.whole(), format!("\"{}\"", encoded(&replacement)));
        }
    }

    /// A trait: secrets leave, and if anything personal remains the value goes to the vault whole.
    fn trait_value(
        &mut self,
        decoded: &str,
        hits: &[Hit],
        trait_class: Option<Class>,
        node: usize,
        document: &Document<'_>,
    ) -> Option<String> {
        let (secrets, personal): (Vec<Hit>, Vec<Hit>) = hits.iter().cloned().partition(|hit| hit.removes);
        let without_secrets = marked(decoded, &secrets, &mut |hit, _| removed(hit.class));
        let found = personal.iter().map(|hit| hit.class).max_by_key(|class| rank(*class));
        let is_all_removed = secrets.iter().any(|hit| hit.span.is_none());
        let class =
            if is_all_removed || mask::is_masked(&without_secrets) { None } else { trait_class.or(found) };
        let Some(class) = class else {
            return (!secrets.is_empty()).then_some(without_secrets);
        };
        self.sealed.push(SealedValue { name: document.trait_name(node), class, value: without_secrets });
        if personal.is_empty() {
            let path = document.path(node);
            self.note(path, &Hit::whole(class, "trait.reserved"));
        }
        Some(sealed(class))
    }
}

impl Document<'_> {
    /// Members that hold internet addresses: all that are named so in the context, elsewhere those
    /// whose value is one.
    fn internet_addresses(&self, named: &[usize]) -> Vec<usize> {
        let is_address = |number: &usize| {
            let node = self.tape.get(*number);
            let value = node.and_then(|node| self.text.get(node.value.clone())).unwrap_or_default();
            value.split(',').all(|part| part.trim().parse::<IpAddr>().is_ok())
        };
        named
            .iter()
            .copied()
            .filter(|number| self.section == Section::Context || is_address(number))
            .collect()
    }

    fn key_text(&self, node: &Node) -> Cow<'_, str> {
        json::decode(self.text.get(node.key.clone()).unwrap_or_default())
    }

    /// For each node the reserved trait it belongs to, by its own name or a container's.
    fn reserved(&self, judge: &Judge<'_>) -> Vec<Option<Class>> {
        let Section::Traits(kind) = self.section else { return Vec::new() };
        let mut reserved: Vec<Option<Class>> = Vec::with_capacity(self.tape.len());
        for (number, node) in self.tape.iter().enumerate() {
            let outer = if number == 0 { None } else { reserved.get(node.parent).copied().flatten() };
            let own = outer
                .or_else(|| self.reserved_name(node, judge))
                .filter(|class| kind != EventKind::Group || !matches!(class, Class::Name | Class::Address));
            reserved.push(own);
        }
        reserved
    }

    fn reserved_name(&self, node: &Node, judge: &Judge<'_>) -> Option<Class> {
        if !node.is_member {
            return None;
        }
        let key = self.key_text(node);
        // `address.city` as one flat key belongs to the address.
        let first = key.split('.').next().unwrap_or_default();
        let class = judge.facts(&key).reserved.or_else(|| {
            judge.facts(first).reserved.filter(|class| *class == Class::Address && first.len() < key.len())
        })?;
        // The `name` of a company or a plan inside the traits is no person's.
        let is_bare_name = class == Class::Name && !key.contains([' ', '_', '-']) && key.len() <= 6;
        let container = self.tape.get(node.parent)?;
        let is_persons = node.parent == 0
            || matches!(
                self.key_text(container).to_ascii_lowercase().as_str(),
                "user" | "profile" | "person" | "customer" | "contact" | "owner"
            );
        (!is_bare_name || is_persons).then_some(class)
    }

    /// `properties.payment.card`, elements as `[]`; replaced keys as their marks.
    fn path(&self, node: usize) -> String {
        const STEP_CHARS_MAX: usize = 64;
        let mut path = self.section.field().to_owned();
        for number in self.line(node) {
            let Some(step) = self.tape.get(number) else { continue };
            if !step.is_member {
                path.push_str("[]");
                continue;
            }
            path.push('.');
            match self.keys.iter().find(|(replaced, _)| *replaced == number) {
                Some((_, shown)) => path.push_str(shown),
                None => path.extend(self.key_text(step).chars().take(STEP_CHARS_MAX)),
            }
        }
        path
    }

    /// The trait's name for the vault: `address.street`, `emails.0`.
    fn trait_name(&self, node: usize) -> String {
        let steps = self.line(node).into_iter().filter_map(|number| {
            let step = self.tape.get(number)?;
            if !step.is_member {
                return Some(self.place_among(number, step).to_string());
            }
            let replaced = self.keys.iter().find(|(replaced, _)| *replaced == number);
            Some(replaced.map_or_else(|| self.key_text(step).into_owned(), |(_, shown)| shown.clone()))
        });
        steps.collect::<Vec<_>>().join(".")
    }

    /// The nodes from the root's member down to this one.
    fn line(&self, node: usize) -> Vec<usize> {
        let mut line = Vec::new();
        let mut number = node;
        while number != 0
            && let Some(step) = self.tape.get(number)
        {
            line.push(number);
            number = step.parent;
        }
        line.reverse();
        line
    }

    fn place_among(&self, number: usize, step: &Node) -> usize {
        let (mut place, mut at) = (0, step.parent + 1);
        while at < number
            && let Some(sibling) = self.tape.get(at)
        {
            place += 1;
            at = sibling.end;
        }
        place
    }
}

fn is_within(tape: &[Node], node: usize, container: usize) -> bool {
    tape.get(container).is_some_and(|outer| container < node && node < outer.end)
}

fn has_surrogates(raw: &str) -> bool {
    raw.as_bytes()
        .windows(4)
        .any(|four| four.starts_with(b"\\u") && matches!(four[2], b'd' | b'D') && four[3] >= b'8')
}
