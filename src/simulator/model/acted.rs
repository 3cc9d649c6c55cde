//! What the calls that act at once on a volume change in the model.

use super::Cloud;
use crate::simulator::act::Act;
use crate::simulator::project::Project;
use crate::simulator::volume::{ACTIVE, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// Metadata leave `updated_at` as it was, as tags do (a choice).
    pub(super) fn act(&mut self, at: i64, id: Uuid, act: &Act) {
        let Some((share, age)) = self.share_of(id) else { return };
        if !matches!(act, Act::Metadata(_) | Act::Bootable(_)) {
            share.interrupt(age);
        }
        let Project { volumes, devices, .. } = share;
        let Some(volume) = volumes.get_mut(&age) else { return };
        let mut set = |all: &BTreeMap<String, String>| Arc::make_mut(&mut volume.spec).metadata.clone_from(all);
        match act {
            Act::Metadata(all) => return set(all),
            Act::Bootable(bootable) => volume.bootable = Some(*bootable),
            Act::Hold(hold) => (volume.stage, volume.shown) = (Stage::Held(*hold), None),
            Act::Release => (volume.stage, volume.shown) = (Stage::Settled, None),
            Act::Attach { to, metadata } => {
                set(metadata);
                devices.join(volume, to, at);
                (volume.stage, volume.shown) = (Stage::Settled, None);
                volume.server_status = Some(ACTIVE.to_owned());
            }
            Act::Detach { server, metadata } => {
                set(metadata);
                devices.leave(volume, server);
                (volume.stage, volume.shown) = (Stage::Settled, None);
            }
        }
        volume.updated = at;
    }
}
