//! Share links: whoever has one sees a dashboard's numbers, as its questions were when the link was made, until it expires or is
//! ended. The link is signed; nothing of it is kept but the row that it names.

mod links;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use guard::Granted;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{DashboardId, MemberId, ShareId, WorkspaceId};
use question::Question;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::{Answers, Outcome};
use crate::book::{Kept, Part};
use crate::dashboards::{Dashboards, whose};
use crate::definition::{NewDashboard, Tile};
use crate::error::{DashboardError, invalid};
use crate::few;

pub(crate) use links::Links;

/// The most share links of one workspace that have not expired; further ones are refused.
pub const SHARES_MAX: usize = 50;
/// How many days a link lasts if nothing is said.
pub const DAYS: u32 = 30;
/// How many days a link lasts at most.
pub const DAYS_MAX: u32 = 366;
/// How often a link may be opened a second, with two seconds' worth held.
const OPENED_PER_S: u32 = 5;
/// How long numbers that were worked out once are shown.
const FRESH_MS: i64 = 60_000;
/// The most links whose numbers are kept for that long.
const SHOWN_MAX: usize = 64;
const DAY_MS: i64 = 86_400_000;
/// How long somebody waits while another link's numbers are worked out.
const WAIT: Duration = Duration::from_secs(5);

/// A link that somebody wants.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// For how many days, 1 to 366; 30 if not said.
    #[serde(default)]
    pub days: Option<u32>,
}

/// What a link shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) dashboard: DashboardId,
    what: NewDashboard,
    by: MemberId,
    made_ms: i64,
    expires_ms: i64,
}

pub(crate) struct KeptShare {
    pub(crate) id: ShareId,
    pub(crate) what: Row,
}

/// A link as those see it who may end it.
#[derive(Clone, PartialEq, Debug)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// Of which dashboard.
    pub dashboard: DashboardId,
    /// What the dashboard was called.
    pub name: String,
    /// The link.
    pub url: String,
    /// Who made it.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// When it ends by itself, milliseconds since 1970, UTC.
    pub expires_ms: i64,
}

/// What whoever has a link sees.
#[derive(Debug)]
pub struct Seen {
    /// What the dashboard is called.
    pub name: String,
    /// The first and the last day.
    pub days: (Date, Date),
    /// Where days begin.
    pub zone: TimeZone,
    /// The tiles, with numbers alone.
    pub tiles: Vec<(Tile, Outcome)>,
    /// When the numbers were worked out, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// When the link ends by itself, milliseconds since 1970, UTC.
    pub expires_ms: i64,
}

/// What was shown a moment ago, and how often since.
pub(crate) struct Shown {
    seen: Arc<Seen>,
    openings: u64,
}

