//! May they? Finds out who is calling, asks the policy, demands fresh touches, and keeps what gives and
//! takes power: members and roles, invitations, tokens, modes, lockdown, recovery.
//!
//! Left to others: how somebody proves who they are (`signin`), the rules (`policy`), who hears of it
//! (`ledger` keeps it, a sender delivers the notices), and what HTTP makes of a refusal (`door`).
//!
//! Modules in reading order: [`caller`], `origin`, `elsewhere` (a session in another network), [`granted`], [`denied`], [`guard`] and [`permit`] (the two
//! questions asked of every request), [`sign_in`], [`password`] with `leave` (where it opens) and `stuffing`, [`binding`] (sessions bound to the device), [`own`] (one's own account), [`first_passkey`], [`install`], [`members`], [`invites`], [`provisioning`] (what a directory says), [`sign_on`] (what a provider says),
//! [`tokens`], [`operators`], [`grants`] (for a time, because another person said so), [`mode`], [`workspace_key`], [`lockdown`], [`reset`], [`recovery`], `visitors`, [`access`] (who may do what),
//! [`usage`] and [`review`] (what nobody uses lapses),
//! [`notices`] with [`channels`] (the second ways to somebody), [`hooks`], [`deliveries`] (for the sender) and `telling` (told first, done after), [`sweep`]; beneath them
//! `change` (how a change is made and entered), `standing` (who belongs where), `givers` (whom somebody owes their role to), `profile`, `denials`, `words`.

pub mod access;
pub mod binding;
pub mod caller;
mod change;
pub mod channels;
pub mod deliveries;
mod denials;
pub mod denied;
mod elsewhere;
mod error;
pub mod first_passkey;
mod givers;
pub mod granted;
pub mod grants;
pub mod guard;
pub mod hooks;
pub mod install;
pub mod invites;
mod leave;
pub mod lockdown;
pub mod members;
pub mod mode;
pub mod notices;
pub mod operators;
mod origin;
pub mod own;
pub mod password;
pub mod permit;
mod profile;
pub mod provisioning;
pub mod recovery;
pub mod reset;
pub mod review;
pub mod sign_in;
pub mod sign_on;
mod standing;
mod stuffing;
pub mod sweep;
mod telling;
pub mod tokens;
pub mod usage;
mod visitors;
mod words;
pub mod workspace_key;

pub use caller::{Caller, Credential};
pub use denied::Denied;
pub use error::GuardError;
pub use granted::{Granted, Grounds, Principal};
pub use guard::{Guard, Parts};
pub use password::{Attempt, Entered};
pub use permit::Proof;
pub use sign_in::SignedIn;
pub use signin::Config as PasskeyConfig;
pub use words::words;
