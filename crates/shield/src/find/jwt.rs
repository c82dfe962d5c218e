//! JSON web tokens: known by decoding the header, not by three dots.

use std::ops::Range;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

/// The token that begins at `start` (where `eyJ` stands); if it is none, the end of its characters.
pub(crate) fn at(text: &str, start: usize) -> Result<Range<usize>, usize> {
    let rest = text.get(start..).unwrap_or_default();
    let is_token_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.=%".contains(byte);
    let end = start + rest.bytes().take_while(is_token_byte).count();
    let token = text.get(start..end).unwrap_or_default();
    // The shortest header and payload together are longer.
    if token.len() < 20 {
        return Err(end.max(start + 1));
    }
    if is_token(token) { Ok(start..end) } else { Err(end.max(start + 1)) }
}

/// Whether a text is a token, by its decoded header.
pub(crate) fn is_token(token: &str) -> bool {
    let mut parts = token.split('.');
    let (Some(header), Some(payload)) = (parts.next().and_then(decode), parts.next()) else { return false };
    let names = ["\"alg\"", "\"enc\"", "\"typ\"", "\"kid\""];
    let is_header = names.iter().any(|name| memchr::memmem::find(&header, name.as_bytes()).is_some());
    is_header && (payload.len() >= 8 || parts.next().is_some_and(|part| part.len() >= 8))
}

/// Base64 in either alphabet, with or without padding; the last incomplete group is dropped.
pub(crate) fn decode(encoded: &str) -> Option<Vec<u8>> {
    let bare = encoded.trim_end_matches('=');
    let whole = if bare.len() % 4 == 1 { bare.get(..bare.len() - 1)? } else { bare };
    let spec =
        if whole.bytes().any(|byte| byte == b'-' || byte == b'_') { &BASE64URL_NOPAD } else { &BASE64_NOPAD };
    spec.decode(whole.as_bytes()).ok().or_else(|| {
        // Trailing bits that are not zero: take the groups before them.
        let groups = whole.get(..whole.len() / 4 * 4)?;
        spec.decode(groups.as_bytes()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides() {
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        assert_eq!(at(token, 0), Ok(0..token.len()));
        let text = format!("Bearer {token}; x");
        assert_eq!(at(&text, 7), Ok(7..7 + token.len()));
        assert_eq!(at("eyJub3QiOiJhIGp3dCJ9.aaaaaaaaaaaa.bbb c", 0), Err(37));
        assert_eq!(at("eyJ", 0), Err(3));
    }
}
