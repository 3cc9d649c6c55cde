//! The saved form of a state: one JSON file, laid out by the line so that Git shows what changed.
//!
//! A file names its format in its third line. `v2` is written; `v1` is read as it landed. Each has structs of its own
//! for what stands in its lines, so that the domain's types change without it.
//!
//! The two lines above the digested part are compared to the letter, so no byte of the file can change
//! without being noticed; that is also why reading may rely on the layout instead of general JSON.

mod error;
mod hashed;
mod lines;
mod read;
pub(in crate::state) mod v1;
pub(in crate::state) mod v2;
mod write;

pub use error::{Malformed, SnapshotError};
pub use read::{number, peek, read};
pub use write::{to_bytes, write};

/// The number of the format that is written; older ones are read, newer ones are refused.
pub const FORMAT: u64 = 2;

const BEFORE_DIGEST: &[u8] = b"{\n  \"digest\": \"";
const AFTER_DIGEST: &[u8] = b"\",\n";
const DIGEST_LENGTH: usize = 71;
const HEAD_LENGTH: usize = BEFORE_DIGEST.len() + DIGEST_LENGTH + AFTER_DIGEST.len();

#[cfg(test)]
mod tests;
