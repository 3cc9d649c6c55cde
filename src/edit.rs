//! Edits of a manifest's text: a value of the cloud is written where the text says another one, and every other byte stays as
//! it is.
//!
//! The text is read by `yaml-edit` into a tree that knows where each value stands (`document.rs`), and an edit replaces one
//! stretch of bytes (`splice.rs`). Comments, order, quotes, indentation, line ends, anchors and merge keys stay by that alone.
//! The value is written at the volume, also where the present one comes from `defaults`, an alias or a merge key: those are
//! shared with other volumes.
//!
//! Two readers of YAML may understand a text differently. So after each edit [`manifest::parse`](crate::manifest::parse) reads
//! the whole stack again, and the edit counts only where exactly the one field of the one key differs.

mod batch;
mod change;
mod document;
mod editor;
mod field;
mod guard;
mod know;
mod not_edited;
mod pairs;
mod quotes;
mod setting;
mod splice;
mod volume;

pub use change::Change;
pub use editor::Editor;
pub use know::known;
pub use not_edited::{ByHand, NotEdited, NotWritten};
pub use quotes::scalar;
pub use setting::Setting;

#[cfg(test)]
mod tests;
