//! Names and what they are.

use maud::{Markup, html};

/// A list of definitions.
pub fn facts(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, what) in pairs { dt { (name) } dd { (what) } } } }
}

/// A tag; `tone` is one of `good`, `warn`, `bad`, `seal`, `on` or empty. Colour never speaks alone.
pub fn tag(tone: &str, text: &str) -> Markup {
    html! { span class={ "tag " (tone) } { (text) } }
}

/// A figure and what it counts.
pub fn figure(number: &str, what: &str) -> Markup {
    html! { div.figure { b { (number) } span { (what) } } }
}
