//! What members do with segments: make, change and remove them, and look how many people they have.

use guard::Granted;
use ledger::NewEntry;
use model::{MemberId, PersonId, SegmentId, WorkspaceId};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::computed::COMPUTED_MAX;
use crate::definition::{NewSegment, SEGMENTS_MAX, Segment, VERSIONS_MAX};
use crate::error::{SegmentError, invalid};
use crate::members::{self, State};
use crate::room::Room;
use crate::segments::Segments;

/// A segment with how many people it has.
#[derive(Clone, PartialEq, Debug)]
pub struct Counted {
    /// The segment at its newest version.
    pub segment: Segment,
    /// How far its people are known.
    pub state: State,
    /// How many there are, as far as that is known.
    pub people: u64,
    /// How many parts of a hundred were gone through, while it is being filled.
    pub percent: u8,
}

impl Segments {
    /// The segments of a workspace, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn list(&self, workspace: WorkspaceId) -> Result<Vec<Counted>, SegmentError> {
        self.all(workspace, false)
    }

    /// The segments of a workspace, or its computed traits, by name.
    pub(crate) fn all(&self, workspace: WorkspaceId, traits: bool) -> Result<Vec<Counted>, SegmentError> {
        let known = self.known();
        let Some(room) = known.room(workspace) else { return Ok(Vec::new()) };
        let mut counted: Vec<Counted> = self.0.people_db.read(|tx| {
            room.segments
                .iter()
                .filter(|live| live.computed.is_some() == traits)
                .map(|live| counted(tx, live.segment.clone()))
                .collect::<Result<_, SegmentError>>()
        })?;
        counted.sort_by(|one, other| one.segment.name.cmp(&other.segment.name));
        Ok(counted)
    }

    /// One segment, by its id or name.
    ///
    /// # Errors
    /// Not found, or the database's.
    pub fn show(&self, workspace: WorkspaceId, segment: &str) -> Result<Counted, SegmentError> {
        let segment = self.standing(workspace, segment)?;
        self.0.people_db.read(|tx| counted(tx, segment))
    }

    /// The newest version of a segment, by its id or name.
    ///
    /// # Errors
    /// Not found.
    pub fn standing(&self, workspace: WorkspaceId, segment: &str) -> Result<Segment, SegmentError> {
        let known = self.known();
        let live = known.named(workspace, segment).ok_or(SegmentError::NotFound("segment"))?;
        Ok(live.segment.clone())
    }

    /// Every version of a segment, the newest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn versions(&self, workspace: WorkspaceId, id: SegmentId) -> Result<Vec<Segment>, SegmentError> {
        self.0.control.read(|tx| self.0.book.versions(tx, workspace, id))
    }

    /// A page of the people who are in a segment, and where the next begins.
    ///
    /// # Errors
    /// Not found, or the database's.
    pub fn people(
        &self,
        workspace: WorkspaceId,
        segment: &str,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Vec<PersonId>, Option<PersonId>), SegmentError> {
        let id = self.standing(workspace, segment)?.id;
        let after = match after {
            Some(after) => self.0.people.code_of(workspace, after)?,
            None => None,
        };
        let mut found = self.0.people_db.read(|tx| match members::run_of(tx, id)? {
            Some(run) => members::page(tx, run.no, after, limit.saturating_add(1)),
            None => Ok(Vec::new()),
        })?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = if more { found.last().copied() } else { None };
        Ok((found, next))
    }

    /// The segments and computed traits that a document (a question, an audience) names, and those that the conditions of
    /// such segments ask for, at their newest versions.
    ///
    /// # Errors
    /// One is not there.
    pub fn named_in(&self, workspace: WorkspaceId, document: &Value) -> Result<Vec<Segment>, SegmentError> {
        let known = self.known();
        let mut named: Vec<Segment> = Vec::new();
        let computed = |name: &str| known.computed(workspace, name).map(|live| live.segment.clone());
        let mut left = vec![document];
        while let Some(value) = left.pop() {
            let name = match value {
                Value::Object(members) => {
                    left.extend(members.values());
                    named.extend(members.get("trait").and_then(Value::as_str).and_then(computed));
                    members.get("segment").and_then(Value::as_str)
                }
                Value::Array(items) => {
                    left.extend(items);
                    None
                }
                Value::String(text) => {
                    let name = text.strip_prefix("trait.");
                    named.extend(name.and_then(computed));
                    question::condition::segment_of(name.unwrap_or(text))
                }
                _ => None,
            };
            let Some(name) = name else { continue };
            let fix = "no such segment: name one by its name or id";
            let live = known.named(workspace, name).ok_or_else(|| invalid("segment", fix))?;
            named.push(live.segment.clone());
            named.extend(live.others().map(|other| other.segment.clone()));
        }
        named.sort_by_key(|segment| segment.id);
        named.dedup_by_key(|segment| segment.id);
        Ok(named)
    }

    /// Makes a segment; those who belong to it are found out afterwards.
    ///
    /// # Errors
    /// A field that is not right, too many, or the ledger's or database's.
    pub fn make(&self, granted: &Granted, new: NewSegment) -> Result<Counted, SegmentError> {
        let (workspace, by) = whose(granted)?;
        new.check()?;
        let made_ms = self.0.clock.now_ms();
        let NewSegment { name, who } = new;
        let id = SegmentId::new(made_ms);
        let segment =
            Segment { id, workspace, version: 1, name, who, computed: None, by, made_ms, removed: false };
        let entry = granted.does("segment.made", id.to_string(), json!({ "list": segment.is_list() }));
        self.keep(entry, segment)
    }

    /// Gives a workspace that has no segments these: for one that is furnished by the program itself, such as the demo's.
    ///
    /// # Errors
    /// As [`Segments::make`].
    pub fn furnish(&self, workspace: WorkspaceId, news: Vec<NewSegment>) -> Result<(), SegmentError> {
        if self.known().room(workspace).is_some() {
            return Ok(());
        }
        for new in news {
            new.check()?;
            let made_ms = self.0.clock.now_ms();
            let NewSegment { name, who } = new;
            let (id, by) = (SegmentId::new(made_ms), MemberId(0));
            let segment =
                Segment { id, workspace, version: 1, name, who, computed: None, by, made_ms, removed: false };
            let entry = NewEntry {
                code: "segment.made",
                principal: "holdfast".to_owned(),
                session: None,
                from: None,
                workspace: Some(workspace),
                object: id.to_string(),
                detail: json!({ "list": segment.is_list() }),
            };
            self.keep(entry, segment)?;
        }
        Ok(())
    }

    /// Changes a segment's name or condition. Who belongs to it is found out anew where the condition is another one.
    ///
    /// # Errors
    /// Not found, a field that is not right, too many versions, or the ledger's or database's.
    pub fn edit(&self, granted: &Granted, segment: &str, new: NewSegment) -> Result<Counted, SegmentError> {
        let (workspace, by) = whose(granted)?;
        new.check()?;
        let before = self.standing(workspace, segment)?;
        if before.is_list() != new.who.is_none() {
            return Err(invalid(
                "who",
                "a list stays a list, and a condition a condition: make another segment",
            ));
        }
        if before.version >= VERSIONS_MAX {
            return Err(SegmentError::Conflict(format!(
                "{VERSIONS_MAX} versions are as many as there may be"
            )));
        }
        let NewSegment { name, who } = new;
        let (version, made_ms) = (before.version + 1, self.0.clock.now_ms());
        let segment = Segment { version, name, who, by, made_ms, ..before };
        let entry = granted.does("segment.edited", segment.id.to_string(), json!({ "version": version }));
        self.keep(entry, segment)
    }

    /// Removes a segment. Nobody leaves it: it is no more.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn remove(&self, granted: &Granted, segment: &str) -> Result<(), SegmentError> {
        let (workspace, by) = whose(granted)?;
        let before = self.standing(workspace, segment)?;
        let (version, made_ms) = (before.version + 1, self.0.clock.now_ms());
        let gone = Segment { version, by, made_ms, removed: true, ..before };
        let entry = granted.does("segment.removed", gone.id.to_string(), json!({}));
        let _round = self.0.round.lock();
        if let Some(asking) = self.asking(workspace, gone.id).first() {
            let why = format!("the segment `{}` names it: change that first", asking.name);
            return Err(SegmentError::Conflict(why));
        }
        self.change(entry, |tx| self.0.book.put(tx, &gone))?;
        self.learn()?;
        self.0.people_db.write(|tx| members::remove(tx, gone.id))
    }

    pub(crate) fn keep(&self, entry: NewEntry, segment: Segment) -> Result<Counted, SegmentError> {
        // Between two rounds, so that none judges by one version and writes under the other.
        let round = self.0.round.lock();
        self.change(entry, |tx| {
            let standing = self.0.book.standing(tx)?;
            let is_trait = segment.computed.is_some();
            let (what, most) =
                if is_trait { ("computed trait", COMPUTED_MAX) } else { ("segment", SEGMENTS_MAX) };
            let own = || {
                let own = standing.iter().filter(|other| other.workspace == segment.workspace);
                own.filter(|other| other.computed.is_some() == is_trait)
            };
            let others = || own().filter(|other| other.id != segment.id);
            if others().any(|other| other.name.eq_ignore_ascii_case(&segment.name)) {
                return Err(SegmentError::Conflict(format!("a {what} `{}` is there already", segment.name)));
            }
            if others().count() >= most {
                return Err(SegmentError::Conflict(format!("{most} {what}s are as many as there may be")));
            }
            // Somebody may have been faster.
            if own().any(|other| other.id == segment.id && other.version >= segment.version) {
                return Err(SegmentError::Conflict("it was changed meanwhile: look again".to_owned()));
            }
            // With it everything must still be readable: nothing names itself, or what is not there.
            let others = standing.iter().filter(|other| other.workspace == segment.workspace);
            let others = others.filter(|other| other.id != segment.id);
            Room::of(&others.chain([&segment]).cloned().collect::<Vec<_>>())?;
            self.0.book.put(tx, &segment)
        })?;
        let first = self.known().is_empty();
        let through = self.0.pending.lock().through;
        self.learn()?;
        let Segment { workspace, id, version, .. } = segment;
        let versions = self.versions(workspace, id)?;
        self.0.people_db.write(|tx| {
            let judged = members::run_of(tx, id)?.filter(|run| run.state != State::TooMany);
            let judged = judged.and_then(|run| versions.iter().find(|other| other.version == run.version));
            if judged.is_some_and(|judged| judged.who == segment.who && judged.computed == segment.computed) {
                members::set_version(tx, id, version)?;
            } else {
                members::begin(tx, &segment)?;
                self.begin_asking(tx, &segment)?;
            }
            if first {
                // Whoever was touched before is gone through by the filling.
                members::set_position(tx, through)?;
            }
            Ok::<_, SegmentError>(())
        })?;
        drop(round);
        self.ring();
        self.0.people_db.read(|tx| counted(tx, segment))
    }

    /// A change between its intent and its outcome in the ledger.
    pub(crate) fn change(
        &self,
        entry: NewEntry,
        act: impl FnOnce(&Transaction<'_>) -> Result<(), SegmentError>,
    ) -> Result<(), SegmentError> {
        let intent = self.0.ledger.intend(entry)?;
        match self.0.control.write(act) {
            Ok(()) => {
                intent.done(json!({}))?;
                Ok(())
            }
            Err(error) => {
                // The refusal is what the caller must hear.
                let _ = intent.failed(json!({}));
                Err(error)
            }
        }
    }
}

pub(crate) fn counted(tx: &Transaction<'_>, segment: Segment) -> Result<Counted, SegmentError> {
    let Some(run) = members::run_of(tx, segment.id)? else {
        return Ok(Counted { segment, state: State::Filling, people: 0, percent: 0 });
    };
    let percent = if run.state == State::Filling {
        let codes = members::codes(tx, members::space_of(tx, segment.workspace)?.unwrap_or_default())?.max(1);
        u8::try_from(u64::from(run.next_code) * 100 / u64::from(codes)).unwrap_or(100).min(99)
    } else {
        100
    };
    Ok(Counted { segment, state: run.state, people: run.members, percent })
}

/// In which workspace, and which member: of a token, whoever made it.
pub(crate) fn whose(granted: &Granted) -> Result<(WorkspaceId, MemberId), SegmentError> {
    let workspace = granted.workspace.ok_or(SegmentError::NotFound("workspace"))?;
    let member = granted.principal.answers.ok_or(SegmentError::NotFound("member"))?;
    Ok((workspace, member))
}
