//! The sources by write key, in memory: what every request asks. Changes go to the table and are seen
//! here after [`Sources::reload`]; readers never wait.

use std::collections::HashMap;
use std::sync::Arc;

use control::Database;

use crate::error::CollectError;
use crate::snapshot::Snapshot;
use crate::source::{self, Source};

/// How many bytes a mistyped key may differ in, and how long one must be to be told.
const DIFFERENT_MAX: usize = 3;
const NEAR_BYTES_MIN: usize = 12;

/// The sources by write key. Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct Sources(Arc<Snapshot<HashMap<String, Arc<Source>>>>);

impl Sources {
    /// The sources as the database has them.
    ///
    /// # Errors
    /// The database's.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        Ok(Self(Arc::new(Snapshot::load(control, by_key)?)))
    }

    /// Takes over what has changed. To be called after each commit that touched a source or a workspace.
    ///
    /// # Errors
    /// The database's; what was known before then goes on being used.
    pub fn reload(&self, control: &Database) -> Result<(), CollectError> {
        self.0.reload(control)
    }

    /// The source of a write key that is accepted at `now_ms`.
    pub fn by_write_key(&self, write_key: &str, now_ms: i64) -> Option<Arc<Source>> {
        let source = self.0.get().get(write_key).cloned()?;
        let present = source.write_key == write_key;
        let in_time = || source.previous.as_ref().is_some_and(|previous| now_ms < previous.until_ms);
        (present || in_time()).then_some(source)
    }
}

impl Sources {
    /// The source whose write key `write_key` was probably meant to be: the same but for a few letters in
    /// one place, or for their case. Of an unknown key nothing else is kept.
    pub fn nearest(&self, write_key: &str) -> Option<Arc<Source>> {
        let by_key = self.0.get();
        let near = by_key.values().find(|source| is_near(write_key.trim(), &source.write_key));
        near.cloned()
    }
}

/// Whether one text is the other with at most [`DIFFERENT_MAX`] bytes put in, left out or changed in one place.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    if shorter < NEAR_BYTES_MIN || longer - shorter > DIFFERENT_MAX {
        return false;
    }
    let alike = |(one, other): &(&u8, &u8)| one.eq_ignore_ascii_case(other);
    let before = one.iter().zip(other).take_while(alike).count();
    let after = one.iter().rev().zip(other.iter().rev()).take_while(alike).count();
    longer.saturating_sub(before + after) <= DIFFERENT_MAX
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} write keys]", self.0.get().len())
    }
}

fn by_key(control: &Database) -> Result<HashMap<String, Arc<Source>>, CollectError> {
    let mut by_key = HashMap::new();
    for source in control.read(source::list_all)? {
        let source = Arc::new(source);
        if let Some(previous) = &source.previous {
            by_key.insert(previous.write_key.clone(), source.clone());
        }
        by_key.insert(source.write_key.clone(), source);
    }
    Ok(by_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_keys_are_told_from_strange_ones() {
        let key = "wk_0123456789abcdefghij";
        for (given, expected) in [
            ("wk_0123456789abcdefghi", true),
            ("WK_0123456789ABCDEFGHIJ", true),
            ("0123456789abcdefghij", true),
            ("wk_0123456789xxcdefghij", true),
            ("wk_0123456789abcdefghij123", true),
            ("wk_0123456789abcdefghij1234", false),
            ("wk_0123xxxxx9abcdefghij", false),
            ("wk_zzzzzzzzzzzzzzzzzzzz", false),
            ("wk_", false),
            ("", false),
        ] {
            assert_eq!(is_near(given, key), expected, "{given}");
        }
    }
}
