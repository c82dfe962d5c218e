//! An organisation's identity provider, spoken to in OpenID Connect: where to send somebody who wants to sign in, and what the
//! provider then says about them. Authorization code with PKCE (S256), state and nonce; nothing else is spoken.
//!
//! What is believed: an ID token of the provider that the workspace named, for this client, for this very sign-in, still valid,
//! signed with one of four algorithms by a key that the provider publishes. How much that is worth follows from what the
//! provider says it saw ([`assurance`]).
//!
//! Left to others: whose address it is and whether they may come in (`guard`), who is allowed to be called (`outbound`), signed
//! tokens as such (`signin::jws`). Modules in reading order: [`flow`] (one sign-in, from here to there and back), `published` (what
//! the provider publishes about itself), `id_token`, [`logout`], [`assurance`], [`waiting`] (who is on the way).

pub mod assurance;
mod error;
pub mod flow;
mod id_token;
pub mod logout;
mod published;
pub mod waiting;

pub use error::ProviderError;
pub use flow::{Begun, Client, Provider, Vouched};
