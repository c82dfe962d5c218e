//! The review of access: who could see what, who used it, and what has lapsed because nobody did.

use jiff::Timestamp;
use maud::{Markup, html};

use super::members::tabs;
use crate::components::{facts, form, layout, notice, table, time};
use crate::frame::Frame;

/// What the page shows.
pub struct ReviewView {
    /// The members' roles.
    pub members: Vec<ReviewRow>,
    /// The tokens that have not ended.
    pub tokens: Vec<ReviewRow>,
    /// The write keys, by source.
    pub write_keys: Vec<KeyRow>,
    /// Grants of late that nobody used.
    pub unused_grants: usize,
}

/// A role or a token.
pub struct ReviewRow {
    /// Whose, or what it is called.
    pub name: String,
    /// The role, or who made it.
    pub about: String,
    /// Since when it is there.
    pub since: Timestamp,
    /// Which looks it opens.
    pub could: Vec<&'static str>,
    /// When it was last used, and from which network (a keyed mark).
    pub used: Option<(Timestamp, Option<String>)>,
    /// How it stands.
    pub state: &'static str,
    /// When it lapses unless it is used.
    pub lapses: Timestamp,
    /// Where to say that it is still needed, if this member may.
    pub confirm: Option<String>,
}

/// A write key.
pub struct KeyRow {
    /// The source's name.
    pub name: String,
    /// Since when it is there.
    pub since: Timestamp,
    /// When it last brought an event.
    pub last: Option<Timestamp>,
    /// Whether it takes nothing any more.
    pub disabled: bool,
}

/// The page.
pub fn page(frame: &Frame, view: &ReviewView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Review"))
            p.soft { "What nobody uses for 30 days lapses: it opens nothing until somebody who may give it says that it is still needed. The last owner's role never does." }
            div.panel.flush { header { h2 { "Roles" } } (rows(frame, "Roles", "Member", "Role", &view.members)) }
            div.panel.flush {
                header { h2 { "API tokens" } }
                @if view.tokens.is_empty() {
                    (notice::empty(&notice::Empty { title: "No tokens", text: "No token of this workspace works.", action: None, line: None }))
                } @else { (rows(frame, "API tokens", "Token", "Made by", &view.tokens)) }
            }
            div.panel.flush {
                header { h2 { "Write keys" } span.soft.small { "public; they only append, and never lapse" } }
                (write_keys(frame, &view.write_keys))
            }
            @if view.unused_grants > 0 { p.soft { (view.unused_grants) " of the latest grants were approved and never used." } }
        },
    )
}

fn rows(frame: &Frame, caption: &str, name: &str, about: &str, rows: &[ReviewRow]) -> Markup {
    let columns = [
        table::words(name),
        table::words(about),
        table::words("Could"),
        table::words("Since"),
        table::words("Last used"),
        table::words("Stands"),
        table::words(""),
    ];
    table::table(
        caption,
        &columns,
        &html! {
            @for row in rows {
                tr {
                    th scope="row" { (row.name) }
                    td.nw { (row.about) }
                    td { details { summary { (row.could.len()) " looks" } span.small.mono { (row.could.join(" ")) } } }
                    td { (time::day(frame, row.since)) }
                    td { @match &row.used {
                        Some((at, from)) => { (time::ago(frame, *at)) @if let Some(from) = from { div.small.soft.mono title="keyed mark of the network" { (from) } } },
                        None => span.soft { "never" },
                    } }
                    td { (state(frame, row)) }
                    td { div.acts { @if let Some(action) = &row.confirm {
                        (form::act(frame, action, "Still needed", &format!("Say that {} is still needed? If it had lapsed, it works again.", row.name)))
                    } } }
                }
            }
        },
    )
}

fn state(frame: &Frame, row: &ReviewRow) -> Markup {
    let tone = match row.state {
        "lapsed" => "bad",
        "lapsing" | "kept" => "warn",
        "used" => "good",
        _ => "",
    };
    html! {
        (facts::tag(tone, row.state))
        @if row.state == "lapsing" { div.small { (time::ago(frame, row.lapses)) } }
    }
}

fn write_keys(frame: &Frame, keys: &[KeyRow]) -> Markup {
    let columns =
        [table::words("Source"), table::words("Since"), table::words("Last event"), table::words("")];
    table::table(
        "Write keys",
        &columns,
        &html! {
            @for key in keys {
                tr {
                    th scope="row" { (key.name) }
                    td { (time::day(frame, key.since)) }
                    td { @match key.last { Some(last) => (time::ago(frame, last)), None => span.soft { "never" } } }
                    td { @if key.disabled { (facts::tag("", "takes nothing")) } }
                }
            }
        },
    )
}
