//! People through the public API: who is who, what is known, what is forgotten.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod consent;
mod erasure;
mod fixture;
mod histories;
mod history;
mod identity;
mod kept;
mod lists;
mod operations;
mod sealing;
mod unmerge;
mod world;
