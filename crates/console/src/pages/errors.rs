//! What is shown instead of a page.

use maud::{Markup, html};

use crate::components::layout;
use crate::frame::Frame;
use crate::paths;

/// Nothing is here, or it may not be known that it is.
pub fn not_found_page(frame: &Frame) -> Markup {
    whole(
        frame,
        "Nothing is here",
        Ways::Start,
        &html! {
            p { "The address may be wrong, the thing may be gone, or you may not see it; the answer is the same for all three." }
        },
    )
}

/// This member may not do this. `may` names the roles that may.
pub fn forbidden_page(frame: &Frame, what: &str, may: &[&str]) -> Markup {
    whole(
        frame,
        "You may not do this",
        Ways::StartOrOut,
        &html! {
            p { (what) }
            @if !may.is_empty() { p.soft { "It takes one of these roles: " (may.join(", ")) ". An owner or admin gives roles under Access." } }
        },
    )
}

/// A touch is needed and the page was sent without scripts.
pub fn step_up_page(frame: &Frame, what: &str) -> Markup {
    whole(
        frame,
        "Touch your passkey to confirm",
        Ways::Start,
        &html! {
            p { (what) }
            p.soft { "Actions that give or take power are confirmed by a touch, bound to this one request. The confirmation is a conversation between the browser and your passkey, so it needs scripts: allow them for this address, go back, and do it again." }
        },
    )
}

/// Something broke. `request` finds the cause in the log; empty where it is not known.
pub fn broken_page(frame: &Frame, request: &str) -> Markup {
    whole(
        frame,
        "Something broke on the server",
        Ways::Start,
        &html! {
            p { "Nothing was lost that had been acknowledged. Try again; if it stays, tell whoever runs the server: the cause is in its log." }
            @if !request.is_empty() { p { code { (request) } } }
        },
    )
}

/// Anything else that was refused: what, and what to do.
pub fn problem_page(frame: &Frame, title: &str, detail: &str) -> Markup {
    whole(frame, title, Ways::Start, &html! { @if !detail.is_empty() { p { (detail) } } })
}

/// The ways on from an error that stands by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    /// To the start.
    Start,
    /// Also out: whoever may not be here may be signed in as somebody else than they meant.
    StartOrOut,
}

/// The error inside the shell where a workspace is known, by itself otherwise.
fn whole(frame: &Frame, title: &str, ways: Ways, body: &Markup) -> Markup {
    if frame.workspace.is_some() {
        let head = layout::Head { title, ..layout::Head::default() };
        return layout::page(frame, &head, &html! { div.panel.stack-s { (body) } });
    }
    layout::lone(
        frame,
        title,
        &html! {
            div.panel.stack-s {
                h1 { (title) }
                (body)
                div.row {
                    a.btn href="/" { "To the start" }
                    @if ways == Ways::StartOrOut { form method="post" action=(paths::SIGN_OUT) { button.link { "Sign out" } } }
                }
            }
        },
    )
}
