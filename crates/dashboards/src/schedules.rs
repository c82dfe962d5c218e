//! A dashboard's numbers, told each day or week at an hour of the workspace's: a notice to those who run it, which goes where
//! their notices go, by mail or to the signed webhook. Each time at most once, also across restarts.

use guard::Granted;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::{DashboardId, MemberId, ScheduleId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Outcome;
use crate::book::{self, Kept, Part};
use crate::dashboards::{Dashboards, of_the_house, whose};
use crate::error::{DashboardError, invalid};

/// The most schedules of one workspace; further ones are refused.
pub const SCHEDULES_MAX: usize = 50;
/// A time that is not longer ago than this when the schedule is made is still one of its times.
const BEGUN_MS: i64 = 3_600_000;

/// A schedule as somebody writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// `day` or `week`.
    pub every: Every,
    /// At which hour, 0 to 23, in the workspace's time zone.
    pub hour: u8,
    /// Of a week: on which day, 1 (Monday) to 7; Monday if not said.
    #[serde(default)]
    pub weekday: Option<u8>,
}

/// How often.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each day.
    Day,
    /// Each week.
    Week,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) dashboard: DashboardId,
    when: NewSchedule,
    by: MemberId,
}

/// A schedule that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scheduled {
    /// Its id.
    pub id: ScheduleId,
    /// Of which dashboard.
    pub dashboard: DashboardId,
    /// When.
    pub when: NewSchedule,
    /// Who made it.
    pub by: MemberId,
    /// The time it was told for last, milliseconds since 1970, UTC.
    pub last_ms: Option<i64>,
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl NewSchedule {
    fn check(&self) -> Result<(), DashboardError> {
        if self.hour > 23 {
            return Err(invalid("hour", "0 to 23"));
        }
        match (self.every, self.weekday) {
            (Every::Day, Some(_)) => Err(invalid("weekday", "is of a week: leave it out")),
            (Every::Week, Some(day)) if !(1..=7).contains(&day) => {
                Err(invalid("weekday", "1 (Monday) to 7 (Sunday)"))
            }
            _ => Ok(()),
        }
    }

    fn weekday(&self) -> u8 {
        self.weekday.unwrap_or(1)
    }

    /// The same in words.
    pub fn words(&self) -> String {
        let day = WEEKDAYS.get(usize::from(self.weekday()).saturating_sub(1)).copied().unwrap_or("Monday");
        match self.every {
            Every::Day => format!("each day at {:02}:00", self.hour),
            Every::Week => format!("each {day} at {:02}:00", self.hour),
        }
    }

    /// The last of its times that is not after `now_ms`.
    fn last(&self, now_ms: i64, zone: &TimeZone) -> Option<i64> {
        let now = Timestamp::from_millisecond(now_ms).ok()?;
        let hour = i8::try_from(self.hour).ok()?;
        let weekday = i8::try_from(self.weekday()).ok()?;
        let mut day: Date = now.to_zoned(zone.clone()).date();
        for _ in 0..=8 {
            let fits = self.every == Every::Day || day.weekday().to_monday_one_offset() == weekday;
            // An hour that the clock leaves out that day is the one after it.
            let at = day.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp();
            if fits && at <= now {
                return Some(at.as_millisecond());
            }
            day = day.checked_sub(1.day()).ok()?;
        }
        None
    }
}

