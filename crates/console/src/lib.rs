//! The web console: pages as pure functions from small view structs to markup, and the assets they use.
//!
//! A page is `pages::<name>::page(&Frame, &View) -> Markup`. It reads no clock, no database and no
//! permission: the handler ([`handlers`]) asked for those and put into the view what the member may see. Everything works
//! as plain links and forms; htmx swaps parts of the same pages where scripts run.
//!
//! The policy of [`security`] is the strictest there is: no inline script or style, no evaluation, trusted
//! types. So there are no `style=` attributes, no `hx-on`, no `js:` values, no trigger filters; a test
//! walks every page for them. Every element that carries htmx attributes carries the page's nonce.
//!
//! Left to others: who may see what (`guard`), how values leave the vault (`rows`), routes (`door`).
//!
//! Modules in reading order: [`frame`], [`pages`], [`components`], [`charts`], [`paths`], [`security`], [`assets`];
//! what puts them behind the door: [`handlers`], [`dress`], [`state`].

pub mod assets;
pub mod components;
pub mod dress;
pub mod frame;
pub mod handlers;
pub mod pages;
pub mod paths;
pub mod security;
pub mod state;

pub use ::charts;
pub use dress::dressed;
pub use frame::Frame;
pub use handlers::routes;
pub use state::ConsoleState;
