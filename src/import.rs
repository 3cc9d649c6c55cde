//! From volumes that exist to the lines of a manifest that take them over. Pure: the list is handed in, and what comes out
//! is text.
//!
//! [`draft()`] decides which volumes are taken and how their entries look, and leaves out what the manifest's own rules refuse.
//! [`insert()`] puts the entries into a file of which all else stays byte for byte.

mod candidate;
mod choice;
mod declared;
mod draft;
mod drawn;
mod entry;
mod group;
mod insert;
mod keys;
mod left;
mod names;
mod spot;
pub mod terraform;
mod yaml;

#[cfg(test)]
mod tests;

pub use candidate::Note;
pub use choice::{By, Choice, NoTag, TagPattern, Unmatched};
pub use draft::{Draft, Known, draft};
pub use entry::Entry;
pub use insert::{NotInserted, fragment, insert, with_file};
pub use left::{Left, Reason};
