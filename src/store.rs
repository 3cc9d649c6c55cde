//! Recorded state on disk: who may write it, and what is on the disk when.
//!
//! `STACK.json` is the snapshot and `STACK.journal` what the run in progress has added to it; the state is
//! the one with the other replayed over it. [`Store::read`] does that for anybody and writes nothing.
//! Writing is done by a [`Lease`] only, and only [`Store::lock`] gives one.
//!
//! Everything here blocks: async code calls it where blocking is allowed.

mod attempt;
mod claim;
mod error;
mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gitignore;
mod guard;
mod holder;
mod lease;
mod lock;
mod log;
mod place;
mod probe;

pub use attempt::{Attempt, Safe};
pub use claim::Claimant;
pub use error::StoreError;
pub use gitignore::write_gitignore;
pub use holder::Holder;
pub use lease::Lease;
pub use lock::Fence;
pub use place::{Store, is_of_a_state};
pub use probe::ProbeLog;

#[cfg(test)]
mod tests;
