//! The segments and computed traits that stand, with what they say of each other put in its place: a condition that names a
//! segment is that segment's condition from here on, so that everything is judged by events and traits alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{SegmentId, WorkspaceId};
use question::kinds::ANY_EVENT;
use question::{Audience, Computed};

use crate::definition::{self, Interest, Segment, traits_of};
use crate::error::{SegmentError, invalid};

/// How many segments may name each other in a row.
const NAMED_DEEP_MAX: usize = 5;

/// What stands, by workspace.
#[derive(Default)]
pub(crate) struct Known {
    rooms: HashMap<WorkspaceId, Room>,
}

/// The segments of one workspace, and its computed traits, which are kept up to date in the same way.
#[derive(Default)]
pub(crate) struct Room {
    /// What another one asks for stands before it.
    pub(crate) segments: Vec<Arc<Live>>,
    pub(crate) events: HashSet<String>,
    pub(crate) any: bool,
    pub(crate) traits: bool,
    pub(crate) consent: bool,
    /// The traits of groups that are asked for.
    pub(crate) groups: HashSet<String>,
    pub(crate) anybody: bool,
}

/// A segment or computed trait that stands, with its definition read.
pub(crate) struct Live {
    pub(crate) segment: Segment,
    /// The whole condition; nothing for a list and for a computed trait.
    pub(crate) audience: Option<Audience>,
    pub(crate) computed: Option<Computed>,
    /// The computed traits that its condition asks for.
    pub(crate) asks: Vec<Arc<Live>>,
    /// The segments that it names, and those that they name.
    pub(crate) names: Vec<Arc<Live>>,
    /// How many segments name each other in a row, this one among them.
    deep: usize,
}

impl Live {
    /// What of events matters to it.
    fn interests(&self) -> impl Iterator<Item = Interest> {
        let computed = self.computed.as_ref().map(Interest::of_trait);
        self.audience.as_ref().map(Interest::of).into_iter().chain(computed)
    }

    /// Whether it, or one that it asks for, asks for this trait of groups, or for something inside it.
    pub(crate) fn asks_group(&self, name: &str) -> bool {
        let is_it = |asked: &String| {
            asked.strip_prefix(name).is_some_and(|inside| inside.is_empty() || inside.starts_with('.'))
        };
        let own = |live: &Self| live.interests().any(|interest| interest.groups.iter().any(is_it));
        own(self) || self.others().any(|other| own(other))
    }

    /// All that it depends on.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Arc<Self>> {
        self.asks.iter().chain(&self.names)
    }
}

impl Known {
    /// Reads what stands.
    ///
    /// # Errors
    /// A definition that is not right, that names what is not there, or itself by way of others.
    pub(crate) fn of(standing: Vec<Segment>) -> Result<Self, SegmentError> {
        let mut by_workspace: HashMap<WorkspaceId, Vec<Segment>> = HashMap::new();
        for segment in standing {
            by_workspace.entry(segment.workspace).or_default().push(segment);
        }
        let rooms = by_workspace.into_iter().map(|(workspace, of)| Ok((workspace, Room::of(&of)?)));
        Ok(Self { rooms: rooms.collect::<Result<_, SegmentError>>()? })
    }

    pub(crate) fn room(&self, workspace: WorkspaceId) -> Option<&Room> {
        self.rooms.get(&workspace)
    }

    /// Every workspace that has segments.
    pub(crate) fn workspaces(&self) -> impl Iterator<Item = WorkspaceId> {
        self.rooms.keys().copied()
    }

    /// All of them, what another one asks for before it.
    pub(crate) fn lives(&self) -> impl Iterator<Item = &Arc<Live>> {
        self.rooms.values().flat_map(|room| &room.segments)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rooms.is_empty()
    }

    pub(crate) fn by_id(&self, workspace: WorkspaceId, id: SegmentId) -> Option<&Arc<Live>> {
        self.room(workspace)?.segments.iter().find(|live| live.segment.id == id)
    }

    /// A segment, by its id or its name.
    pub(crate) fn named(&self, workspace: WorkspaceId, name: &str) -> Option<&Arc<Live>> {
        self.room(workspace)?.segments.iter().find(|live| live.segment.is_called(name))
    }

    /// A computed trait.
    pub(crate) fn computed(&self, workspace: WorkspaceId, name: &str) -> Option<&Arc<Live>> {
        self.room(workspace)?.computed(name)
    }
}

