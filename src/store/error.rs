//! What can go wrong with recorded state, and what is safe then.

use super::attempt::{Attempt, Safe};
use super::holder::Holder;
use crate::boundary::Died;
use crate::state::FoldError;
use crate::state::format::SnapshotError;
use crate::state::journal::JournalError;
use crate::volume::LeaseId;
use std::io;
use std::path::{Path, PathBuf};

/// Why recorded state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the lock.
    Locked {
        /// Who holds it, unless the lock file does not say.
        holder: Option<Box<Holder>>,
    },
    /// Another probe of the stack is running.
    ProbeRuns {
        /// The record that it holds.
        path: PathBuf,
    },
    /// The lock that was to be broken is not held by that holder.
    NotHeld {
        /// The id that was given.
        id: LeaseId,
        /// Who holds the lock, if anybody.
        holder: Option<Box<Holder>>,
    },
    /// The lock that was to be broken is free.
    Free {
        /// Whose words are still there, though its process has left the lock.
        gone: Option<Box<Holder>>,
    },
    /// The lock was broken while it was held, or somebody wrote without it: another run may be writing.
    Fenced {
        /// The lock file, or the snapshot or the journal that is another one now.
        path: PathBuf,
    },
    /// Somebody is in the middle of a write and does not end it.
    Stuck {
        /// The guard.
        path: PathBuf,
        /// The process on this machine that has it, where that can be seen.
        process: Option<u32>,
        /// Who holds the lock, if anybody.
        holder: Option<Box<Holder>>,
    },
    /// The snapshot cannot be used.
    Snapshot {
        /// The snapshot.
        path: PathBuf,
        /// Why.
        source: Box<SnapshotError>,
    },
    /// The journal cannot be used.
    Journal {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: Box<JournalError>,
    },
    /// There is a journal but no snapshot for it.
    JournalAlone {
        /// The journal.
        path: PathBuf,
    },
    /// A symbolic link stands where a file belongs.
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// The state directory is a symbolic link to nothing.
    Dangling {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        to: PathBuf,
    },
    /// Something else than a file stands where a file belongs.
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file is larger than anything that evsctl writes there.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        most: u64,
    },
    /// A first snapshot was to be written where there is one.
    Exists {
        /// The snapshot.
        path: PathBuf,
    },
    /// A run was to begin without recorded state.
    Missing {
        /// Where the snapshot would be.
        path: PathBuf,
    },
    /// Something was to be recorded before the run began.
    NotBegun {
        /// Where the journal would be.
        path: PathBuf,
    },
    /// A write failed before, so what is on the disk is not known for sure.
    Poisoned {
        /// The journal.
        path: PathBuf,
    },
    /// There is no room for what must be recorded of a create call before it is done: it was not begun.
    NoRoom {
        /// The journal.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A change does not fit the state; nothing of it was written.
    Fold(#[from] FoldError),
    /// A test ended the run here.
    Died(Died),
    /// The system said no.
    Io {
        /// What was tried.
        attempt: Attempt,
        /// With what.
        path: PathBuf,
        /// What holds nevertheless.
        safe: Safe,
        /// The system's words.
        source: io::Error,
    },
}

impl From<Died> for StoreError {
    fn from(died: Died) -> StoreError {
        StoreError::Died(died)
    }
}

/// Turns what the system says into what that means here.
pub(super) trait At<T> {
    /// Adds what was tried, with which file, and what holds nevertheless.
    fn at(self, attempt: Attempt, path: &Path, safe: Safe) -> Result<T, StoreError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, attempt: Attempt, path: &Path, safe: Safe) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io { attempt, path: path.to_owned(), safe, source })
    }
}
