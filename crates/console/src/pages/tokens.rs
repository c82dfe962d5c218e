//! API tokens: scoped, expiring, shown once.

use jiff::Timestamp;
use maud::{Markup, html};
use model::TokenId;

use super::members::tabs;
use crate::components::{copy, facts, form, layout, notice, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct TokensView {
    /// The tokens, also ended ones of late.
    pub tokens: Vec<TokenRow>,
    /// The scopes one may give: name and what it allows.
    pub scopes: Vec<(String, String)>,
    /// Whether this member may make and end tokens.
    pub may_change: bool,
    /// What is wrong with the token just asked for.
    pub wrong: Option<String>,
    /// The console's address, for the line to paste.
    pub console_url: String,
}

/// One token; its text is not kept.
pub struct TokenRow {
    /// The id.
    pub id: TokenId,
    /// The name given to it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// From where it may be used; none: from anywhere.
    pub networks: Vec<String>,
    /// Who made it.
    pub by: String,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// Until when it works.
    pub until: Timestamp,
    /// Whether it has lapsed, unused.
    pub lapsed: bool,
    /// Whether it was ended early.
    pub ended: bool,
}

const LIFETIMES: [(&str, &str); 4] =
    [("3600", "1 hour"), ("86400", "1 day"), ("2592000", "30 days"), ("7776000", "90 days")];

/// The page.
pub fn page(frame: &Frame, view: &TokensView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "API tokens"))
            div.panel.flush {
                @if view.tokens.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No tokens",
                        text: "A token lets a program use the API with the scopes you give it, until it expires. With one, this works:",
                        action: None,
                        line: Some(&format!("curl -H \"Authorization: Bearer $HOLDFAST_TOKEN\" {}/api/v1/workspaces/{}/events", view.console_url, workspace.id)),
                    }))
                } @else { (tokens(frame, view)) }
            }
            @if view.may_change { (create(frame, view)) }
        },
    )
}

fn tokens(frame: &Frame, view: &TokensView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Token"),
        table::words("Scopes"),
        table::words("Made by"),
        table::words("Last used"),
        table::words("Ends"),
        table::words(""),
    ];
    table::table(
        "API tokens",
        &columns,
        &html! {
            @for token in &view.tokens {
                tr {
                    th scope="row" title=(token.id) { (token.name) @if !token.networks.is_empty() { div.small.soft.mono { "from " (token.networks.join(", ")) } } }
                    td { div.row.tight { @for scope in &token.scopes { span.tag.mono { (scope) } } } }
                    td.nw { (token.by) }
                    td { @match token.used { Some(used) => (time::ago(frame, used)), None => span.soft { "never" } } }
                    td { @if token.ended { (facts::tag("", "ended")) } @else if token.lapsed { (facts::tag("bad", "lapsed")) } @else { (time::ago(frame, token.until)) } }
                    td { div.acts {
                        @if view.may_change && !token.ended {
                            (form::act(frame, &paths::token_end(workspace.id, token.id), "End", &format!("End the token {}? Programs that use it are refused at once.", token.name)))
                        }
                    } }
                }
            }
        },
    )
}

fn create(frame: &Frame, view: &TokensView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let scopes: Vec<(&str, String)> =
        view.scopes.iter().map(|(name, may)| (name.as_str(), format!("{name} – {may}"))).collect();
    let scopes: Vec<(&str, &str, bool)> =
        scopes.iter().map(|(name, text)| (*name, text.as_str(), false)).collect();
    html! {
        section.panel {
            header { h2 { "New token" } span.soft.small { "asks for a touch of your passkey" } }
            (form::post(frame, &paths::tokens(workspace.id), "fields wide", &html! {
                @if let Some(wrong) = &view.wrong { (notice::bad("The token was not made", &html! { (wrong) })) }
                div.fields {
                    (form::field(&form::Field { name: "name", label: "Name", hint: Some("The program that will use it"), required: true, ..form::Field::default() }))
                    (form::select("expires_in_s", "Works for", "7776000", &LIFETIMES))
                }
                (form::field(&form::Field { name: "networks", label: "Works from", hint: Some("Networks such as 203.0.113.0/24, with spaces between; leave it empty for anywhere"), ..form::Field::default() }))
                (form::checks("scope", "Scopes", &scopes))
                div { (form::go("Create token")) }
            }))
        }
    }
}

/// The page that shows a new token, once.
pub fn made_page(frame: &Frame, name: &str, token: &str, until: Timestamp) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "API tokens"))
            div.panel.stack {
                div.stack-s {
                    h2 { "The token " (name) }
                    p { strong { "It is shown this once." } " Only a keyed hash of it is kept. It works until " (time::moment(frame, until)) "." }
                }
                (copy::copy_box("token", token))
                p.soft.small { "Give it to programs by " code { "HOLDFAST_TOKEN" } " or a file, never as an argument: arguments are seen by everybody on the machine." }
                div { a.btn.go href=(paths::tokens(workspace.id)) { "I have copied it" } }
            }
        },
    )
}
