//! What a notice says: words for its kind, whose affair it is, ids. Never a value of a customer, and nothing that people typed.

use std::fmt::Write;

use guard::deliveries::Due;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The subject of a mail.
pub(crate) fn subject(due: &Due) -> String {
    let whose = due.workspace_name.as_deref().unwrap_or("this installation");
    format!("[Holdfast] {whose}: {}", guard::words(&due.notice.kind))
}

/// The body of a mail.
pub(crate) fn body(due: &Due, console_url: &str) -> String {
    let notice = &due.notice;
    let mut text = format!("{}.\n\n", guard::words(&notice.kind));
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<11}{value}");
    };
    line("what", &notice.kind);
    line("when", &instant(notice.created_ms));
    if let Some(name) = &due.workspace_name {
        line("workspace", name);
    }
    for (name, value) in particulars(&notice.detail) {
        line(&name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let page = match notice.workspace {
        Some(workspace) if notice.member.is_none() => format!("{console_url}/w/{workspace}/notices"),
        _ => format!("{console_url}/"),
    };
    line("read it at", &page);
    text.push_str(
        "\nIf nobody you know did this, end sessions, make the workspace read-only or lock it down there.\nYou get this because you run the workspace or because it is about your account.\n",
    );
    text
}

/// The body of a webhook's message.
pub(crate) fn document(due: &Due) -> Value {
    let notice = &due.notice;
    json!({
        "type": notice.kind,
        "timestamp": instant(notice.created_ms),
        "data": {
            "notice": notice.id,
            "words": guard::words(&notice.kind),
            "workspace": notice.workspace,
            "workspace_name": due.workspace_name,
            "detail": particulars(&notice.detail),
        },
    })
}

/// What of the particulars leaves the house: numbers, ids and plain words. An address of a page or the name of a property came from
/// outside and may hold what its sender put there; it is read in the console.
fn particulars(detail: &Value) -> Map<String, Value> {
    let known = detail.as_object().into_iter().flatten();
    let plain = known.filter(|(_, value)| match value {
        Value::String(text) => is_id(text) || is_word(text),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    });
    plain.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An id of ours: a few letters, `_`, 26 letters and digits.
fn is_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(kind, number)| {
        (1..=4).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && number.len() == 26
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// A word or a host's name, without a row of digits that could be somebody's number.
fn is_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    text.len() <= 64 && digits <= 5 && text.bytes().all(plain)
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_numbers_and_plain_words_leave() {
        let detail = json!({
            "grant": "gr_01jd2h5k3v8q9r7t6w4x2y1z0a", "kind": "export", "rows": 12, "host": "127.0.0.1:40123",
            "page": "/users/jane@shop.example", "phone": "0791234567", "deep": {"a": 1}, "list": ["x"],
        });
        let kept: Vec<String> = particulars(&detail).keys().cloned().collect();
        assert_eq!(kept, ["grant", "kind", "rows", "host"]);
    }
}
