//! Where a new volume's content comes from.

use super::{Invalid, WordFault, checked_text};

checked_text! {
    /// The id of a snapshot, a backup or an image.
    SourceId, check_word
}

/// Where a new volume's content comes from: at most one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Nothing: an empty volume.
    Blank,
    /// A snapshot, of the same volume type and zone.
    Snapshot(SourceId),
    /// An image: the volume is a system disk.
    Image(SourceId),
    /// A backup: one volume a call, and the size may be left to it.
    Backup(SourceId),
}

/// Whether an opaque word of the cloud can be one: an id, or the name of a zone or a type.
pub(super) fn check_word(text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::Word(WordFault::Empty));
    }
    if text.len() > 255 {
        return Err(Invalid::Word(WordFault::TooLong(text.len())));
    }
    match text.chars().find(|c| c.is_control() || c.is_whitespace()) {
        None => Ok(()),
        Some(c) => Err(Invalid::Word(WordFault::Character(c))),
    }
}
