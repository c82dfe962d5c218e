//! May they? Finds out who is calling, asks the policy, demands fresh touches, and keeps what gives and
//! takes power: members and roles, invitations, tokens, modes, lockdown, recovery.
//!
//! Left to others: how somebody proves who they are (`signin`), the rules (`policy`), who hears of it
//! (`ledger` keeps it, a sender delivers the notices), and what HTTP makes of a refusal (`door`).
//!
//! Modules in reading order: [`caller`], [`granted`], [`denied`], [`guard`].

pub mod caller;
pub mod denied;
pub mod granted;
pub mod guard;

pub use caller::{Caller, Credential};
pub use denied::Denied;
pub use granted::{Granted, Grounds, Principal};
pub use guard::{Guard, Proof};
