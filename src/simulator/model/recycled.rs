//! What becomes of deleted volumes in the model, and what calls about the recycle bin change.

use super::Cloud;
use crate::simulator::bin::Act;
use crate::simulator::due::Due;
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// Ends a deletion: the volume goes into the recycle bin, or for good.
    pub(super) fn discard(&mut self, at: i64, id: Uuid) {
        let Some((project, age)) = self.places.remove(&id) else { return };
        let Some(share) = self.projects.get_mut(&project) else { return };
        match share.recycle(age, at) {
            Some(until) => self.agenda.at(until, Due::Purge { project, volume: id }),
            None => share.remove(age),
        }
    }

    /// Does what a call asks for.
    pub(super) fn act_on_bin(&mut self, at: i64, project: &str, act: &Act) {
        let project: Arc<str> = project.into();
        let share = self.projects.entry(project.clone()).or_default();
        match act {
            Act::Decide(policy) => share.bin.policy = *policy,
            Act::Purge(id) => share.purge(*id),
            Act::Revert(id) => {
                if let Some(age) = share.revert(*id, at) {
                    self.places.insert(*id, (project, age));
                }
            }
        }
    }

    /// Gives up a volume whose time in the bin is over; not one that was restored and deleted again meanwhile.
    pub(super) fn keep_no_longer(&mut self, at: i64, project: &str, id: Uuid) {
        let Some(share) = self.projects.get_mut(project) else { return };
        if share.bin.find(id).is_some_and(|it| it.until <= at) {
            share.purge(id);
        }
    }
}
