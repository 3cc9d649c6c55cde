//! What can be wrong with a journal.

use super::v2::FORMAT;
use crate::state::FoldError;
use crate::volume::{LeaseId, Lineage};

/// Why a journal cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The first line is missing or damaged.
    #[error("its first line is not whole")]
    Header,
    /// A later version wrote it.
    #[error("it has format {format}, and this version reads formats up to {FORMAT}")]
    Newer {
        /// The number that it names.
        format: u64,
    },
    /// It is younger than the snapshot: each run writes the snapshot in its own format before it begins a journal.
    #[error(
        "it has format {format}, and the snapshot beside it has format {snapshot}, which no journal of that format extends"
    )]
    OlderSnapshot {
        /// The number that it names.
        format: u64,
        /// The number that the snapshot names.
        snapshot: u64,
    },
    /// It belongs to another recorded state.
    #[error("it belongs to lineage {found}, and the snapshot is of lineage {wanted}")]
    OtherLineage {
        /// Whose it is.
        found: Lineage,
        /// The snapshot's.
        wanted: Lineage,
    },
    /// It belongs to another snapshot of the same state, and may hold records that this one lacks.
    #[error("it extends serial {found} after record {after}, and the snapshot has serial {serial} and record {folded}")]
    OtherSnapshot {
        /// The serial that it extends.
        found: u64,
        /// The record after which it begins, or its last one where it is the older of the two.
        after: u64,
        /// The snapshot's serial.
        serial: u64,
        /// The last record that the snapshot has folded in.
        folded: u64,
    },
    /// Another run wrote it, though the serial is the same.
    #[error("it was written under lock {found}, and the snapshot of the same serial {serial} {}", under(wanted.as_ref()))]
    OtherLease {
        /// Whose it is.
        found: LeaseId,
        /// Who wrote the snapshot.
        wanted: Option<LeaseId>,
        /// The serial of both.
        serial: u64,
    },
    /// A line in the midst of it is damaged.
    #[error("line {line} is damaged: {reason}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A record is missing, or stands twice.
    #[error("line {line} has record {found} where {wanted} belongs")]
    Gap {
        /// From 1.
        line: usize,
        /// The sequence number there.
        found: u64,
        /// The one that follows from the line before.
        wanted: u64,
    },
    /// A record does not fit what is recorded before it.
    #[error("line {line} does not fit what is recorded before it")]
    Fold {
        /// From 1.
        line: usize,
        /// Why.
        source: FoldError,
    },
}

impl JournalError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            JournalError::Newer { .. } => "use the version of evsctl that wrote it, or a later one",
            JournalError::OlderSnapshot { .. } => {
                "a generation from before the format changed was put back: put back the latest one of the journal's own \
                 format instead (`\"format\":` in its third line; STACK.json.1 to STACK.json.3, or Git), which the journal \
                 extends; to go back to an earlier version of evsctl, move the journal away and keep it: that gives up \
                 what only it knows"
            }
            JournalError::OtherLineage { .. }
            | JournalError::OtherSnapshot { .. }
            | JournalError::OtherLease { .. } => {
                "the snapshot was replaced while a run was unfinished: put back the snapshot that the journal extends \
                 (STACK.json.1 to STACK.json.3 beside it, or Git); moving the journal away gives up what only it \
                 knows; `evsctl state rebuild PATH` then adds what the volumes' tags and names tell of it"
            }
            JournalError::Header | JournalError::Line { .. } | JournalError::Gap { .. } | JournalError::Fold { .. } => {
                "put a whole copy of it back if there is one; it may hold volumes that nothing else records, so keep it \
                 even when moving it away: a plan refuses while the cloud has volumes of this stack that are not \
                 recorded, and `evsctl state rebuild PATH` records them by their tags and names"
            }
        }
    }
}

fn under(lease: Option<&LeaseId>) -> String {
    lease.map_or_else(|| "before the first run".to_owned(), |lease| format!("under lock {lease}"))
}
