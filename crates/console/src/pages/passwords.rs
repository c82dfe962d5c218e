//! Passwords with their codes, all without scripts: signing in, replacing one that is known to strangers, choosing one with
//! the code of an invitation.

use maud::{Markup, html};

use crate::components::{copy, form, layout, notice, qr};
use crate::frame::Frame;
use crate::paths;

/// The form to sign in with.
#[derive(Default)]
pub struct PasswordForm<'a> {
    /// The address that was typed.
    pub email: &'a str,
    /// Why it was not taken.
    pub wrong: Option<&'a str>,
}

/// What an authenticator app is given.
pub struct Secret {
    /// The name of the choice that was begun.
    pub ceremony: String,
    /// The secret as people type it.
    pub text: String,
    /// The same as an app reads it.
    pub uri: String,
}

/// The form to sign in with: a part of the page for signing in.
pub fn sign_in(form: &PasswordForm<'_>, next: &str) -> Markup {
    html! {
        section.panel.stack aria-labelledby="with-password" {
            div.stack-s {
                h2 #with-password { "With a password" }
                p.soft { "Where your workspace allows it: your password and a code of your authenticator app." }
            }
            @if let Some(wrong) = form.wrong { (notice::bad("Not signed in", &html! { p { (wrong) } })) }
            form.fields method="post" action=(paths::SIGN_IN_PASSWORD) {
                input type="hidden" name="next" value=(next);
                (form::field(&form::Field { name: "email", label: "E-mail address", kind: "email", value: form.email, autocomplete: "username", required: true, ..form::Field::default() }))
                (form::field(&form::Field { name: "password", label: "Password", kind: "password", autocomplete: "current-password", required: true, ..form::Field::default() }))
                (form::field(&form::Field { name: "code", label: "Code", hint: Some("Six digits, from the app"), autocomplete: "one-time-code", required: true, ..form::Field::default() }))
                div { button.btn { "Sign in" } }
            }
        }
    }
}

/// Both factors were shown, but strangers know the password: another one first.
pub fn replace(frame: &Frame, ceremony: &str, next: &str, wrong: Option<&str>) -> Markup {
    layout::lone(
        frame,
        "Choose another password",
        &html! {
            div.panel.stack {
                div.stack-s {
                    h1 { "Choose another password" }
                    p.soft { "Yours is in a list of known passwords, or somebody else had it. Nothing of Holdfast opens with it any more." }
                }
                form.fields method="post" action=(paths::SIGN_IN_REPLACE) {
                    input type="hidden" name="ceremony" value=(ceremony);
                    input type="hidden" name="next" value=(next);
                    (new_password("password", wrong))
                    div { (form::go("Go on")) }
                }
            }
        },
    )
}

/// The first step of choosing one with a code.
pub fn enrol(frame: &Frame, code: &str, wrong: Option<(&str, &str)>) -> Markup {
    let of = |field: &str| wrong.filter(|(named, _)| *named == field).map(|(_, fix)| fix);
    layout::lone(
        frame,
        "Choose a password",
        &html! {
            div.panel.stack {
                div.stack-s {
                    h1 { "Choose a password" }
                    p.soft { "Only where the workspace allows it, and together with an authenticator app. A passkey is safer and shorter: " a href=(paths::ENROL) { "make a passkey instead" } "." }
                }
                form.fields method="post" action=(paths::ENROL_PASSWORD) {
                    (form::field(&form::Field { name: "code", label: "Invite code", value: code, wrong: of("code"), autocomplete: "off", required: true, ..form::Field::default() }))
                    (new_password("password", of("password")))
                    div { (form::go("Go on")) }
                }
            }
        },
    )
}

/// The second step: the app, and a code of it.
pub fn confirm(frame: &Frame, secret: &Secret, wrong: Option<&str>) -> Markup {
    layout::lone(
        frame,
        "Your authenticator app",
        &html! {
            div.panel.stack {
                h1 { "Your authenticator app" }
                form.fields method="post" action=(paths::ENROL_PASSWORD_FINISH) { (app(secret, wrong)) div { (form::go("Sign in")) } }
            }
        },
    )
}

/// What the app is given, and the field for a code of it.
pub(super) fn app(secret: &Secret, wrong: Option<&str>) -> Markup {
    html! {
        p.soft { "Let your authenticator app read this picture, or type the secret into it. Neither is shown again." }
        (qr::qr(&secret.uri, "Picture for an authenticator app"))
        (copy::copy_box("secret", &secret.text))
        input type="hidden" name="ceremony" value=(secret.ceremony);
        (form::field(&form::Field { name: "code", label: "Code", hint: Some("Six digits, from the app: to see that it works"), wrong, autocomplete: "one-time-code", required: true, ..form::Field::default() }))
    }
}

/// A field for a password that is chosen.
pub(super) fn new_password(name: &'static str, wrong: Option<&str>) -> Markup {
    form::field(&form::Field {
        name,
        label: "New password",
        hint: Some("At least 15 characters. Four or five words will do; no kind of sign is asked for"),
        kind: "password",
        autocomplete: "new-password",
        wrong,
        required: true,
        ..form::Field::default()
    })
}
