//! An image that a volume was exported to. Those of the catalogue are others: they are there before any call.

use super::catalogue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An image as it was asked for, and whether it can be used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Exported {
    /// Grows with every id that the cloud gives: a stable order.
    pub(super) number: u64,
    pub(super) id: Uuid,
    /// The volume that it is made of, which it outlives.
    pub(super) volume: Uuid,
    pub(super) name: String,
    pub(super) disk_format: String,
    pub(super) container_format: String,
    /// GB of the volume, as it was then: no volume with this content is smaller.
    pub(super) min_disk: u32,
    /// MB.
    pub(super) min_ram: u32,
    pub(super) os_type: String,
    pub(super) os_version: String,
    /// What a volume made from it inherits.
    pub(super) metadata: BTreeMap<String, String>,
    /// Whether the export is over; filled in from events.
    #[serde(skip)]
    pub(super) active: bool,
}

impl Exported {
    /// As the catalogue holds images. Its bytes are as many as the volume's (a choice).
    pub(super) fn as_image(&self) -> catalogue::Image {
        catalogue::Image {
            id: self.id.to_string(),
            name: self.name.clone(),
            status: if self.active { "active" } else { "queued" }.to_owned(),
            min_disk: self.min_disk,
            min_ram: self.min_ram,
            disk_format: self.disk_format.clone(),
            container_format: self.container_format.clone(),
            size: u64::from(self.min_disk) << 30,
            os_type: self.os_type.clone(),
            os_version: self.os_version.clone(),
            metadata: self.metadata.clone(),
        }
    }
}
