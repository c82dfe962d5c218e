//! The link that ends messages: a page that asks, and the one POST that does it (RFC 8058), from the page or from a mail
//! program. Looking never unsubscribes: programs that check links look at them. Every token is answered alike, so that nobody
//! learns whose there are.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::{HeaderValue, header};
use maud::{DOCTYPE, Markup, html};
use policy::actions::{ReadUnsubscribe, Unsubscribe};

use crate::PublicState;

/// Nothing may be loaded but the style sheet, and the form goes back to where it came from.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

pub(crate) fn routes() -> Routes<PublicState> {
    Routes::new(DoorName::Collect)
        .get("/messages/unsubscribe/{token}", ask)
        .post("/messages/unsubscribe/{token}", end)
}

async fn ask(_may: Permit<ReadUnsubscribe>) -> Response {
    answer(&page(&html! {
        h1 { "Unsubscribe" }
        p { "No further messages of this sender will come to your address." }
        // To the page's own address, which has the token.
        form method="post" { button { "Unsubscribe" } }
    }))
}

async fn end(
    _may: Permit<Unsubscribe>,
    State(state): State<PublicState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if let Some(of) = state.campaigns.linked(&token) {
        let campaigns = state.campaigns.clone();
        blocking(move || campaigns.unsubscribe(of).map_err(|error| Problem::broke(&error))).await?;
    }
    Ok(answer(&page(&html! {
        h1 { "You are unsubscribed" }
        p { "No further messages of this sender will come to your address." }
    })))
}

fn page(inside: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { "Unsubscribe" }
                link rel="stylesheet" href="/status.css";
            }
            body { main { (inside) } }
        }
    }
}

fn answer(page: &Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, page.0.clone()).into_response()
}
