//! Something to paste elsewhere.

use maud::{Markup, html};

/// A line or a few, with a button that copies them; `id` is unique on the page.
pub fn copy_box(id: &str, text: &str) -> Markup {
    html! {
        div.copy {
            pre id=(id) tabindex="0" { (text) }
            button type="button" data-copy=(id) { "Copy" }
        }
    }
}

/// A block of code to read.
pub fn code(text: &str) -> Markup {
    html! { pre.code tabindex="0" { (text) } }
}

/// The command that sends a first event: works as it is.
pub fn curl_line(collect_url: &str, write_key: &str) -> String {
    format!(
        "curl -u {write_key}: {collect_url}/v1/track \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"userId\":\"u_1\",\"event\":\"Signed Up\",\"properties\":{{\"plan\":\"pro\"}}}}'"
    )
}
