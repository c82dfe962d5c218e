//! Keeping a question: the form that puts it on a dashboard.

use maud::{Markup, html};
use model::DashboardId;
use serde_json::Value;

use super::form;
use crate::frame::Frame;
use crate::paths;

/// A dashboard that a question may be put on.
pub struct Kept {
    /// Its id.
    pub id: DashboardId,
    /// What it is called.
    pub name: String,
}

/// The form, for whoever may keep questions; nothing for others.
pub fn keep(frame: &Frame, dashboards: Option<&[Kept]>, title: &str, question: &Value) -> Markup {
    let (Some(workspace), Some(dashboards)) = (&frame.workspace, dashboards) else { return html! {} };
    let ids: Vec<String> = dashboards.iter().map(|kept| kept.id.to_string()).collect();
    let mut choices: Vec<(&str, &str)> =
        ids.iter().zip(dashboards).map(|(id, kept)| (id.as_str(), kept.name.as_str())).collect();
    choices.push(("", "A new dashboard"));
    let first = choices.first().map_or("", |(id, _)| id);
    html! {
        details.fold {
            summary { "Keep on a dashboard" }
            section.panel {
                (form::post(frame, &paths::dashboards_keep(workspace.id), "fields", &html! {
                    input type="hidden" name="question" value=(question);
                    (form::select("dashboard", "Dashboard", first, &choices))
                    (form::field(&form::Field {
                        name: "title", label: "Title", value: &short(title), required: true,
                        hint: Some("What the tile is called; a new dashboard is called so, too"), ..form::Field::default()
                    }))
                    div { (form::go("Keep")) }
                }))
            }
        }
    }
}

/// No longer than a title may be.
fn short(title: &str) -> String {
    let mut end = title.len().min(100);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    title.get(..end).unwrap_or_default().trim().to_owned()
}
