//! Who is this? Accounts and their passkeys, set-up and invitation codes, sessions, fresh touches bound
//! to one request, and interface tokens: each as rows and checks, composed by `guard`.
//!
//! Left to others: what somebody may do, workspaces and roles, and the ledger (`guard`); cookies and
//! headers (`door`). Every function works inside the caller's transaction, so that guard can commit a
//! change together with its own rows.
//!
//! Modules in reading order: [`config`], [`marks`] (keyed hashes and row authenticators), [`account`],
//! [`code`], [`passkey`], [`ceremony`] (enrolling and signing in), [`session`], [`binding`] (a session that a device's key
//! renews), [`step_up`],
//! [`assertion`] (our own check of a passkey's signature), [`jws`] (signed tokens), [`password`], [`totp`], [`hashing`],
//! [`token`].

pub mod account;
pub mod assertion;
pub mod binding;
pub mod ceremony;
pub mod code;
pub mod config;
mod error;
pub mod hashing;
mod ids;
pub mod jws;
pub mod marks;
pub mod passkey;
pub mod password;
pub mod pending;
pub mod session;
mod signin;
pub mod step_up;
pub mod token;
pub mod totp;

pub use config::Config;
pub use error::SigninError;
pub use marks::Marks;
pub use signin::Signin;
