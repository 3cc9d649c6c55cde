//! The guard: a kernel lock that is held for one write, so that no lock is broken in the middle of it.
//!
//! A process may be stopped at any instant and go on hours later. Without the guard, one that was stopped between
//! looking at the lock and renaming its snapshot would then put the old snapshot over the new one. With it, whoever
//! breaks the lock waits for the write to end, and every later write sees that the lock is gone.
//!
//! The file is never replaced, and empty: who has it is the kernel's to know.

use super::attempt::{Attempt, Safe};
use super::claim::claim_at;
use super::error::{At, StoreError};
use super::file::{self, Stamp};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a write of somebody else is waited for. None takes that long, unless its process was stopped in it.
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(5) };

/// The pause between two tries: short, since a busy writer leaves only moments between its writes.
const POLL: Duration = Duration::from_micros(200);

/// The guard of one lock. Its file stays open once it was, since every write goes through it.
#[derive(Debug)]
pub(super) struct Guard {
    lock: PathBuf,
    path: PathBuf,
    file: Mutex<Option<Arc<File>>>,
}

/// The guard, as long as this lives.
#[derive(Debug)]
#[must_use = "it is given back at once"]
pub(super) struct Entered(Arc<File>);

impl Drop for Entered {
    fn drop(&mut self) {
        // It does not fail; and the lock ends with the process.
        let _ = self.0.unlock();
    }
}

impl Guard {
    /// Names the guard of that lock; nothing is touched.
    pub(super) fn of(lock: &Path) -> Guard {
        let mut name = lock.as_os_str().to_owned();
        name.push(".guard");
        Guard { lock: lock.to_owned(), path: PathBuf::from(name), file: Mutex::default() }
    }

    /// Takes it, waiting for a write that is going on. Not to be taken twice at a time.
    ///
    /// # Errors
    /// [`StoreError::Stuck`] when that write does not end.
    pub(super) fn enter(&self) -> Result<Entered, StoreError> {
        let begun = Instant::now();
        let mut open = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let file = match &*open {
                Some(file) => file.clone(),
                None => open.insert(Arc::new(self.open()?)).clone(),
            };
            match file.try_lock() {
                Ok(()) => {
                    let entered = Entered(file);
                    if self.stands(&entered.0)? {
                        return Ok(entered);
                    }
                    // Deleted by hand, it is nobody's guard any more.
                    *open = None;
                }
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => {
                    let holder = claim_at(&self.lock).map(|claim| Box::new(claim.holder));
                    return Err(StoreError::Stuck { process: locked_by(&self.path), path: self.path.clone(), holder });
                }
                Err(TryLockError::Error(error)) => return Err(error).at(Attempt::Lock, &self.path, Safe::Untouched),
            }
        }
    }

    fn open(&self) -> Result<File, StoreError> {
        file::refuse_special(&self.path)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        options.open(&self.path).at(Attempt::Open, &self.path, Safe::Untouched)
    }

    fn stands(&self, file: &File) -> Result<bool, StoreError> {
        let opened = Stamp::from(&file.metadata().at(Attempt::LookAt, &self.path, Safe::Untouched)?);
        let standing = file::stamp(&self.path).at(Attempt::LookAt, &self.path, Safe::Untouched)?;
        Ok(standing.is_some_and(|standing| standing.is_same_file(opened)))
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