impl Dashboards {
    /// The links of a dashboard that have not expired, the newest first.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn shares(&self, workspace: WorkspaceId, dashboard: &str) -> Result<Vec<Share>, DashboardError> {
        let (id, now_ms) = (self.show(workspace, dashboard)?.id, self.0.clock.now_ms());
        let found = self.0.control.read(|tx| self.shares_in(tx, workspace))?;
        let own =
            found.into_iter().filter(|share| share.what.dashboard == id && share.what.expires_ms > now_ms);
        let mut shares: Vec<Share> = own.map(|share| self.read_share(workspace, share)).collect();
        shares.reverse();
        Ok(shares)
    }

    /// Makes a link to a dashboard as it is now, and tells those who run the workspace. `personal` says whether the values
    /// of a field (`country`, `trait.plan`) are personal: such a dashboard is not shared.
    ///
    /// # Errors
    /// Not found, a breakdown by a personal field, too many links, or the ledger's or database's.
    pub fn share(
        &self,
        granted: &Granted,
        (dashboard, new): (&str, &NewShare),
        personal: &dyn Fn(&str) -> bool,
    ) -> Result<Share, DashboardError> {
        let (workspace, by) = whose(granted)?;
        let days = new.days.unwrap_or(DAYS);
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(invalid("days", format!("1 to {DAYS_MAX}")));
        }
        let found = self.show(workspace, dashboard)?;
        if found.what.tiles.is_empty() {
            return Err(DashboardError::Conflict(
                "the dashboard is empty: there is nothing to share".to_owned(),
            ));
        }
        for (place, tile) in found.what.tiles.iter().enumerate() {
            if broken_down(&tile.question).any(personal) {
                let fix = "splits by a field with personal values: take that out before sharing";
                return Err(invalid(&format!("tiles/{place}/question/by"), fix));
            }
        }
        let made_ms = self.0.clock.now_ms();
        let id = ShareId::new(made_ms);
        let expires_ms = made_ms.saturating_add(i64::from(days) * DAY_MS);
        let row = Row { dashboard: found.id, what: found.what, by, made_ms, expires_ms };
        let detail = json!({ "dashboard": found.id, "version": found.version, "days": days });
        let entry = granted.does("share.made", id.to_string(), detail.clone());
        self.change(entry, |tx| {
            let mut standing = 0;
            for share in self.shares_in(tx, workspace)? {
                if share.what.expires_ms > made_ms {
                    standing += 1;
                } else {
                    self.0.book.remove(tx, (workspace, Part::Share, share.id.0))?;
                }
            }
            if standing >= SHARES_MAX {
                let why = format!("{SHARES_MAX} share links are as many as there may be: end one");
                return Err(DashboardError::Conflict(why));
            }
            let told = json!({ "share": id, "dashboard": found.id, "days": days, "by": by });
            self.0.guard.tell_in(tx, workspace, "share.made", &told)?;
            self.0.book.put(tx, Part::Share, &Kept { workspace, id: id.0, version: 1, what: row.clone() })
        })?;
        Ok(self.read_share(workspace, KeptShare { id, what: row }))
    }

    /// Ends a link.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn end_share(&self, granted: &Granted, id: ShareId) -> Result<(), DashboardError> {
        let workspace = granted.workspace.ok_or(DashboardError::NotFound("workspace"))?;
        let entry = granted.does("share.ended", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let gone = self.0.book.remove(tx, (workspace, Part::Share, id.0))?;
            if gone { Ok(()) } else { Err(DashboardError::NotFound("share")) }
        })?;
        self.0.shown.lock().remove(&id);
        Ok(())
    }

    /// What whoever has a link sees. Each time that numbers are worked out an entry is made in the workspace's ledger, with
    /// how often those before were shown; so nobody sees any without one.
    ///
    /// # Errors
    /// Not found, whatever is wrong with the link; opened too often; the ledger takes no entry; the store's or database's.
    pub fn seen(&self, granted: &Granted, token: &str) -> Result<Arc<Seen>, DashboardError> {
        let not_found = DashboardError::NotFound("share");
        let Some((workspace, id)) = self.0.links.read(token) else { return Err(not_found) };
        let now_ms = self.0.clock.now_ms();
        let too_many = |retry_after_s| DashboardError::TooMany { retry_after_s };
        self.0.opened.take(id, OPENED_PER_S, 1, now_ms).map_err(too_many)?;
        // Read each time: a link that was ended shows nothing from that moment on.
        let found = self.0.control.read(|tx| self.0.book.one::<Row>(tx, (workspace, Part::Share, id.0)))?;
        let Some(Kept { what: row, .. }) = found.filter(|kept| kept.what.expires_ms > now_ms) else {
            self.0.shown.lock().remove(&id);
            return Err(not_found);
        };
        if let Some(seen) = self.shown_lately(id, now_ms) {
            return Ok(seen);
        }
        // One at a time for all links: what strangers can have worked out takes no more than one core.
        let Some(_one) = self.0.working.try_lock_for(WAIT) else { return Err(too_many(1)) };
        if let Some(seen) = self.shown_lately(id, now_ms) {
            return Ok(seen);
        }
        let before = self.0.shown.lock().remove(&id).map_or(0, |shown| shown.openings);
        let fields = row.what.tiles.iter().flat_map(|tile| broken_down(&tile.question)).map(str::to_owned);
        let fields: BTreeSet<String> = fields.collect();
        let detail = json!({
            "dashboard": row.dashboard, "tiles": row.what.tiles.len(), "fields": fields, "shown_before": before,
        });
        let mut entry = granted.does("share.seen", id.to_string(), detail);
        entry.workspace = Some(workspace);
        self.0.ledger.enter(entry)?;
        let Answers { days, zone, outcomes } = self.answers(workspace, &row.what)?;
        let mut tiles = Vec::with_capacity(outcomes.len());
        for (tile, outcome) in row.what.tiles.into_iter().zip(outcomes) {
            tiles.push((tile, self.numbers_alone(workspace, outcome)?));
        }
        let seen = Seen { name: row.what.name, days, zone, tiles, at_ms: now_ms, expires_ms: row.expires_ms };
        let seen = Arc::new(seen);
        let mut shown = self.0.shown.lock();
        shown.retain(|_, shown| shown.seen.at_ms + FRESH_MS > now_ms);
        if shown.len() < SHOWN_MAX {
            shown.insert(id, Shown { seen: seen.clone(), openings: 0 });
        }
        Ok(seen)
    }

    fn shown_lately(&self, id: ShareId, now_ms: i64) -> Option<Arc<Seen>> {
        let mut shown = self.0.shown.lock();
        let found = shown.get_mut(&id).filter(|shown| shown.seen.at_ms + FRESH_MS > now_ms)?;
        found.openings += 1;
        Some(found.seen.clone())
    }

    /// An answer without what rests on too few people, and without reasons: those are for members.
    fn numbers_alone(&self, workspace: WorkspaceId, outcome: Outcome) -> Result<Outcome, DashboardError> {
        let Outcome::Answered(asked, answer) = outcome else {
            return Ok(Outcome::Refused("not answered".to_owned()));
        };
        let ask = |question: Option<&Question>| {
            question.map(|question| self.0.asked.ask(workspace, question)).transpose()
        };
        let bare = few::bare(&asked);
        let answer = ask(bare.as_ref())?.unwrap_or(answer);
        let plain = bare.as_ref().unwrap_or(&asked);
        let people = ask(few::companion(plain).as_ref())?;
        let left = few::kept(plain, &answer, people.as_ref());
        let left = match asked.as_ref() {
            Question::Trend(trend) => question::shape::shaped(trend, left),
            _ => left,
        };
        Ok(Outcome::Answered(asked, left))
    }

    pub(crate) fn shares_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<KeptShare>, DashboardError> {
        let kept = self.0.book.list::<Row>(tx, (workspace, Part::Share))?;
        Ok(kept.into_iter().map(|kept| KeptShare { id: ShareId(kept.id), what: kept.what }).collect())
    }

    fn read_share(&self, workspace: WorkspaceId, share: KeptShare) -> Share {
        let KeptShare { id, what: Row { dashboard, what, by, made_ms, expires_ms } } = share;
        let url = self.0.links.url(workspace, id);
        Share { id, dashboard, name: what.name, url, by, made_ms, expires_ms }
    }
}

/// The fields by whose values a question's answer is split.
pub fn broken_down(question: &Value) -> impl Iterator<Item = &str> {
    question["by"].as_array().into_iter().flatten().filter_map(Value::as_str)
}
