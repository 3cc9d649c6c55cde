//! What the lock file says of its holder, and whether the holder's process is still there.

use super::file;
use super::holder::Holder;
use std::fs;
use std::path::Path;

/// A lock file holds a few hundred bytes; whatever is longer is none.
const MOST: u64 = 64 * 1024;

/// What the lock file holds: the holder's words, and what shows that its process still lives.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Claim {
    pub(super) holder: Holder,
    /// The kernel's name of the machine.
    machine: String,
    /// The kernel's id of this boot: process numbers mean nothing beyond it.
    boot: String,
    /// When the process began, in ticks since boot: process numbers are used again.
    started: u64,
}

impl Claim {
    pub(super) fn of(holder: Holder) -> Claim {
        let started = start_of("self").unwrap_or_default();
        Claim { holder, machine: kernel("hostname"), boot: kernel("random/boot_id"), started }
    }

    /// Whether the process is there; `None` where it runs on another machine, so that it cannot be seen from here.
    fn alive(&self) -> Option<bool> {
        if self.machine != kernel("hostname") {
            return None;
        }
        let is_same = start_of(&self.holder.pid.to_string()) == Some(self.started);
        Some(self.boot == kernel("random/boot_id") && is_same)
    }
}

/// Who left its words in the lock file, and what is seen of its process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    /// Its words.
    pub holder: Holder,
    /// Whether its process is there; `None` where it runs on another machine, so that it cannot be seen from here.
    pub alive: Option<bool>,
}

impl Claimant {
    /// Whether it seems to hold the lock. A process that cannot be seen does: it would have cleared its words.
    pub fn holds(&self) -> bool {
        self.alive != Some(false)
    }
}

/// Whose words the lock file holds, found out without touching it.
pub(super) fn claimant(path: &Path) -> Option<Claimant> {
    claim_at(path).map(|claim| Claimant { alive: claim.alive(), holder: claim.holder })
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

/// The words in a lock file, where they can be read.
pub(super) fn claim_at(path: &Path) -> Option<Claim> {
    read(&file::read(path, MOST).ok()??)
}

/// Reads what stands in a lock file.
pub(super) fn read(text: &[u8]) -> Option<Claim> {
    serde_json::from_slice(text).ok()
}
