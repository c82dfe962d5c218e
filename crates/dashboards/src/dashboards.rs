//! The handle: what it is made of, and how it changes things.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use control::Database;
use guard::{Granted, Guard};
use keys::HashKey;
use ledger::{Ledger, NewEntry};
use model::{MemberId, ShareId, WorkspaceId};
use parking_lot::{Condvar, Mutex};
use question::Ask;
use rusqlite::Transaction;
use segments::Segments;
use serde_json::json;
use stdx::Clock;
use stdx::Rates;

use crate::book::Book;
use crate::error::DashboardError;
use crate::shares::{Links, Shown};

/// What it is made of.
pub struct Parts {
    /// Decisions.
    pub control: Database,
    /// Audiences that questions name.
    pub segments: Segments,
    /// Who answers.
    pub asked: Arc<dyn Ask>,
    /// Who tells.
    pub guard: Guard,
    /// Who did.
    pub ledger: Ledger,
    /// What time it is.
    pub clock: Clock,
    /// The key of the rows' authenticators.
    pub marks: HashKey,
    /// The key of share links, and the collect door's address.
    pub links: (HashKey, String),
}

/// Dashboards and what belongs to them. Cheap to clone.
#[derive(Clone)]
pub struct Dashboards(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) control: Database,
    pub(crate) segments: Segments,
    pub(crate) asked: Arc<dyn Ask>,
    pub(crate) guard: Guard,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Clock,
    pub(crate) book: Book,
    pub(crate) links: Links,
    /// What share links showed a moment ago.
    pub(crate) shown: Mutex<HashMap<ShareId, Shown>>,
    /// Held while a link's numbers are worked out.
    pub(crate) working: Mutex<()>,
    /// How often each link is opened.
    pub(crate) opened: Rates<ShareId>,
    /// Rung when an alert or a schedule was made.
    pub(crate) bell: (Mutex<bool>, Condvar),
    pub(crate) ended: AtomicBool,
}

/// How many links are told apart by how often they are opened.
const LINKS_MAX: usize = 4_096;

impl Dashboards {
    /// Opens them.
    pub fn new(parts: Parts) -> Self {
        let Parts { control, segments, asked, guard, ledger, clock, marks, links } = parts;
        Self(Arc::new(Inner {
            control,
            segments,
            asked,
            guard,
            ledger,
            clock,
            book: Book::new(marks),
            links: Links::new(links.0, &links.1),
            shown: Mutex::default(),
            working: Mutex::new(()),
            opened: Rates::new(LINKS_MAX),
            bell: (Mutex::new(false), Condvar::new()),
            ended: AtomicBool::new(false),
        }))
    }

    /// A change between its intent and its outcome in the ledger.
    pub(crate) fn change<T>(
        &self,
        entry: NewEntry,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, DashboardError>,
    ) -> Result<T, DashboardError> {
        let intent = self.0.ledger.intend(entry)?;
        match self.0.control.write(act) {
            Ok(made) => {
                intent.done(json!({}))?;
                Ok(made)
            }
            Err(error) => {
                // The refusal is what the caller must hear.
                let _ = intent.failed(json!({}));
                Err(error)
            }
        }
    }

    /// Has the keeper look at once.
    pub(crate) fn ring(&self) {
        let (rung, bell) = &self.0.bell;
        *rung.lock() = true;
        bell.notify_all();
    }
}

/// In which workspace, and which member.
pub(crate) fn whose(granted: &Granted) -> Result<(WorkspaceId, MemberId), DashboardError> {
    let workspace = granted.workspace.ok_or(DashboardError::NotFound("workspace"))?;
    let member = granted.principal.member.ok_or(DashboardError::NotFound("member"))?;
    Ok((workspace, member))
}

/// An entry of what the program does by itself.
pub(crate) fn of_the_house(
    workspace: WorkspaceId,
    code: &'static str,
    object: String,
    detail: serde_json::Value,
) -> NewEntry {
    let principal = "holdfast".to_owned();
    NewEntry { code, principal, session: None, from: None, workspace: Some(workspace), object, detail }
}
