//! The web console: pages as pure functions from small view structs to markup, and the assets they use.
//!
//! A page is `pages::<name>::page(&Frame, &View) -> Markup`. It reads no clock, no database and no
//! permission: the handler asked for those and put into the view what the member may see. Everything works
//! as plain links and forms; htmx swaps parts of the same pages where scripts run.
//!
//! The policy of [`security`] is the strictest there is: no inline script or style, no evaluation, trusted
//! types. So there are no `style=` attributes, no `hx-on`, no `js:` values, no trigger filters; a test
//! walks every page for them. Every element that carries htmx attributes carries the page's nonce.
//!
//! Left to others: who may see what (`guard`), how values leave the vault (`rows`), routes (`door`).
//!
//! Modules in reading order: [`frame`], [`pages`], [`components`], [`charts`], [`paths`], [`security`], [`assets`].

pub mod assets;
pub mod charts;
pub mod components;
pub mod frame;
pub mod pages;
pub mod paths;
pub mod security;

pub use frame::Frame;
