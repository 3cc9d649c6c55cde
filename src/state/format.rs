//! The saved form of a state: one JSON file, laid out by the line so that Git shows what changed.
//!
//! A file names its format in its third line. `v2` is written; `v1` is read as it landed. Each has structs of its own
//! for what stands in its lines, so that the domain's types change without it.
//!
//! The two lines above the digested part are compared to the letter, so no byte of the file can change
//! without being noticed; that is also why reading may rely on the layout instead of general JSON.

mod hashed;
mod lines;
mod read;
pub(in crate::state) mod v1;
pub(in crate::state) mod v2;
mod write;

pub use read::{number, peek, read};
pub use write::{to_bytes, write};

use crate::volume::StackName;

/// The number of the format that is written; older ones are read, newer ones are refused.
pub const FORMAT: u64 = 2;

const BEFORE_DIGEST: &[u8] = b"{\n  \"digest\": \"";
const AFTER_DIGEST: &[u8] = b"\",\n";
const DIGEST_LENGTH: usize = 71;
const HEAD_LENGTH: usize = BEFORE_DIGEST.len() + DIGEST_LENGTH + AFTER_DIGEST.len();

/// Why a text is not a state that can be used. None of these ever counts as "nothing recorded".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not one byte, or only blanks.
    #[error("the file is empty")]
    Empty,
    /// Git left both sides of a merge in it.
    #[error("line {line} holds a merge-conflict mark of Git")]
    Conflict {
        /// Where the first mark is, from 1.
        line: usize,
    },
    /// Line ends were converted.
    #[error("its lines end in CR LF, as after a conversion by Git or an editor")]
    LineEnds,
    /// It does not read as JSON: cut off, or overwritten.
    #[error("it is not whole: JSON ends or breaks at line {line}, column {column}")]
    Torn {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON, but not the bytes that were written.
    #[error("its digest does not fit: it was changed or damaged after it was written")]
    Digest,
    /// A later version wrote it.
    #[error("it has format {format}, and this version reads formats up to {FORMAT}")]
    Newer {
        /// The number that it names.
        format: u64,
    },
    /// It belongs to another stack.
    #[error("it is the state of stack {found}, not of {wanted}")]
    OtherStack {
        /// Whose it is.
        found: StackName,
        /// Whose was asked for.
        wanted: StackName,
    },
    /// The digest fits but the contents are not a state: whatever wrote it was not evsctl.
    #[error("line {line}: {reason}")]
    Malformed {
        /// From 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

impl SnapshotError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            SnapshotError::Conflict { .. } => {
                "do not edit it by hand, its digest would not fit: take one side whole (`git checkout --ours` or \
                 `--theirs` on the file), the one with the higher serial if both ran against the cloud; what only \
                 the other side knew is not recorded then: `evsctl state rebuild PATH` adds it from tags and names"
            }
            SnapshotError::LineEnds => {
                "restore it with `-text` set for *.json in .gitattributes, so that Git leaves its bytes alone"
            }
            SnapshotError::Newer { .. } => "use the version of evsctl that wrote it, or a later one",
            SnapshotError::OtherStack { .. } => {
                "give each stack its own state file, and never copy one to another stack's name"
            }
            SnapshotError::Empty
            | SnapshotError::Torn { .. }
            | SnapshotError::Digest
            | SnapshotError::Malformed { .. } => {
                "put a whole one in its place: the generations before it stand beside it as STACK.json.1 to \
                 STACK.json.3, and Git may hold others; without any, move it away: `evsctl state rebuild PATH` restores what \
                 tags and names tell"
            }
        }
    }
}

#[cfg(test)]
mod tests;
