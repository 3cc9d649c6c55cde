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

impl Source {
    /// What kind of source it is, and its id; nothing for an empty volume.
    pub fn kind_and_id(&self) -> Option<(SourceKind, &SourceId)> {
        match self {
            Source::Blank => None,
            Source::Snapshot(id) => Some((SourceKind::Snapshot, id)),
            Source::Image(id) => Some((SourceKind::Image, id)),
            Source::Backup(id) => Some((SourceKind::Backup, id)),
        }
    }
}

/// What a volume that is not empty is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A snapshot.
    Snapshot,
    /// An image.
    Image,
    /// A backup.
    Backup,
}

impl SourceKind {
    /// The field that names the source, in the manifest and in the create call.
    pub fn field(self) -> &'static str {
        match self {
            SourceKind::Snapshot => "snapshot_id",
            SourceKind::Image => "imageRef",
            SourceKind::Backup => "backup_id",
        }
    }
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
