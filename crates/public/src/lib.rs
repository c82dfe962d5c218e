//! What the public may read at the collect door: the status page, the same as JSON, and as a feed; and the links that end
//! messages ([`unsubscribe`]), and those by which a dashboard's numbers are seen ([`shared`]).
//!
//! The status page shows what operators published, word for word, with its state and time, and nothing else that this server knows: no name
//! of a workspace, no number that nobody typed. It needs no scripts and loads nothing from anywhere but its own style sheet.
//!
//! Left to others: publishing (`service`, `api`, `console`), what is kept of it (`incident`).

pub mod shared;
pub mod unsubscribe;

use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use campaign::Campaigns;
use control::Database;
use dashboards::Dashboards;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Guard;
use http::{HeaderValue, header};
use incident::IncidentError;
use incident::status::{self, Update};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::actions::ReadPublicStatus;
use serde_json::{Value, json};

/// Nothing may be loaded or run but the page's own style sheet.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// How long an answer may be kept: a crowd that reads it does not ask the database each time.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=5");
const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1d2433;background:#fff}\
article{border-top:1px solid #c9ced8;padding:1rem 0}h2{font-size:1.15rem;margin:0}p{white-space:pre-line}\
.state{font-weight:600}time{color:#555d6e}\
@media(prefers-color-scheme:dark){body{color:#e6e9f0;background:#14171e}article{border-color:#3a4150}time{color:#a9b1c0}a{color:#9db8ff}}";

/// What the pages are made from.
#[derive(Clone)]
pub struct PublicState {
    /// The guard, which every route has.
    pub guard: Guard,
    /// Decisions.
    pub control: Database,
    /// Messages to people.
    pub campaigns: Campaigns,
    /// Dashboards that were shared.
    pub dashboards: Dashboards,
    /// The collect door's address.
    pub url: String,
}

impl FromRef<PublicState> for Guard {
    fn from_ref(state: &PublicState) -> Self {
        state.guard.clone()
    }
}

/// The routes, at the collect door.
pub fn routes() -> Routes<PublicState> {
    Routes::new(DoorName::Collect)
        .get("/status", page)
        .get("/status.json", document)
        .get("/status.atom", feed)
        .get("/status.css", style)
        .merge(unsubscribe::routes())
        .merge(shared::routes())
}

async fn page(_may: Permit<ReadPublicStatus>, State(state): State<PublicState>) -> Result<Response, Problem> {
    let updates = updates(&state).await?;
    Ok(answer("text/html; charset=utf-8", written(&updates).into_string()))
}

async fn document(
    _may: Permit<ReadPublicStatus>,
    State(state): State<PublicState>,
) -> Result<Response, Problem> {
    let updates: Vec<Value> = updates(&state)
        .await?
        .into_iter()
        .map(|update| {
            json!({
                "id": update.id, "matter": update.matter, "state": update.state, "title": update.title,
                "text": update.text, "at": instant(update.at_ms),
            })
        })
        .collect();
    Ok(answer("application/json", json!({ "updates": updates }).to_string()))
}

async fn feed(_may: Permit<ReadPublicStatus>, State(state): State<PublicState>) -> Result<Response, Problem> {
    let updates = updates(&state).await?;
    let newest = updates.first().map_or(0, |update| update.at_ms);
    let text = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" {
            title { "Status" }
            id { (state.url) "/status" }
            updated { (instant(newest)) }
            author { name { "Status" } }
            @for update in &updates {
                entry {
                    title { (update.title) ": " (update.state.as_str()) }
                    id { (state.url) "/status#" (update.id) }
                    updated { (instant(update.at_ms)) }
                    content type="text" { (update.text) }
                }
            }
        }
    };
    Ok(answer("application/atom+xml; charset=utf-8", text.into_string()))
}

async fn style(_may: Permit<ReadPublicStatus>) -> Response {
    answer("text/css; charset=utf-8", STYLE.to_owned())
}

async fn updates(state: &PublicState) -> Result<Vec<Update>, Problem> {
    let control = state.control.clone();
    blocking(move || control.read(status::list).map_err(|error: IncidentError| Problem::broke(&error))).await
}

fn written(updates: &[Update]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Status" }
                link rel="stylesheet" href="/status.css";
                link rel="alternate" type="application/atom+xml" href="/status.atom" title="Status";
            }
            body {
                main {
                    h1 { "Status" }
                    @if updates.is_empty() { p { "There is nothing to tell." } }
                    @for update in updates {
                        article id=(update.id) {
                            h2 { (update.title) }
                            div { span.state { (update.state.as_str()) } " · " time datetime=(instant(update.at_ms)) { (instant(update.at_ms)) } }
                            p { (update.text) }
                        }
                    }
                }
            }
        }
    }
}

fn answer(content_type: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, KEPT),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, body).into_response()
}

fn instant(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.0}")
}
