//! The recycle bin of a project: which deleted volumes go into it, and how long it keeps them (evs-api 8).

use super::volume::Volume;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// What a project has decided about its bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Policy {
    /// Whether deleted volumes go into the bin at all.
    pub(super) switch: bool,
    /// How many days ago a volume must have been created to go into the bin; a younger one is deleted for good.
    pub(super) threshold_time: u16,
    /// How many days the bin keeps a volume.
    pub(super) keep_time: u16,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { switch: false, threshold_time: 7, keep_time: 7 }
    }
}

impl Policy {
    /// Whether a volume that was created then, and whose deletion ends at that time, goes into the bin.
    fn takes(&self, created: i64, at: i64) -> bool {
        self.switch && at.saturating_sub(created) >= i64::from(self.threshold_time) * DAY
    }
}

/// What a call does to a bin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Decide(Policy),
    /// Deletes a volume for good.
    Purge(Uuid),
    /// Puts a volume back among the others.
    Revert(Uuid),
}

/// A volume that lies in the bin.
#[derive(Debug)]
pub(super) struct Recycled {
    pub(super) volume: Volume,
    /// When its deletion ended.
    pub(super) since: i64,
    /// When the bin gives it up.
    pub(super) until: i64,
}

/// The bin.
#[derive(Debug, Default)]
pub(super) struct Bin {
    pub(super) policy: Policy,
    volumes: BTreeMap<Uuid, Recycled>,
}

impl Bin {
    /// Whether a volume goes into it whose deletion ends at that time.
    pub(super) fn takes(&self, volume: &Volume, at: i64) -> bool {
        self.policy.takes(volume.created, at)
    }

    /// Takes a volume in; gives the time until which it is kept. What the policy says later does not change that time.
    pub(super) fn put(&mut self, volume: Volume, at: i64) -> i64 {
        let until = at.saturating_add(i64::from(self.policy.keep_time) * DAY);
        self.volumes.insert(volume.id, Recycled { volume, since: at, until });
        until
    }

    /// A volume that lies in it.
    pub(super) fn find(&self, id: Uuid) -> Option<&Recycled> {
        self.volumes.get(&id)
    }

    /// Gives a volume out.
    pub(super) fn take(&mut self, id: Uuid) -> Option<Recycled> {
        self.volumes.remove(&id)
    }

    /// Everything that lies in it, what came last first.
    pub(super) fn newest_first(&self) -> Vec<&Recycled> {
        let mut all: Vec<&Recycled> = self.volumes.values().collect();
        all.sort_by_key(|it| std::cmp::Reverse((it.since, it.volume.number)));
        all
    }
}
