//! Planted values: all of a run share one marker that no text contains by chance, and each has a number, so that
//! a single byte string found anywhere tells that something came through.

use std::path::Path;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use memchr::memmem;

/// The planted values of one run.
pub struct Canaries {
    marker: String,
}

impl Canaries {
    /// Values with a marker of their own.
    pub fn new() -> Self {
        let letters: String =
            stdx::random_array::<14>().iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        Self { marker: format!("Zq9{letters}") }
    }

    /// What looks like a chosen password, number `n`.
    pub fn secret(&self, n: usize) -> String {
        format!("{}X{n:06}!", self.marker)
    }

    /// How often the marker stands in `bytes`: plain, in small letters, reversed, escaped for addresses, in hexadecimal, in base64.
    pub fn count_in(&self, bytes: &[u8]) -> usize {
        self.disguises().iter().map(|text| memmem::find_iter(bytes, text.as_bytes()).count()).sum()
    }

    fn disguises(&self) -> Vec<String> {
        let marker = self.marker.as_bytes();
        let mut all = vec![
            self.marker.clone(),
            self.marker.to_lowercase(),
            self.marker.chars().rev().collect(),
            marker.iter().map(|byte| format!("%{byte:02X}")).collect(),
            HEXLOWER.encode(marker),
            HEXUPPER.encode(marker),
        ];
        // Base64 of a value inside a longer text depends on where it stands: the inner part of each phase is looked for.
        for pad in ["", "-", "--"] {
            let text = format!("{pad}{}--", self.marker);
            for encoded in [BASE64_NOPAD.encode(text.as_bytes()), BASE64URL_NOPAD.encode(text.as_bytes())] {
                all.extend(encoded.get(4..20).map(str::to_owned));
            }
        }
        all.sort();
        all.dedup();
        all
    }
}

/// Every byte of every file below `folder`, one after the other.
pub fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                // A file that has just gone held nothing that stays.
                Ok(kind) if kind.is_file() => bytes.extend(std::fs::read(&path).unwrap_or_default()),
                _ => {}
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::Canaries;

    #[test]
    fn a_planted_value_is_found_in_each_disguise_and_not_where_it_is_not() {
        let canaries = Canaries::new();
        for text in canaries.disguises() {
            assert_eq!(canaries.count_in(format!("x{text}y").as_bytes()), 1, "{text}");
        }
        for before in ["", "a", "ab", "abc"] {
            let encoded = data_encoding::BASE64.encode(format!("{before}{}", canaries.secret(7)).as_bytes());
            assert!(canaries.count_in(encoded.as_bytes()) > 0, "after {before:?}");
        }
        assert_eq!(canaries.count_in(b"nothing of the kind"), 0);
    }
}
