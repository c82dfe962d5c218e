//! On the way to one's organisation's provider and back, and why it did not do.

use guard::sign_on::Refused;
use maud::{Markup, html};
use service::sign_on::NotSignedOn;

use crate::components::{form, layout};
use crate::frame::Frame;
use crate::paths;

/// A page that goes on by itself.
pub fn onward(frame: &Frame, title: &str, next: &str) -> Markup {
    layout::lone(
        frame,
        title,
        &html! {
            div.panel.stack { h1 { (title) } p.soft { a href=(next) { "Go on" } " if nothing happens." } }
        },
    )
}

/// Where an address is asked for.
pub fn ask() -> Markup {
    html! {
        form.stack-s method="post" action=(paths::SIGN_ON) {
            (form::field(&form::Field { name: "address", label: "Or with your organisation", kind: "email", autocomplete: "email", hint: Some("Your address there"), required: true, ..form::Field::default() }))
            div { button.btn { "Sign in with your organisation" } }
        }
    }
}

/// Why somebody was not signed in, and what helps.
pub fn refused(frame: &Frame, why: &NotSignedOn) -> Markup {
    let (title, text) = words(why);
    layout::lone(
        frame,
        title,
        &html! {
            div.panel.stack {
                h1 { (title) }
                p { (text) }
                p { a href=(paths::SIGN_IN) { "Back to signing in" } }
            }
        },
    )
}

fn words(why: &NotSignedOn) -> (&'static str, &'static str) {
    match why {
        NotSignedOn::NoProvider => (
            "No organisation for this address",
            "Nobody here signs in with an organisation at that domain. Sign in with a passkey, or ask whoever runs your workspace.",
        ),
        NotSignedOn::Over => (
            "This sign-in is over",
            "It was begun too long ago, in another browser, or finished before. Begin again.",
        ),
        NotSignedOn::NotThere => {
            ("Your organisation did not sign you in", "It sent you back without saying who you are.")
        }
        NotSignedOn::Provider(_) => (
            "Your organisation's word does not count",
            "What its provider said could not be verified, or it could not be asked. Whoever runs this server finds the reason in its log.",
        ),
        NotSignedOn::Refused(Refused::NotEnough) => (
            "One factor is not enough",
            "Your organisation does not say that you used more than a password. Its provider must ask for a second factor and say so in the ID token: `amr` with `mfa` (or two kinds of methods, such as `pwd` and `otp`), or `acr` with `phr`, `phrh` or a class for multi-factor sign-in.",
        ),
        NotSignedOn::Refused(Refused::NotInvited) => (
            "Nobody has invited you here",
            "Your organisation vouches for you, but nobody made you a member; or it does not say that your address is verified (`email_verified`). Ask whoever runs the workspace.",
        ),
        NotSignedOn::Refused(Refused::PasskeyNeeded) => (
            "Use your passkey",
            "You run the workspace: owners and admins sign in with a passkey, because what your organisation's provider saw can be passed on by a false page.",
        ),
        NotSignedOn::Refused(Refused::Denied(_)) => (
            "Not possible right now",
            "Nothing is changed and nobody is signed in right now. Try again later.",
        ),
    }
}
