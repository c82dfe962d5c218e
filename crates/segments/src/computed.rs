//! Computed traits: what members do with them. A definition is kept like a segment's, with its versions, and its values are
//! kept up to date by the same rounds.

use guard::Granted;
use model::{SegmentId, WorkspaceId};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::changes::{Counted, counted, whose};
use crate::definition::{Segment, VERSIONS_MAX, read_computed};
use crate::error::{SegmentError, invalid};
use crate::members;
use crate::segments::Segments;

/// The most computed traits of one workspace; further ones are refused.
pub const COMPUTED_MAX: usize = 50;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 60;

/// A computed trait as somebody writes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewComputed {
    /// What the trait is called; it stays.
    pub name: String,
    /// The event's name, or `*` for any.
    pub event: String,
    /// What must hold of it, as in a question.
    #[serde(default, rename = "where")]
    pub conditions: Option<Value>,
    /// `count`, `sum`, `min`, `max`, `first`, `last` or `most_frequent`.
    pub measure: String,
    /// Of which property.
    #[serde(default)]
    pub property: Option<String>,
    /// How lately: `30d`; ever if absent.
    #[serde(default)]
    pub within: Option<String>,
}

impl NewComputed {
    /// The name and the definition without it.
    fn checked(self) -> Result<(String, Value), SegmentError> {
        let Self { name, event, conditions, measure, property, within } = self;
        let begins = name.starts_with(|letter: char| letter.is_ascii_lowercase());
        let is_word = name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
        if !begins || !is_word || name.len() > NAME_BYTES_MAX {
            let fix = format!("at most {NAME_BYTES_MAX} of a to z, 0 to 9 and _, beginning with a letter");
            return Err(invalid("name", fix));
        }
        let document = json!({
            "event": event, "where": conditions, "measure": measure, "property": property, "within": within,
        });
        // Written back as it was understood.
        let computed = serde_json::to_value(read_computed(&document)?).map_err(|_| SegmentError::Altered)?;
        Ok((name, computed))
    }
}

impl Segments {
    /// The computed traits of a workspace, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn computed(&self, workspace: WorkspaceId) -> Result<Vec<Counted>, SegmentError> {
        self.all(workspace, true)
    }

    /// One computed trait.
    ///
    /// # Errors
    /// Not found, or the database's.
    pub fn show_computed(&self, workspace: WorkspaceId, name: &str) -> Result<Counted, SegmentError> {
        let segment = self.standing_computed(workspace, name)?;
        self.0.people_db.read(|tx| counted(tx, segment))
    }

    fn standing_computed(&self, workspace: WorkspaceId, name: &str) -> Result<Segment, SegmentError> {
        let known = self.known();
        let live = known.computed(workspace, name).ok_or(SegmentError::NotFound("computed trait"))?;
        Ok(live.segment.clone())
    }

    /// Makes a computed trait; its values are worked out afterwards.
    ///
    /// # Errors
    /// A field that is not right, a trait of that name is there, too many, or the ledger's or database's.
    pub fn make_computed(&self, granted: &Granted, new: NewComputed) -> Result<Counted, SegmentError> {
        let (workspace, by) = whose(granted)?;
        let (name, computed) = new.checked()?;
        if self.0.people.has_trait_name(workspace, &name)? {
            let why = format!("senders have a trait `{name}` already: call the computed one otherwise");
            return Err(SegmentError::Conflict(why));
        }
        let made_ms = self.0.clock.now_ms();
        let (id, computed) = (SegmentId::new(made_ms), Some(computed));
        let entry = granted.does("computed.made", name.clone(), json!({}));
        let segment =
            Segment { id, workspace, version: 1, name, who: None, computed, by, made_ms, removed: false };
        self.keep(entry, segment)
    }

    /// Changes what a computed trait is worked out from. Its values, and the segments that ask for it, are worked out anew.
    ///
    /// # Errors
    /// Not found, a field that is not right, too many versions, or the ledger's or database's.
    pub fn edit_computed(
        &self,
        granted: &Granted,
        name: &str,
        new: NewComputed,
    ) -> Result<Counted, SegmentError> {
        let (workspace, by) = whose(granted)?;
        let before = self.standing_computed(workspace, name)?;
        let (new_name, computed) = new.checked()?;
        if new_name != before.name {
            return Err(invalid("name", "a computed trait keeps its name: make another one"));
        }
        if before.version >= VERSIONS_MAX {
            let why = format!("{VERSIONS_MAX} versions are as many as there may be");
            return Err(SegmentError::Conflict(why));
        }
        let (version, made_ms) = (before.version + 1, self.0.clock.now_ms());
        let entry = granted.does("computed.edited", new_name, json!({ "version": version }));
        self.keep(entry, Segment { version, computed: Some(computed), by, made_ms, ..before })
    }

    /// Removes a computed trait with its values.
    ///
    /// # Errors
    /// Not found, a segment asks for it, or the ledger's or database's.
    pub fn remove_computed(&self, granted: &Granted, name: &str) -> Result<(), SegmentError> {
        let (workspace, by) = whose(granted)?;
        let before = self.standing_computed(workspace, name)?;
        let _round = self.0.round.lock();
        if let Some(asking) = self.asking(workspace, before.id).first() {
            let why = format!("the segment `{}` asks for it: change that first", asking.name);
            return Err(SegmentError::Conflict(why));
        }
        let (version, made_ms) = (before.version + 1, self.0.clock.now_ms());
        let gone = Segment { version, by, made_ms, removed: true, ..before };
        let entry = granted.does("computed.removed", name.to_owned(), json!({}));
        self.change(entry, |tx| self.0.book.put(tx, &gone))?;
        self.learn()?;
        self.0.people_db.write(|tx| members::remove(tx, gone.id))
    }

    /// The segments whose conditions ask for a computed trait, or name a segment, themselves or by way of others.
    pub(crate) fn asking(&self, workspace: WorkspaceId, id: SegmentId) -> Vec<Segment> {
        let known = self.known();
        let Some(room) = known.room(workspace) else { return Vec::new() };
        let asks = room.segments.iter().filter(|live| live.others().any(|other| other.segment.id == id));
        asks.map(|live| live.segment.clone()).collect()
    }

    /// Those that ask for it are gone through with it.
    pub(crate) fn begin_asking(&self, tx: &Transaction<'_>, of: &Segment) -> Result<(), SegmentError> {
        self.asking(of.workspace, of.id).iter().try_for_each(|segment| members::begin(tx, segment))
    }
}
