//! Questions as they are asked: a tile's with the dashboard's filters and days in it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, AskError, Question};
use serde_json::{Value, json};

use crate::dashboards::Dashboards;
use crate::definition::NewDashboard;
use crate::error::{DashboardError, invalid};

/// A question with conditions added and days put in.
///
/// # Errors
/// The place in the question and what to write.
pub fn composed(
    question: &Value,
    filters: &[Value],
    (from, to): (Date, Date),
) -> Result<Question, DashboardError> {
    let mut asked = question.clone();
    let Some(fields) = asked.as_object_mut() else {
        return Err(invalid("", "write a question: {\"kind\":\"trend\",…}"));
    };
    match fields.get("kind").and_then(Value::as_str) {
        Some("people") => {
            if !filters.is_empty() {
                if filters.iter().any(|filter| filter.get("property").is_some()) {
                    let fix =
                        "a filter by a property says nothing about people: filter by a trait or a segment";
                    return Err(invalid("", fix));
                }
                let who = fields.remove("who").unwrap_or_default();
                let all: Vec<Value> = std::iter::once(who).chain(filters.iter().cloned()).collect();
                fields.insert("who".to_owned(), json!({ "all": all }));
            }
        }
        Some("sql") => {}
        _ => {
            fields.insert("range".to_owned(), json!({ "from": from, "to": to }));
            if !filters.is_empty() {
                let mut conditions =
                    fields.get("where").and_then(Value::as_array).cloned().unwrap_or_default();
                conditions.extend(filters.iter().cloned());
                fields.insert("where".to_owned(), Value::Array(conditions));
            }
        }
    }
    Question::from_value(&asked)
        .map_err(|error| invalid(&error.pointer, format!("{}: {}", error.problem, error.fix)))
}

/// What came of a tile.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The question as it was asked, and its answer.
    Answered(Box<Question>, Answer),
    /// It cannot be answered as it stands: what to do.
    Refused(String),
}

/// A dashboard's answers.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The first and the last day.
    pub days: (Date, Date),
    /// Where days begin.
    pub zone: TimeZone,
    /// What came of each tile, in order.
    pub outcomes: Vec<Outcome>,
}

impl Dashboards {
    /// Answers every tile. Whoever calls this has entered the look.
    ///
    /// # Errors
    /// The database's, or the store's.
    pub fn answers(&self, workspace: WorkspaceId, of: &NewDashboard) -> Result<Answers, DashboardError> {
        let zone = self.zone(workspace)?;
        let days = of.range.days(self.today(&zone))?;
        let mut outcomes = Vec::with_capacity(of.tiles.len());
        for tile in &of.tiles {
            outcomes.push(self.answer(workspace, (&tile.question, &of.filters), days)?);
        }
        Ok(Answers { days, zone, outcomes })
    }

    fn answer(
        &self,
        workspace: WorkspaceId,
        (question, filters): (&Value, &[Value]),
        days: (Date, Date),
    ) -> Result<Outcome, DashboardError> {
        if let Err(error) = self.0.segments.named_in(workspace, &json!([question, filters])) {
            return Ok(Outcome::Refused(error.to_string()));
        }
        let asked = match composed(question, filters, days) {
            Ok(asked) => asked,
            Err(error) => return Ok(Outcome::Refused(error.to_string())),
        };
        Ok(match self.0.asked.ask(workspace, &asked) {
            Ok(answer) => Outcome::Answered(Box::new(asked), answer),
            Err(error @ (AskError::Invalid(_) | AskError::TooLarge { .. })) => {
                Outcome::Refused(error.to_string())
            }
            Err(error) => return Err(error.into()),
        })
    }

    /// Where the workspace's days begin.
    pub(crate) fn zone(&self, workspace: WorkspaceId) -> Result<TimeZone, DashboardError> {
        let found = self.0.control.read(|tx| control::workspaces::by_id(tx, workspace));
        let found = found.map_err(DashboardError::Control)?.ok_or(DashboardError::NotFound("workspace"))?;
        Ok(TimeZone::get(&found.time_zone).unwrap_or(TimeZone::UTC))
    }

    pub(crate) fn today(&self, zone: &TimeZone) -> Date {
        let now = Timestamp::from_millisecond(self.0.clock.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        now.to_zoned(zone.clone()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> (Date, Date) {
        (Date::constant(2026, 1, 1), Date::constant(2026, 1, 31))
    }

    #[test]
    fn filters_and_days_stand_in_every_kind() {
        let pro = json!({ "trait": "plan", "op": "eq", "value": "pro" });
        let trend = json!({ "kind": "trend", "events": [{ "event": "Paid" }], "range": { "from": "1999-01-01", "to": "1999-01-02" },
            "where": [{ "property": "country", "op": "eq", "value": "DE" }] });
        let Question::Trend(asked) = composed(&trend, std::slice::from_ref(&pro), days()).unwrap() else {
            panic!("a trend")
        };
        assert_eq!((asked.conditions.len(), json!(asked.range)["from"].as_str()), (2, Some("2026-01-01")));
        let people = json!({ "kind": "people", "who": { "did": { "event": "Paid" } } });
        let asked = composed(&people, std::slice::from_ref(&pro), days()).unwrap();
        assert_eq!(json!(asked)["who"]["all"][1]["trait"], "plan");
        let property = json!({ "property": "country", "op": "eq", "value": "DE" });
        assert!(composed(&people, &[property], days()).is_err());
    }
}
