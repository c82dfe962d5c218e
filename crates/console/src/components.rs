//! The parts pages are made of, each a function to markup. `/components` shows every one of them.
//!
//! Modules in reading order: [`layout`], [`mod@table`], [`form`], [`trend_form`], [`question`], [`behaviour_form`], [`behaviour`], [`behind`], [`keep`], [`answer_file`], [`event`], [`value`], [`mark`],
//! [`time`], [`notice`], [`copy`], [`qr`], [`facts`], [`number`].

pub mod answer_file;
pub mod behaviour;
pub mod behaviour_form;
pub mod behind;
pub mod copy;
pub mod event;
pub mod facts;
pub mod form;
pub mod keep;
pub mod layout;
pub mod mark;
pub mod notice;
pub mod qr;
pub mod question;
pub mod time;
pub mod trend_form;
pub mod value;

pub use crate::charts::{number, table};
