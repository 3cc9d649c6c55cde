//! What can go wrong with recorded state, and what is safe then.

use super::holder::Holder;
use crate::boundary::Died;
use crate::state::FoldError;
use crate::state::format::SnapshotError;
use crate::state::journal::JournalError;
use crate::volume::LeaseId;
use std::io;
use std::path::{Path, PathBuf};

/// What the system says when the process may open no more files: Linux, macOS and the BSDs agree on its number.
const TOO_MANY: i32 = 24;

/// The promise of an error that came before that file was written. What the run did before is not its to say.
pub(super) const UNTOUCHED: &str = "it is as it was";

/// Why recorded state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the lock.
    #[error("the state is locked{}", by(holder.as_deref()))]
    Locked {
        /// Who holds it, unless the lock file does not say.
        holder: Option<Box<Holder>>,
    },
    /// Another probe of the stack is running.
    #[error("{}: another probe of this stack is running", path.display())]
    ProbeRuns {
        /// The record that it holds.
        path: PathBuf,
    },
    /// The lock that was to be broken is not held by that holder.
    #[error("the lock is not held under the id {id}{}", by(holder.as_deref()))]
    NotHeld {
        /// The id that was given.
        id: LeaseId,
        /// Who holds the lock, if anybody.
        holder: Option<Box<Holder>>,
    },
    /// The lock that was to be broken is free.
    #[error("the lock is free, so there is nothing to break{}", gone.as_ref().map_or_else(String::new, |gone| format!("; it ended with {gone}")))]
    Free {
        /// Whose words are still there, though its process has left the lock.
        gone: Option<Box<Holder>>,
    },
    /// The lock was broken while it was held, or somebody wrote without it: another run may be writing.
    #[error("{}: it was replaced by somebody else, so this run writes nothing more", path.display())]
    Fenced {
        /// The lock file, or the snapshot or the journal that is another one now.
        path: PathBuf,
    },
    /// Somebody is in the middle of a write and does not end it.
    #[error("{}: {} does not end its write, so nobody else may write", path.display(), stuck(*process, holder.as_deref()))]
    Stuck {
        /// The guard.
        path: PathBuf,
        /// The process on this machine that has it, where that can be seen.
        process: Option<u32>,
        /// Who holds the lock, if anybody.
        holder: Option<Box<Holder>>,
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
    /// A symbolic link stands where a file belongs.
    #[error("{}: is a symbolic link, and state is never read or written through one", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// The state directory is a symbolic link to nothing.
    #[error("{}: is a symbolic link to {}, where nothing is", path.display(), to.display())]
    Dangling {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        to: PathBuf,
    },
    /// Something else than a file stands where a file belongs.
    #[error("{}: is not a regular file", path.display())]
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file is larger than anything that evsctl writes there.
    #[error("{}: is larger than {}, which no such file is", path.display(), size(*most))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        most: u64,
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
    /// There is no room for what must be recorded of a create call before it is done: it was not begun.
    #[error("{}: there is no room to record another create call, so none was begun", path.display())]
    NoRoom {
        /// The journal.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A change does not fit the state; nothing of it was written.
    #[error("a change does not fit the recorded state")]
    Fold(#[from] FoldError),
    /// A test ended the run here.
    #[error(transparent)]
    Died(#[from] Died),
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
                    "wait for it with --lock-timeout; the lock is the kernel's and ends with process {} on {}, \
                     however that ends; as a last resort `evsctl unlock PATH {}` breaks it: that run can then record \
                     nothing more, and the next apply resumes its calls",
                    holder.pid,
                    holder.host,
                    holder.id()
                ));
            }
            StoreError::Locked { holder: None } => {
                "wait for it with --lock-timeout; the lock is the kernel's and ends with the process that holds it"
            }
            StoreError::ProbeRuns { .. } => "wait until it has ended: the record is held by its process alone",
            StoreError::NotHeld { holder: Some(holder), .. } => {
                return Some(format!("`evsctl unlock PATH {}` would break that one", holder.id()));
            }
            StoreError::NotHeld { holder: None, .. } => "it does not say who it is; `evsctl lock status` looks again",
            StoreError::Free { .. } => {
                "the next run takes it; calls that were not seen to end are resumed by the next apply"
            }
            StoreError::Stuck { process, holder, .. } => return Some(end_it(*process, holder.as_deref())),
            StoreError::Fenced { .. } => {
                "the lock was broken, or the file was changed without it; all that was recorded before is kept: go on \
                 when the other run has ended"
            }
            StoreError::Snapshot { source, .. } => source.hint(),
            StoreError::Journal { source, .. } => source.hint(),
            StoreError::JournalAlone { .. } => {
                "put the snapshot back: from STACK.json.1 beside it, or from Git; without any, keep the journal \
                 but move it away: once its calls are surely over, `evsctl state rebuild PATH` restores from tags and \
                 names what it names"
            }
            StoreError::Symlink { .. } => {
                "make the state directory itself a link, or put the file in the place of the link"
            }
            StoreError::Dangling { .. } => {
                "make that folder, mount what it is on, or remove the link: without it nothing is known of the state"
            }
            StoreError::NotAFile { .. } => "remove it, or put the file back in its place: Git may hold it",
            StoreError::TooLarge { .. } => "it was not written by evsctl: put back the one before it, or that of Git",
            StoreError::Missing { .. } => "`evsctl init` makes one",
            StoreError::Poisoned { .. } => {
                "the next apply reads back what was recorded, and goes on with the calls that are open"
            }
            StoreError::Io { source, .. } | StoreError::NoRoom { source, .. } => {
                return io_hint(source).map(str::to_owned);
            }
            StoreError::Exists { .. } | StoreError::NotBegun { .. } | StoreError::Fold(_) | StoreError::Died(_) => {
                return None;
            }
        };
        Some(text.to_owned())
    }
}

