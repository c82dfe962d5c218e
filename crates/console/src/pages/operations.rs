//! The installation, for those who run it: how it is and whether changes are taken. Nothing of any workspace.

use maud::{Markup, html};

use super::settings::{self, ApprovalRow};
use crate::components::layout;
use crate::frame::{Frame, Held};
use crate::paths;

/// What the page shows.
pub struct OperationsView {
    /// The program's version.
    pub version: &'static str,
    /// Why the installation is held read-only, where it is.
    pub held: Option<Held>,
    /// Who asked to end read-only.
    pub approvals: Vec<ApprovalRow>,
}

/// The page.
pub fn page(frame: &Frame, view: &OperationsView) -> Markup {
    let head = layout::Head { title: "Operations", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel {
                p { "You are an operator: you run this installation and see no workspace's data. There is no role that would show it to you; whoever is to see a workspace is invited there by its owner." }
            }
            div.even {
                section.panel { header { h2 { "Health" } } (health(view)) }
                section.panel { header { h2 { "Read-only" } } (mode(frame, view)) }
            }
            @if !view.approvals.is_empty() {
                (settings::approvals(frame, &view.approvals, Some(&paths::operations_approve)))
            }
        },
    )
}

fn health(view: &OperationsView) -> Markup {
    html! {
        p data-ready=(paths::READY) role="status" { "The console answers. Whether all of the server is ready stands at the address below." }
        p.soft.small { "Holdfast " (view.version) " · programs ask " a href=(paths::READY) { (paths::READY) } }
    }
}

fn mode(frame: &Frame, view: &OperationsView) -> Markup {
    html! {
        @match &view.held {
            Some(held) => {
                (settings::held_by(frame, "The installation is held read-only", held, &html! {
                    "No workspace takes changes until it ends."
                }))
                br;
                (settings::ask_form(frame, paths::OPERATIONS_MODE))
            },
            None => {
                p { "Normal: changes are taken, except in workspaces that their own people hold." }
                p.soft { "Nothing in any workspace can be changed or sent while the installation is held. Events still arrive; signing in, revoking and purging still work. Ending it takes a second operator, where there is one." }
                br;
                (settings::hold_form(frame, paths::OPERATIONS_MODE, "Every member of every workspace sees it on every page"))
            },
        }
    }
}
