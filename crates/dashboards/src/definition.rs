//! What a dashboard is, and what may stand in it.

use jiff::civil::Date;
use model::{DashboardId, MemberId};
use question::{Question, Select};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ask;
use crate::error::{DashboardError, invalid};

/// The most dashboards of one workspace; further ones are refused.
pub const DASHBOARDS_MAX: usize = 100;
/// The most tiles of one dashboard.
pub const TILES_MAX: usize = 24;
/// The most filters of one dashboard.
pub const FILTERS_MAX: usize = 10;
/// How wide a tile may be, in thirds of a page.
pub const WIDTH_MAX: u8 = 3;
/// The most days a range of last days has: ten years.
pub const DAYS_MAX: u32 = 3_650;
/// The longest name of anything here, in bytes.
const NAME_BYTES_MAX: usize = 100;
/// The longest question of a tile, in bytes of JSON.
const QUESTION_BYTES_MAX: usize = 8_192;
/// The longest filter, in bytes of JSON.
const FILTER_BYTES_MAX: usize = 1_024;

/// A dashboard as somebody writes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDashboard {
    /// What it is called.
    pub name: String,
    /// What it shows, in this order.
    #[serde(default)]
    pub tiles: Vec<Tile>,
    /// Conditions that are added to each question, as in a `where`.
    #[serde(default)]
    pub filters: Vec<Value>,
    /// Which days; the last 30 if not said.
    #[serde(default)]
    pub range: Range,
}

/// A question, and how its answer is shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// What it is called.
    pub title: String,
    /// The question. The dashboard's range stands in place of its own.
    pub question: Value,
    /// How it is drawn; what suits the question if not said.
    #[serde(default)]
    pub chart: Option<Chart>,
    /// How wide, in thirds of a page: 1 to 3, one if not said.
    #[serde(default)]
    pub width: Option<u8>,
}

/// How an answer is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    /// Lines over time.
    Line,
    /// Stacked bars over time.
    Bars,
    /// One number.
    Number,
    /// Steps of a funnel.
    Steps,
    /// A grid of who came back.
    Grid,
    /// Paths.
    Flow,
    /// A table alone.
    Table,
}

/// Which days a dashboard covers: the last so many, or from one to another.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The last so many days up to today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_days: Option<u32>,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A dashboard that is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Dashboard {
    /// Its id.
    pub id: DashboardId,
    /// Which version, from 1.
    pub version: u32,
    /// What it holds.
    pub what: NewDashboard,
    /// Who wrote this version.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub changed_ms: i64,
}

/// The days if nothing is said.
pub const DAYS: u32 = 30;

const CHARTS: [(&str, Chart); 7] = [
    ("line", Chart::Line),
    ("bars", Chart::Bars),
    ("number", Chart::Number),
    ("steps", Chart::Steps),
    ("grid", Chart::Grid),
    ("flow", Chart::Flow),
    ("table", Chart::Table),
];

impl Chart {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        CHARTS.iter().find(|(_, chart)| *chart == self).map_or("table", |(name, _)| *name)
    }

    /// The chart of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        CHARTS.iter().find(|(known, _)| *known == name).map(|(_, chart)| *chart)
    }

    /// How answers of a kind of question can be drawn; what suits most is the first.
    pub fn of_kind(kind: &str) -> &'static [Self] {
        match kind {
            "trend" | "sessions" => &[Self::Line, Self::Bars, Self::Number, Self::Table],
            "funnel" => &[Self::Steps, Self::Number, Self::Table],
            "retention" => &[Self::Grid, Self::Table],
            "flow" => &[Self::Flow, Self::Table],
            _ => &[Self::Number, Self::Table],
        }
    }
}

impl Tile {
    /// How it is drawn.
    pub fn chart(&self) -> Chart {
        let kind = self.question["kind"].as_str().unwrap_or_default();
        self.chart.or_else(|| Chart::of_kind(kind).first().copied()).unwrap_or(Chart::Table)
    }

    /// How wide it is, in thirds of a page.
    pub fn width(&self) -> u8 {
        self.width.unwrap_or(1)
    }
}

impl Range {
    /// The last so many days.
    pub fn last(days: u32) -> Self {
        Self { last_days: Some(days), from: None, to: None }
    }

    /// The first and the last day, where today is known.
    ///
    /// # Errors
    /// It says neither, or both, or no days.
    pub fn days(&self, today: Date) -> Result<(Date, Date), DashboardError> {
        let day = |field: &str, text: &str| {
            text.parse::<Date>()
                .ok()
                .filter(|_| text.len() == "2026-08-01".len())
                .ok_or_else(|| invalid(field, "write a day: 2026-08-01"))
        };
        match (self.last_days, &self.from, &self.to) {
            (days, None, None) => {
                let days = days.unwrap_or(DAYS);
                if !(1..=DAYS_MAX).contains(&days) {
                    return Err(invalid("range", format!("`last_days` is 1 to {DAYS_MAX}")));
                }
                let before = jiff::Span::new().days(i64::from(days) - 1);
                Ok((today.saturating_sub(before), today))
            }
            (None, Some(from), Some(to)) => {
                let (from, to) = (day("range/from", from)?, day("range/to", to)?);
                if from > to {
                    return Err(invalid("range/to", "lies before `from`: swap the two"));
                }
                Ok((from, to))
            }
            _ => Err(invalid("range", "write {\"last_days\": 30}, or `from` and `to`")),
        }
    }

