//! What a notice says: words for its kind, whose affair it is, ids. Never a value of a customer, and nothing that people typed.

use std::fmt::Write;

use guard::deliveries::Due;
use jiff::Timestamp;
use serde_json::{Value, json};

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
    if let Some(detail) = notice.detail.as_object() {
        for (name, value) in detail {
            line(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
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
            "detail": notice.detail,
        },
    })
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
