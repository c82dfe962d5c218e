//! A line of a corpus, and the key under which a password stands in a filter: the first 64 bits of its SHA-1, because that is
//! what the well-known corpus gives. Nothing secret rests on SHA-1 here.

use aws_lc_rs::digest;

/// The longest line that is read.
pub(crate) const LINE_BYTES_MAX: usize = 1_024;
const SHA1_HEX: usize = 40;

/// The key of a password.
pub(crate) fn key_of(password: &[u8]) -> u64 {
    first_eight(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password).as_ref())
}

/// The key of a line: 40 hexadecimal digits, perhaps with `:` and a count, are a SHA-1; anything else is a password. Nothing
/// of an empty line or one too long.
pub(crate) fn key_of_line(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() || line.len() > LINE_BYTES_MAX {
        return None;
    }
    let (head, rest) = line.split_at_checked(SHA1_HEX).unwrap_or((line, b""));
    let counted = rest.strip_prefix(b":").is_some_and(|count| count.iter().all(u8::is_ascii_digit));
    if head.len() == SHA1_HEX && (rest.is_empty() || counted) {
        let digits = head.get(..16).and_then(|digits| std::str::from_utf8(digits).ok());
        let is_hex = head.iter().all(u8::is_ascii_hexdigit);
        if let Some(key) = digits.filter(|_| is_hex).and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
            return Some(key);
        }
    }
    Some(key_of(line))
}

fn first_eight(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_and_its_password_are_one_key() {
        // SHA-1 of "password", as the corpus has it.
        let hash = b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
        for line in [&hash[..], b"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:10434004\r\n", b"password\n"] {
            assert_eq!(key_of_line(line), Some(0x5baa_61e4_c9b9_3f3f));
        }
        assert_eq!(key_of_line(b"\r\n"), None);
        assert_eq!(key_of_line(&[b'a'; LINE_BYTES_MAX + 1]), None);
        // Forty letters that are no hash are a password, and so is a hash with something else behind it.
        for line in [&[b'z'; 40][..], b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8 x"] {
            assert_eq!(key_of_line(line), Some(key_of(line)));
        }
    }
}
