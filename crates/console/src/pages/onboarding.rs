//! First steps: the write key, a line to send an event with, and the event as it arrives.

use maud::{Markup, html};

use crate::components::event::{self, EventView};
use crate::components::{copy, layout};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct OnboardingView<'a> {
    /// The first source's name.
    pub source: &'a str,
    /// Its write key; public, it can only append.
    pub write_key: &'a str,
    /// The collect door's address.
    pub collect_url: &'a str,
    /// The first event, once there is one.
    pub first: Option<&'a EventView>,
    /// How many events came with a write key of nobody's.
    pub strange: u64,
}

/// The page. It asks for itself every two seconds until the first event is there.
pub fn page(frame: &Frame, view: &OnboardingView<'_>) -> Markup {
    let head = layout::Head { title: "Send your first event", ..layout::Head::default() };
    let snippet = format!(
        "import {{ Analytics }} from \"@segment/analytics-node\";\nconst analytics = new Analytics({{ writeKey: \"{1}\", host: \"{0}\" }});\nanalytics.track({{ userId: \"u_1\", event: \"Signed Up\", properties: {{ plan: \"pro\" }} }});",
        view.collect_url, view.write_key
    );
    layout::page(
        frame,
        &head,
        &html! {
            div.panel {
                ol.steps {
                    li {
                        h2 { "Your write key" }
                        p.soft { "For the source " strong { (view.source) } ". It can only append events, so it may stand in a web page." }
                        (copy::copy_box("write-key", view.write_key))
                    }
                    li {
                        h2 { "Send an event from a shell" }
                        (copy::copy_box("curl", &copy::curl_line(view.collect_url, view.write_key)))
                    }
                    li {
                        h2 { "Or from a program that has a Segment library" }
                        (copy::copy_box("snippet", &snippet))
                        p.soft.small { "Segment's libraries work unchanged: give them the write key and the address " code { (view.collect_url) } "." }
                    }
                    li {
                        h2 { "Or from a web page" }
                        (copy::copy_box("browser", &collect::sdk::snippet(view.collect_url, view.write_key)))
                        p.soft.small { "Our own library for browsers. It captures nothing by itself; add " code { "data-autocapture" } " and clicks, changes, submits and page views are, without anything people type." }
                    }
                    (arrival(frame, view))
                }
            }
        },
    )
}

fn arrival(frame: &Frame, view: &OnboardingView<'_>) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        @match view.first {
            Some(first) => li #arrival {
                h2.good { "It arrived" }
                p.soft { "It is on disk. What the shield removes or seals is shown where it stood." }
                div.panel.flush { ol.events { (event::item(frame, workspace, first, true)) } }
                p { a.btn.go href=(paths::live(workspace.id)) { "Go to Live" } }
            },
            None => li #arrival hx-get=(paths::welcome(workspace.id)) hx-trigger="every 2s" hx-select="#arrival"
                hx-swap="outerHTML" hx-nonce=(frame.nonce) {
                h2 { "Waiting for the first event" }
                p.soft role="status" { span.dot-live {} "Listening at " code { (view.collect_url) } }
                @if view.strange > 0 {
                    p.warn.small { "Events came with a write key that no source has. Compare the key that the sender uses with the one above." }
                }
                noscript { p.soft { "Reload this page to see whether it has arrived." } }
            },
        }
    }
}
