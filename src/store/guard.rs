//! The guard: a kernel lock that is held for one write, so that no lock is broken in the middle of it.
//!
//! A process may be stopped at any instant and go on hours later. Without the guard, one that was stopped between
//! looking at the lock and renaming its snapshot would then put the old snapshot over the new one. With it, whoever
//! breaks the lock waits for the write to end, and every later write sees that the lock is gone.
//!
//! The file is never replaced, and empty: who has it is the kernel's to know.

use super::error::{At, StoreError, UNTOUCHED};
use super::file::{self, Stamp};
use super::holder::claim_at;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long a write of somebody else is waited for. None takes that long, unless its process was stopped in it.
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(5) };

/// The guard as long as it lives.
#[derive(Debug)]
pub(super) struct Guard {
    /// Closing it gives the guard back.
    _file: File,
}

/// The guard of that lock.
pub(super) fn path_of(lock: &Path) -> PathBuf {
    let mut name = lock.as_os_str().to_owned();
    name.push(".guard");
    PathBuf::from(name)
}

/// Takes the guard of that lock, waiting for a write that is going on.
///
/// # Errors
/// [`StoreError::Stuck`] when that does not end.
pub(super) fn enter(lock: &Path) -> Result<Guard, StoreError> {
    let path = path_of(lock);
    let begun = Instant::now();
    loop {
        file::refuse_special(&path)?;
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = opened.at("cannot open", &path, UNTOUCHED)?;
        match file.try_lock() {
            Ok(()) => {
                // Deleted by hand in between, it is nobody's guard any more.
                let locked = Stamp::from(&file.metadata().at("cannot look at", &path, UNTOUCHED)?);
                let standing = file::stamp(&path).at("cannot look at", &path, UNTOUCHED)?;
                if standing.is_some_and(|standing| standing.is_same_file(locked)) {
                    return Ok(Guard { _file: file });
                }
            }
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(2)),
            Err(TryLockError::WouldBlock) => {
                let holder = claim_at(lock).map(|claim| Box::new(claim.holder));
                return Err(StoreError::Stuck { process: locked_by(&path), path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(error).at("cannot lock", &path, UNTOUCHED),
        }
    }
}

/// The process on this machine that has locked a file, where the kernel tells and the process is seen to have that
/// very file open: it will be proposed to kill it.
fn locked_by(path: &Path) -> Option<u32> {
    let of = fs::metadata(path).ok()?;
    let inode = format!(":{}", of.ino());
    // As in `1: FLOCK  ADVISORY  WRITE 4711 fd:01:131084 0 EOF`.
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let processes = locks.lines().filter_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(4);
        let process = fields.next()?.parse().ok()?;
        fields.next()?.ends_with(&inode).then_some(process)
    });
    let has_it_open = |process: &u32| {
        let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        files
            .filter_map(|file| fs::metadata(file.path()).ok())
            .any(|file| (file.dev(), file.ino()) == (of.dev(), of.ino()))
    };
    processes.into_iter().find(has_it_open)
}
