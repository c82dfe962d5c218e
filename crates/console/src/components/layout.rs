//! The shell of every page: navigation, frame, head and the place for notices.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{notice, time};
use crate::frame::{Frame, Section, Theme, WorkspaceBadge};
use crate::{assets, paths};

/// A page's headline.
#[derive(Default)]
pub struct Head<'a> {
    /// The title, also of the window.
    pub title: &'a str,
    /// What stands beside it, softly: how many, how fresh.
    pub beside: Option<Markup>,
    /// What one may do here.
    pub acts: Option<Markup>,
}

/// A page inside the workspace's navigation, or the operators'.
pub fn page(frame: &Frame, head: &Head<'_>, body: &Markup) -> Markup {
    let main = html! {
        header.page {
            h1 { (head.title) }
            @if let Some(beside) = &head.beside { div.soft { (beside) } }
            @if let Some(acts) = &head.acts { div.acts { (acts) } }
        }
        div #notice role="status" {
            @if let Some(flash) = &frame.flash { (notice::good(flash)) }
        }
        div.stack { (body) }
    };
    let main = html! { main #main tabindex="-1" { (main) } };
    if frame.partial {
        return part(head.title, &main);
    }
    document(
        frame,
        head.title,
        &html! {
            a.skip href="#main" { "Skip to content" }
            (held(frame))
            @if let Some(workspace) = &frame.workspace {
                div.shell {
                    header.top {
                        (brand(&paths::live(workspace.id)))
                        button.btn type="button" popovertarget="nav" { "Menu" }
                    }
                    (navigation(frame, workspace))
                    (main)
                }
            } @else if frame.operator {
                div.shell {
                    header.top {
                        (brand(paths::OPERATIONS))
                        button.btn type="button" popovertarget="nav" { "Menu" }
                    }
                    (operators_navigation(frame))
                    (main)
                }
            } @else {
                (main)
            }
            @if frame.shortcuts { (keys()) }
        },
    )
}

/// A page by itself: sign-in, enrolment, errors before sign-in.
pub fn lone(frame: &Frame, title: &str, body: &Markup) -> Markup {
    let main = html! {
        main.lone #main tabindex="-1" {
            (brand("/"))
            div #notice role="status" {
                @if let Some(flash) = &frame.flash { (notice::good(flash)) }
            }
            (body)
        }
    };
    if frame.partial { part(title, &main) } else { document(frame, title, &main) }
}

/// What takes the place of the main part of a page that is there already.
fn part(title: &str, main: &Markup) -> Markup {
    html! { title { (title) " · Holdfast" } (main) }
}

fn document(frame: &Frame, title: &str, body: &Markup) -> Markup {
    let theme = (frame.theme != Theme::System).then(|| frame.theme.as_str());
    let held = frame.held.as_ref().map(|held| if held.incident { "incident" } else { "held" });
    html! {
        (DOCTYPE)
        html lang="en" class=[theme] data-workspace=[frame.workspace.as_ref().map(|workspace| workspace.id)] data-session=[frame.member.as_ref().map(|_| paths::SIGN_IN)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=r#"{"extensions":"hx-csp,sse","includeIndicatorCSS":false}"#;
                title { (title) " · Holdfast" }
                link rel="icon" href=(assets::href("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::href("app.css"));
            }
            body class=[held] {
                (body)
                (scripts(frame))
            }
        }
    }
}

fn scripts(frame: &Frame) -> Markup {
    html! {
        @for name in ["htmx.js", "hx-csp.js", "hx-sse.js"] {
            script src=(assets::href(name)) nonce=(frame.nonce) {}
        }
        @for name in ["page.mjs", "passkey.mjs", "live.mjs", "session.mjs"] {
            script type="module" src=(assets::href(name)) nonce=(frame.nonce) {}
        }
        @if frame.shortcuts { script type="module" src=(assets::href("keys.mjs")) nonce=(frame.nonce) {} }
    }
}

/// The anchor and the name.
pub fn brand(href: &str) -> Markup {
    let anchor = PreEscaped(
        r#"<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="3" r="1.7"/><path d="M8 4.8v9.4M5 7h6M2.3 9.5c.3 3 2.6 4.7 5.7 4.7s5.4-1.7 5.7-4.7"/></svg>"#,
    );
    html! { a.brand href=(href) { (anchor) "Holdfast" } }
}

fn item(frame: &Frame, section: Section, href: &str, label: &str) -> Markup {
    html! { a.item href=(href) aria-current=[(frame.section == section).then_some("page")] { (label) } }
}

/// What an operator opens: no workspace, so nothing of theirs.
fn operators_navigation(frame: &Frame) -> Markup {
    html! {
        nav.side #nav popover="auto" aria-label="Main" {
            (brand(paths::OPERATIONS))
            (item(frame, Section::Operations, paths::OPERATIONS, "Operations"))
            (item(frame, Section::Incidents, paths::OPERATIONS_INCIDENTS, "Incidents"))
            (item(frame, Section::Operators, paths::OPERATIONS_OPERATORS, "Operators"))
            (item(frame, Section::Access, paths::OPERATIONS_PASSKEYS, "Passkeys and sessions"))
            span.grow {}
            (who(frame))
        }
    }
}

