//! Recorded: what is known to be owned, as of the last write.
//!
//! A [`State`] is a value. It changes only by [`State::fold`], one [`Change`] at a time, in the order
//! in which the journal holds them; so replaying a journal over its snapshot gives the same value.
//! Nothing here opens a file: `store` does that, and `format` turns a state into bytes and back. What is saved has forms of
//! its own there and in `journal`; where a type here has a JSON form, that is another document's: a plan's, or the one that
//! `state show` shows.

mod approved;
mod base;
mod begun;
mod change;
pub mod format;
pub mod journal;
mod model;
mod moves;
#[cfg(test)]
pub(crate) mod samples;
mod seen;

pub use approved::{AllowedStep, AllowedSteps, Approved, MADE, extended_to, retagged_to};
pub use base::Base;
pub use change::{Change, CreatedVolume, FoldError, Imported, Intended, Sent};
pub use model::{Begun, CloudId, End, EndedCreate, Recorded, State, TokenSupport};
pub use seen::Seen;

#[cfg(test)]
mod tests;
