//! The shield: looks into every key and value of an event before anything is kept. Secrets are
//! replaced by a mark and kept nowhere; personal values are replaced by a mark and, when they are
//! traits, handed on for the vault. Its result, [`Clean`], is the only thing the journal takes.
//!
//! What is a secret is said by names ([`rules/keys.txt`]), by known beginnings ([`rules/tokens.txt`])
//! and by checksums; nothing is guessed where a checksum exists. A workspace adds rules of its own ([`rules`]).
//! Left to others: encryption (`keys`, `vault`), counting what was found (`collect`), keeping the rules.
//!
//! Pure: no input or output, no time. No error, `Debug` or log line of this crate holds a value.
//!
//! Modules in reading order: [`refusal`], [`clean`], `screen` (an event), `walk` (a document), `judge`
//! (a value), `keys` (names), `find` (contents), `json`, `rewrite`, `fold`, `words`, `listed`, `scan`, `shape`; [`rules`],
//! [`declared`] (what a tracking plan says), `again` (screening twice), [`case`], `classify` and [`score`] for measuring.

pub mod case;
pub mod clean;
pub mod declared;
pub mod refusal;
pub mod rules;
pub mod score;

mod again;
mod classify;
mod find;
mod fold;
mod json;
mod judge;
mod keys;
mod listed;
mod rewrite;
mod scan;
mod screen;
mod shape;
mod walk;
mod words;

use std::sync::{Arc, LazyLock};

use model::{Class, Event};

pub use case::Case;
pub use clean::Clean;
pub use declared::Declared;
pub use refusal::{Refusal, RefusalReason};

use judge::{Builtin, Judge};
use rules::{Custom, CustomRules, RulesError};

/// The compiled rules that come with the product; compiling takes some milliseconds, once a process.
static BUILTIN: LazyLock<Builtin> = LazyLock::new(Builtin::new);

/// The rules. Cheap to clone, shared between threads.
#[derive(Clone)]
pub struct Shield {
    builtin: &'static Builtin,
    custom: Option<Arc<Custom>>,
}

impl Shield {
    /// The rules that come with the product.
    pub fn builtin() -> Self {
        Self { builtin: &BUILTIN, custom: None }
    }

    /// The product's rules with those of a workspace, in place of any it had before. Cheap enough to be
    /// done when a rule is changed, and swapped in at run time.
    ///
    /// # Errors
    /// A rule is wrong; the error names it, the field and the fix.
    pub fn with(&self, rules: &CustomRules) -> Result<Self, RulesError> {
        let custom = Custom::compile(rules)?;
        Ok(Self { builtin: self.builtin, custom: Some(Arc::new(custom)) })
    }

    fn judge(&self, event: &str) -> Judge<'_> {
        Judge::new(self.builtin, self.custom.as_deref(), event)
    }

    /// Screens one event. `keyed_hash` turns a personal value met in a property into a short text that is
    /// equal for equal values and tells nothing without the workspace's key.
    ///
    /// # Errors
    /// The event cannot be taken at all: too large, too deep, not JSON, or an id is a secret.
    pub fn screen(&self, event: Event<'_>, keyed_hash: &dyn Fn(&str) -> String) -> Result<Clean, Refusal> {
        screen::screen(self.judge(&event.name), event, keyed_hash)
    }

    /// What kind of value a case holds, by the very judgement [`Shield::screen`] uses; `None` for a benign
    /// one. Reserved traits (a name, an address, a birthday) are a policy of screening, not a finding.
    pub fn classify(&self, case: &Case<'_>) -> Option<Class> {
        classify::classify(&self.judge(&case.event), case)
    }
}

impl std::fmt::Debug for Shield {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shield")
    }
}