fn navigation(frame: &Frame, workspace: &WorkspaceBadge) -> Markup {
    let (id, opens) = (workspace.id, frame.opens);
    let item = |section: Section, href: String, label: &str| item(frame, section, &href, label);
    html! {
        nav.side #nav popover="auto" aria-label="Main" {
            (brand(&paths::live(id)))
            (item(Section::Live, paths::live(id), "Live"))
            @if opens.people { (item(Section::People, paths::people(id), "People")) }
            @if opens.questions { (item(Section::Questions, paths::questions(id), "Questions")) }
            @if opens.dashboards { (item(Section::Dashboards, paths::dashboards(id), "Dashboards")) }
            @if opens.segments { (item(Section::Segments, paths::segments(id), "Segments")) }
            @if opens.campaigns { (item(Section::Campaigns, paths::campaigns(id), "Messages")) }
            @if opens.quality || opens.plans || opens.passkeys || opens.ledger { h2 { "Trust" } }
            @if opens.quality { (item(Section::Quality, paths::quality(id), "Data quality")) }
            @if opens.plans { (item(Section::Plans, paths::plans(id), "Tracking plans")) }
            @if opens.members { (item(Section::Access, paths::members(id), "Access")) }
            @else if opens.passkeys { (item(Section::Access, paths::passkeys(id), "Access")) }
            @if opens.ledger { (item(Section::Ledger, paths::ledger(id), "Ledger")) }
            @if opens.incidents { (item(Section::Incidents, paths::incidents(id), "Incidents")) }
            @if opens.notices { (item(Section::Notices, paths::notices(id), "Notices")) }
            h2 { (workspace.name) }
            @if opens.sources { (item(Section::Sources, paths::sources(id), "Sources")) }
            @if frame.operator {
                (item(Section::Operations, paths::OPERATIONS.to_owned(), "Operations"))
            } @else {
                (item(Section::Settings, paths::settings(id), "Settings"))
                (item(Section::Workspaces, paths::WORKSPACES.to_owned(), "All workspaces"))
            }
            span.grow {}
            (who(frame))
        }
    }
}

fn who(frame: &Frame) -> Markup {
    html! {
        div.who {
            @if let Some(member) = &frame.member {
                div { strong { (member.name) } span.soft { (member.role) } }
            }
            div.row.tight {
                @if frame.member.is_some() {
                    form method="post" action=(paths::SIGN_OUT) { button.link { "Sign out" } }
                }
                form method="post" action=(paths::THEME) hx-post=(paths::THEME) hx-nonce=(frame.nonce) {
                    @let (next, label) = match frame.theme {
                        Theme::System => (Theme::Dark, "Dark mode"),
                        Theme::Dark => (Theme::Light, "Light mode"),
                        Theme::Light => (Theme::System, "System colours"),
                    };
                    input type="hidden" name="theme" value=(next.as_str());
                    button.link { (label) }
                }
                @if frame.shortcuts { button.link type="button" commandfor="keys" command="show-modal" { "Keys" } }
            }
        }
    }
}

fn held(frame: &Frame) -> Markup {
    html! {
        @if let Some(held) = &frame.held {
            div.banner role="alert" {
                strong { @if held.incident { "Incident: nothing may be changed" } @else { "Read-only: nothing may be changed" } }
                span { (held.reason) }
                span.soft { "set by " (held.by) ", " (time::ago(frame, held.since)) }
            }
        }
    }
}

fn keys() -> Markup {
    let rows = [
        ("g l", "Live"),
        ("g p", "People"),
        ("g q", "Questions"),
        ("g d", "Data quality"),
        ("g a", "Access"),
        ("g e", "Ledger"),
        ("g s", "Sources"),
        ("/", "Search on this page"),
        ("← →", "Along a chart"),
    ];
    html! {
        dialog #keys aria-labelledby="keys-head" {
            div.stack {
                h2 #keys-head { "Keys" }
                dl.facts { @for (key, what) in rows { dt { kbd { (key) } } dd { (what) } } }
                div.row {
                    form method="dialog" { button.btn { "Close" } }
                    form method="post" action=(paths::SHORTCUTS) {
                        input type="hidden" name="shortcuts" value="off";
                        button.link { "Turn the keys off" }
                    }
                }
            }
        }
    }
}
