//! Alerts on a metric: a trend of one line, and a rule about its last whole hour or day. A breach is told once, when it begins.

use std::collections::BTreeMap;

use guard::Granted;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use ledger::NewEntry;
use model::{MemberId, MetricAlertId, WorkspaceId};
use question::{Bound, Interval, Measure, Question, Show, Trend};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::anomaly::{self, WEEKS};
use crate::ask;
use crate::book::{self, Kept, Part};
use crate::dashboards::{Dashboards, of_the_house, whose};
use crate::definition;
use crate::error::{DashboardError, invalid};

/// The most alerts of one workspace; further ones are refused.
pub const ALERTS_MAX: usize = 50;
/// How long after the end of an interval it is judged: events may come late.
const GRACE_MS: i64 = 5 * 60_000;
/// How many times the usual distance from the median may be asked for.
const TIMES_MAX: f64 = 100.0;

/// An alert as somebody writes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAlert {
    /// What it is called.
    pub name: String,
    /// A trend of one line by hour or day, without a breakdown: of one event, or of several and the one formula that makes one
    /// number of them. Its range does not matter.
    pub question: Value,
    /// When it is told of.
    pub rule: Rule,
}

/// When an alert is told of: one of the three.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Above this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Below this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Farther from the median of the same hour and weekday of the last eight weeks than so many times what is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<f64>,
}

/// An alert that is kept, and how it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Alert {
    /// Its id.
    pub id: MetricAlertId,
    /// What it watches.
    pub what: NewAlert,
    /// Who made it.
    pub by: MemberId,
    /// The start of the interval judged last (milliseconds since 1970, UTC), and whether the rule was broken there.
    pub judged: Option<(i64, bool)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Row {
    what: NewAlert,
    by: MemberId,
}

/// What came of a look.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Judged {
    slot_ms: i64,
    value: Option<f64>,
    bounds: Option<anomaly::Bounds>,
    breached: bool,
}

impl Rule {
    fn check(self) -> Result<(), DashboardError> {
        let given = [self.above, self.below, self.outside];
        let one =
            given.iter().flatten().count() == 1 && given.iter().flatten().all(|value| value.is_finite());
        if !one || self.outside.is_some_and(|times| !(0.5..=TIMES_MAX).contains(&times)) {
            let fix = format!(
                "write one of {{\"above\": 100}}, {{\"below\": 5}}, {{\"outside\": 3}} (0.5 to {TIMES_MAX})"
            );
            return Err(invalid("rule", fix));
        }
        Ok(())
    }

    /// The same in words.
    pub fn words(self) -> String {
        match self {
            Self { above: Some(above), .. } => format!("above {above}"),
            Self { below: Some(below), .. } => format!("below {below}"),
            Self { outside, .. } => format!("outside {} times what is usual", outside.unwrap_or_default()),
        }
    }
}

impl NewAlert {
    fn check(&mut self) -> Result<Trend, DashboardError> {
        definition::name("name", &self.name)?;
        self.rule.check()?;
        if let Some(fields) = self.question.as_object_mut() {
            fields.remove("range");
        }
        let day = jiff::civil::Date::constant(2026, 1, 31);
        let asked = ask::composed(&self.question, &[], (day, day)).map_err(|error| match error {
            DashboardError::Invalid { field, fix } => {
                DashboardError::Invalid { field: format!("question{field}"), fix }
            }
            other => other,
        })?;
        let Question::Trend(trend) = asked else {
            return Err(invalid("question/kind", "write \"kind\":\"trend\": an alert takes no other kind"));
        };
        match refused(&trend) {
            Some((field, fix)) => Err(invalid(field, fix)),
            None => Ok(trend),
        }
    }
}

