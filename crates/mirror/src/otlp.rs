//! OTLP logs over HTTP, in the JSON encoding.

use http::Method;
use ledger::EntryView;
use outbound::{Call, Outbound};
use serde_json::{Value, json};

use crate::error::MirrorError;
use crate::place::Otlp;

/// `SEVERITY_NUMBER_INFO2`: what syslog calls a notice.
const SEVERITY: u8 = 10;

/// Posts entries; all of them are taken, or none.
pub(crate) fn post(
    outbound: &Outbound,
    place: &Otlp,
    (origin, entries): (&str, &[EntryView]),
) -> Result<(), MirrorError> {
    let body = request(origin, entries).to_string();
    let mut headers = vec![("content-type", "application/json")];
    if let Some((name, value)) = &place.header {
        headers.push((name, value.expose()));
    }
    let call = Call { method: Method::POST, url: &place.url, headers: &headers, body: body.as_bytes() };
    let answer = outbound.send(&call)?;
    if !answer.status.is_success() {
        return Err(MirrorError::Status { status: answer.status.as_u16() });
    }
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let rejected = &said["partialSuccess"]["rejectedLogRecords"];
    let rejected = rejected.as_str().and_then(|count| count.parse().ok()).or(rejected.as_u64()).unwrap_or(0);
    if rejected > 0 {
        // OTLP forbids to send them again: the collector has them and does not want them.
        tracing::error!(rejected, "the collector of logs rejected entries of the ledger");
    }
    Ok(())
}

/// `ExportLogsServiceRequest`: 64-bit numbers are strings, names are in lowerCamelCase.
fn request(origin: &str, entries: &[EntryView]) -> Value {
    json!({ "resourceLogs": [{
        "resource": { "attributes": [text("service.name", "holdfast"), text("holdfast.ledger", origin)] },
        "scopeLogs": [{
            "scope": { "name": "holdfast.ledger" },
            "logRecords": entries.iter().map(record).collect::<Vec<_>>(),
        }],
    }] })
}

fn record(entry: &EntryView) -> Value {
    let nanos = (i128::from(entry.at_ms) * 1_000_000).to_string();
    let mut attributes = vec![
        json!({ "key": "holdfast.entry", "value": { "intValue": entry.id.0.to_string() } }),
        text("holdfast.code", &entry.code),
        text("holdfast.principal", &entry.principal),
        text("holdfast.object", &entry.object),
    ];
    attributes.extend(entry.workspace.map(|id| text("holdfast.workspace", &id.to_string())));
    attributes.extend(entry.session.as_deref().map(|session| text("holdfast.session", session)));
    json!({
        "timeUnixNano": nanos,
        "observedTimeUnixNano": nanos,
        "severityNumber": SEVERITY,
        "severityText": "NOTICE",
        "eventName": format!("holdfast.{}", entry.code),
        "body": { "stringValue": serde_json::to_string(entry).unwrap_or_default() },
        "attributes": attributes,
    })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}
