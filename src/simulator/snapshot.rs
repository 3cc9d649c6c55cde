//! A snapshot that a call took of a volume, and all of a project. Those of the catalogue are others: they are there before
//! any call.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// How the names of snapshots begin that belong to backups: nobody uses those as a source (evs-api 3.3), or rolls back to
/// them.
pub(super) const OF_BACKUPS: [&str; 3] = ["autobk_snapshot_", "manualbk_snapshot_vbs_", "manualbk_snapshot_csbs_"];

/// A snapshot as it was asked for, and how it is doing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// Grows with every id that the cloud gives: a stable order.
    pub(super) number: u64,
    pub(super) id: Uuid,
    /// The volume that it was taken of, which it never outlives.
    pub(super) volume: Uuid,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    /// GB of the volume, as it was then.
    pub(super) size: u32,
    /// Type of the volume, as it was then: the quota counts by it.
    pub(super) volume_type: String,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(super) created: i64,
    #[serde(skip)]
    pub(super) updated: i64,
    #[serde(skip)]
    pub(super) state: State,
}

/// How a snapshot is doing. That a volume is rolled back to it, the volume knows; to `backing-up`, which the API has too, no
/// call leads here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Creating,
    Available,
    Error,
    Deleting,
    ErrorDeleting,
}

impl State {
    /// As the API spells it.
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Creating => "creating",
            State::Available => "available",
            State::Error => "error",
            State::Deleting => "deleting",
            State::ErrorDeleting => "error_deleting",
        }
    }
}

/// The snapshots that calls took, oldest first; found by their numbers, their ids and their volumes.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    all: BTreeMap<u64, Snapshot>,
    numbers: HashMap<Uuid, u64>,
    of_volumes: HashMap<Uuid, BTreeSet<u64>>,
}

impl Snapshots {
    /// Adds one, in the place of the one that had its number.
    pub(super) fn insert(&mut self, snapshot: Snapshot) {
        let number = snapshot.number;
        self.remove(number);
        self.numbers.insert(snapshot.id, number);
        self.of_volumes.entry(snapshot.volume).or_default().insert(number);
        self.all.insert(number, snapshot);
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Snapshot> {
        let snapshot = self.all.remove(&number)?;
        self.numbers.remove(&snapshot.id);
        if let Some(siblings) = self.of_volumes.get_mut(&snapshot.volume) {
            siblings.remove(&number);
            if siblings.is_empty() {
                self.of_volumes.remove(&snapshot.volume);
            }
        }
        Some(snapshot)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Snapshot> {
        self.all.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Snapshot> {
        self.all.get_mut(&number)
    }

    pub(super) fn by_id(&self, id: Uuid) -> Option<&Snapshot> {
        self.get(*self.numbers.get(&id)?)
    }

    /// Those of a volume, oldest first.
    pub(super) fn of(&self, volume: Uuid) -> impl Iterator<Item = &Snapshot> {
        let numbers = self.of_volumes.get(&volume).into_iter().flatten();
        numbers.filter_map(|number| self.get(*number))
    }

    /// All, oldest first.
    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &Snapshot> {
        self.all.values()
    }
}