/// Why a trend is not one line of whole hours or days: the field, and how to mend it.
fn refused(trend: &Trend) -> Option<(&'static str, &'static str)> {
    let several = trend.events.len() > 1;
    match trend.formulas.len() {
        0 if several => Some((
            "question/formulas",
            "write one formula, which makes one number of the events: [{\"formula\":\"A / B\"}], or take one event",
        )),
        0 | 1 if !trend.by.is_empty() => Some(("question/by", "leave it out: an alert watches one line")),
        0 | 1 if trend.compare.is_some() => Some(("question/compare", "leave it out; `outside` compares")),
        0 | 1 if trend.show != Show::Interval => Some(("question/show", "leave it out")),
        0 | 1 if trend.rolling.is_some() => Some(("question/rolling", "leave it out")),
        0 | 1 if !matches!(trend.interval, Interval::Hour | Interval::Day) => {
            Some(("question/interval", "take `hour` or `day`"))
        }
        0 | 1 => None,
        _ => Some(("question/formulas", "write one: an alert watches one line")),
    }
}

/// What an alert takes a trend's number as.
struct Line {
    /// Its column in the answer.
    column: usize,
    /// What it is where the answer has none.
    nothing: Option<f64>,
    /// The least distance from what is usual that counts as usual.
    spread_min: f64,
}

impl Line {
    fn of(trend: &Trend) -> Self {
        if !trend.formulas.is_empty() {
            // Behind the time and the events that it is worked out of; where there is nothing, nothing is divided.
            return Self { column: 1 + trend.events.len(), nothing: None, spread_min: 0.0 };
        }
        let measure = trend.events.first().map_or(Measure::Count, |event| event.measure);
        let nothing = matches!(measure, Measure::Count | Measure::People | Measure::Sum).then_some(0.0);
        let counts = matches!(measure, Measure::Count | Measure::People);
        Self { column: 1, nothing, spread_min: if counts { 1.0 } else { 0.0 } }
    }
}

