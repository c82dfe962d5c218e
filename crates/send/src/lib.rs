//! Delivers notices.