impl Room {
    /// Reads the definitions of one workspace.
    ///
    /// # Errors
    /// As [`Known::of`].
    pub(crate) fn of(standing: &[Segment]) -> Result<Self, SegmentError> {
        let mut room = Self::default();
        for segment in standing.iter().filter(|segment| segment.computed.is_some()) {
            let computed = segment.computed.as_ref().map(definition::read_computed).transpose()?;
            let live = Live {
                segment: segment.clone(),
                audience: None,
                computed,
                asks: Vec::new(),
                names: Vec::new(),
                deep: 0,
            };
            room.push(live);
        }
        for segment in standing.iter().filter(|segment| segment.computed.is_none()) {
            room.take(segment, standing, &mut Vec::new())?;
        }
        Ok(room)
    }

    /// Takes a segment in, and before it those that it names.
    fn take(
        &mut self,
        segment: &Segment,
        standing: &[Segment],
        path: &mut Vec<SegmentId>,
    ) -> Result<Arc<Live>, SegmentError> {
        if let Some(live) = self.segments.iter().find(|live| live.segment.id == segment.id) {
            return Ok(live.clone());
        }
        if path.contains(&segment.id) {
            let fix = format!("the segment `{}` would name itself, by way of those it names", segment.name);
            return Err(invalid("who", fix));
        }
        let too_deep = || invalid("who", format!("segments name each other at most {NAMED_DEEP_MAX} deep"));
        if path.len() >= NAMED_DEEP_MAX {
            return Err(too_deep());
        }
        path.push(segment.id);
        let mut names: Vec<Arc<Live>> = Vec::new();
        let audience = match segment.who.as_ref().map(definition::read).transpose()? {
            Some(written) => Some(self.whole(&written, standing, path, &mut names)?),
            None => None,
        };
        path.pop();
        let deep = 1 + names.iter().map(|live| live.deep).max().unwrap_or_default();
        if deep > NAMED_DEEP_MAX {
            return Err(too_deep());
        }
        if audience.as_ref().is_some_and(|audience| !insight::judge::fits(audience)) {
            let most = insight::judge::STEPS_MAX;
            let name = &segment.name;
            let fix = format!("with those it names, `{name}` has more than {most} different `did` or traits");
            return Err(invalid("who", fix));
        }
        let asked = audience.as_ref().map(traits_of).unwrap_or_default();
        let asks = asked.iter().filter_map(|name| self.computed(name).cloned()).collect();
        names.sort_by_key(|live| live.segment.id);
        names.dedup_by_key(|live| live.segment.id);
        Ok(self.push(Live { segment: segment.clone(), audience, computed: None, asks, names, deep }))
    }

    /// A condition with those of the segments that it names in their places; being on a list stays a question of its own.
    fn whole(
        &mut self,
        written: &Audience,
        standing: &[Segment],
        path: &mut Vec<SegmentId>,
        names: &mut Vec<Arc<Live>>,
    ) -> Result<Audience, SegmentError> {
        let mut each = |parts: &[Audience]| -> Result<Vec<Audience>, SegmentError> {
            parts.iter().map(|part| self.whole(part, standing, path, names)).collect()
        };
        match written {
            Audience::All { all } => Ok(Audience::All { all: each(all)? }),
            Audience::Any { any } => Ok(Audience::Any { any: each(any)? }),
            Audience::Not { not } => {
                Ok(Audience::Not { not: Box::new(self.whole(not, standing, path, names)?) })
            }
            Audience::Did(_) => Ok(written.clone()),
            Audience::Is(condition) => {
                let Some(name) = condition.segment() else { return Ok(written.clone()) };
                let fix = || format!("`{name}` is no segment: name one by its name or id");
                let found = standing.iter().find(|segment| segment.is_called(name));
                let segment = found.ok_or_else(|| invalid("who", fix()))?;
                let live = self.take(segment, standing, path)?;
                names.extend(live.names.iter().cloned());
                names.push(live.clone());
                Ok(live.audience.clone().unwrap_or_else(|| written.clone()))
            }
        }
    }

    fn push(&mut self, live: Live) -> Arc<Live> {
        for interest in live.interests() {
            self.any |= interest.events.iter().any(|event| event == ANY_EVENT);
            self.events.extend(interest.events);
            self.traits |= interest.traits;
            self.consent |= interest.consent;
            self.groups.extend(interest.groups);
            self.anybody |= interest.anybody;
        }
        let live = Arc::new(live);
        self.segments.push(live.clone());
        live
    }

    fn computed(&self, name: &str) -> Option<&Arc<Live>> {
        self.segments.iter().find(|live| live.computed.is_some() && live.segment.name == name)
    }
}