fn io_hint(error: &io::Error) -> Option<&'static str> {
    if error.raw_os_error() == Some(TOO_MANY) {
        return Some("raise the limit on open files (`ulimit -n 1024`), then go on");
    }
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("make room on that disk, then go on"),
        io::ErrorKind::FileTooLarge => Some("raise the limit on the size of a file (`ulimit -f`), then go on"),
        io::ErrorKind::IsADirectory => Some("a folder stands where a file belongs: remove it, or move it away"),
        io::ErrorKind::NotADirectory => Some("a file stands where a folder belongs: remove it, or move it away"),
        io::ErrorKind::ReadOnlyFilesystem => Some("mount it for writing, or use another state directory"),
        io::ErrorKind::PermissionDenied => Some("the files belong to whoever ran evsctl first; check owner and mode"),
        _ => None,
    }
}

/// A limit in words. Limits are whole numbers of their units.
fn size(bytes: u64) -> String {
    match bytes {
        GIB.. => format!("{} GiB", bytes / GIB),
        MIB.. => format!("{} MiB", bytes / MIB),
        _ => format!("{} KiB", bytes / 1024),
    }
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Who does not end its write, as far as that is known.
fn stuck(process: Option<u32>, holder: Option<&Holder>) -> String {
    match (process, holder) {
        (Some(process), Some(holder)) if process == holder.pid => holder.to_string(),
        (Some(process), _) => format!("process {process} on this machine"),
        (None, Some(holder)) => format!("somebody, it seems {holder},"),
        (None, None) => "somebody".to_owned(),
    }
}

/// How to get rid of it.
fn end_it(process: Option<u32>, holder: Option<&Holder>) -> String {
    let end = match (process, holder) {
        (Some(process), _) => format!("end it (`kill -9 {process}`)"),
        (None, Some(holder)) => format!("end it (`kill -9 {}` on {})", holder.pid, holder.host),
        (None, None) => "end the process that has that file open".to_owned(),
    };
    format!("it stopped in the middle of the write: {end}; its lock ends with it, and what it had recorded is kept")
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
