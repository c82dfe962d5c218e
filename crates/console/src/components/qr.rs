//! A picture for the camera of a phone, as SVG of the server's: no script, no call elsewhere.

use std::fmt::Write;

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone round it that readers need, in modules.
const MARGIN: i32 = 4;

/// The picture of a text; nothing where the text is too long for one. Black on white whatever the colours of the page.
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return html! {} };
    let size = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a text cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    html! {
        svg.qr viewBox={ "0 0 " (size) " " (size) } width="232" height="232" role="img" aria-label=(label) shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_holds_what_an_app_reads() {
        let shown =
            qr("otpauth://totp/Holdfast:localhost?secret=AAAA&issuer=Holdfast", "Picture").into_string();
        assert!(shown.starts_with("<svg") && shown.contains("M4 4h1v1h-1z"), "{shown}");
        assert_eq!(qr(&"x".repeat(5_000), "Picture").into_string(), "");
    }
}
