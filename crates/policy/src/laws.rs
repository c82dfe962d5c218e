//! The laws: what must never be allowed, in words and in Cedar. `tests/proofs.rs` proves them; here they are only read, so that
//! the console and the command line can show what is proved.

use std::str::FromStr;

use cedar_policy::{Policy, PolicySet};

use crate::error::PolicyError;

/// The text of the laws.
pub(crate) const LAWS: &str = include_str!("../policies/laws.cedar");

/// One thing that must never be allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Law {
    /// Its name.
    pub id: String,
    /// What it says, as a sentence.
    pub says: String,
    /// Whether it holds whatever `permits.cedar` says; else it holds for the policies as they are written.
    pub whatever_is_permitted: bool,
    /// The requests that must never be allowed, in Cedar.
    pub text: String,
}

/// Every law, in the order of the text.
///
/// # Errors
/// Only when the file compiled in is wrong; the tests of this crate exclude it.
pub fn laws() -> Result<Vec<Law>, PolicyError> {
    let unreadable = |detail: String| PolicyError::Unreadable { file: "laws.cedar", detail };
    let parsed = PolicySet::from_str(LAWS).map_err(|error| unreadable(error.to_string()))?;
    let mut policies: Vec<&Policy> = parsed.policies().collect();
    policies.sort_by_key(|policy| policy.id().to_string().trim_start_matches("policy").parse::<usize>().ok());
    let laws = policies.into_iter().zip(1..).map(|(policy, number)| {
        let annotation =
            |name: &str| policy.annotation(name).map(str::to_owned).ok_or(PolicyError::Unnamed { number });
        let text = policy.to_string();
        let body = text.find("\npermit").and_then(|at| text.get(at + 1..)).unwrap_or(&text);
        Ok(Law {
            id: annotation("id")?,
            says: annotation("says")?,
            whatever_is_permitted: annotation("holds")? == "whatever-is-permitted",
            text: body.to_owned(),
        })
    });
    laws.collect()
}
