//! The EVS API: a client with one method per call, and the bodies on the wire.
pub mod wire;
