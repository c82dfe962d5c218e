//! One tracking plan: what it says, its versions, what changed between two of them, and the form to change it.

use jiff::Timestamp;
use maud::{Markup, html};
use plan::diff::Change;
use plan::{EventPlan, Plan, Property, Type};

use super::plans::{done, tone};
use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// How many events are shown; the document has them all.
const EVENTS_SHOWN: usize = 200;

/// What the page shows.
pub struct PlanView {
    /// The plan.
    pub plan: Plan,
    /// Which version is shown.
    pub version: u32,
    /// The newest version.
    pub latest: u32,
    /// Whether it judges.
    pub active: bool,
    /// The versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Whether this member may change it.
    pub may_change: bool,
    /// The document just tried, if it was not taken.
    pub tried: Option<Tried>,
}

/// A document that was not taken.
pub struct Tried {
    /// The document as it was typed.
    pub text: String,
    /// The version it was made from, where the form goes on from that one.
    pub based_on: Option<u32>,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// What came between.
    pub overtaken: Option<Overtaken>,
}

/// Somebody made a version while another was being written.
pub struct Overtaken {
    /// The version that the document was made from.
    pub from: u32,
    /// Who made the newest.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What changed since then.
    pub theirs: Vec<Change>,
    /// What the document would change of the newest version.
    pub yours: Vec<Change>,
}

/// A version.
pub struct VersionRow {
    /// Its number.
    pub version: u32,
    /// When it was made.
    pub made: Timestamp,
    /// Who made it.
    pub by: String,
}

/// What the page of changes shows.
pub struct ChangesView {
    /// The plan's name.
    pub name: String,
    /// The versions.
    pub between: (u32, u32),
    /// The changes, in the order of the document.
    pub changes: Vec<Change>,
}

/// The page.
pub fn page(frame: &Frame, view: &PlanView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let title = format!("Plan {}", view.plan.name);
    let head = layout::Head {
        title: &title,
        beside: Some(html! {
            "version " (view.version) @if view.version < view.latest { " of " (view.latest) } " "
            @if view.active { (facts::tag("good", "judges")) } @else { (facts::tag("", "off")) }
        }),
        acts: Some(html! {
            a.btn href=(paths::plan_client(workspace.id, &view.plan.name, view.version)) download={ (view.plan.name) ".ts" } { "Typed client" }
            a.btn href=(paths::plans(workspace.id)) { "All plans" }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            div.two {
                div.panel.stack {
                    (facts::facts(&[
                        ("An event that departs", facts::tag(tone(view.plan.mode.as_str()), done(view.plan.mode.as_str()))),
                        ("An event that is not planned", html! { (unplanned(view.plan.unplanned_events.as_str())) }),
                        ("A property that is not planned", html! { (unplanned(view.plan.unplanned_properties.as_str())) }),
                        ("Events", html! { (number::whole(view.plan.events.len() as u64)) }),
                    ]))
                    @if view.may_change { (mode(frame, view)) }
                }
                (versions(frame, view))
            }
            (events(view))
            @if view.may_change && view.version == view.latest { (edit(frame, view)) }
        },
    )
}

fn unplanned(word: &str) -> &'static str {
    match word {
        "allow" => "is let pass",
        "block" => "is refused",
        "quarantine" => "is set aside",
        _ => "is kept and counted",
    }
}

fn mode(frame: &Frame, view: &PlanView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let chosen = if view.active { view.plan.mode.as_str() } else { "off" };
    html! {
        (form::post(frame, &paths::plan_act(workspace.id, &view.plan.name, "mode"), "fields", &html! {
            (form::select("mode", "What it does", chosen, &[
                ("off", "Nothing: it does not judge"),
                ("watch", "Watch: keep and count"),
                ("quarantine", "Quarantine: set aside"),
                ("block", "Block: refuse"),
            ]))
            div { (form::go("Set mode")) }
        }))
    }
}

fn versions(frame: &Frame, view: &PlanView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [table::numbers("Version"), table::words("Made"), table::words("By"), table::words("")];
    html! {
        div.panel.flush {
            header { h2 { "Versions" } }
            (table::tall("Versions", &columns, &html! {
                @for row in &view.versions {
                    tr {
                        td.n { a href=(paths::plan_version(workspace.id, &view.plan.name, row.version)) { (row.version) } }
                        td { (time::ago(frame, row.made)) }
                        td.nw { (row.by) }
                        td { @if row.version > 1 {
                            a.small href=(paths::plan_changes(workspace.id, &view.plan.name, (row.version - 1, row.version))) { "What changed" }
                        } }
                    }
                }
            }))
        }
    }
}

fn events(view: &PlanView) -> Markup {
    let plan = &view.plan;
    let calls = plan.calls();
    let calls = calls.iter().filter_map(|(name, event)| event.map(|event| (*name, event)));
    let named = plan.events.iter().map(|(name, event)| (name.as_str(), event));
    let left_out = plan.events.len().saturating_sub(EVENTS_SHOWN);
    html! {
        section.panel.flush {
            header { h2 { "Events" } span.soft.small { "open one to see its properties" } }
            ul.rows {
                @for (name, event) in calls.chain(named).take(EVENTS_SHOWN + 4) { li { (one(name, event)) } }
                @if plan.events.is_empty() { li.soft { "The plan names no event yet." } }
            }
            @if left_out > 0 { footer.soft { (number::whole(left_out as u64)) " more are in the document." } }
        }
    }
}

