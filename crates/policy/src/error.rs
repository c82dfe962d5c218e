//! What can be wrong with policies, and with scopes somebody asks for.

/// Why the policies could not be loaded, or a scope not be understood.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A built-in file does not parse.
    #[error("policy file `{file}` does not parse: {detail}")]
    Unreadable {
        /// Which file.
        file: &'static str,
        /// What the parser says.
        detail: String,
    },
    /// The policies do not fit the schema.
    #[error("the policies do not fit the schema: {detail}")]
    Invalid {
        /// What the validator says.
        detail: String,
    },
    /// A policy lacks its `@id`, or two have the same.
    #[error("policy number {number} lacks an @id of its own")]
    Unnamed {
        /// Its place in the text, from 1.
        number: usize,
    },
    /// Not a scope of this version.
    #[error("`{name}` is no scope: use some of {known}")]
    UnknownScope {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}