    /// The same in words.
    pub fn words(&self) -> String {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            _ => format!("last {} days", self.last_days.unwrap_or(DAYS)),
        }
    }
}

impl NewDashboard {
    /// What it says is right, and every question in it can be asked. Ranges of questions are taken out: the dashboard has one.
    ///
    /// # Errors
    /// The place and what to write.
    pub fn check(&mut self) -> Result<(), DashboardError> {
        name("name", &self.name)?;
        if self.tiles.len() > TILES_MAX {
            return Err(invalid("tiles", format!("at most {TILES_MAX}")));
        }
        if self.filters.len() > FILTERS_MAX {
            return Err(invalid("filters", format!("at most {FILTERS_MAX}")));
        }
        if self.filters.iter().any(|filter| filter.to_string().len() > FILTER_BYTES_MAX) {
            return Err(invalid("filters", format!("each at most {FILTER_BYTES_MAX} bytes")));
        }
        let days = self.range.days(Date::constant(2026, 1, 31))?;
        // Checked alone, so that what is wrong with a filter is not told of a tile.
        filters_are_right(&self.filters)?;
        for (place, tile) in self.tiles.iter_mut().enumerate() {
            let at = format!("tiles/{place}");
            name(&format!("{at}/title"), &tile.title)?;
            if !(1..=WIDTH_MAX).contains(&tile.width()) {
                return Err(invalid(&format!("{at}/width"), format!("1 to {WIDTH_MAX}")));
            }
            if tile.question.to_string().len() > QUESTION_BYTES_MAX {
                return Err(invalid(
                    &format!("{at}/question"),
                    format!("at most {QUESTION_BYTES_MAX} bytes"),
                ));
            }
            if let Some(fields) = tile.question.as_object_mut() {
                fields.remove("range");
            }
            let asked = ask::composed(&tile.question, &self.filters, days)
                .map_err(|error| below(&format!("{at}/question"), error))?;
            let kind = asked.kind();
            let wrong = match &asked {
                Question::Sql(_) => Some("free SQL has no place on a dashboard: take another kind"),
                Question::People(people) if people.select != Select::Count => {
                    Some("a dashboard counts people and names none: leave `select` out")
                }
                _ => None,
            };
            if let Some(fix) = wrong {
                return Err(invalid(&format!("{at}/question"), fix));
            }
            let charts = Chart::of_kind(kind);
            let times = asked_for_times(&tile.question);
            if tile.chart.is_some_and(|chart| !charts.contains(&chart) || (times && chart != Chart::Table)) {
                let names: Vec<&str> = charts.iter().map(|chart| chart.as_str()).collect();
                let fix = if times { "table".to_owned() } else { names.join(", ") };
                return Err(invalid(&format!("{at}/chart"), format!("for this question: {fix}")));
            }
            if times {
                tile.chart = Some(Chart::Table);
            }
        }
        Ok(())
    }

    /// Every question and filter as one document, for whoever looks for segments that it names.
    pub(crate) fn document(&self) -> Value {
        let questions: Vec<&Value> = self.tiles.iter().map(|tile| &tile.question).collect();
        serde_json::json!([questions, self.filters])
    }
}

fn asked_for_times(question: &Value) -> bool {
    question["kind"] == "funnel" && question["select"] == "times"
}

fn filters_are_right(filters: &[Value]) -> Result<(), DashboardError> {
    let probe = serde_json::json!({ "kind": "trend", "events": [{ "event": "*" }] });
    let day = Date::constant(2026, 1, 31);
    ask::composed(&probe, filters, (day, day)).map(drop).map_err(|error| match error {
        DashboardError::Invalid { field, fix } => {
            DashboardError::Invalid { field: field.replacen("/where", "filters", 1), fix }
        }
        other => other,
    })
}

fn below(at: &str, error: DashboardError) -> DashboardError {
    match error {
        DashboardError::Invalid { field, fix } => {
            DashboardError::Invalid { field: format!("{at}{field}"), fix }
        }
        other => other,
    }
}

/// Whether a text can be a name: one line that is not too long.
pub(crate) fn name(field: &str, text: &str) -> Result<(), DashboardError> {
    let fits = (1..=NAME_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
    if !fits || text.trim() != text {
        return Err(invalid(field, format!("one line of 1 to {NAME_BYTES_MAX} bytes")));
    }
    Ok(())
}
