//! Where a request came from, as long as it is under way. It serves limits; it is neither stored nor logged.

use std::net::IpAddr;

/// The address that a request's limits count for: the other end of the connection, or whom a trusted proxy names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientAddress(pub IpAddr);
