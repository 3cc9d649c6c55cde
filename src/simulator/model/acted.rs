//! What the calls that act at once on a volume change in the model.

use super::Cloud;
use crate::simulator::act::Act;
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// Metadata leave `updated_at` as it was, as tags do (a choice).
    pub(super) fn act(&mut self, id: Uuid, act: &Act) {
        let Some((share, age)) = self.share_of(id) else { return };
        let Some(volume) = share.volumes.get_mut(&age) else { return };
        match act {
            Act::Metadata(all) => Arc::make_mut(&mut volume.spec).metadata.clone_from(all),
        }
    }
}