impl Dashboards {
    /// The schedules of a dashboard.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn schedules(
        &self,
        workspace: WorkspaceId,
        dashboard: &str,
    ) -> Result<Vec<Scheduled>, DashboardError> {
        let id = self.show(workspace, dashboard)?.id;
        self.0.control.read(|tx| {
            let rows = self.0.book.list::<Schedule>(tx, (workspace, Part::Schedule))?;
            let own = rows.into_iter().filter(|kept| kept.what.dashboard == id);
            own.map(|Kept { id, what: Schedule { dashboard, when, by }, .. }| {
                let last_ms = book::done(tx, (workspace, id))?.map(|(slot_ms, _)| slot_ms);
                Ok(Scheduled { id: ScheduleId(id), dashboard, when, by, last_ms })
            })
            .collect()
        })
    }

    /// Makes one. Its first time is the hour that has begun, if it is that, else the next.
    ///
    /// # Errors
    /// Not found, a field that is not right, too many, or the ledger's or database's.
    pub fn schedule(
        &self,
        granted: &Granted,
        dashboard: &str,
        when: NewSchedule,
    ) -> Result<Scheduled, DashboardError> {
        let (workspace, by) = whose(granted)?;
        when.check()?;
        let dashboard = self.show(workspace, dashboard)?.id;
        let (zone, now_ms) = (self.zone(workspace)?, self.0.clock.now_ms());
        let id = ScheduleId::new(now_ms);
        let over = when.last(now_ms, &zone).filter(|slot_ms| now_ms - slot_ms >= BEGUN_MS);
        let entry = granted.does("schedule.made", id.to_string(), json!({ "dashboard": dashboard }));
        self.change(entry, |tx| {
            if self.0.book.list::<Schedule>(tx, (workspace, Part::Schedule))?.len() >= SCHEDULES_MAX {
                let why = format!("{SCHEDULES_MAX} schedules are as many as there may be");
                return Err(DashboardError::Conflict(why));
            }
            if let Some(slot_ms) = over {
                book::set_done(tx, (workspace, id.0), (slot_ms, false))?;
            }
            let what = Schedule { dashboard, when: when.clone(), by };
            self.0.book.put(tx, Part::Schedule, &Kept { workspace, id: id.0, version: 1, what })
        })?;
        self.ring();
        Ok(Scheduled { id, dashboard, when, by, last_ms: over })
    }

    /// Takes one away.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn drop_schedule(&self, granted: &Granted, id: ScheduleId) -> Result<(), DashboardError> {
        let (workspace, _) = whose(granted)?;
        let entry = granted.does("schedule.removed", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let gone = self.0.book.remove(tx, (workspace, Part::Schedule, id.0))?;
            if gone { Ok(()) } else { Err(DashboardError::NotFound("schedule")) }
        })
    }

    /// Tells what is due. One that cannot be told keeps no other from it.
    pub(crate) fn tell_due(&self) -> Result<(), DashboardError> {
        let rows = self.0.control.read(|tx| self.0.book.every::<Schedule>(tx, Part::Schedule))?;
        for Kept { workspace, id, what, .. } in rows {
            let schedule = ScheduleId(id);
            if let Err(error) = self.tell(workspace, schedule, &what) {
                tracing::warn!(%schedule, %error, "a dashboard could not be told; tried again");
            }
        }
        Ok(())
    }

    fn tell(
        &self,
        workspace: WorkspaceId,
        id: ScheduleId,
        schedule: &Schedule,
    ) -> Result<(), DashboardError> {
        let zone = self.zone(workspace)?;
        let Some(slot_ms) = schedule.when.last(self.0.clock.now_ms(), &zone) else { return Ok(()) };
        let is_done = |done: Option<(i64, bool)>| done.is_some_and(|(done_ms, _)| done_ms >= slot_ms);
        if is_done(self.0.control.read(|tx| book::done(tx, (workspace, id.0)))?) {
            return Ok(());
        }
        let found = self.0.control.read(|tx| self.row(tx, workspace, schedule.dashboard))?;
        let Some(dashboard) = found else { return Ok(()) };
        let about = json!({ "dashboard": dashboard.id, "schedule": id });
        // Entered before anything is asked: without an entry there is no answer.
        let intent = self.0.ledger.intend(of_the_house(
            workspace,
            "dashboard.told",
            dashboard.id.to_string(),
            about,
        ))?;
        let told = self.answers(workspace, &dashboard.what).and_then(|answers| {
            let mut detail = json!({
                "dashboard": dashboard.id, "schedule": id, "from": answers.days.0, "to": answers.days.1,
            });
            for (place, outcome) in answers.outcomes.iter().enumerate() {
                if let Outcome::Answered(question, answer) = outcome
                    && let Some(number) = charts::tile::headline(question, answer)
                {
                    detail[format!("tile_{}", place + 1)] = rounded(number);
                }
            }
            self.0.control.write(|tx| {
                let there = self.0.book.one::<Schedule>(tx, (workspace, Part::Schedule, id.0))?.is_some();
                if !there || is_done(book::done(tx, (workspace, id.0))?) {
                    return Ok(());
                }
                book::set_done(tx, (workspace, id.0), (slot_ms, false))?;
                self.0.guard.tell_in(tx, workspace, "dashboard.told", &detail)?;
                Ok::<_, DashboardError>(())
            })
        });
        match told {
            Ok(()) => intent.done(json!({}))?,
            Err(error) => {
                let _ = intent.failed(json!({}));
                return Err(error);
            }
        };
        Ok(())
    }
}

/// Two digits behind the point, and none where there are none.
fn rounded(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return json!(number as i64);
    }
    json!((number * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_is_the_workspaces() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let daily = NewSchedule { every: Every::Day, hour: 8, weekday: None };
        let last = |when: &NewSchedule, now| when.last(ms(now), &zone).unwrap();
        assert_eq!(last(&daily, "2026-11-23T06:59:59Z"), ms("2026-11-22T07:00:00Z"));
        assert_eq!(last(&daily, "2026-11-23T07:00:00Z"), ms("2026-11-23T07:00:00Z"));
        // Monday is the 23rd.
        let weekly = NewSchedule { every: Every::Week, hour: 8, weekday: Some(1) };
        assert_eq!(last(&weekly, "2026-11-23T06:59:59Z"), ms("2026-11-16T07:00:00Z"));
        assert_eq!(last(&weekly, "2026-11-29T12:00:00Z"), ms("2026-11-23T07:00:00Z"));
        let left_out = NewSchedule { every: Every::Day, hour: 2, weekday: None };
        assert_eq!(last(&left_out, "2026-03-29T12:00:00Z"), ms("2026-03-29T01:00:00Z"));
        assert!(NewSchedule { hour: 24, ..daily.clone() }.check().is_err());
        assert!(NewSchedule { weekday: Some(1), ..daily }.check().is_err());
    }
}
