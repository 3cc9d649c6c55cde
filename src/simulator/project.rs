//! One project's share of the cloud.

use super::attach::Devices;
use super::bin::Bin;
use super::image::Exported;
use super::quota::Usage;
use super::snapshot::{Snapshot, Snapshots};
use super::standard::kept::Kept;
use super::task::Effect;
use super::transfer::Transfer;
use super::volume::{ACTIVE, Age, Stage, Volume};
use crate::evs::wire::ORDER_ID;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// One project's share.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Its volumes, oldest first.
    pub(super) volumes: BTreeMap<Age, Volume>,
    /// The snapshots that calls took of them.
    pub(super) snapshots: Snapshots,
    /// The images that they were exported to, by number, oldest first.
    pub(super) images: BTreeMap<u64, Exported>,
    /// Its standard snapshots, which stay when their volume goes, and what belongs to them.
    pub(super) standard: Kept,
    /// The volumes of it that are offered to other projects, by number, oldest first.
    pub(super) transfers: BTreeMap<u64, Transfer>,
    /// Its quota use.
    pub(super) usage: Usage,
    /// The devices of its servers.
    pub(super) devices: Devices,
    pub(super) bin: Bin,
}

impl Project {
    /// Removes a volume: its snapshots and what offers it go with it, its devices and its part of the quota are free.
    pub(super) fn remove(&mut self, age: Age) {
        let Some(volume) = self.take(age) else { return };
        self.usage.free(&volume.spec.volume_type, volume.size);
    }

    /// Moves a volume into the recycle bin where its policy says so: its snapshots go, and its part of the quota stays in
    /// use. Gives the time until which it is kept there.
    pub(super) fn recycle(&mut self, age: Age, at: i64) -> Option<i64> {
        self.volumes.get(&age).filter(|it| self.bin.takes(it, at))?;
        let volume = self.take(age)?;
        Some(self.bin.put(Volume { updated: at, ..volume }, at))
    }

    /// Takes a volume out of the recycle bin for good.
    pub(super) fn purge(&mut self, id: Uuid) {
        if let Some(it) = self.bin.take(id) {
            self.usage.free(&it.volume.spec.volume_type, it.volume.size);
        }
    }

    /// Takes a volume out of the recycle bin and back among the others; gives its place there.
    pub(super) fn revert(&mut self, id: Uuid, at: i64) -> Option<Age> {
        let mut volume = self.bin.take(id)?.volume;
        let age = volume.age();
        // It is paid by use from now on, however it was before.
        Arc::make_mut(&mut volume.spec).metadata.remove(ORDER_ID);
        let (attachments, server_status) = (Some(Vec::new()), Some(ACTIVE.to_owned()));
        let volume = Volume { stage: Stage::Settled, shown: None, attachments, server_status, updated: at, ..volume };
        self.volumes.insert(age, volume);
        Some(age)
    }

    /// Ends the work on a volume whose place something else takes: nothing is reserved for it any more, and what it would have
    /// come to does not come.
    pub(super) fn interrupt(&mut self, age: Age) {
        let Some(volume) = self.volumes.get_mut(&age) else { return };
        let (of, size) = (&volume.spec.volume_type, volume.size);
        volume.task = None;
        match &volume.stage {
            Stage::UnderWay(Effect::Make) => self.usage.settle(of, size),
            Stage::UnderWay(Effect::Grow { to }) => self.usage.lapse_growth(of, to.saturating_sub(size)),
            Stage::UnderWay(Effect::Retype { to }) => self.usage.lapse_move(&to.volume_type, size),
            Stage::UnderWay(Effect::RollBack { snapshot: None }) => self.standard.end_rollback(volume.id),
            _ => {}
        }
        volume.stage = Stage::Settled;
    }

    /// Takes a volume out of the list: its snapshots go with it, and its devices are free.
    fn take(&mut self, age: Age) -> Option<Volume> {
        self.interrupt(age);
        let volume = self.volumes.remove(&age)?;
        self.devices.detach(&volume);
        self.transfers.retain(|_, it| it.volume != volume.id);
        let gone: Vec<u64> = self.snapshots_of(volume.id).map(|it| it.number).collect();
        gone.into_iter().for_each(|number| self.remove_snapshot(number));
        Some(volume)
    }

    /// Removes a snapshot.
    pub(super) fn remove_snapshot(&mut self, number: u64) {
        if let Some(snapshot) = self.snapshots.remove(number) {
            self.usage.free_snapshot(&snapshot.volume_type, snapshot.size);
        }
    }

    /// The snapshots of a volume, oldest first.
    pub(super) fn snapshots_of(&self, volume: Uuid) -> impl Iterator<Item = &Snapshot> {
        self.snapshots.of(volume)
    }
}
