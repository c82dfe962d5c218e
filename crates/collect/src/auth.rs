//! Which write key a request gives in its header. A header of another form is passed over: the key may
//! stand in the body as well.

use data_encoding::{BASE64, BASE64_NOPAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The write key of `Authorization: Basic`, with or without the colon after it.
pub(crate) fn write_key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = credentials.trim().as_bytes();
    let decoded = BASE64.decode(credentials).or_else(|_| BASE64_NOPAD.decode(credentials)).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let key = text.split(':').next().unwrap_or_default();
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_with_and_without_colon() {
        let cases = [
            ("Basic d2tfMTo=", Some("wk_1")),
            ("Basic d2tfMQ==", Some("wk_1")),
            ("basic d2tfMQ", Some("wk_1")),
            ("Basic d2tfMTpwYXNz", Some("wk_1")),
            ("Basic Og==", None),
            ("Basic !!", None),
            ("Bearer d2tfMTo=", None),
            ("Basic", None),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            assert_eq!(write_key(&headers).as_deref(), expected, "{value}");
        }
    }
}
