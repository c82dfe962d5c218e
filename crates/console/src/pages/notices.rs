//! What those who run the workspace are told without asking.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{copy, facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct NoticesView {
    /// The notices, newest first.
    pub notices: Vec<NoticeRow>,
    /// The channels beside the console.
    pub channels: Vec<ChannelRow>,
    /// Where notices are posted, and since when.
    pub hook: Option<(String, Timestamp)>,
    /// Whether what must be told of is refused where there is no second channel.
    pub required: bool,
    /// What is wrong with the address that was typed.
    pub wrong: Option<String>,
}

/// A channel beside the console.
pub struct ChannelRow {
    /// `mail` or `webhook`.
    pub name: &'static str,
    /// How many it reaches; 0 is a channel that is not there.
    pub reaches: u64,
    /// When it last took a notice.
    pub delivered: Option<Timestamp>,
    /// What went wrong the last time, and when.
    pub failed: Option<(String, Timestamp)>,
    /// How many notices wait for it.
    pub waiting: u64,
}

/// One notice.
pub struct NoticeRow {
    /// When.
    pub at: Timestamp,
    /// What happened, as in the ledger.
    pub kind: String,
    /// Who did it, or whom it concerns.
    pub who: Option<String>,
}

/// The page.
pub fn page(frame: &Frame, view: &NoticesView) -> Markup {
    let head = layout::Head { title: "Notices", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (channels(frame, view))
            div.panel.flush {
                @if view.notices.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "Nothing to tell",
                        text: "When somebody gains or loses power here, stops collection, or sees more people than usual, it stands here. Nobody has to ask for it.",
                        action: None,
                        line: None,
                    }))
                } @else {
                    (listed(frame, &view.notices))
                }
            }
        },
    )
}

/// How people are told beside this page, and what to do about it.
fn channels(frame: &Frame, view: &NoticesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let alone = view.channels.iter().all(|channel| channel.reaches == 0);
    let columns = [
        table::words("Channel"),
        table::numbers("Reaches"),
        table::words("Last taken"),
        table::words("Last failure"),
        table::numbers("Waiting"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Second channels" } @if alone { (facts::tag("warn", "one channel: weaker")) } }
            (table::table("Second channels", &columns, &html! {
                @for channel in &view.channels {
                    tr {
                        th scope="row" { (channel_words(channel.name)) }
                        td.n { (number::whole(channel.reaches)) }
                        td { @match channel.delivered { Some(at) => (time::ago(frame, at)), None => "never" } }
                        td { @if let Some((why, at)) = &channel.failed { (why) ", " (time::ago(frame, *at)) } }
                        td.n { (number::whole(channel.waiting)) }
                    }
                }
            }))
        }
        section.panel.stack {
            @if alone {
                (notice::warn("Nobody is told but here", &html! {
                    @if view.required { "Approvals, exports and an operator's first look are refused until there is a second channel: set a webhook below, or have the operators set up mail." }
                    @else { "Approvals, exports and an operator's first look go on, and are called weaker. Set a webhook below, or have the operators set up mail." }
                }))
            } @else {
                p.soft { "Approvals, exports and an operator's first look wait until one of these has taken the notice; where none does, they do not happen." }
            }
            @if let Some((url, set)) = &view.hook {
                p { "Notices are posted to " code { (url) } ", set " (time::ago(frame, *set)) "." }
                div.row {
                    (form::post(frame, &paths::notices_act(workspace.id, "webhook/rotate"), "", &html! { button.btn.small { "New secret" } }))
                    (form::post(frame, &paths::notices_act(workspace.id, "webhook/remove"), "", &html! { button.btn.small.danger { "Remove the webhook" } }))
                }
            }
            (form::post(frame, &paths::notices_act(workspace.id, "webhook"), "fields", &html! {
                (form::field(&form::Field { name: "url", label: "Webhook", hint: Some("An https address. Its secret is shown once; every message is signed with it"), wrong: view.wrong.as_deref(), required: true, ..form::Field::default() }))
                div { (form::go("Post notices there")) }
            }))
            (form::post(frame, &paths::notices_act(workspace.id, "test"), "", &html! { button.btn { "Send a test notice" } }))
        }
    }
}

fn channel_words(name: &'static str) -> &'static str {
    match name {
        "mail" => "Mail, to people",
        "webhook" => "Webhook",
        other => other,
    }
}

/// The answer that shows a webhook's secret, once.
pub fn secret_page(frame: &Frame, secret: &str) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Notices", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            div.panel.stack {
                div.stack-s {
                    h2 { "The webhook's secret" }
                    p { strong { "It is shown this once." } " Whoever receives notices checks " code { "webhook-signature" } " with it." }
                }
                (copy::copy_box("secret", secret))
                div { a.btn.go href=(paths::notices(workspace.id)) { "I have copied it" } }
            }
        },
    )
}

/// The notices as a table, wherever they stand.
pub(super) fn listed(frame: &Frame, notices: &[NoticeRow]) -> Markup {
    let columns = [table::words("When"), table::words("What"), table::words("Who")];
    table::table(
        "Notices",
        &columns,
        &html! {
            @for row in notices {
                tr {
                    td { (time::moment(frame, row.at)) }
                    td { (guard::words(&row.kind)) " " code.soft { (row.kind) } }
                    td.nw { @if let Some(who) = &row.who { code { (who) } } }
                }
            }
        },
    )
}
