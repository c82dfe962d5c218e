//! The sources by write key, in memory: what every request asks. Changes go to the table and are seen
//! here after [`Sources::reload`]; readers never wait.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use control::Database;

use crate::error::CollectError;
use crate::source::{self, Source};

/// The sources by write key. Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct Sources(Arc<ArcSwap<HashMap<String, Arc<Source>>>>);

impl Sources {
    /// The sources as the database has them.
    ///
    /// # Errors
    /// The database's.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        Ok(Self(Arc::new(ArcSwap::from_pointee(by_key(control)?))))
    }

    /// Takes over what has changed. To be called after each commit that touched a source or a workspace.
    ///
    /// # Errors
    /// The database's; what was known before then goes on being used.
    pub fn reload(&self, control: &Database) -> Result<(), CollectError> {
        self.0.store(Arc::new(by_key(control)?));
        Ok(())
    }

    /// The source of a write key that is accepted at `now_ms`.
    pub fn by_write_key(&self, write_key: &str, now_ms: i64) -> Option<Arc<Source>> {
        let source = self.0.load().get(write_key).cloned()?;
        let present = source.write_key == write_key;
        let in_time = || source.previous.as_ref().is_some_and(|previous| now_ms < previous.until_ms);
        (present || in_time()).then_some(source)
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} write keys]", self.0.load().len())
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
