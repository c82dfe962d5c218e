//! One's own password and its codes.

use jiff::Timestamp;
use maud::{Markup, html};

use super::members::tabs;
use super::passwords::{Secret, app, new_password};
use crate::components::{form, layout, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct OwnPasswordView {
    /// Since when there is one.
    pub set: Option<Timestamp>,
    /// Whether some workspace lets its owner in with one.
    pub opens: bool,
    /// What to give the app, once a password was chosen.
    pub secret: Option<Secret>,
    /// The field that is wrong, and how to mend it.
    pub wrong: Option<(String, String)>,
}

/// The page.
pub fn page(frame: &Frame, view: &OwnPasswordView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    let path = paths::own_password(workspace.id);
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Your password"))
            @if let Some(secret) = &view.secret {
                section.panel { header { h2 { "Your authenticator app" } }
                    (form::post(frame, &paths::password_act(&path, "finish"), "fields", &html! { (app(secret, wrong(view, "code"))) div { (form::go("Keep password and app")) } }))
                }
            } @else {
                (state(frame, view))
                @if view.set.is_some() { (change(frame, view, &path)) }
                @if view.opens { (choose(frame, view, &path)) }
            }
        },
    )
}

fn state(frame: &Frame, view: &OwnPasswordView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Your password" } }
            @match view.set {
                Some(at) => p { "Chosen " (time::ago(frame, at)) ", with an authenticator app." },
                None => p { "You have none, and need none: a passkey opens everything." },
            }
            @if !view.opens { p.soft { "No workspace of yours lets you in with a password. Owners and admins always need a passkey." } }
        }
    }
}

fn change(frame: &Frame, view: &OwnPasswordView, path: &str) -> Markup {
    html! {
        section.panel {
            header { h2 { "Another password" } }
            (form::post(frame, &paths::password_act(path, "change"), "fields", &html! {
                (form::field(&form::Field { name: "present", label: "Present password", kind: "password", wrong: wrong(view, "present"), autocomplete: "current-password", required: true, ..form::Field::default() }))
                (form::field(&form::Field { name: "code", label: "Code", hint: Some("Six digits, from the app"), autocomplete: "one-time-code", required: true, ..form::Field::default() }))
                (new_password("password", wrong(view, "password")))
                p.soft.small { "Your other sessions end." }
                div { (form::go("Change password")) }
            }))
        }
    }
}

fn choose(frame: &Frame, view: &OwnPasswordView, path: &str) -> Markup {
    html! {
        section.panel {
            header { h2 { @if view.set.is_some() { "Another password and another app" } @else { "Choose a password" } } }
            p.soft { "With a touch of your passkey. Your other sessions end." }
            (form::post(frame, &paths::password_act(path, "begin"), "fields", &html! {
                div.field {
                    label for="first" { "New password" }
                    input.input #first name="password" type="password" autocomplete="new-password" required;
                    @if view.set.is_none() && let Some(wrong) = wrong(view, "password") { span.wrong { (wrong) } }
                }
                div { (form::go("Go on to the app")) }
            }))
            @if view.set.is_some() {
                (form::act(frame, &paths::password_act(path, "remove"), "Remove password and app", "Remove your password and its app? Sessions opened with them end; your passkeys go on."))
            }
        }
    }
}

fn wrong<'v>(view: &'v OwnPasswordView, field: &str) -> Option<&'v str> {
    view.wrong.as_ref().filter(|(named, _)| named == field).map(|(_, fix)| fix.as_str())
}