fn one(name: &str, event: &EventPlan) -> Markup {
    let columns = [
        table::words("Property"),
        table::words("Type"),
        table::words("Required"),
        table::words("Rules"),
        table::words("Classification"),
        table::words("Meaning"),
    ];
    html! {
        details.fold {
            summary {
                strong { (name) } " "
                span.soft.small { (event.properties.len()) @if event.properties.len() == 1 { " property" } @else { " properties" } }
                @if let Some(mode) = event.mode { " " (facts::tag(tone(mode.as_str()), done(mode.as_str()))) }
            }
            @if !event.description.is_empty() { p { (event.description) } }
            @if event.properties.is_empty() { p.soft { "No property is planned." } }
            @else {
                (table::table(name, &columns, &html! {
                    @for (name, property) in &event.properties { (row(name, property)) }
                }))
            }
        }
    }
}

fn row(name: &str, property: &Property) -> Markup {
    html! {
        tr {
            td { code { (name) } }
            td { (property.kind.as_str()) }
            td { @if property.required { "yes" } }
            td { (rules(property)) }
            td { @if let Some(class) = property.classification { (facts::tag(class_tone(class.as_str()), class.as_str())) } }
            td { (property.description) }
        }
        @for (inner, property) in &property.properties { (row(&format!("{name}.{inner}"), property)) }
        @if let Some(items) = &property.items {
            @if items.kind != Type::Any || !items.properties.is_empty() { (row(&format!("{name}[]"), items)) }
        }
    }
}

fn class_tone(class: &str) -> &'static str {
    match class {
        "secret" => "bad",
        "personal" => "seal",
        _ => "",
    }
}

/// The rules beside type and required, in the document's words.
fn rules(property: &Property) -> String {
    let own = Property {
        kind: Type::Any,
        required: false,
        classification: None,
        description: String::new(),
        items: None,
        properties: Default::default(),
        ..property.clone()
    };
    let document = plan::write::of_property(&own);
    let members = document.as_object().into_iter().flatten();
    members.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

fn edit(frame: &Frame, view: &PlanView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let tried = view.tried.as_ref();
    let text = tried.map_or_else(|| view.plan.text(), |tried| tried.text.clone());
    let errors = tried.map_or(&[][..], |tried| &tried.errors);
    let based_on = tried.and_then(|tried| tried.based_on).unwrap_or(view.latest);
    let overtaken = tried.and_then(|tried| tried.overtaken.as_ref());
    let wrong = (!errors.is_empty()).then_some("document-wrong");
    let body = html! {
        @if let Some(overtaken) = overtaken { (both(frame, view, overtaken)) }
        input type="hidden" name="based_on" value=(based_on);
        div.field {
            label for="document" { "The document, as JSON" }
            @if wrong.is_some() {
                div #document-wrong { (notice::bad("The plan is not right yet", &html! { ul { @for error in errors { li { (error) } } } })) }
            }
            textarea.input.code id="document" name="document" rows="24" spellcheck="false" required
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong] { (text) }
        }
        div { (form::go(if overtaken.is_some() { "Make it a new version all the same" } else { "Make a new version" })) }
    };
    html! {
        section.panel {
            details.fold open[tried.is_some()] {
                summary { "Change the plan" }
                (form::post(frame, &paths::plan(workspace.id, &view.plan.name), "stack", &body))
            }
        }
    }
}

/// Two people at once: what the other changed, and what this document would change of that.
fn both(frame: &Frame, view: &PlanView, overtaken: &Overtaken) -> Markup {
    html! {
        (notice::warn(&format!("Somebody was faster: there is a version {} now", view.latest), &html! {
            p { "It was made by " strong { (overtaken.by) } ", " (time::ago(frame, overtaken.at)) "; yours was made from version " (overtaken.from) ". Nothing of yours is lost: it stands below. Put what the other changed into it, or speak with them, before you make it a version." }
        }))
        h3 { "What changed since version " (overtaken.from) }
        (changes_table(&format!("Changes from version {} to {}", overtaken.from, view.latest), &overtaken.theirs, "The version that yours was made from is no longer kept."))
        h3 { "What yours would change of version " (view.latest) }
        (changes_table("Changes of yours", &overtaken.yours, "Nothing: both say the same."))
    }
}

fn changes_table(caption: &str, changes: &[Change], none: &str) -> Markup {
    let columns =
        [table::words("Event"), table::words("Property"), table::words("Before"), table::words("After")];
    let told = |text: &Option<String>| html! { @if let Some(text) = text { code { (text) } } @else { span.soft { "–" } } };
    html! {
        @if changes.is_empty() { p.soft { (none) } }
        @else {
            (table::table(caption, &columns, &html! {
                @for change in changes {
                    tr {
                        td.nw { @if change.event.is_empty() { "(the plan)" } @else { (change.event) } }
                        td { code { (change.property) } }
                        td { (told(&change.before)) }
                        td { (told(&change.after)) }
                    }
                }
            }))
        }
    }
}

/// What changed between two versions.
pub fn changes_page(frame: &Frame, view: &ChangesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let title = format!("Plan {}: version {} to {}", view.name, view.between.0, view.between.1);
    let head = layout::Head {
        title: &title,
        beside: Some(html! { (number::count(view.changes.len() as u64, "change")) }),
        acts: Some(html! { a.btn href=(paths::plan(workspace.id, &view.name)) { "The plan" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.flush {
                @if view.changes.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nothing changed", text: "Both versions say the same.", action: None, line: None }))
                } @else {
                    (changes_table("Changes", &view.changes, ""))
                }
            }
        },
    )
}
