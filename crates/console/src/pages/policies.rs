//! The policies in words, what is proved of them, and their text.

use maud::{Markup, html};
use policy::laws::Law;

use super::members::tabs;
use crate::components::layout;
use crate::frame::Frame;

/// What the page shows.
pub struct PoliciesView {
    /// What must never be allowed.
    pub laws: Vec<Law>,
    /// Who may do what by role, as a table in text.
    pub matrix: String,
    /// The policies, forbids first.
    pub text: String,
    /// What they speak of.
    pub schema: String,
}

/// The page.
pub fn page(frame: &Frame, view: &PoliciesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Policies"))
            div.panel.stack-s {
                h2 { "What is never allowed" }
                p.soft {
                    "Proved by a solver for every request there could be: every action, every kind of caller, every workspace. "
                    "Each rule that forbids was taken away in turn, and was missed."
                }
                ul { @for law in &view.laws { li { (law.says) } } }
            }
            div.panel.stack-s {
                h2 { "Who may do what" }
                p.soft {
                    "yes: allowed. touch: needs a fresh touch of a passkey. grant: another person has to approve. "
                    "A name in the last column is the scope that a token needs. Actions with a star are refused while the workspace is read-only."
                }
                div.scroll tabindex="0" role="region" aria-label="Who may do what" { pre { (view.matrix) } }
            }
            (text("What is never allowed, in full", &laws(&view.laws)))
            (text("The policies, in full", &view.text))
            (text("The actions they speak of, in full", &view.schema))
        },
    )
}

fn laws(laws: &[Law]) -> String {
    laws.iter().map(|law| format!("// {}\n// {}\n{}\n\n", law.id, law.says, law.text)).collect()
}

fn text(title: &str, text: &str) -> Markup {
    html! {
        details.panel {
            summary { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) { pre { (text) } }
        }
    }
}
