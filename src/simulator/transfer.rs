//! A volume that is offered to another project, until that takes it.

use super::ids;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An offer. It never outlives its volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Transfer {
    /// Grows with every id that the cloud gives: a stable order.
    pub(super) number: u64,
    pub(super) id: Uuid,
    pub(super) volume: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// The digest of its key: the key itself is shown once and kept nowhere.
    pub(super) digest: String,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(super) created: i64,
}

impl Transfer {
    /// What is kept of a key of the offer of that id.
    pub(super) fn digest_of(id: Uuid, key: &str) -> String {
        ids::fingerprint(&[b"key of transfer", id.as_bytes(), key.as_bytes()])
    }

    /// Whether that is its key.
    pub(super) fn opens_with(&self, key: &str) -> bool {
        self.digest == Transfer::digest_of(self.id, key)
    }
}
