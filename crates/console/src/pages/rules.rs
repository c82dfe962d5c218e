//! The workspace's own shield rules: what else must leave, and where a built-in guess is wrong.

use maud::{Markup, html};
use model::Class;
use shield::rules::{Action, CustomRule};

use crate::components::{facts, form, layout, notice};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct RulesView {
    /// The number of the set.
    pub version: u32,
    /// The rules in force.
    pub rules: Vec<CustomRule>,
    /// Whether this member may change them.
    pub may_change: bool,
    /// The rule just typed, where it was not taken.
    pub typed: form::Typed,
}

/// The fields of a rule, as the form names them.
pub const FIELDS: [(&str, &str); 7] = [
    ("name", "Name"),
    ("action", "What it does"),
    ("class", "Class of what it finds"),
    ("keys", "Words of property names"),
    ("paths", "Paths"),
    ("patterns", "Shapes of text"),
    ("events", "Only in events named"),
];

/// The page.
pub fn page(frame: &Frame, view: &RulesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Shield rules",
        beside: Some(html! { "In force for the next event, without a restart." }),
        acts: Some(html! { a.btn href=(paths::quality(workspace.id)) { "Data quality" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.flush {
                header { h2 { "Rules of this workspace" } span.soft.small { "beside those that come with the product" } }
                @if view.rules.is_empty() {
                    (notice::empty(&notice::Empty { title: "No rule of your own",
                        text: "The product's rules find passwords, keys, cards, addresses and the like by themselves. Add a rule for what only you know: a staff number, a token of your own, a property that must never be kept.",
                        action: None, line: None }))
                } @else { (list(frame, view)) }
            }
            @if view.may_change { (new_rule(frame, view)) }
        },
    )
}

fn list(frame: &Frame, view: &RulesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        ul.rows {
            @for rule in &view.rules {
                li.row {
                    div.grow {
                        code { (rule.name) } " "
                        (facts::tag(tone(rule.action), words(rule.action)))
                        @if let Some(class) = rule.class { " " span.soft { (class.as_str()) } }
                        div.small { (place(rule)) }
                    }
                    @if view.may_change {
                        (form::act(frame, &paths::rule_removal(workspace.id, &rule.name), "Remove",
                            &format!("Remove the rule {}? What it finds is then judged by the other rules alone.", rule.name)))
                    }
                }
            }
        }
    }
}

fn tone(action: Action) -> &'static str {
    match action {
        Action::Allow => "warn",
        Action::Remove | Action::Seal => "good",
    }
}

fn words(action: Action) -> &'static str {
    match action {
        Action::Remove => "removes",
        Action::Seal => "seals",
        Action::Allow => "lets through",
    }
}

fn place(rule: &CustomRule) -> Markup {
    let parts = [
        ("names with", &rule.keys),
        ("at", &rule.paths),
        ("shaped like", &rule.patterns),
        ("in events", &rule.events),
    ];
    html! {
        @for (label, entries) in parts {
            @if !entries.is_empty() {
                span.soft { (label) " " }
                @for (index, entry) in entries.iter().enumerate() { @if index > 0 { ", " } code { (entry) } }
                " "
            }
        }
    }
}

fn new_rule(frame: &Frame, view: &RulesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let typed = &view.typed;
    let field = |name, hint, required| {
        let label = FIELDS.iter().find(|(field, _)| *field == name).map_or("", |(_, label)| *label);
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field {
            name,
            label,
            hint: Some(hint),
            value,
            wrong,
            required,
            ..form::Field::default()
        })
    };
    let classes: Vec<(&str, &str)> = std::iter::once(("", "—"))
        .chain(Class::ALL.into_iter().map(|class| (class.as_str(), class.as_str())))
        .collect();
    let action = (typed.text_or("action", "remove"), typed.wrong("action"));
    html! {
        section.panel {
            header { h2 { "New rule" } }
            (form::post(frame, &paths::rules(workspace.id), "stack", &html! {
                (typed.notice(&FIELDS))
                input type="hidden" name="version" value=(view.version);
                div.group {
                (field("name", "Small letters, digits, - and _: findings show it", true))
                (form::choice("action", "What it does", action, &[
                    ("remove", "Removes the value; it is kept nowhere"),
                    ("seal", "Seals the value: vault in traits, keyed hash elsewhere"),
                    ("allow", "Lets through what is only guessed; certain secrets still go"),
                ]))
                (form::choice("class", "Class of what it finds", (typed.text("class"), typed.wrong("class")), &classes))
                (field("keys", "Several with commas: badge number, staff id", false))
                (field("paths", "properties.order.note, properties.*.internal, context.**.token", false))
                (field("patterns", "# a digit, @ a letter, ? either, {4,6} times: EMP-#{4,6}", false))
                (field("events", "Several with commas, * for any signs; empty means all", false))
                }
                div { (form::go("Add rule")) }
            }))
        }
    }
}
