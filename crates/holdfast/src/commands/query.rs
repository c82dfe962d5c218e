//! `holdfast query`: a question to a running server, its answer as a table or as JSON.

use std::io::{IsTerminal, Read};
use std::path::Path;

use exchange::ExchangeError;
use question::Answer;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

use crate::cli::{Format, Query, Server};
use crate::outcome::{Failure, Outcome};

/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;

pub(super) fn run(arguments: &Query) -> Outcome {
    let question = match (&arguments.sql, &arguments.file) {
        (Some(sql), _) => json!({ "kind": "sql", "sql": sql }),
        (None, file) => read(file.as_deref().unwrap_or(Path::new("-")))?,
    };
    let api = Api::new(&arguments.server)?;
    let workspace = api.workspace(arguments.server.workspace.as_deref())?;
    let document = api.call("POST", &format!("/api/v1/workspaces/{workspace}/questions"), Some(&question))?;
    if arguments.json || arguments.format == Format::Json {
        return super::print_json(&document);
    }
    let answer: Answer =
        serde_json::from_value(document).map_err(|_| Failure::failed("the server's answer is not one"))?;
    match arguments.format {
        Format::Csv => super::print(&exchange::answer_csv(&answer))?,
        Format::Parquet => {
            print_file(("Parquet", "parquet"), |file| exchange::write_parquet(&answer, file))?;
        }
        Format::Arrow => print_file(("Arrow", "arrow"), |file| exchange::write_arrow(&answer, file))?,
        Format::Table | Format::Json => super::print(&table(&answer))?,
    }
    if answer.rows.is_empty() {
        eprintln!("nothing matched: look at the event's name and at the range");
    }
    let stats = &answer.stats;
    let counted = match stats.rows_counted {
        0 => String::new(),
        rows => format!(", {rows} counted before,"),
    };
    eprintln!("{} rows read{counted} in {} ms", stats.rows_read, stats.ms);
    Ok(())
}

/// A document from a file; `-` is standard input.
pub(super) fn read(file: &Path) -> Outcome<Value> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|found| text = found)
    };
    read.map_err(|error| Failure::failed(format!("cannot read {}: {error}", file.display())))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::invalid(format!("{} is not JSON: {error}", file.display())))
}

/// The management API as a program sees it.
pub(super) struct Api {
    agent: Agent,
    base: String,
    token: String,
}

impl Api {
    pub(super) fn new(server: &Server) -> Outcome<Self> {
        let token = match (&server.token_file, std::env::var("HOLDFAST_TOKEN")) {
            (Some(path), _) => std::fs::read_to_string(path).map_err(|error| {
                Failure::failed(format!("cannot read the token file {}: {error}", path.display()))
            })?,
            (None, Ok(token)) => token,
            (None, Err(_)) => {
                return Err(Failure::not_allowed(
                    "no token: set HOLDFAST_TOKEN or give --token-file; the console makes tokens under Access",
                ));
            }
        };
        // Only the first caller installs a provider; the answer says whether it was us.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Ok(Self {
            agent: config.into(),
            base: server.server.trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
        })
    }

    pub(super) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let (status, text) = self.send(method, path, body.map(Value::to_string).unwrap_or_default())?;
        let document: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status < 300 { Ok(document) } else { Err(problem(status, &document)) }
    }

    /// Posts a text that is no document.
    pub(super) fn send_text(&self, path: &str, body: &str) -> Outcome<Value> {
        let (status, text) = self.send("POST", path, body.to_owned())?;
        let document: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status < 300 { Ok(document) } else { Err(problem(status, &document)) }
    }

    /// An answer that is no document.
    pub(super) fn text(&self, path: &str) -> Outcome<String> {
        let (status, text) = self.send("GET", path, String::new())?;
        if status < 300 {
            return Ok(text);
        }
        Err(problem(status, &serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    fn send(&self, method: &str, path: &str, body: String) -> Outcome<(u16, String)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body)
            .map_err(|error| Failure::usage(format!("--server {}: {error}", self.base)))?;
        let mut response = self
            .agent
            .run(request)
            .map_err(|error| Failure::temporary(format!("{} does not answer: {error}", self.base)))?;
        let status = response.status().as_u16();
        let read = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        Ok((status, read.unwrap_or_default()))
    }

    /// The workspace that is named, or the only one there is.
    pub(super) fn workspace(&self, named: Option<&str>) -> Outcome<String> {
        named.map_or_else(|| self.only_workspace(), |named| Ok(named.to_owned()))
    }

    fn only_workspace(&self) -> Outcome<String> {
        let session = self.call("GET", "/api/v1/session", None)?;
        let ids: Vec<&str> =
            session["workspaces"].as_array().into_iter().flatten().filter_map(|w| w["id"].as_str()).collect();
        match ids.as_slice() {
            [only] => Ok((*only).to_owned()),
            [] => Err(Failure::not_allowed("this token has no workspace")),
            _ => Err(Failure::usage(format!("name one with --workspace: {}", ids.join(", ")))),
        }
    }
}

fn problem(status: u16, document: &Value) -> Failure {
    let title = document["title"].as_str().unwrap_or("the server refused");
    let message = match document["detail"].as_str() {
        Some(detail) => format!("{title}: {detail}"),
        None => title.to_owned(),
    };
    match status {
        401 => Failure::not_allowed(
            "this server does not know the token: it has expired, was revoked, or is another server's",
        ),
        403 => Failure::not_allowed(message),
        404 => Failure::not_found(message),
        409 => Failure::conflict(message),
        400 | 422 => Failure::invalid(message),
        429 | 503 => Failure::temporary(message),
        _ => Failure::failed(message),
    }
}

fn print_file(
    (name, ending): (&str, &str),
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), ExchangeError>,
) -> Outcome {
    if std::io::stdout().is_terminal() {
        return Err(Failure::usage(format!(
            "{name} is for tools: put it into a file, holdfast query … > answer.{ending}"
        )));
    }
    let mut file = Vec::new();
    write(&mut file).map_err(|error| Failure::failed(error.to_string()))?;
    super::print_bytes(&file)
}

pub(super) fn table(answer: &Answer) -> String {
    let heads: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    columns(&heads, &answer.rows)
}

/// Rows in columns as wide as their widest value, numbers to the right.
pub(super) fn columns(heads: &[&str], values: &[Vec<Value>]) -> String {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = values.iter().map(|row| row.iter().map(shown).collect()).collect();
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        cells.chain(heads.get(index).map(|head| head.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let right: Vec<bool> = (0..heads.len())
        .map(|index| values.iter().filter_map(|row| row.get(index)).any(Value::is_number))
        .collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).zip(&right).map(|((cell, width), right)| {
            if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let text = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", text.trim_end())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut out = line(&heads);
    out.push_str(&line(&rule));
    for row in &rows {
        out.push_str(&line(row));
    }
    out
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let answer: Answer = serde_json::from_value(serde_json::json!({
            "columns": [{"name": "country", "type": "text"}, {"name": "Order Completed", "type": "integer"}],
            "rows": [["Germany", 12], [null, 3]],
            "stats": {"rows_read": 15, "ms": 1}
        }))
        .unwrap();
        assert_eq!(
            table(&answer),
            "country  Order Completed\n-------  ---------------\nGermany               12\n–                      3\n"
        );
    }
}
