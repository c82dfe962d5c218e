//! Forms: fields with their errors beside them, buttons that name what they do.

use maud::{Markup, html};

use super::notice;
use crate::frame::Frame;

/// A text field.
#[derive(Default)]
pub struct Field<'a> {
    /// The name sent, also the id.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// What is in it.
    pub value: &'a str,
    /// A short help below the label.
    pub hint: Option<&'a str>,
    /// What is wrong with it and how to mend it.
    pub wrong: Option<&'a str>,
    /// The `type`; text where empty.
    pub kind: &'a str,
    /// The `autocomplete` word.
    pub autocomplete: &'a str,
    /// Whether it must be filled in.
    pub required: bool,
}

/// A text field with label, help and error.
pub fn field(field: &Field<'_>) -> Markup {
    let hint_id = field.hint.map(|_| format!("{}-hint", field.name));
    let wrong_id = field.wrong.map(|_| format!("{}-wrong", field.name));
    let described =
        [hint_id.as_deref(), wrong_id.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    html! {
        div.field {
            label for=(field.name) { (field.label) }
            @if let Some(hint) = field.hint { span.hint id=[hint_id.as_deref()] { (hint) } }
            input.input id=(field.name) name=(field.name) value=(field.value)
                type=(if field.kind.is_empty() { "text" } else { field.kind })
                autocomplete=(if field.autocomplete.is_empty() { "off" } else { field.autocomplete })
                required[field.required] aria-invalid=[field.wrong.map(|_| "true")]
                aria-describedby=[Some(&described).filter(|ids| !ids.is_empty())];
            @if let Some(wrong) = field.wrong { span.wrong id=[wrong_id.as_deref()] { (wrong) } }
        }
    }
}

/// A list to choose from: value and label of each choice.
pub fn select(name: &str, label: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    choice(name, label, (chosen, None), choices)
}

/// The same with what is wrong with the choice.
pub fn choice(
    name: &str,
    label: &str,
    (chosen, wrong): (&str, Option<&str>),
    choices: &[(&str, &str)],
) -> Markup {
    let wrong_id = wrong.map(|_| format!("{name}-wrong"));
    html! {
        div.field {
            label for=(name) { (label) }
            select.input id=(name) name=(name) aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong_id.as_deref()] {
                @for (value, text) in choices { option value=(value) selected[*value == chosen] { (text) } }
            }
            @if let Some(wrong) = wrong { span.wrong id=[wrong_id.as_deref()] { (wrong) } }
        }
    }
}

/// What was typed into a form that was not taken, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// The texts by field.
    pub texts: Vec<(&'static str, String)>,
    /// The field that is not right, and what to write.
    pub wrong: Option<(String, String)>,
}

impl Typed {
    /// What stands in a field.
    pub fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(field, _)| *field == name).map_or("", |(_, text)| text.as_str())
    }

    /// What stands in a field, or `usual` where nothing was typed.
    pub fn text_or<'a>(&'a self, name: &str, usual: &'a str) -> &'a str {
        Some(self.text(name)).filter(|text| !text.is_empty()).unwrap_or(usual)
    }

    /// What is wrong with a field.
    pub fn wrong(&self, name: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(field, _)| field == name).map(|(_, fix)| fix.as_str())
    }

    /// What is wrong, above the form: the field by the name it has there (`labels`), and what to write. Nothing where
    /// nothing is wrong.
    pub fn notice(&self, labels: &[(&str, &str)]) -> Markup {
        let Some((wrong, fix)) = &self.wrong else { return html! {} };
        let label = labels.iter().find(|(field, _)| field == wrong).map(|(_, label)| *label);
        let title = label
            .map_or_else(|| "This could not be taken".to_owned(), |label| format!("“{label}” is not right"));
        notice::bad(&title, &html! { p { (fix) } })
    }
}

/// Boxes to tick, all of one name: value, label, ticked.
pub fn checks(name: &str, label: &str, choices: &[(&str, &str, bool)]) -> Markup {
    html! {
        fieldset.field {
            legend { (label) }
            div.checks {
                @for (value, text, ticked) in choices {
                    label.check { input type="checkbox" name=(name) value=(value) checked[*ticked]; span { (text) } }
                }
            }
        }
    }
}

/// A form that changes something. htmx sends it, so that a touch of the passkey can be asked for; without
/// scripts it is a plain form. The whole main part is taken from the answer.
pub fn post(frame: &Frame, action: &str, class: &str, body: &Markup) -> Markup {
    html! {
        form method="post" action=(action) class=(class) hx-post=(action) hx-target="#main" hx-select="#main"
            hx-swap="outerHTML" hx-nonce=(frame.nonce) { (body) }
    }
}

/// A button that does one thing to one object and asks before: `question` names the object.
pub fn act(frame: &Frame, action: &str, label: &str, question: &str) -> Markup {
    html! {
        form method="post" action=(action) hx-post=(action) hx-target="#main" hx-select="#main" hx-swap="outerHTML"
            hx-confirm=(question) hx-nonce=(frame.nonce) {
            button.btn.small.danger { (label) }
        }
    }
}

/// The button that sends a form.
pub fn go(label: &str) -> Markup {
    html! { button.btn.go { (label) } }
}
