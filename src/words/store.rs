//! Errors of recorded state on disk, and who holds its lock.

mod hint;
mod message;
