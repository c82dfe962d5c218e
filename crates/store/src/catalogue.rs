//! What there is to ask about: event names and properties, with how often they come.

use std::collections::BTreeMap;

use model::WorkspaceId;
use serde::Serialize;

use crate::chunk::directory::{Family, Fixed};
use crate::leaves::{WHOLE, leaves, name};
use crate::store::Store;
use crate::tail::block::TailBlock;
use crate::value::{Kinds, Value};

/// The most properties that are listed: the most frequent ones; how many are left out is said.
pub const PROPERTIES_MAX: usize = 5_000;

/// What there is to ask about. Rows of the erased count until the next compaction.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Catalogue {
    /// Event names, the most frequent first.
    pub events: Vec<EventSummary>,
    /// Properties, the most frequent first.
    pub properties: Vec<PropertySummary>,
    /// How many properties are left out because there are too many.
    pub properties_left_out: usize,
}

/// An event name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EventSummary {
    /// The name.
    pub name: String,
    /// How many events bear it.
    pub count: u64,
    /// When the first happened, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// When the last happened.
    pub last_ms: i64,
}

/// A property.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PropertySummary {
    /// The name that questions use.
    pub name: String,
    /// Whether it is found in `context` only.
    pub context: bool,
    /// How many events have it.
    pub count: u64,
    /// What kinds of value it has.
    pub kinds: Kinds,
}

#[derive(Clone, Debug, Default)]
struct Gathering {
    events: BTreeMap<String, (u64, i64, i64)>,
    properties: BTreeMap<(Family, String), Kinds>,
}

impl Store {
    /// What there is to ask about in a workspace.
    pub fn catalogue(&self, workspace: WorkspaceId) -> Catalogue {
        let view = self.view(workspace);
        let mut gathering = Gathering::default();
        for (_, chunk) in view.state.chunks.iter() {
            let directory = &chunk.directory;
            for event in &directory.events {
                gathering.event(&event.name, u64::from(event.rows), event.first_ms, event.last_ms);
            }
            for column in directory.columns.iter().skip(Fixed::ALL.len()) {
                gathering.property(column.family, &column.path, &column.kinds);
            }
            for rare in &directory.rare {
                gathering.property(rare.family, &rare.path, &rare.kinds);
            }
        }
        for part in &view.state.tail {
            gathering.block(&part.block);
        }
        gathering.finish()
    }
}

impl Gathering {
    fn event(&mut self, name: &str, rows: u64, first_ms: i64, last_ms: i64) {
        let known = match self.events.get_mut(name) {
            Some(known) => known,
            None => self.events.entry(name.to_owned()).or_insert((0, i64::MAX, i64::MIN)),
        };
        *known = (known.0 + rows, known.1.min(first_ms), known.2.max(last_ms));
    }

    fn property(&mut self, family: Family, path: &str, kinds: &Kinds) {
        if matches!(family, Family::Properties | Family::Context) && path != WHOLE {
            self.properties.entry((family, name(path))).or_default().add(kinds);
        }
    }

    fn block(&mut self, block: &TailBlock) {
        let mut kinds: BTreeMap<(Family, String), Kinds> = BTreeMap::new();
        for row in &block.rows {
            self.event(block.event(row), 1, row.time_ms, row.time_ms);
            let texts = block.texts(row);
            for (family, json) in [(Family::Properties, texts.properties), (Family::Context, texts.context)] {
                leaves(json, &mut |path, value| {
                    if value != Value::Json("null") {
                        kinds.entry((family, path.to_owned())).or_default().count(&value);
                    }
                });
            }
        }
        for ((family, path), kinds) in kinds {
            self.property(family, &path, &kinds);
        }
    }

    fn finish(self) -> Catalogue {
        let summary = |(name, (count, first_ms, last_ms))| EventSummary { name, count, first_ms, last_ms };
        let mut events: Vec<EventSummary> = self.events.into_iter().map(summary).collect();
        events.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        let mut merged: BTreeMap<String, (bool, Kinds)> = BTreeMap::new();
        for ((family, name), kinds) in self.properties {
            let known = merged.entry(name).or_insert((true, Kinds::default()));
            known.0 &= family == Family::Context;
            known.1.add(&kinds);
        }
        let summary = |(name, (context, kinds)): (String, (bool, Kinds))| PropertySummary {
            name,
            context,
            count: kinds.total(),
            kinds,
        };
        let mut properties: Vec<PropertySummary> = merged.into_iter().map(summary).collect();
        properties.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        let properties_left_out = properties.len().saturating_sub(PROPERTIES_MAX);
        properties.truncate(PROPERTIES_MAX);
        Catalogue { events, properties, properties_left_out }
    }
}
