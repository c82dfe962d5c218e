//! Commands that reach a running server on the same host through its socket: `backup`, `mode`, `recover`, `notices test`.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{Mode, Notices, Place, Recover};
use crate::outcome::{Failure, Outcome};

pub(super) fn mode(command: &Mode) -> Outcome {
    let (place, route, reason) = match command {
        Mode::ReadOnly { place, reason } => (place, "/local/read-only", reason),
        Mode::Lockdown { place, reason } => (place, "/local/lockdown", reason),
    };
    super::print_json(&call(place, route, &json!({ "reason": reason }))?)
}

pub(super) fn recover(arguments: &Recover) -> Outcome {
    let answer = call(&arguments.place, "/local/recover", &json!({ "owner": arguments.owner }))?;
    if arguments.json {
        return super::print_json(&answer);
    }
    match answer["code"].as_str() {
        Some(code) => println!("open /enrol#{code} in the console, once, within 24 h"),
        None => {
            let ready =
                answer["ready_at_ms"].as_i64().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
            let ready = ready.map_or_else(|| "in 24 h".to_owned(), |time| format!("{time:.0}"));
            println!(
                "recovery runs; run the same command again after {ready}. Everybody is told, and any session can stop it."
            );
        }
    }
    Ok(())
}

pub(super) fn notices(command: &Notices) -> Outcome {
    let Notices::Test { place, workspace, json } = command;
    let answer = call(place, "/local/notices/test", &json!({ "workspace": workspace }))?;
    let channels = answer["channels"].as_array().map(Vec::as_slice).unwrap_or_default();
    if *json {
        super::print_json(&answer)?;
    } else {
        for channel in channels {
            let name = channel["channel"].as_str().unwrap_or_default();
            let reaches = channel["reaches"].as_u64().unwrap_or(0);
            let failed = channel["failed"]["why"].as_str().unwrap_or("no failure");
            super::print(&format!("{name:<10} reaches {reaches}, {failed}\n"))?;
        }
    }
    if answer["delivered"] == true {
        return Ok(());
    }
    Err(Failure::failed("no second channel took the notice"))
}

/// Posts to the socket of the server that owns the place's data.
pub(super) fn call(place: &Place, route: &str, body: &Value) -> Outcome<Value> {
    let data = super::configured(place)?.data;
    let socket = data.join("holdfast.sock");
    let mut stream = UnixStream::connect(&socket).map_err(|error| {
        Failure::temporary(format!(
            "no server answers on {}: {error}; is it running, and is this its data (--data, HOLDFAST_DATA)?",
            socket.display()
        ))
    })?;
    let body = body.to_string();
    let request = format!(
        "POST {route} HTTP/1.1\r\nhost: local\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut answer = String::new();
    stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_to_string(&mut answer))
        .map_err(|error| Failure::temporary(format!("the server broke off: {error}")))?;
    understood(&answer)
}

fn understood(answer: &str) -> Outcome<Value> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let document: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    if (200..300).contains(&status) {
        return Ok(document);
    }
    let title = document["title"].as_str().unwrap_or("the server refused");
    let detail = document["detail"].as_str().map(|detail| format!(": {detail}")).unwrap_or_default();
    let message = format!("{title}{detail}");
    Err(match status {
        403 => Failure::not_allowed(message),
        404 => Failure::not_found(message),
        409 => Failure::conflict(message),
        422 => Failure::invalid(message),
        503 => Failure::temporary(message),
        _ => Failure::failed(message),
    })
}

/// The absolute form of a path, since the server has another working directory.
pub(super) fn absolute(path: &Path) -> Outcome<std::path::PathBuf> {
    std::path::absolute(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}
