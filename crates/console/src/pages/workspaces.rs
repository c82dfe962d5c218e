//! The workspaces one belongs to, and a new one.

use maud::{Markup, html};
use model::WorkspaceId;

use crate::components::{form, layout, notice};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct WorkspacesView {
    /// The workspaces, oldest first.
    pub own: Vec<WorkspaceRow>,
    /// Whether this member may make one.
    pub may_create: bool,
    /// The name just refused, and why.
    pub wrong: Option<(String, String)>,
}

/// One workspace.
pub struct WorkspaceRow {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// What the member is there.
    pub role: String,
}

/// The page.
pub fn page(frame: &Frame, view: &WorkspacesView) -> Markup {
    layout::lone(
        frame,
        "Workspaces",
        &html! {
            div.panel.stack {
                h1 { "Workspaces" }
                @if view.own.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "None",
                        text: "You belong to no workspace. Whoever owns one can invite you; open the link they send.",
                        action: None,
                        line: None,
                    }))
                } @else {
                    ul.refused {
                        @for own in &view.own {
                            li { div.row { a href=(paths::live(own.id)) { (own.name) } span.grow {} span.soft { (own.role) } } }
                        }
                    }
                }
            }
            @if view.may_create { (create(frame, view)) }
        },
    )
}

fn create(frame: &Frame, view: &WorkspacesView) -> Markup {
    let (name, wrong) = match &view.wrong {
        Some((name, wrong)) => (name.as_str(), Some(wrong.as_str())),
        None => ("", None),
    };
    let field = form::Field {
        name: "name",
        label: "Name",
        value: name,
        hint: Some(
            "A company, a brand or a product. Its events, people, keys and members are its own; nothing is shared with the others.",
        ),
        wrong,
        required: true,
        ..form::Field::default()
    };
    html! {
        section.panel.stack {
            h2 { "New workspace" }
            (form::post(frame, paths::WORKSPACES, "fields", &html! {
                (form::field(&field))
                div { button.btn { "Create" } }
            }))
        }
    }
}
