//! The organisation's own: the provider that signs its members in, and the directory that says who they are.

use jiff::Timestamp;
use maud::{Markup, html};

use super::members::tabs;
use crate::components::{form, layout, notice, time};
use crate::frame::{Frame, WorkspaceBadge};
use crate::paths;

/// What the page shows.
pub struct OrganisationView {
    /// The provider, where there is one.
    pub provider: Option<ProviderRow>,
    /// Where the provider sends people back to.
    pub redirect: String,
    /// Where the provider says that somebody signed out.
    pub logout: String,
    /// Where a directory says who is a member.
    pub directory: String,
    /// Whether this member may set the provider.
    pub may_set: bool,
    /// What was typed and not taken.
    pub typed: form::Typed,
}

/// The provider.
pub struct ProviderRow {
    /// Its address.
    pub issuer: String,
    /// What it calls this client.
    pub client_id: String,
    /// Whether a secret is kept.
    pub has_secret: bool,
    /// The domains it vouches for, with spaces between.
    pub domains: String,
    /// The classes that are trusted, with spaces between.
    pub trusted: String,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &OrganisationView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Single sign-on"))
            div.even {
                section.panel { header { h2 { "Single sign-on" } } (provider(frame, workspace, view)) }
                section.panel { header { h2 { "Provisioning" } } (directory(workspace, view)) }
            }
        },
    )
}

fn provider(frame: &Frame, workspace: &WorkspaceBadge, view: &OrganisationView) -> Markup {
    let action = paths::single_sign_on(workspace.id);
    let now = view.provider.as_ref();
    let text = |name: &str, present: fn(&ProviderRow) -> &str| {
        let typed = view.typed.text(name);
        if typed.is_empty() { now.map_or("", present).to_owned() } else { typed.to_owned() }
    };
    let (issuer, client) = (text("issuer", |row| &row.issuer), text("client_id", |row| &row.client_id));
    let (domains, trusted) = (text("domains", |row| &row.domains), text("trusted_acr", |row| &row.trusted));
    let has_secret = now.is_some_and(|row| row.has_secret);
    let field = |name, label, value, hint| form::Field {
        name,
        label,
        value,
        hint: Some(hint),
        wrong: view.typed.wrong(name),
        ..form::Field::default()
    };
    html! {
        p.soft { "Members sign in with the organisation's provider (OpenID Connect), once somebody has invited them or a directory has brought them in. It must ask for more than a password and say so. Whoever runs the workspace goes on with a passkey." }
        @match now {
            Some(row) => p.soft.small { "Set " (time::ago(frame, row.changed)) ". A change signs out whoever came in this way." },
            None => p.soft.small { "No provider is set." },
        }
        @if view.may_set {
            (form::post(frame, &action, "fields", &html! {
                (form::field(&form::Field { required: true, ..field("issuer", "Issuer", &issuer, "The provider's address, such as https://login.example.com") }))
                (form::field(&form::Field { required: true, ..field("client_id", "Client id", &client, "What the provider calls this client") }))
                (form::field(&form::Field { kind: "password", ..field("client_secret", "Client secret", "", if has_secret { "Kept, sealed; type it only to change it" } else { "As the provider shows it" }) }))
                (form::field(&form::Field { required: true, ..field("domains", "Domains", &domains, "Of your members' addresses, with spaces between: example.com example.org") }))
                (form::field(&field("trusted_acr", "Classes as good as a passkey", &trusted, "Values of acr whose word lets owners and admins in as well; leave it empty unless the provider asks for a passkey there")))
                div { (form::go("Save single sign-on")) }
            }))
            @if now.is_some() {
                (form::act(frame, &format!("{action}/remove"), "Remove single sign-on", "Remove the provider? Whoever came in through it is signed out."))
            }
        } @else if let Some(row) = now {
            p { (row.issuer) } p.soft { (row.domains) }
        } @else {
            (notice::warn("Only an owner sets this", &html! { "Whoever names the provider decides who is whom." }))
        }
        p.soft.small { "Redirect URI for the provider: " code { (view.redirect) } }
        p.soft.small { "Back-channel logout URI: " code { (view.logout) } }
    }
}

fn directory(workspace: &WorkspaceBadge, view: &OrganisationView) -> Markup {
    html! {
        p.soft { "A directory (Okta, Entra ID and others, by SCIM 2.0) makes members, and takes them out the moment they leave: sessions, tokens, grants and invitations end at once." }
        p { "Address: " code { (view.directory) } }
        p { "Token: " a href=(paths::tokens(workspace.id)) { "make one" } " with the scope " code { "scim:users" } ". It lives as long as you say, and ends when whoever made it leaves." }
        p.soft.small { "It gives the roles marketer, analyst, support and viewer, and viewer where it says nothing. Owners are touched only by a token that an owner made." }
    }
}
