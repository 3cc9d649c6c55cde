//! The EVS API: a client with one method per call that is used, errors by meaning, and the bodies on
//! the wire. It sees no plan and no state, and never repeats a create call that may have been done
//! unless its token makes that safe.

mod client;
mod error;
mod gate;
mod observe;
mod send;
pub mod wire;

pub use client::{Client, Connection, is_loopback};
pub use error::{Error, Kind, Meaning};
pub use send::Notice;
pub(crate) use send::jitter;
