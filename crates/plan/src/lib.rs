//! Tracking plans: what events a workspace expects, and how far one is from it. Pure.
//!
//! Left to others: keeping plans and what is quarantined (`collect`, `service`).
