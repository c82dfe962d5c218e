//! What is noted at days: a release, a campaign, an outage. It stands on every chart over time.

use guard::Granted;
use jiff::civil::Date;
use model::{AnnotationId, MemberId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::book::{Kept, Part};
use crate::dashboards::{Dashboards, whose};
use crate::definition;
use crate::error::{DashboardError, invalid};

/// The most annotations of one workspace; further ones are refused.
pub const ANNOTATIONS_MAX: usize = 500;

/// What somebody notes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAnnotation {
    /// The day, in the workspace's time zone: `2026-08-01`.
    pub day: String,
    /// The words.
    pub text: String,
}

/// What was noted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Annotation {
    /// Its id.
    pub id: AnnotationId,
    /// The day.
    pub day: Date,
    /// The words.
    pub text: String,
    /// Who noted it.
    pub by: MemberId,
}

#[derive(Serialize, Deserialize)]
struct Row {
    day: Date,
    text: String,
    by: MemberId,
}

impl Dashboards {
    /// What was noted in a workspace, the latest day first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn annotations(&self, workspace: WorkspaceId) -> Result<Vec<Annotation>, DashboardError> {
        let rows = self.0.control.read(|tx| self.0.book.list::<Row>(tx, (workspace, Part::Annotation)))?;
        let read = |Kept { id, what: Row { day, text, by }, .. }: Kept<Row>| Annotation {
            id: AnnotationId(id),
            day,
            text,
            by,
        };
        let mut found: Vec<Annotation> = rows.into_iter().map(read).collect();
        found.sort_by_key(|one| std::cmp::Reverse((one.day, one.id)));
        Ok(found)
    }

    /// Notes something.
    ///
    /// # Errors
    /// A field that is not right, too many, or the ledger's or database's.
    pub fn annotate(&self, granted: &Granted, new: &NewAnnotation) -> Result<Annotation, DashboardError> {
        let (workspace, by) = whose(granted)?;
        let day: Date = new.day.parse().map_err(|_| invalid("day", "write a day: 2026-08-01"))?;
        definition::name("text", &new.text)?;
        let id = AnnotationId::new(self.0.clock.now_ms());
        let entry = granted.does("annotation.made", id.to_string(), json!({}));
        self.change(entry, |tx| {
            if self.0.book.list::<Row>(tx, (workspace, Part::Annotation))?.len() >= ANNOTATIONS_MAX {
                let why = format!("{ANNOTATIONS_MAX} annotations are as many as there may be");
                return Err(DashboardError::Conflict(why));
            }
            let what = Row { day, text: new.text.clone(), by };
            self.0.book.put(tx, Part::Annotation, &Kept { workspace, id: id.0, version: 1, what })
        })?;
        Ok(Annotation { id, day, text: new.text.clone(), by })
    }

    /// Takes one away.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn drop_annotation(&self, granted: &Granted, id: AnnotationId) -> Result<(), DashboardError> {
        let (workspace, _) = whose(granted)?;
        let entry = granted.does("annotation.removed", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let gone = self.0.book.remove(tx, (workspace, Part::Annotation, id.0))?;
            if gone { Ok(()) } else { Err(DashboardError::NotFound("annotation")) }
        })
    }
}
