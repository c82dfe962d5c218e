//! Which write keys a request gives outside its body. Every place where an SDK of the field puts one is
//! looked at, whatever the dialect; a header of another form is passed over.
//!
//! | place | example |
//! |---|---|
//! | `Authorization: Basic`, the name | Segment, RudderStack, Jitsu, Mixpanel: `key:` |
//! | `Authorization: Basic`, the password | Customer.io: `site:key`; Mixpanel's service accounts: `user:key` |
//! | `X-Write-Key` | Jitsu: `id:secret`, whole and in parts |
//! | query | `writeKey=`, `write_key=`, `token=` |

use data_encoding::{BASE64, BASE64_NOPAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::form::Form;

/// The longest text that is tried as a key.
const KEY_BYTES_MAX: usize = 256;
const QUERY_NAMES: [&str; 3] = ["writeKey", "write_key", "token"];

/// The texts that may be a write key, in the order they are tried.
pub(crate) fn keys(headers: &HeaderMap, query: &Form) -> Vec<String> {
    let mut keys = Vec::new();
    let mut add = |text: &str| {
        if !text.is_empty() && text.len() <= KEY_BYTES_MAX && !keys.iter().any(|key| key == text) {
            keys.push(text.to_owned());
        }
    };
    if let Some(credentials) = basic(headers) {
        let (name, password) = credentials.split_once(':').unwrap_or((&credentials, ""));
        add(name);
        add(password);
    }
    if let Some(text) = headers.get("x-write-key").and_then(|value| value.to_str().ok()) {
        add(text);
        text.splitn(2, ':').for_each(&mut add);
    }
    QUERY_NAMES.iter().filter_map(|name| query.get(name)).for_each(add);
    keys
}

/// What stands behind `Authorization: Basic`, with or without a colon in it.
fn basic(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = credentials.trim().as_bytes();
    let decoded = BASE64.decode(credentials).or_else(|_| BASE64_NOPAD.decode(credentials)).ok()?;
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_sdks_put_them() {
        let cases: [(&str, &str, &str, &[&str]); 12] = [
            ("Basic d2tfMTo=", "", "", &["wk_1"]),
            ("Basic d2tfMQ==", "", "", &["wk_1"]),
            ("basic d2tfMQ", "", "", &["wk_1"]),
            ("Basic d2tfMTpwYXNz", "", "", &["wk_1", "pass"]),
            ("Basic Og==", "", "", &[]),
            ("Basic !!", "", "", &[]),
            ("Bearer d2tfMTo=", "", "", &[]),
            ("Basic", "", "", &[]),
            ("", "id:wk_1", "", &["id:wk_1", "id", "wk_1"]),
            ("", "wk_1", "", &["wk_1"]),
            ("Basic d2tfMTo=", "", "writeKey=wk_1&token=wk_2", &["wk_1", "wk_2"]),
            ("", "", "api_key=wk_1", &[]),
        ];
        for (authorization, write_key, query, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, authorization.parse().unwrap());
            headers.insert("x-write-key", write_key.parse().unwrap());
            let found = keys(&headers, &Form::read(query.as_bytes()));
            assert_eq!(found, expected, "{authorization} {write_key} {query}");
        }
    }
}
