//! The headers that every page of the console carries.

/// A nonce for one response: 128 random bits.
pub fn nonce() -> String {
    stdx::random_text::<16>()
}

/// The headers of a page whose scripts carry `nonce`: names in lower case, values in ASCII.
///
/// Scripts run only with the nonce or when loaded by one that has it, and only htmx and our own modules may
/// make markup from text. hx-csp reads the nonce from this header to admit the fragments of later answers.
pub fn security_headers(nonce: &str) -> [(&'static str, String); 8] {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types htmx holdfast"
    );
    [
        ("content-security-policy", policy),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("permissions-policy", PERMISSIONS.to_owned()),
        // Pages hold what one member may see at one moment.
        ("cache-control", "no-store".to_owned()),
        ("x-frame-options", "DENY".to_owned()),
    ]
}

const PERMISSIONS: &str = "publickey-credentials-get=(self), publickey-credentials-create=(self), \
    clipboard-write=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), \
    display-capture=(), browsing-topics=()";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_nothing_from_elsewhere_is_allowed() {
        let headers = security_headers("n0nce");
        let policy = &headers[0].1;
        assert!(policy.contains("script-src 'nonce-n0nce' 'strict-dynamic';"));
        for part in
            ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "trusted-types htmx holdfast"]
        {
            assert!(policy.contains(part), "{part} is missing");
        }
        for part in ["unsafe", "http:", "https:", "*"] {
            assert!(!policy.contains(part), "{part} is allowed");
        }
        assert!(headers.iter().all(|(_, value)| value.is_ascii() && !value.contains('\n')));
    }

    #[test]
    fn no_nonce_comes_twice() {
        assert_ne!(nonce(), nonce());
        assert!(nonce().len() >= 22);
    }
}
