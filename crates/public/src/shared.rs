//! What whoever has a share link sees of a dashboard: numbers, as pictures and tables. It sets no cookie, loads nothing but its own
//! style sheet, runs nothing, and stands in nobody's frame. Every link that shows nothing is answered alike.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use charts::tile::{Tile, drawn};
use dashboards::DashboardError;
use dashboards::ask::Outcome;
use dashboards::few::PEOPLE_MIN;
use dashboards::shares::Seen;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Denied;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};
use policy::actions::ReadSharedDashboard;

use crate::PublicState;

/// Nothing may be loaded or run but the page's own style sheet.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const STYLE: &str = include_str!("shared.css");

pub(crate) fn routes() -> Routes<PublicState> {
    Routes::new(DoorName::Collect).get("/shared/{token}", page).get("/shared.css", style)
}

async fn page(
    may: Permit<ReadSharedDashboard>,
    State(state): State<PublicState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let dashboards = state.dashboards.clone();
    let seen = blocking(move || match dashboards.seen(may.granted(), &token) {
        Ok(seen) => Ok(Some(seen)),
        Err(DashboardError::NotFound(_)) => Ok(None),
        Err(DashboardError::TooMany { retry_after_s }) => {
            Err(Problem::from(Denied::TooMany { retry_after_s: retry_after_s.into() }))
        }
        Err(DashboardError::Ledger(error)) => Err(Problem::unavailable(error.to_string())),
        Err(error) => Err(Problem::broke(&error)),
    })
    .await?;
    Ok(match seen {
        Some(seen) => (StatusCode::OK, headers("text/html; charset=utf-8"), shown(&seen).into_string()),
        None => (StatusCode::NOT_FOUND, headers("text/html; charset=utf-8"), nothing().into_string()),
    }
    .into_response())
}

async fn style(_may: Permit<ReadSharedDashboard>) -> Response {
    (headers("text/css; charset=utf-8"), STYLE).into_response()
}

fn shown(seen: &Seen) -> Markup {
    let (from, to) = seen.days;
    let zone = seen.zone.iana_name().unwrap_or("UTC");
    let moment = |ms: i64| {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(seen.zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
    };
    let inside = html! {
        h1 { (seen.name) }
        p.soft { (from) " to " (to) " · as of " (moment(seen.at_ms)) " · " (zone) }
        div.tiles {
            @for (place, (tile, outcome)) in seen.tiles.iter().enumerate() {
                section class={ "tile w" (tile.width()) } {
                    h2 { (tile.title) }
                    @match outcome {
                        Outcome::Answered(question, answer) => (drawn(&Tile {
                            id: &format!("tile-{place}"), title: &tile.title, question, answer,
                            chart: tile.chart().as_str(), width: tile.width(), zone: &seen.zone, notes: &[],
                        })),
                        Outcome::Refused(why) => p.soft { (why) },
                    }
                }
            }
        }
        p.soft.small { "Numbers that rest on fewer than " (PEOPLE_MIN) " people are not shown. This link ends " (moment(seen.expires_ms)) "." }
    };
    whole(&seen.name, &inside)
}

fn nothing() -> Markup {
    whole(
        "Nothing is here",
        &html! {
            h1 { "Nothing is here" }
            p { "The link has ended, or it is not one. Ask whoever gave it to you for another." }
        },
    )
}

fn whole(title: &str, inside: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href="/shared.css";
            }
            body { main { (inside) } }
        }
    }
}

fn headers(content_type: &'static str) -> [(header::HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}
