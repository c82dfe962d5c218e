//! Segments against a workspace of their own: people, an archive, a clock that is moved by hand, and a log that they feed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod computed;
mod groups;
mod histories;
mod lists;
mod nested;
mod turns;
mod world;
