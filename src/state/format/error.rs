//! What can be wrong with a snapshot.

use crate::volume::StackName;

/// Why a text is not a state that can be used. None of these ever counts as "nothing recorded".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not one byte, or only blanks.
    Empty,
    /// Git left both sides of a merge in it.
    Conflict {
        /// Where the first mark is, from 1.
        line: usize,
    },
    /// Line ends were converted.
    LineEnds,
    /// It does not read as JSON: cut off, or overwritten.
    Torn {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON, but not the bytes that were written.
    Digest,
    /// A later version wrote it.
    Newer {
        /// The number that it names.
        format: u64,
    },
    /// It belongs to another stack.
    OtherStack {
        /// Whose it is.
        found: StackName,
        /// Whose was asked for.
        wanted: StackName,
    },
    /// The digest fits but the contents are not a state: whatever wrote it was not evsctl.
    Malformed {
        /// From 1.
        line: usize,
        /// What is wrong there.
        flaw: Malformed,
    },
}

/// What is wrong with a line of a snapshot whose digest fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// No version has written that format.
    UnknownFormat(u64),
    /// The line is the file's last, and should not be.
    Missing,
    /// Something stands behind the last field.
    TooMuch,
    /// Another field stands there than the one of that name.
    NotField(String),
    /// No comma stands at its end.
    NoComma,
    /// The field of that name opens no list.
    NotList(String),
    /// The field of that name opens no map.
    NotMap(String),
    /// It is neither an entry of a map nor the end of one.
    NotEntry,
    /// The field of that name is one that only later versions write.
    Later(String),
    /// Its value does not read; in the words of whatever reads it.
    Unread(String),
    /// More slots were approved than a stack has.
    MostApproved,
    /// With this one, the calls have more slots than a stack has.
    MostEnded,
    /// The line of a volume or of a call has no brace at its end.
    NoBrace,
    /// The line of a volume or of a call holds no specification.
    NoSpec,
    /// No specification stands above under what stands for it here.
    UnknownSpec(String),
    /// No origin stands above under what stands for it here.
    UnknownOrigin(String),
    /// Neither was a size seen nor one asked for.
    NoSize,
}

impl Malformed {
    /// What does not read, by the words of whatever reads it.
    pub(super) fn unread(error: impl std::fmt::Display) -> Malformed {
        Malformed::Unread(error.to_string())
    }
}
