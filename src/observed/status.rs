//! How a volume is doing, in the cloud's own words.

use super::word::UnknownWord;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a volume is doing (EVS API reference, "EVS disk status"). In JSON it is the cloud's word.
///
/// A word that is not documented is kept and counts as transient: waiting is right until the deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is being made.
    Creating,
    /// It is usable, and attached to no server.
    Available,
    /// It is usable, and attached.
    InUse,
    /// It is being attached.
    Attaching,
    /// It is being detached.
    Detaching,
    /// It is being grown.
    Extending,
    /// A backup of it is being made.
    BackingUp,
    /// A backup is being put into it.
    RestoringBackup,
    /// An image is being made of it.
    Uploading,
    /// It is being filled from an image.
    Downloading,
    /// It is being put back to a snapshot of its own.
    Rollbacking,
    /// It is being deleted.
    Deleting,
    /// It is offered to another account.
    AwaitingTransfer,
    /// Its creation failed.
    Error,
    /// Growing it failed.
    ErrorExtending,
    /// Putting a backup into it failed.
    ErrorRestoring,
    /// Putting it back to a snapshot failed.
    ErrorRollbacking,
    /// Its deletion failed.
    ErrorDeleting,
    /// It lies in the recycle bin.
    Restorable,
    /// No documented word, or none at all.
    Other(UnknownWord),
}

const DOCUMENTED: [Status; 19] = [
    Status::Creating,
    Status::Available,
    Status::InUse,
    Status::Attaching,
    Status::Detaching,
    Status::Extending,
    Status::BackingUp,
    Status::RestoringBackup,
    Status::Uploading,
    Status::Downloading,
    Status::Rollbacking,
    Status::Deleting,
    Status::AwaitingTransfer,
    Status::Error,
    Status::ErrorExtending,
    Status::ErrorRestoring,
    Status::ErrorRollbacking,
    Status::ErrorDeleting,
    Status::Restorable,
];

impl Status {
    /// Reads the word as it came: in another case it is another word.
    pub fn new(word: impl Into<String>) -> Status {
        let word = word.into();
        let documented = DOCUMENTED.into_iter().find(|status| status.as_str() == word);
        documented.unwrap_or_else(|| Status::Other(UnknownWord::new(word)))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Creating => "creating",
            Status::Available => "available",
            Status::InUse => "in-use",
            Status::Attaching => "attaching",
            Status::Detaching => "detaching",
            Status::Extending => "extending",
            Status::BackingUp => "backing-up",
            Status::RestoringBackup => "restoring-backup",
            Status::Uploading => "uploading",
            Status::Downloading => "downloading",
            Status::Rollbacking => "rollbacking",
            Status::Deleting => "deleting",
            Status::AwaitingTransfer => "awaiting-transfer",
            Status::Error => "error",
            Status::ErrorExtending => "error_extending",
            Status::ErrorRestoring => "error_restoring",
            Status::ErrorRollbacking => "error_rollbacking",
            Status::ErrorDeleting => "error_deleting",
            Status::Restorable => "restorable",
            Status::Other(word) => word.as_str(),
        }
    }

    /// Whether the volume can be used.
    pub fn is_usable(&self) -> bool {
        matches!(self, Status::Available | Status::InUse)
    }

    /// Whether the volume has come to an end of what was done with it: it is usable, or the service gave up on it.
    pub fn is_settled(&self) -> bool {
        self.is_usable() || self.is_error()
    }

    /// Whether it stands on the way of a creation or of a deletion, so that a volume in it need never have been usable
    /// (EVS API reference, "Volume status"). A volume from a backup passes [`Status::RestoringBackup`] while it is made.
    pub(super) fn is_of_birth_or_death(&self, from_backup: bool) -> bool {
        match self {
            Status::Creating | Status::Downloading | Status::Error | Status::Deleting | Status::ErrorDeleting => true,
            Status::RestoringBackup => from_backup,
            // No word at all says nothing.
            Status::Other(word) => word.as_str().is_empty(),
            _ => false,
        }
    }

    /// Whether the service gave up on the volume, or on what it did with it.
    pub fn is_error(&self) -> bool {
        match self {
            Status::Error
            | Status::ErrorExtending
            | Status::ErrorRestoring
            | Status::ErrorRollbacking
            | Status::ErrorDeleting => true,
            // The service knows more of them than it documents: a message of its own (EVS.2021) has `error_detaching`.
            Status::Other(word) => word.as_str().starts_with("error"),
            _ => false,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
        String::deserialize(deserializer).map(Status::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_kept_as_it_came_and_the_documented_ones_are_known() {
        let documented = "creating available in-use attaching detaching extending backing-up restoring-backup uploading \
                          downloading rollbacking deleting awaiting-transfer error error_extending error_restoring \
                          error_rollbacking error_deleting restorable";
        let others = ["", "Available", "available ", "IN-USE", "error_detaching", "retyping", "unbekannt ä"];
        assert_eq!(documented.split_whitespace().count(), DOCUMENTED.len());
        for (word, is_known) in
            documented.split_whitespace().map(|word| (word, true)).chain(others.map(|it| (it, false)))
        {
            let status = Status::new(word);
            assert_eq!((status.as_str(), status.to_string().as_str()), (word, word));
            assert_eq!(matches!(status, Status::Other(_)), !is_known, "{word}");
            let json = serde_json::to_string(&status).unwrap();
            assert_eq!(json, format!("{word:?}"));
            assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), status);
        }
    }

    #[test]
    fn only_documented_words_are_usable_and_an_unknown_one_is_waited_for() {
        for (word, usable, error) in [
            ("available", true, false),
            ("in-use", true, false),
            ("Available", false, false),
            ("creating", false, false),
            ("error", false, true),
            ("error_deleting", false, true),
            ("error_detaching", false, true),
            ("Error", false, false),
            ("retyping", false, false),
            ("", false, false),
        ] {
            let status = Status::new(word);
            assert_eq!((status.is_usable(), status.is_error()), (usable, error), "{word}");
        }
    }
}
