//! The first passkey, by a set-up or invite code.

use maud::{Markup, html};

use super::sign_in::needs_passkeys;
use crate::components::{form, layout};
use crate::frame::Frame;
use crate::paths;

/// What the page needs to know.
pub struct EnrolView<'a> {
    /// The code, where it came in the query; one behind `#` is filled in by the browser.
    pub code: &'a str,
    /// What is wrong with the code.
    pub wrong: Option<&'a str>,
    /// Whether a password is of use somewhere.
    pub passwords: bool,
}

/// The page.
pub fn page(frame: &Frame, view: &EnrolView<'_>) -> Markup {
    layout::lone(
        frame,
        "Make your passkey",
        &html! {
            div.panel.stack {
                div.stack-s {
                    h1 { "Make your passkey" }
                    p.soft { "The code works once. Your device keeps the key; the server only learns how to check it." }
                }
                form.stack-s data-passkey="enrol" data-next="/" method="post" action=(paths::ENROL) {
                    (form::field(&form::Field { name: "code", label: "Set-up or invite code", value: view.code, wrong: view.wrong,
                        autocomplete: "one-time-code", required: true, ..form::Field::default() }))
                    div { (form::go("Create passkey")) }
                }
                (needs_passkeys())
            }
            @if view.passwords { p.soft.small { "Without a device that makes passkeys: " a href=(paths::ENROL_PASSWORD) { "choose a password" } ", where your workspace allows it. Have the code at hand." } }
            p.soft.small { "Make a second passkey on another device soon afterwards, under Access. Whoever loses the only one waits 24 hours." }
        },
    )
}
