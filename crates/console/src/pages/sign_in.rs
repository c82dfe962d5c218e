//! Sign-in with a passkey; with a password second, where one is of use.

use maud::{Markup, html};

use super::passwords::{self, PasswordForm};
use crate::components::{form, layout, notice};
use crate::frame::Frame;
use crate::paths;

/// What the page needs to know.
pub struct SignInView<'a> {
    /// Where to go afterwards; a path of this console.
    pub next: &'a str,
    /// Whether the address in use can have passkeys; when not, the one that can.
    pub right_address: Option<&'a str>,
    /// The form for a password, where one is of use somewhere.
    pub passwords: Option<PasswordForm<'a>>,
}

/// The page.
pub fn page(frame: &Frame, view: &SignInView<'_>) -> Markup {
    layout::lone(
        frame,
        "Sign in",
        &html! {
            @if let Some(address) = view.right_address {
                (notice::warn("Passkeys do not work at this address", &html! { "Open " a href=(address) { (address) } " instead." }))
            }
            div.panel.stack {
                div.stack-s {
                    h1 { "Sign in" }
                    p.soft { "With the passkey on this device, your phone or a security key." @if view.passwords.is_none() { " There are no passwords here." } }
                }
                form.stack-s data-passkey="sign-in" data-next=(view.next) method="post" action=(paths::SIGN_IN) {
                    (form::go("Continue with a passkey"))
                }
                (needs_passkeys())
                (super::sign_on::ask())
            }
            @if let Some(form) = &view.passwords { (passwords::sign_in(form, view.next)) }
            p.soft.small { "Invited, or setting up? Open the link you were given. Lost every passkey? Whoever runs the server can start " code { "holdfast recover" } "." }
        },
    )
}

/// Hidden by the module once it knows that the browser can do it.
pub(super) fn needs_passkeys() -> Markup {
    html! {
        div data-needs="passkeys" {
            (notice::warn("This needs scripts and passkeys", &html! { "Allow scripts for this address in a browser of 2025 or later. Everything else in the console works without scripts." }))
        }
    }
}
