//! One project's share of the cloud.

use super::attach::Devices;
use super::quota::Usage;
use super::volume::{Age, Volume};
use std::collections::BTreeMap;

/// One project's share.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Its volumes, oldest first.
    pub(super) volumes: BTreeMap<Age, Volume>,
    /// Its quota use.
    pub(super) usage: Usage,
    /// The devices of its servers.
    pub(super) devices: Devices,
}

impl Project {
    /// Removes a volume: its devices and its part of the quota are free.
    pub(super) fn remove(&mut self, age: Age) {
        let Some(volume) = self.volumes.remove(&age) else { return };
        self.usage.free(&volume.spec.volume_type, volume.size);
        self.devices.detach(&volume);
    }
}
