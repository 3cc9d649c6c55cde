//! What `defaults` say, for readers that add volumes to a manifest.

use crate::volume::{
    DedicatedStorageId, Description, EnterpriseProjectId, Prepaid, ServerId, SizeGb, VolumeType, Zone,
};
use std::collections::BTreeMap;

/// The values that a volume has which does not say otherwise. A field that is absent or `null` in `defaults` has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// `availability_zone`, where it is one zone
    pub zone: Option<Zone>,
    /// `volume_type`
    pub volume_type: Option<VolumeType>,
    /// `size`
    pub size: Option<SizeGb>,
    /// `description`
    pub description: Option<Description>,
    /// `multiattach`
    pub multiattach: Option<bool>,
    /// `metadata`; its pairs join those of a volume that has `metadata` of its own.
    pub metadata: Option<BTreeMap<String, String>>,
    /// `tags`; they join those of a volume that has `tags` of its own.
    pub tags: Option<BTreeMap<String, String>>,
    /// `enterprise_project_id`
    pub enterprise_project_id: Option<EnterpriseProjectId>,
    /// `iops`
    pub iops: Option<u32>,
    /// `throughput`
    pub throughput: Option<u32>,
    /// `prepaid`
    pub prepaid: Option<Prepaid>,
    /// `server_id`
    pub server_id: Option<ServerId>,
    /// `dedicated_storage_id`
    pub dedicated_storage_id: Option<DedicatedStorageId>,
}
