//! One project's share of the cloud.

use super::attach::Devices;
use super::quota::Usage;
use super::snapshot::Snapshot;
use super::volume::{Age, Volume};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One project's share.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Its volumes, oldest first.
    pub(super) volumes: BTreeMap<Age, Volume>,
    /// The snapshots that calls took of them, by number, oldest first.
    pub(super) snapshots: BTreeMap<u64, Snapshot>,
    /// Its quota use.
    pub(super) usage: Usage,
    /// The devices of its servers.
    pub(super) devices: Devices,
}

impl Project {
    /// Removes a volume: its snapshots go with it, its devices and its part of the quota are free.
    pub(super) fn remove(&mut self, age: Age) {
        let Some(volume) = self.volumes.remove(&age) else { return };
        self.usage.free(&volume.spec.volume_type, volume.size);
        self.devices.detach(&volume);
        let gone: Vec<u64> = self.snapshots_of(volume.id).map(|it| it.number).collect();
        gone.into_iter().for_each(|number| self.remove_snapshot(number));
    }

    /// Removes a snapshot.
    pub(super) fn remove_snapshot(&mut self, number: u64) {
        if let Some(snapshot) = self.snapshots.remove(&number) {
            self.usage.free_snapshot(&snapshot.volume_type, snapshot.size);
        }
    }

    /// The snapshots of a volume, oldest first.
    pub(super) fn snapshots_of(&self, volume: Uuid) -> impl Iterator<Item = &Snapshot> {
        self.snapshots.values().filter(move |it| it.volume == volume)
    }
}
