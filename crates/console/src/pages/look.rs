//! A look around the demo, by a one-time link.

use maud::{Markup, html};

use crate::components::{form, layout};
use crate::frame::Frame;
use crate::paths;

/// The page. The code stands behind `#` of the address; the browser fills it in and sends the form.
pub fn page(frame: &Frame) -> Markup {
    layout::lone(
        frame,
        "Look around",
        &html! {
            div.panel.stack {
                div.stack-s {
                    h1 { "Look around" }
                    p.soft { "You see what a viewer sees: everything invented, nobody's real data, nothing to break. The link works once." }
                }
                form.stack-s data-look method="post" action=(paths::LOOK) {
                    (form::field(&form::Field { name: "code", label: "Code of the link", autocomplete: "off", required: true, ..form::Field::default() }))
                    div { (form::go("Look around")) }
                }
            }
        },
    )
}
