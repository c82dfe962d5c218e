//! The scopes a token can carry. They are the `token_scope`s of the action table and nothing else.

use crate::error::PolicyError;

/// Every scope, in the order in which they are shown.
pub const SCOPES: [&str; 14] = [
    "events:read",
    "events:write",
    "people:read",
    "questions:ask",
    "sources:read",
    "members:read",
    "shield:read",
    "plans:read",
    "ledger:read",
    "workspace:read",
    "scim:users",
    "messages:send",
    "segments:make",
    "people:consent",
];

/// A token's scopes, as a set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ScopeSet(u16);

impl ScopeSet {
    /// No scope at all.
    pub const NONE: Self = Self(0);

    /// The set of these names.
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, PolicyError> {
        names.into_iter().try_fold(Self::NONE, |set, name| {
            let at = SCOPES.iter().position(|scope| *scope == name);
            at.map(|at| Self(set.0 | (1 << at))).ok_or_else(|| PolicyError::UnknownScope {
                name: name.chars().take(40).collect(),
                known: SCOPES.join(", "),
            })
        })
    }

    /// This set and that one together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The names in it.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        SCOPES.into_iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| name)
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn bits(self) -> u16 {
        self.0
    }
}
