//! What becomes true at a time that is known in advance.

use super::standard::moment::Moment;
use super::task::Effect;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What becomes true.
#[derive(Debug)]
pub(super) enum Due {
    /// The work on a volume is over. What failed counts in the quota as what went well does, where the volume stays.
    Over { volume: Uuid, task: String, effect: Effect, failed: bool },
    /// A reservation lapses: creation failed and left nothing.
    Lapsed { project: Arc<str>, volume_type: String, size: u32 },
    /// A snapshot is made, or gone, where that did not fail.
    Snapshot { project: Arc<str>, number: u64, removal: bool, failed: bool },
    /// The time of a volume in the recycle bin is over.
    Purge { project: Arc<str>, volume: Uuid },
    /// A volume is exported, where that did not fail.
    Exported { project: Arc<str>, number: u64, failed: bool },
    /// Something becomes true of standard snapshots.
    Standard { project: Arc<str>, moment: Moment },
}

/// Everything that is due, by its time, and in the order in which it was planned where that is the same.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<(i64, u64), Due>,
    counter: u64,
}

impl Agenda {
    /// Plans it for that time.
    pub(super) fn at(&mut self, time: i64, due: Due) {
        self.counter += 1;
        self.entries.insert((time, self.counter), due);
    }

    /// Takes what is due next, and its time, where that has come.
    pub(super) fn next(&mut self, now: i64) -> Option<(i64, Due)> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= now)?;
        let time = entry.key().0;
        Some((time, entry.remove()))
    }
}
