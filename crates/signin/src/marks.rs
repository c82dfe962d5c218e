//! Keyed hashes of what is looked up, and keyed authenticators of rows that give power.
//!
//! A row's authenticator is HMAC-SHA-256 over its table's name and its power-giving columns, each with
//! its kind and length, under a key that is not in the database. Somebody with write access to the file
//! but without the key can remove a row or put an older one back, but not make or change one.

use keys::{HashKey, Key};

use crate::error::SigninError;

/// The keys for lookups and authenticators. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Marks {
    rows: HashKey,
    lookups: HashKey,
    csrf: HashKey,
}

impl Marks {
    /// The keys that follow from the installation's master key.
    pub fn new(master: &Key) -> Self {
        Self {
            rows: master.hasher("row authenticator 1"),
            lookups: master.hasher("sign-in lookup 1"),
            csrf: master.hasher("csrf 1"),
        }
    }

    /// Begins the authenticator of a row.
    pub fn row(&self, table: &'static str) -> RowMark<'_> {
        let mark = RowMark { key: &self.rows, table, bytes: Vec::with_capacity(192) };
        mark.text(table)
    }

    /// The keyed hash under which a secret of that kind is found.
    pub fn lookup(&self, kind: &str, secret: &str) -> [u8; 32] {
        self.lookups.mac(&[kind.as_bytes(), b"\0", secret.as_bytes()].concat())
    }

    /// What a session's forms must send along.
    pub fn csrf(&self, session: model::SessionId) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.csrf.short(&session.0.to_be_bytes())).to_ascii_lowercase()
    }
}

/// An authenticator in the making: columns are added in a fixed order.
#[must_use]
pub struct RowMark<'k> {
    key: &'k HashKey,
    table: &'static str,
    bytes: Vec<u8>,
}

impl RowMark<'_> {
    /// A column of bytes.
    pub fn blob(mut self, value: &[u8]) -> Self {
        self.bytes.push(b'b');
        self.bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
        self.bytes.extend_from_slice(value);
        self
    }

    /// A column of text.
    pub fn text(self, value: &str) -> Self {
        self.blob(value.as_bytes())
    }

    /// A column that holds an id.
    pub fn id(self, value: u128) -> Self {
        self.blob(&value.to_be_bytes())
    }

    /// A column of a whole number.
    pub fn int(mut self, value: i64) -> Self {
        self.bytes.push(b'i');
        self.bytes.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// A column of a whole number or nothing.
    pub fn maybe(mut self, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.int(value),
            None => {
                self.bytes.push(b'n');
                self
            }
        }
    }

    /// The authenticator, for writing the row.
    pub fn made(self) -> [u8; 32] {
        self.key.mac(&self.bytes)
    }

    /// Whether the row still is what was written.
    ///
    /// # Errors
    /// [`SigninError::Altered`] when it is not.
    pub fn check(self, mac: &[u8]) -> Result<(), SigninError> {
        if self.key.verify(&self.bytes, mac) {
            Ok(())
        } else {
            Err(SigninError::Altered { table: self.table })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_columns_do_not_run_into_each_other() {
        let marks = Marks::new(&Key::generate());
        let split = |a: &str, b: &str| marks.row("t").text(a).text(b).made();
        assert_ne!(split("ab", "c"), split("a", "bc"));
        assert_ne!(marks.row("t").int(0).made(), marks.row("t").maybe(None).made());
        assert_ne!(marks.row("t").int(0).made(), marks.row("u").int(0).made());
        assert!(marks.row("t").int(7).check(&marks.row("t").int(7).made()).is_ok());
        assert!(marks.row("t").int(8).check(&marks.row("t").int(7).made()).is_err());
    }
}
