//! A Parquet file in bundles that the collect door takes: each row becomes the line that it would be in a file of lines.

use std::path::Path;

use exchange::{ExchangeError, History};
use model::limits::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};

use super::lines::{Bundle, LINE_BYTES_MAX};
use crate::outcome::{Failure, Outcome};

/// The rows of a file.
pub(super) struct Table {
    history: History,
    path: String,
    file_bytes: u64,
    /// How many rows were read, and how many there are.
    at: u64,
    rows: u64,
    /// A row that had no room in the bundle before.
    left: Option<Vec<u8>>,
}

impl Table {
    /// Opens a file after its first `skip` rows.
    pub fn open(path: &Path, skip: u64) -> Outcome<Self> {
        let file_bytes = std::fs::metadata(path).map_or(0, |found| found.len());
        let path_text = path.display().to_string();
        let mut history = History::open(path).map_err(|error| wrong(&path_text, &error))?;
        history.skip(skip).map_err(|error| wrong(&path_text, &error))?;
        let rows = history.rows();
        Ok(Self { history, path: path_text, file_bytes, at: skip.min(rows), rows, left: None })
    }

    /// The next rows that fit into one request; nothing at the end.
    pub fn next_bundle(&mut self) -> Outcome<Option<Bundle>> {
        let mut bundle = Bundle::new(self.at + 1);
        while bundle.lines < BATCH_EVENTS_MAX as u64 {
            let begin = bundle.text.len();
            match self.left.take() {
                Some(row) => bundle.text.extend_from_slice(&row),
                None => {
                    let more = self.history.next(&mut bundle.text);
                    if !more.map_err(|error| wrong(&self.path, &error))? {
                        break;
                    }
                }
            }
            if bundle.text.len() - begin > LINE_BYTES_MAX {
                bundle.text.truncate(begin);
                bundle.text.push(b'\n');
                bundle.too_long.push(self.at + 1);
            }
            if begin > 0 && bundle.text.len() > BODY_BYTES_MAX {
                self.left = Some(bundle.text.split_off(begin));
                break;
            }
            self.at += 1;
            bundle.lines += 1;
        }
        let read = u128::from(self.file_bytes) * u128::from(self.at) / u128::from(self.rows.max(1));
        bundle.file_bytes = u64::try_from(read).unwrap_or(self.file_bytes);
        Ok((bundle.lines > 0).then_some(bundle))
    }
}

fn wrong(path: &str, error: &ExchangeError) -> Failure {
    match error {
        ExchangeError::File(error) => Failure::failed(format!("cannot read {path}: {error}")),
        error => Failure::invalid(format!("{path}: {error}")),
    }
}
