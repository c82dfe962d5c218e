//! What each property usually looks like, and the alarm when it starts to look different.
//!
//! Left to others: what a single value is (`shield`), showing it (`service`).