impl Dashboards {
    /// The alerts of a workspace, in the order of making.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn alerts(&self, workspace: WorkspaceId) -> Result<Vec<Alert>, DashboardError> {
        self.0.control.read(|tx| {
            let rows = self.0.book.list::<Row>(tx, (workspace, Part::Alert))?;
            rows.into_iter()
                .map(|Kept { id, what: Row { what, by }, .. }| {
                    let judged = book::done(tx, (workspace, id))?;
                    Ok(Alert { id: MetricAlertId(id), what, by, judged })
                })
                .collect()
        })
    }

    /// Makes one. Its last whole interval is judged at once.
    ///
    /// # Errors
    /// A field that is not right, too many, or the ledger's or database's.
    pub fn watch(&self, granted: &Granted, mut what: NewAlert) -> Result<Alert, DashboardError> {
        let (workspace, by) = whose(granted)?;
        what.check()?;
        let named = self.0.segments.named_in(workspace, &what.question);
        named.map_err(|_| invalid("question", "names a segment that is not here"))?;
        let id = MetricAlertId::new(self.0.clock.now_ms());
        let entry = granted.does("metric_alert.made", id.to_string(), json!({}));
        self.change(entry, |tx| {
            if self.0.book.list::<Row>(tx, (workspace, Part::Alert))?.len() >= ALERTS_MAX {
                let why = format!("{ALERTS_MAX} alerts are as many as there may be");
                return Err(DashboardError::Conflict(why));
            }
            let what = Row { what: what.clone(), by };
            self.0.book.put(tx, Part::Alert, &Kept { workspace, id: id.0, version: 1, what })
        })?;
        self.ring();
        Ok(Alert { id, what, by, judged: None })
    }

    /// Takes one away.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn drop_alert(&self, granted: &Granted, id: MetricAlertId) -> Result<(), DashboardError> {
        let (workspace, _) = whose(granted)?;
        let entry = granted.does("metric_alert.removed", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let gone = self.0.book.remove(tx, (workspace, Part::Alert, id.0))?;
            if gone { Ok(()) } else { Err(DashboardError::NotFound("alert")) }
        })
    }

    /// Judges every alert whose interval has ended since the last look. One that cannot be judged keeps no other from it.
    pub(crate) fn judge_alerts(&self) -> Result<(), DashboardError> {
        let rows = self.0.control.read(|tx| self.0.book.every::<Row>(tx, Part::Alert))?;
        for Kept { workspace, id, what: Row { what, .. }, .. } in rows {
            let alert = MetricAlertId(id);
            if let Err(error) = self.judge(workspace, alert, what) {
                tracing::warn!(%alert, %error, "an alert could not be judged; tried again");
            }
        }
        Ok(())
    }

    fn judge(
        &self,
        workspace: WorkspaceId,
        id: MetricAlertId,
        mut what: NewAlert,
    ) -> Result<(), DashboardError> {
        let trend = what.check()?;
        let zone = self.zone(workspace)?;
        let (slot_ms, end_ms) = last_whole(trend.interval, &zone, self.0.clock.now_ms() - GRACE_MS)?;
        let before = self.0.control.read(|tx| book::done(tx, (workspace, id.0)))?;
        if before.is_some_and(|(done_ms, _)| done_ms >= slot_ms) {
            return Ok(());
        }
        let judged = self.looked(workspace, (trend, what.rule), (slot_ms, end_ms), &zone)?;
        let Judged { value, bounds, breached, .. } = judged;
        let begins = breached && !before.is_some_and(|(_, breached)| breached);
        if !begins {
            return self.0.control.write(|tx| self.settle(tx, (workspace, id), judged).map(drop));
        }
        let two = |number: f64| (number * 100.0).round() / 100.0;
        let mut detail = json!({ "alert": id, "at": instant(slot_ms), "value": value.map(two) });
        if let Some(bounds) = bounds {
            detail["low"] = json!(two(bounds.low));
            detail["high"] = json!(two(bounds.high));
        }
        let entry: NewEntry = of_the_house(workspace, "metric_alert.fired", id.to_string(), detail.clone());
        self.change(entry, |tx| {
            if self.settle(tx, (workspace, id), judged)? {
                self.0.guard.tell_in(tx, workspace, "metric.breached", &detail)?;
            }
            Ok(())
        })
    }

    /// Keeps what came of a look; whether it was the first at that interval, of an alert that is still there.
    fn settle(
        &self,
        tx: &rusqlite::Transaction<'_>,
        (workspace, id): (WorkspaceId, MetricAlertId),
        judged: Judged,
    ) -> Result<bool, DashboardError> {
        let there = self.0.book.one::<Row>(tx, (workspace, Part::Alert, id.0))?.is_some();
        let done = book::done(tx, (workspace, id.0))?;
        if !there || done.is_some_and(|(done_ms, _)| done_ms >= judged.slot_ms) {
            return Ok(false);
        }
        book::set_done(tx, (workspace, id.0), (judged.slot_ms, judged.breached))?;
        Ok(true)
    }

    fn looked(
        &self,
        workspace: WorkspaceId,
        (mut trend, rule): (Trend, Rule),
        (slot_ms, end_ms): (i64, i64),
        zone: &TimeZone,
    ) -> Result<Judged, DashboardError> {
        let weeks = if rule.outside.is_some() { WEEKS } else { 0 };
        let slots = same_times(slot_ms, weeks, zone)?;
        let line = Line::of(&trend);
        trend.range.from = Bound::Instant(timestamp(slots.last().copied().unwrap_or(slot_ms)));
        trend.range.to = Bound::Instant(timestamp(end_ms));
        let answer = self.0.asked.ask(workspace, &Question::Trend(trend))?;
        let measured: BTreeMap<i64, Option<f64>> = answer
            .rows
            .iter()
            .filter_map(|row| {
                let at: Timestamp = row.first()?.as_str()?.parse().ok()?;
                Some((at.as_millisecond(), row.get(line.column)?.as_f64()))
            })
            .collect();
        let at = |ms: i64| measured.get(&ms).copied().flatten().or(line.nothing);
        let value = at(slot_ms);
        let mut history: Vec<f64> = slots.iter().skip(1).filter_map(|slot| at(*slot)).collect();
        // Weeks before the first value are none at all.
        while history.last() == Some(&0.0) {
            history.pop();
        }
        let bounds = rule.outside.and_then(|times| anomaly::bounds(&history, times, line.spread_min));
        let breached = value.is_some_and(|value| {
            rule.above.is_some_and(|above| value > above)
                || rule.below.is_some_and(|below| value < below)
                || bounds.is_some_and(|bounds| !bounds.hold(value))
        });
        Ok(Judged { slot_ms, value, bounds, breached })
    }
}

