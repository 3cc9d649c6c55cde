//! The lock: a kernel lock on a file, so it dies with its holder, and the holder's words in that file.

use super::error::{At, StoreError, UNTOUCHED};
use super::file::{self, Stamp};
use crate::boundary::Boundaries;
use crate::volume::LeaseId;
use sha2::Digest as _;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The longest pause between two tries.
const POLL: Duration = Duration::from_millis(250);
/// How long a holder may take to say who it is.
const UNNAMED: Duration = Duration::from_millis(500);
/// A lock file holds a few hundred bytes; whatever is longer is none.
const MOST: u64 = 64 * 1024;

/// Who holds the lock, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// The user, or what stands for one.
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process there.
    pub pid: u32,
    /// When it began to ask for the lock.
    pub since: jiff::Timestamp,
    /// The CI run's address, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// What it does, as in `apply`.
    pub operation: String,
}

impl Holder {
    /// What tells this hold of the lock from every other, to be named when breaking it.
    pub fn id(&self) -> LeaseId {
        let Holder { who, host, pid, since, run, operation } = self;
        let all = format!("{who}\n{host}\n{pid}\n{since}\n{}\n{operation}", run.as_deref().unwrap_or_default());
        LeaseId::from_hash(&sha2::Sha256::digest(all).into())
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { who, host, pid, since, run, operation } = self;
        write!(f, "{who} on {host}, process {pid} ({operation}), since {since}")?;
        run.as_ref().map_or(Ok(()), |run| write!(f, ", run {run}"))
    }
}

/// What the lock file holds: the holder's words, and what shows that its process still lives.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Claim {
    holder: Holder,
    /// The kernel's name of the machine.
    machine: String,
    /// The kernel's id of this boot: process numbers mean nothing beyond it.
    boot: String,
    /// When the process began, in ticks since boot: process numbers are used again.
    started: u64,
}

impl Claim {
    fn of(holder: Holder) -> Claim {
        let started = start_of("self").unwrap_or_default();
        Claim { holder, machine: kernel("hostname"), boot: kernel("random/boot_id"), started }
    }

    /// Whether the process is there, as far as can be seen from here. What runs on another machine cannot
    /// be seen and counts as alive: it would have cleared the file.
    fn is_alive(&self) -> bool {
        if self.machine != kernel("hostname") {
            return true;
        }
        self.boot == kernel("random/boot_id") && start_of(&self.holder.pid.to_string()) == Some(self.started)
    }
}

fn kernel(name: &str) -> String {
    fs::read_to_string(format!("/proc/sys/kernel/{name}")).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// When a process began: field 22 of its `stat`. The name before it may hold blanks and parentheses.
fn start_of(process: &str) -> Option<u64> {
    let stat = fs::read(format!("/proc/{process}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(19)?.parse().ok()
}

fn claim_at(path: &Path) -> Option<Claim> {
    serde_json::from_slice(&file::read(path, MOST).ok()??).ok()
}

/// Who seems to hold the lock, without touching it.
pub(super) fn running(path: &Path) -> Option<Holder> {
    claim_at(path).filter(Claim::is_alive).map(|claim| claim.holder)
}

/// The lock, as long as it lives.
#[derive(Debug)]
pub(super) struct Held {
    file: File,
    fence: Fence,
    id: LeaseId,
    boundaries: Boundaries,
}

/// Which lock was taken: enough to find out whether it was broken since.
#[derive(Debug, Clone)]
pub struct Fence {
    path: PathBuf,
    stamp: Stamp,
}

impl Fence {
    /// Whether the file at the path is still the one that was locked.
    pub fn holds(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|of| self.stamp.is_same_file(Stamp::from(&of)))
    }
}

impl Held {
    /// Makes sure that the lock was not broken.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when it was.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.fence.holds() { Ok(()) } else { Err(StoreError::Fenced { path: self.fence.path.clone() }) }
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
    holder: Holder,
    timeout: Duration,
    boundaries: &Boundaries,
) -> Result<Held, StoreError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        file::refuse_special(path)?;
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = opened.at("cannot open", path, UNTOUCHED)?;
        match file.try_lock() {
            Ok(()) => {
                let stamp = Stamp::from(&file.metadata().at("cannot look at", path, UNTOUCHED)?);
                let fence = Fence { path: path.to_owned(), stamp };
                let held = Held { file, fence, id: holder.id(), boundaries: boundaries.clone() };
                // It may have been replaced between opening and locking: then another file is the lock.
                if held.check().is_ok() {
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
                let holder = claim_at(path).map(|claim| Box::new(claim.holder));
                // A holder without a name has just come or is about to leave: in a moment it is known which.
                if holder.is_some() || begun.elapsed() > timeout + UNNAMED {
                    return Err(StoreError::Locked { holder });
                }
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::Error(error)) => return Err(error).at("cannot lock", path, UNTOUCHED),
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
        write().at("cannot write", &self.fence.path, UNTOUCHED)
    }
}

/// Puts a new, free lock file in the place of the one that the holder with that id has locked.
pub(super) fn replace(path: &Path, id: &LeaseId) -> Result<Holder, StoreError> {
    file::refuse_special(path)?;
    let holder = claim_at(path).map(|claim| claim.holder);
    let Some(holder) = holder.clone().filter(|holder| holder.id() == *id) else {
        return Err(StoreError::NotHeld { id: id.clone(), holder: holder.map(Box::new) });
    };
    let beside = file::beside(path);
    file::create(&beside).at("cannot make", &beside, UNTOUCHED)?;
    fs::rename(&beside, path).at("cannot replace", path, UNTOUCHED)?;
    Ok(holder)
}
