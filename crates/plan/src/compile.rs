//! A plan made ready to be asked about every event: names in tables, patterns compiled, required members as bits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use model::Kind;
use regex::Regex;

use crate::document::{Classification, EventPlan, Mode, PROPERTIES_MAX, Plan, Property, Scalar, Type};
use crate::read::{Invalid, pattern};

/// Words of the bit set of required members.
pub(crate) const WORDS: usize = PROPERTIES_MAX / 64;

/// A plan ready to judge.
#[derive(Debug)]
pub struct Compiled {
    name: Arc<str>,
    version: u32,
    pub(crate) unplanned_events: Option<Mode>,
    events: HashMap<Box<str>, Rules, RandomState>,
    calls: Vec<(Kind, Rules)>,
}

/// What is asked of one event.
#[derive(Debug)]
pub(crate) struct Rules {
    pub mode: Mode,
    /// What a member that is not planned leads to.
    pub unplanned: Option<Mode>,
    pub members: Members,
    /// What is declared of members, for the shield.
    declared: Vec<Declaration>,
}

/// A member of which the plan says that its values are personal or secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// Its path; an array is stepped over, so that `items.card` means that member of every element.
    pub path: Vec<String>,
    /// Whether it is a secret; personal otherwise.
    pub secret: bool,
}

/// The members of an object.
#[derive(Debug)]
pub(crate) struct Members {
    places: HashMap<Box<str>, usize, RandomState>,
    pub list: Vec<Member>,
    pub required: [u64; WORDS],
}

/// One planned member.
#[derive(Debug)]
pub(crate) struct Member {
    pub name: Box<str>,
    pub check: Check,
}

/// What is asked of one value.
#[derive(Debug)]
pub(crate) struct Check {
    pub kind: Type,
    pub one_of: Vec<Scalar>,
    pub pattern: Option<Regex>,
    pub min_length: usize,
    pub max_length: usize,
    pub minimum: f64,
    pub maximum: f64,
    pub items: Option<Box<Check>>,
    pub members: Option<Box<Members>>,
    /// Whether a value that the shield had to mark breaks what the plan says of it.
    pub never_marked: bool,
}

impl Compiled {
    /// Makes a plan that was read ready. `version` is told in violations.
    ///
    /// # Errors
    /// A pattern that does not compile; [`Plan::read`] lets none pass.
    pub fn new(plan: &Plan, version: u32) -> Result<Self, Invalid> {
        let mut events = HashMap::with_capacity_and_hasher(plan.events.len(), RandomState::default());
        for (name, event) in &plan.events {
            events.insert(Box::from(name.as_str()), rules(plan, event, name)?);
        }
        let mut calls = Vec::new();
        for (name, event) in plan.calls() {
            let Some(event) = event else { continue };
            let kind = match name {
                "identify" => Kind::Identify,
                "group" => Kind::Group,
                "page" => Kind::Page,
                _ => Kind::Screen,
            };
            calls.push((kind, rules(plan, event, name)?));
        }
        let unplanned_events = plan.unplanned_events.mode();
        Ok(Self { name: Arc::from(plan.name.as_str()), version, unplanned_events, events, calls })
    }

    /// The plan's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Which version this is.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What the plan declares personal or secret of an event of that kind and name: of its properties, or of the traits
    /// of `identify` and `group`. For the shield, before it screens.
    pub fn declared(&self, kind: Kind, event: &str) -> &[Declaration] {
        self.rules(kind, event).map_or(&[], |rules| &rules.declared)
    }

    pub(crate) fn rules(&self, kind: Kind, event: &str) -> Option<&Rules> {
        match kind {
            Kind::Track => self.events.get(event),
            kind => self.calls.iter().find(|(known, _)| *known == kind).map(|(_, rules)| rules),
        }
    }
}

impl Members {
    pub fn find(&self, name: &str) -> Option<(usize, &Member)> {
        let place = *self.places.get(name)?;
        self.list.get(place).map(|member| (place, member))
    }
}

fn rules(plan: &Plan, event: &EventPlan, name: &str) -> Result<Rules, Invalid> {
    let mut declared = Vec::new();
    declare(&event.properties, &mut Vec::new(), &mut declared);
    Ok(Rules {
        mode: event.mode.unwrap_or(plan.mode),
        unplanned: event.unplanned_properties.unwrap_or(plan.unplanned_properties).mode(),
        members: members(&event.properties, name)?,
        declared,
    })
}

fn declare(properties: &BTreeMap<String, Property>, path: &mut Vec<String>, out: &mut Vec<Declaration>) {
    for (name, property) in properties {
        path.push(name.clone());
        declare_one(property, path, out);
        path.pop();
    }
}

fn declare_one(property: &Property, path: &mut Vec<String>, out: &mut Vec<Declaration>) {
    match property.classification {
        Some(Classification::Secret) => out.push(Declaration { path: path.clone(), secret: true }),
        Some(Classification::Personal) => out.push(Declaration { path: path.clone(), secret: false }),
        Some(Classification::Public | Classification::Internal) | None => {}
    }
    declare(&property.properties, path, out);
    if let Some(items) = &property.items {
        declare_one(items, path, out);
    }
}

fn members(properties: &BTreeMap<String, Property>, within: &str) -> Result<Members, Invalid> {
    let mut out = Members {
        places: HashMap::with_capacity_and_hasher(properties.len(), RandomState::default()),
        list: Vec::with_capacity(properties.len()),
        required: [0; WORDS],
    };
    for (place, (name, property)) in properties.iter().enumerate() {
        if property.required
            && let Some(word) = out.required.get_mut(place / 64)
        {
            *word |= 1 << (place % 64);
        }
        out.places.insert(Box::from(name.as_str()), place);
        out.list.push(Member { name: Box::from(name.as_str()), check: check(property, within)? });
    }
    Ok(out)
}

fn check(property: &Property, within: &str) -> Result<Check, Invalid> {
    let pattern = property.pattern.as_deref().map(pattern).transpose().map_err(|_| Invalid {
        pointer: format!("/events/{within}"),
        problem: "has a pattern that cannot be used".to_owned(),
        fix: "write a simpler one".to_owned(),
    })?;
    let length = |length: Option<u32>, otherwise| length.map_or(otherwise, |length| length as usize);
    Ok(Check {
        kind: property.kind,
        one_of: property.one_of.clone(),
        pattern,
        min_length: length(property.min_length, 0),
        max_length: length(property.max_length, usize::MAX),
        minimum: property.minimum.unwrap_or(f64::NEG_INFINITY),
        maximum: property.maximum.unwrap_or(f64::INFINITY),
        items: property.items.as_deref().map(|items| check(items, within).map(Box::new)).transpose()?,
        members: if property.properties.is_empty() {
            None
        } else {
            Some(Box::new(members(&property.properties, within)?))
        },
        never_marked: matches!(
            property.classification,
            Some(Classification::Public | Classification::Internal)
        ),
    })
}
