//! The lock: a kernel lock on a file, so it dies with its holder, and the holder's words in that file.

use super::attempt::{Attempt, Safe};
use super::claim::{Claim, Claimant, claim_at, claimant};
use super::error::{At, StoreError};
use super::file::{self, Stamp};
use super::guard::{Entered, Guard};
use super::holder::Holder;
use crate::boundary::Boundaries;
use crate::volume::LeaseId;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The longest pause between two tries.
const POLL: Duration = Duration::from_millis(250);
/// How long a holder may take to say who it is.
const UNNAMED: Duration = Duration::from_millis(500);

/// The lock, as long as it lives.
#[derive(Debug)]
pub(super) struct Held {
    file: File,
    fence: Fence,
    guard: Guard,
    id: LeaseId,
    boundaries: Boundaries,
}

/// Which lock was taken, and which snapshot was read or written under it: enough to find out whether the lock was
/// broken since, or somebody wrote without it.
#[derive(Debug, Clone)]
pub struct Fence {
    path: PathBuf,
    stamp: Stamp,
    snapshot: PathBuf,
    /// The snapshot as it was read or written last, `None` where there was none.
    known: Arc<Mutex<Option<Stamp>>>,
}

impl Fence {
    /// Whether the files at the paths are still the one that was locked, and the one that was read or written under
    /// the lock.
    pub fn holds(&self) -> bool {
        self.check().is_ok()
    }

    fn has_lock(&self) -> io::Result<bool> {
        Ok(file::stamp(&self.path)?.is_some_and(|now| self.stamp.is_same_file(now)))
    }

    /// A file that cannot be looked at is not one that somebody replaced: both end the run, in their own words.
    fn check(&self) -> Result<(), StoreError> {
        if !self.has_lock().at(Attempt::LookAt, &self.path, Safe::LockUnknown)? {
            return Err(StoreError::Fenced { path: self.path.clone() });
        }
        // A lock file that was deleted by hand and is back has let others in between. Held while the file is looked at:
        // this run may be about to replace it.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match file::stamp(&self.snapshot).at(Attempt::LookAt, &self.snapshot, Safe::LockUnknown)? {
            now if now == *known => Ok(()),
            _ => Err(StoreError::Fenced { path: self.snapshot.clone() }),
        }
    }
}

impl Held {
    /// Makes sure that the lock was not broken, and that nobody has written without it.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when that happened.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.fence.check()
    }

    /// The same for a write: as long as the guard is held, the lock cannot be broken.
    ///
    /// # Errors
    /// [`StoreError::Stuck`] and [`StoreError::Fenced`]: nothing may be written.
    pub(super) fn enter(&self) -> Result<Entered, StoreError> {
        let entered = self.guard.enter()?;
        self.check()?;
        Ok(entered)
    }

    /// Says which snapshot was just read.
    pub(super) fn knows(&self, snapshot: Option<Stamp>) {
        *self.fence.known.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// Gives a new snapshot its name by `rename`, and knows it from then on. A [`Fence`] that is asked meanwhile answers
    /// after both: in between it would take this run's own snapshot for one that was written without the lock.
    pub(super) fn replaces(&self, rename: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut known = self.fence.known.lock().unwrap_or_else(PoisonError::into_inner);
        rename()?;
        let path = &self.fence.snapshot;
        *known = file::stamp(path).at(Attempt::LookAt, path, Safe::NewSnapshot)?;
        Ok(())
    }

    pub(super) fn fence(&self) -> Fence {
        self.fence.clone()
    }

    /// Which hold of the lock this is.
    pub(super) fn id(&self) -> &LeaseId {
        &self.id
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A killed process leaves its words; the kernel's lock ends with the file in any case.
        if self.boundaries.pass("the lock is given back").is_err() {
            return;
        }
        // Cleared first, so that nobody sees a holder of a free lock. Failing only costs that.
        let _ = self.file.set_len(0);
        if self.boundaries.pass("the lock's words cleared").is_ok() {
            let _ = self.file.unlock();
        }
    }
}

/// Takes the lock, or says who has it when the time is over.
pub(super) fn take(
    path: &Path,
    snapshot: PathBuf,
    holder: Holder,
    timeout: Duration,
    boundaries: &Boundaries,
) -> Result<Held, StoreError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        file::refuse_special(path)?;
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = opened.at(Attempt::Open, path, Safe::Untouched)?;
        match file.try_lock() {
            Ok(()) => {
                let stamp = Stamp::from(&file.metadata().at(Attempt::LookAt, path, Safe::Untouched)?);
                let (guard, path, known) = (Guard::of(path), path.to_owned(), Arc::default());
                let fence = Fence { path, stamp, snapshot: snapshot.clone(), known };
                let held = Held { file, fence, guard, id: holder.id(), boundaries: boundaries.clone() };
                // It may have been replaced between opening and locking: then another file is the lock.
                if held.fence.has_lock().at(Attempt::LookAt, &held.fence.path, Safe::Untouched)? {
                    boundaries.pass("the lock taken")?;
                    held.claim(holder)?;
                    boundaries.pass("the lock's words written")?;
                    return Ok(held);
                }
            }
            Err(TryLockError::WouldBlock) if begun.elapsed() < timeout => {
                thread::sleep(pause.min(timeout.saturating_sub(begun.elapsed())));
                pause = (pause * 2).min(POLL);
            }
            Err(TryLockError::WouldBlock) => {
                let holder = claimant(path).filter(Claimant::holds).map(|claimant| Box::new(claimant.holder));
                // A holder without a name, or with that of a dead one, has just come or is about to leave: in a
                // moment it is known which.
                if holder.is_some() || begun.elapsed() > timeout + UNNAMED {
                    return Err(StoreError::Locked { holder });
                }
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::Error(error)) => return Err(error).at(Attempt::Lock, path, Safe::Untouched),
        }
    }
}

impl Held {
    fn claim(&self, holder: Holder) -> Result<(), StoreError> {
        let write = || {
            let text = serde_json::to_vec(&Claim::of(holder))?;
            self.file.set_len(0)?;
            self.file.write_all_at(&text, 0)
        };
        write().at(Attempt::Write, &self.fence.path, Safe::Untouched)
    }
}

/// Puts a new, free lock file in the place of the one that the holder with that id has locked.
pub(super) fn replace(path: &Path, id: &LeaseId) -> Result<Holder, StoreError> {
    if file::refuse_special(path)?.is_none() {
        return Err(StoreError::Free { gone: None });
    }
    // Whoever is in the middle of a write ends it first; all later ones see the new file.
    let guard = Guard::of(path);
    let _entered = guard.enter()?;
    let holder = claim_at(path).map(|claim| claim.holder);
    let file = OpenOptions::new().read(true).write(true).open(path).at(Attempt::Open, path, Safe::Untouched)?;
    match file.try_lock() {
        Ok(()) => return Err(StoreError::Free { gone: holder.map(Box::new) }),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error).at(Attempt::Lock, path, Safe::Untouched),
    }
    let Some(holder) = holder.clone().filter(|holder| holder.id() == *id) else {
        return Err(StoreError::NotHeld { id: id.clone(), holder: holder.map(Box::new) });
    };
    let beside = file::beside(path);
    file::create(&beside).at(Attempt::Make, &beside, Safe::Untouched)?;
    fs::rename(&beside, path).at(Attempt::Replace, path, Safe::Untouched)?;
    Ok(holder)
}

#[cfg(test)]
mod tests;
