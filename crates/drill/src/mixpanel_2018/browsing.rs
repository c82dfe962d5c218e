//! A real browser on pages full of planted values: what leaves it, and that ordinary clicks still arrive.
//!
//! The many hard pages are browser tests of the repository (`tests/browser`); here a handful is played by hand: typed
//! values, mirrored values as of March 2017, a password manager's copies, addresses, hidden fields.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::json;

use crate::browser::Browser;
use crate::play::Seen;
use crate::recorder::Recorder;
use crate::stage::Stage;

/// How many ordinary clicks each visit makes.
const CLICKS: usize = 3;

pub fn off_by_default(stage: &mut Stage, _open: bool) -> Seen {
    let Some(visit) = visit(stage, "{}", false) else { return no_browser() };
    let captured = visit.captured;
    Seen {
        tried: "a visitor types, clicks and submits on a page that loads the SDK and asks for nothing"
            .to_owned(),
        outcome: format!("{} events sent by themselves, {} bytes left the browser", captured, visit.bytes),
        figure: format!("{captured} captured, {} planted values sent", visit.planted),
        held: captured == 0 && visit.planted == 0,
    }
}

pub fn structure_only(stage: &mut Stage, open: bool) -> Seen {
    let Some(visit) = visit(stage, "{autocapture: true}", open) else { return no_browser() };
    Seen {
        tried: "a visitor types a password, has it shown and mirrored into attributes, follows a reset link, submits"
            .to_owned(),
        outcome: format!(
            "{} captured events of {} clicks, {} bytes left the browser",
            visit.captured, CLICKS, visit.bytes
        ),
        figure: format!("{} planted values sent", visit.planted),
        held: visit.planted == 0 && visit.captured >= CLICKS,
    }
}

struct Visit {
    captured: usize,
    planted: usize,
    bytes: usize,
}

fn no_browser() -> Seen {
    Seen {
        tried: "start a browser".to_owned(),
        outcome: "no Chromium on the path: install it, or name one with --browser".to_owned(),
        figure: "not measured".to_owned(),
        held: false,
    }
}

fn visit(stage: &mut Stage, options: &str, open: bool) -> Option<Visit> {
    let program = stage.browser.clone()?;
    let upstream = stage.server.collect.trim_start_matches("http://").to_owned();
    let recorder = Recorder::before(&upstream);
    let secret = stage.canaries.secret(1);
    let page = serve(page(&recorder.address, &stage.server.installed.write_key, options, (&secret, open)));
    let folder = stage.server.scratch().join(format!("browser-{}", stdx::random_text::<8>()));
    let mut browser = Browser::start(&program, &folder);
    let token = stage.canaries.secret(2);
    browser.open(&format!("{page}/reset?token={token}#access_token={token}"));
    browser.wait_for("typeof window.holdfast === 'object' && typeof window.holdfast.load === 'function'");
    browser.click("#password");
    browser.write(&secret);
    browser.click("#eye");
    browser.click("#note");
    browser.write(&format!("my password is {secret}"));
    for _ in 0..CLICKS {
        browser.click("#ordinary");
    }
    browser.click("#send");
    browser.evaluate("Promise.resolve(window.holdfast.flush()).then(() => true)");
    browser.evaluate("new Promise(done => setTimeout(() => done(true), 1500))");
    drop(browser);
    let sent = recorder.sent();
    let text = String::from_utf8_lossy(&sent);
    Some(Visit {
        captured: text.matches(r#""autocapture":true"#).count(),
        planted: stage.canaries.count_in(&sent),
        bytes: sent.len(),
    })
}

/// What no setting of the SDK can do, the page's own code can: hand over what was typed.
const DOOR: &str =
    r#"field.addEventListener("input", () => holdfast.track("Typed", { what: field.value }));"#;

fn page(host: &str, write_key: &str, options: &str, (secret, open): (&str, bool)) -> String {
    format!(
        r##"<!doctype html><html><head><title>Reset for {secret}</title><meta charset="utf-8">
<script src="{host}/sdk/holdfast.js"></script>
<script>holdfast.load({write_key}, Object.assign({{host: {host_text}}}, {options}));</script></head><body>
<form id="form" onsubmit="event.preventDefault()">
<label>Password <input id="password" type="password" name="password" data-account="{secret}"></label>
<button type="button" id="eye" data-account="{secret}" aria-label="show {secret}">Show</button>
<input type="hidden" name="csrf" value="{secret}">
<input type="text" id="note" name="note" title="{secret}">
<select><option value="{secret}">{secret}</option></select>
<button id="send">Send</button></form>
<p><button type="button" id="ordinary">Add to basket</button> <a href="/next?token={secret}">next</a></p>
<script>
// What a front-end library began to do in March 2017, and a password manager after it.
const field = document.getElementById("password");
field.addEventListener("input", () => {{ field.setAttribute("value", field.value); field.dataset.account = field.value; }});
document.getElementById("eye").addEventListener("click", () => {{ field.type = "text"; }});
{door}
</script></body></html>"##,
        door = if open { DOOR } else { "" },
        write_key = json!(write_key),
        host_text = json!(host),
    )
}

/// Answers every request with the page; gives its origin.
fn serve(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut head = [0; 8192];
            let _ = connection.read(&mut head);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    origin
}
