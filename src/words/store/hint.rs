//! What to do next about an error of recorded state.

use crate::store::{Holder, StoreError};
use std::io;

/// What the system says when the process may open no more files: Linux, macOS and the BSDs agree on its number.
const TOO_MANY: i32 = 24;

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

/// How to get rid of it.
fn end_it(process: Option<u32>, holder: Option<&Holder>) -> String {
    let end = match (process, holder) {
        (Some(process), _) => format!("end it (`kill -9 {process}`)"),
        (None, Some(holder)) => format!("end it (`kill -9 {}` on {})", holder.pid, holder.host),
        (None, None) => "end the process that has that file open".to_owned(),
    };
    format!("it stopped in the middle of the write: {end}; its lock ends with it, and what it had recorded is kept")
}
