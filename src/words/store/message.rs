//! What went wrong with recorded state.

use crate::store::{Attempt, Holder, Safe, StoreError};
use std::fmt;

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Locked { holder } => write!(f, "the state is locked{}", by(holder.as_deref())),
            StoreError::ProbeRuns { path } => write!(f, "{}: another probe of this stack is running", path.display()),
            StoreError::NotHeld { id, holder } => {
                write!(f, "the lock is not held under the id {id}{}", by(holder.as_deref()))
            }
            StoreError::Free { gone } => {
                f.write_str("the lock is free, so there is nothing to break")?;
                gone.as_ref().map_or(Ok(()), |gone| write!(f, "; it ended with {gone}"))
            }
            StoreError::Fenced { path } => {
                write!(f, "{}: it was replaced by somebody else, so this run writes nothing more", path.display())
            }
            StoreError::Stuck { path, process, holder } => {
                let somebody = stuck(*process, holder.as_deref());
                write!(f, "{}: {somebody} does not end its write, so nobody else may write", path.display())
            }
            StoreError::Snapshot { path, .. } => write!(f, "{}: cannot use the recorded state", path.display()),
            StoreError::Journal { path, .. } => {
                write!(f, "{}: cannot use the journal of an unfinished run", path.display())
            }
            StoreError::JournalAlone { path } => write!(f, "{}: a journal without its snapshot", path.display()),
            StoreError::Symlink { path } => {
                write!(f, "{}: is a symbolic link, and state is never read or written through one", path.display())
            }
            StoreError::Dangling { path, to } => {
                write!(f, "{}: is a symbolic link to {}, where nothing is", path.display(), to.display())
            }
            StoreError::NotAFile { path } => write!(f, "{}: is not a regular file", path.display()),
            StoreError::TooLarge { path, most } => {
                write!(f, "{}: is larger than {}, which no such file is", path.display(), size(*most))
            }
            StoreError::Exists { path } => write!(f, "{}: there is recorded state already", path.display()),
            StoreError::Missing { path } => write!(f, "{}: there is no recorded state", path.display()),
            StoreError::NotBegun { path } => write!(f, "{}: no run has begun", path.display()),
            StoreError::Poisoned { path } => {
                write!(f, "{}: an earlier write failed, so nothing more is recorded", path.display())
            }
            StoreError::NoRoom { path, .. } => {
                write!(f, "{}: there is no room to record another create call, so none was begun", path.display())
            }
            StoreError::Fold(_) => f.write_str("a change does not fit the recorded state"),
            StoreError::Died(died) => died.fmt(f),
            StoreError::Io { attempt, path, safe, .. } => {
                write!(f, "{} {}; {}", failed(*attempt), path.display(), holds(*safe))
            }
        }
    }
}

/// What failed; the file follows.
fn failed(attempt: Attempt) -> &'static str {
    match attempt {
        Attempt::LookAt => "cannot look at",
        Attempt::Open => "cannot open",
        Attempt::Read => "cannot read",
        Attempt::Make => "cannot make",
        Attempt::Write => "cannot write",
        Attempt::Sync => "cannot sync",
        Attempt::Lock => "cannot lock",
        Attempt::Replace => "cannot replace",
        Attempt::Remove => "cannot remove",
        Attempt::Begin => "cannot begin",
        Attempt::Keep => "cannot keep a generation of",
        Attempt::Spell => "cannot spell a record for",
    }
}

/// What holds nevertheless.
fn holds(safe: Safe) -> &'static str {
    match safe {
        Safe::Untouched => "it is as it was",
        Safe::Unneeded => "nothing depends on it; write it by hand",
        Safe::FolderMade => "the folder in it is made, and empty",
        Safe::SnapshotItself => "the snapshot itself stands as it was",
        Safe::OldFiles => "the snapshot and the journal before it stand as they were",
        Safe::Snapshot => "the snapshot stands, whole, and with it all that was recorded before",
        Safe::NewSnapshot => "the new snapshot stands, whole",
        Safe::OneOfBoth => "one of both snapshots stands, whole",
        Safe::JournalSkipped => "the snapshot is whole, and the journal is skipped when it is read",
        Safe::Records => "what was recorded before it is kept, and the next run looks for what may have happened",
        Safe::Recorded => "what was recorded before it is kept",
        Safe::State => "the state itself is untouched by this",
        Safe::LockUnknown => "whether the lock still holds is not known, so this run writes nothing more",
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

fn by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(" by {holder}"))
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { who, host, pid, since, run, operation } = self;
        write!(f, "{who} on {host}, process {pid} ({operation}), since {since}")?;
        run.as_ref().map_or(Ok(()), |run| write!(f, ", run {run}"))
    }
}
