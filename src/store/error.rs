//! What can go wrong with recorded state, and what is safe then.

use super::Holder;
use crate::state::FoldError;
use crate::state::format::SnapshotError;
use crate::state::journal::JournalError;
use std::io;
use std::path::{Path, PathBuf};

/// The promise of an error that came before anything was written.
pub(super) const UNTOUCHED: &str = "nothing was changed";

/// Why recorded state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the lock.
    #[error("the state is locked{}", by(holder.as_deref()))]
    Locked {
        /// Who holds it, unless the lock file does not say.
        holder: Option<Box<Holder>>,
    },
    /// The lock that was to be broken is not held by that holder.
    #[error("the lock is not held under the id {id:?}{}", by(holder.as_deref()))]
    NotHeld {
        /// The id that was given.
        id: String,
        /// Who holds the lock, if anybody.
        holder: Option<Box<Holder>>,
    },
    /// The lock was broken while it was held: another run may be writing.
    #[error("{}: the lock was broken by someone, so nothing more is written", path.display())]
    Fenced {
        /// The lock file.
        path: PathBuf,
    },
    /// The snapshot cannot be used.
    #[error("{}: cannot use the recorded state", path.display())]
    Snapshot {
        /// The snapshot.
        path: PathBuf,
        /// Why.
        source: Box<SnapshotError>,
    },
    /// The journal cannot be used.
    #[error("{}: cannot use the journal of an unfinished run", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: Box<JournalError>,
    },
    /// There is a journal but no snapshot for it.
    #[error("{}: a journal without its snapshot", path.display())]
    JournalAlone {
        /// The journal.
        path: PathBuf,
    },
    /// A symbolic link stands where a file is to be written.
    #[error("{}: is a symbolic link, and state is never written through one", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// A first snapshot was to be written where there is one.
    #[error("{}: there is recorded state already", path.display())]
    Exists {
        /// The snapshot.
        path: PathBuf,
    },
    /// A run was to begin without recorded state.
    #[error("{}: there is no recorded state", path.display())]
    Missing {
        /// Where the snapshot would be.
        path: PathBuf,
    },
    /// Something was to be recorded before the run began.
    #[error("{}: no run has begun", path.display())]
    NotBegun {
        /// Where the journal would be.
        path: PathBuf,
    },
    /// A write failed before, so what is on the disk is not known for sure.
    #[error("{}: an earlier write failed, so nothing more is recorded", path.display())]
    Poisoned {
        /// The journal.
        path: PathBuf,
    },
    /// A change does not fit the state; nothing of it was written.
    #[error("a change does not fit the recorded state")]
    Fold(#[from] FoldError),
    /// The system said no.
    #[error("{action} {}; {safe}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What holds nevertheless.
        safe: &'static str,
        /// The system's words.
        source: io::Error,
    },
}

impl StoreError {
    /// What to do next, where that can be said.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            StoreError::Locked { holder: Some(holder) } => {
                return Some(format!(
                    "wait for it with --lock-timeout; if that run surely is gone, `evsctl unlock {}`",
                    holder.id()
                ));
            }
            StoreError::Locked { holder: None } => "wait for it with --lock-timeout",
            StoreError::NotHeld { .. } => "`evsctl lock status` says who holds it, and under which id",
            StoreError::Fenced { .. } => "all that was recorded before is kept; run again when the other run has ended",
            StoreError::Snapshot { source, .. } => source.hint(),
            StoreError::Journal { source, .. } => source.hint(),
            StoreError::JournalAlone { .. } => {
                "put the snapshot back: from STACK.json.1 beside it, or from Git; without any, keep a copy of the \
                 journal, move it away, and run `evsctl state rebuild`"
            }
            StoreError::Symlink { .. } => {
                "make the state directory itself a link, or put the file in the place of the link"
            }
            StoreError::Missing { .. } => "`evsctl init` makes one",
            StoreError::Poisoned { .. } => "run again: what was recorded is read back and unfinished calls are resumed",
            StoreError::Io { source, .. } => return io_hint(source).map(str::to_owned),
            StoreError::Exists { .. } | StoreError::NotBegun { .. } | StoreError::Fold(_) => return None,
        };
        Some(text.to_owned())
    }
}

fn io_hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("make room on that disk, then run again"),
        io::ErrorKind::ReadOnlyFilesystem => Some("mount it for writing, or use another state directory"),
        io::ErrorKind::PermissionDenied => Some("the files belong to whoever ran evsctl first; check owner and mode"),
        _ => None,
    }
}

fn by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(" by {holder}"))
}

/// Turns what the system says into what that means here.
pub(super) trait At<T> {
    /// Adds what was being done, with which file, and what holds nevertheless.
    fn at(self, action: &'static str, path: &Path, safe: &'static str) -> Result<T, StoreError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path, safe: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io { action, path: path.to_owned(), safe, source })
    }
}
