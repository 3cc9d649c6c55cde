//! What can be wrong with a journal.

use crate::state::FoldError;
use crate::volume::{LeaseId, Lineage};

/// Why a journal cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The first line is missing or damaged.
    Header,
    /// A later version wrote it.
    Newer {
        /// The number that it names.
        format: u64,
    },
    /// It is younger than the snapshot: each run writes the snapshot in its own format before it begins a journal.
    OlderSnapshot {
        /// The number that it names.
        format: u64,
        /// The number that the snapshot names.
        snapshot: u64,
    },
    /// It belongs to another recorded state.
    OtherLineage {
        /// Whose it is.
        found: Lineage,
        /// The snapshot's.
        wanted: Lineage,
    },
    /// It belongs to another snapshot of the same state, and may hold records that this one lacks.
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
    OtherLease {
        /// Whose it is.
        found: LeaseId,
        /// Who wrote the snapshot.
        wanted: Option<LeaseId>,
        /// The serial of both.
        serial: u64,
    },
    /// A line in the midst of it is damaged.
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A record is missing, or stands twice.
    Gap {
        /// From 1.
        line: usize,
        /// The sequence number there.
        found: u64,
        /// The one that follows from the line before.
        wanted: u64,
    },
    /// A record does not fit what is recorded before it.
    Fold {
        /// From 1.
        line: usize,
        /// Why.
        source: FoldError,
    },
}

/// What is wrong with a line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It is a whole record, and something else than a line end follows it.
    LineEnd,
    /// It has holes that no crash makes.
    Holes,
    /// It is not made as a record is.
    NoRecord,
    /// Its sum does not fit it and the line before it.
    Sum,
    /// Its number does not read.
    NoSequence,
    /// Its changes do not read; in the words of the JSON reader.
    Changes(String),
}
