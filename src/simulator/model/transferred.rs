//! What transfers change in the model: a volume that is offered, kept after all, or another project's.

use super::Cloud;
use crate::simulator::transfer::Transfer;
use crate::simulator::volume::{Stage, Volume};
use std::sync::Arc;
use uuid::Uuid;

/// The enterprise project that every account has.
const DEFAULT: &str = "0";

impl Cloud {
    /// An offer, whosever it is, with its volume.
    pub(in crate::simulator) fn transfer_of_any(&self, id: Uuid) -> Option<(&Transfer, &Volume)> {
        let transfer = self.projects.values().flat_map(|it| it.transfers.values()).find(|it| it.id == id)?;
        Some((transfer, self.volume_of_any(transfer.volume)?))
    }

    /// A volume waits for another project to take it.
    pub(super) fn offer(&mut self, at: i64, project: &str, transfer: &Transfer) {
        self.rest(at, transfer.volume, Stage::Offered);
        let share = self.projects.entry(project.into()).or_default();
        share.transfers.insert(transfer.number, Transfer { created: at, ..transfer.clone() });
    }

    /// It waits no more.
    pub(super) fn withdraw(&mut self, at: i64, project: &str, number: u64) {
        let Some(transfer) = self.projects.get_mut(project).and_then(|it| it.transfers.remove(&number)) else { return };
        // Other work may have begun where an edit from outside had changed the status.
        if self.volume_mut(transfer.volume).is_some_and(|it| it.stage == Stage::Offered) {
            self.rest(at, transfer.volume, Stage::Settled);
        }
    }

    /// Another project has it from now on, with what it takes of the quota.
    pub(super) fn hand_over(&mut self, at: i64, from: &str, number: u64, to: &str) {
        let Some(share) = self.projects.get_mut(from) else { return };
        let Some(transfer) = share.transfers.remove(&number) else { return };
        let Some((_, age)) = self.places.get(&transfer.volume) else { return };
        let age = *age;
        share.interrupt(age);
        let Some(mut volume) = share.volumes.remove(&age) else { return };
        share.usage.free(&volume.spec.volume_type, volume.size);
        let project: Arc<str> = to.into();
        volume.project = project.clone();
        (volume.stage, volume.shown, volume.updated) = (Stage::Settled, None, at);
        Arc::make_mut(&mut volume.spec).enterprise_project_id = DEFAULT.to_owned();
        let share = self.projects.entry(project.clone()).or_default();
        share.usage.reserve(&volume.spec.volume_type, volume.size);
        share.usage.settle(&volume.spec.volume_type, volume.size);
        share.volumes.insert(age, volume);
        self.places.insert(transfer.volume, (project, age));
    }

    fn rest(&mut self, at: i64, volume: Uuid, stage: Stage) {
        let Some((share, age)) = self.share_of(volume) else { return };
        share.interrupt(age);
        if let Some(volume) = share.volumes.get_mut(&age) {
            (volume.stage, volume.shown, volume.updated) = (stage, None, at);
        }
    }
}
