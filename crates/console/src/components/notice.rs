//! Notices, and what stands where there is nothing yet.

use maud::{Markup, html};

use super::copy;

/// Something was done.
pub fn good(text: &str) -> Markup {
    html! { div.alert.good { strong { "Done" } p { (text) } } }
}

/// Something waits or is held back.
pub fn warn(title: &str, body: &Markup) -> Markup {
    html! { div.alert.warn { strong { (title) } div { (body) } } }
}

/// Something was refused or is dangerous.
pub fn bad(title: &str, body: &Markup) -> Markup {
    html! { div.alert.bad role="alert" { strong { (title) } div { (body) } } }
}

/// Where there is nothing yet: what would be here, one action, one line to paste.
pub struct Empty<'a> {
    /// What is not there: `No events yet`.
    pub title: &'a str,
    /// What would be here and how it comes.
    pub text: &'a str,
    /// One action: address and label.
    pub action: Option<(&'a str, &'a str)>,
    /// One line for the shell.
    pub line: Option<&'a str>,
}

/// An empty state.
pub fn empty(empty: &Empty<'_>) -> Markup {
    html! {
        div.empty {
            h2 { (empty.title) }
            p.soft { (empty.text) }
            @if let Some((href, label)) = empty.action { a.btn.go href=(href) { (label) } }
            @if let Some(line) = empty.line { (copy::copy_box("empty-line", line)) }
        }
    }
}
