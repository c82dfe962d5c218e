//! What an answer looks like: a table and what it cost.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A table of numbers and names, never of personal values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows; each has a value for every column.
    pub rows: Vec<Vec<Value>>,
    /// What it cost and how fresh it is.
    pub stats: Stats,
}

/// A column's head.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

impl Column {
    /// A column's head.
    pub fn new(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind }
    }
}

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// RFC 3339 in UTC.
    Time,
    /// A whole number.
    Integer,
    /// A number, or null where there is none.
    Number,
    /// Text.
    Text,
    /// Whatever the property holds: text, number, true or false; null where it is absent.
    Value,
}

/// What an answer cost and how fresh it is.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Stats {
    /// Rows looked at.
    pub rows_read: u64,
    /// Rows that were counted when they were stored and did not have to be looked at.
    #[serde(default)]
    pub rows_counted: u64,
    /// Milliseconds from question to answer.
    pub ms: u64,
    /// The journal offset up to which events are in the answer.
    #[serde(default)]
    pub fresh_offset: u64,
    /// When the newest event in the store had arrived, milliseconds since 1970, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_ms: Option<i64>,
    /// Groups that `by` found and that are not shown, since only the largest are.
    #[serde(default)]
    pub other_groups: u64,
    /// Rows that fell into the groups not shown.
    #[serde(default)]
    pub other_rows: u64,
    /// Where the period before begins that the answer is compared with: RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_from: Option<String>,
    /// The first instant that is no longer in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_to: Option<String>,
}
