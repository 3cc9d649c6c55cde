//! What the payment of an order changes of volumes that exist.

use super::Cloud;
use crate::evs::wire::ORDER_ID;
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// These volumes are paid in advance from now on, by that order. Present and not empty: that is how a reader knows a
    /// prepaid volume.
    pub(super) fn pay_in_advance(&mut self, at: i64, volumes: &[Uuid], order: &str) {
        for id in volumes {
            if let Some(volume) = self.volume_mut(*id) {
                Arc::make_mut(&mut volume.spec).metadata.insert(ORDER_ID.to_owned(), order.to_owned());
                volume.updated = at;
            }
        }
    }
}
