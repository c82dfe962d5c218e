//! The collector through its routes, with a real journal on disk.

mod counts;
mod dialect;
mod door;
mod hostile;
mod replies;
mod sources;