/// The last interval that is over at `at_ms`: its start and its end.
fn last_whole(interval: Interval, zone: &TimeZone, at_ms: i64) -> Result<(i64, i64), DashboardError> {
    let start = |ms: i64| {
        let at = timestamp(ms).to_zoned(zone.clone());
        interval.start(&at).map(|start| start.timestamp().as_millisecond()).map_err(question::AskError::from)
    };
    let end_ms = start(at_ms)?;
    Ok((start(end_ms - 1)?, end_ms))
}

/// A time, and the same hour of the same weekday so many weeks back, the latest first.
fn same_times(slot_ms: i64, weeks: usize, zone: &TimeZone) -> Result<Vec<i64>, DashboardError> {
    let at = timestamp(slot_ms).to_zoned(zone.clone());
    (0..=weeks)
        .map(|back| {
            let back = i64::try_from(back).unwrap_or_default();
            let then = at.checked_sub(back.weeks()).map_err(|_| invalid("question", "too long ago"))?;
            Ok(then.timestamp().as_millisecond())
        })
        .collect()
}

fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant(ms: i64) -> String {
    timestamp(ms).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_whole_where_the_workspace_is() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let whole = |interval, at| last_whole(interval, &zone, ms(at)).unwrap();
        assert_eq!(
            whole(Interval::Day, "2026-10-26T10:00:00Z"),
            (ms("2026-10-24T22:00:00Z"), ms("2026-10-25T23:00:00Z")),
            "a day of 25 hours"
        );
        assert_eq!(whole(Interval::Hour, "2026-11-02T10:59:59Z").0, ms("2026-11-02T09:00:00Z"));
        let weeks = same_times(ms("2026-11-02T09:00:00Z"), 2, &zone).unwrap();
        let expected = ["2026-11-02T09:00:00Z", "2026-10-26T09:00:00Z", "2026-10-19T08:00:00Z"].map(ms);
        assert_eq!(weeks, expected, "ten o'clock there, each time");
    }

    #[test]
    fn an_alert_watches_one_line_and_what_is_more_is_refused_by_its_field() {
        let check = |question: Value| {
            let rule = Rule { below: Some(0.5), ..Rule::default() };
            let asked = NewAlert { name: "Orders".to_owned(), question, rule }.check();
            asked.map(|trend| Line::of(&trend).column).map_err(|error| match error {
                DashboardError::Invalid { field, .. } => field,
                other => panic!("{other}"),
            })
        };
        let trend = |more: Value| {
            let mut question = json!({ "kind": "trend", "events": [{ "event": "A" }, { "event": "B" }],
                "formulas": [{ "formula": "A / B" }] });
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            question
        };
        assert_eq!(check(trend(json!({}))), Ok(3));
        assert_eq!(check(trend(json!({ "interval": "hour" }))), Ok(3));
        assert_eq!(check(trend(json!({ "formulas": [], "events": [{ "event": "A" }] }))), Ok(1));
        for (more, field) in [
            (json!({ "formulas": [] }), "question/formulas"),
            (json!({ "formulas": [{ "formula": "A / B" }, { "formula": "A + B" }] }), "question/formulas"),
            (json!({ "formulas": [{ "formula": "A / C" }] }), "question/formulas/0/formula"),
            (json!({ "by": ["country"] }), "question/by"),
            (json!({ "compare": "previous" }), "question/compare"),
            (json!({ "show": "cumulative" }), "question/show"),
            (json!({ "rolling": 7 }), "question/rolling"),
            (json!({ "interval": "week" }), "question/interval"),
        ] {
            assert_eq!(check(trend(more)), Err(field.to_owned()));
        }
        let people = json!({ "kind": "people", "who": { "did": { "event": "A" } } });
        assert_eq!(check(people), Err("question/kind".to_owned()));
    }

    #[test]
    fn a_rule_is_one_of_three() {
        assert!(Rule { above: Some(1.0), ..Rule::default() }.check().is_ok());
        for wrong in [
            Rule::default(),
            Rule { above: Some(1.0), below: Some(0.0), outside: None },
            Rule { outside: Some(0.0), ..Rule::default() },
            Rule { below: Some(f64::NAN), ..Rule::default() },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }
}
