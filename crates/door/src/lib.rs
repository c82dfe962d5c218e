//! The two doors: how connections are taken, which routes exist, and who may use each.
//!
//! A route enters the table only together with a handler whose first argument is a [`Permit`], so a
//! route without a policy does not compile. The table is the one list from which the routers, the
//! printed inventory and the walk of every wrong caller come.
//!
//! Modules in reading order: [`table`] (the routes), [`shape`] (what each takes), `grid` (answers whose time tells nothing), [`permit`] (the right as an argument),
//! [`session`] (who is calling: cookies and tokens), [`origin`] (no other site may act),
//! [`body`] (bodies with a limit and a digest), [`problem`] (errors as RFC 9457), [`wear`] (the headers of every answer), [`blocking`] (work that waits for disks), [`accept`] (the accept loop)
//! with [`crowd`] (who is connected), `stream` and `answer` (time limits of a connection), [`client`] (whose limits a request counts for), [`tls`].
//!
//! Left to others: what a caller may do (`guard`, `policy`), what the routes do (`collect`, `api`, `console`).

pub mod accept;
mod answer;
pub mod blocking;
pub mod body;
pub mod client;
pub mod crowd;
mod grid;
pub mod origin;
pub mod permit;
pub mod problem;
pub mod session;
pub mod shape;
mod stream;
pub mod table;
pub mod tls;
pub mod trace;
pub mod wear;

pub use accept::{Entrance, Limits, Peer, Stop, serve, serve_local};
pub use blocking::blocking;
pub use client::ForwardedHeader;
pub use crowd::Crowd;
pub use permit::Permit;
pub use problem::Problem;
pub use table::{DoorName, RouteInfo, Routes};
pub use tls::{Tls, TlsError};
