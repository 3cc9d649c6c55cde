//! What the cloud reported: volumes as they are, which recorded ones are gone, their snapshots, and how a job is doing.

mod job;
mod listed;
mod snapshot;
mod status;
mod word;

pub use job::{JobStatus, ObservedJob};
pub use listed::Listed;
pub use snapshot::ObservedSnapshot;
pub use status::Status;
pub use word::UnknownWord;

use crate::volume::{SnapshotId, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

/// One volume as the cloud describes it. Texts are the cloud's and not trusted: whoever prints one
/// takes the control characters out first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedVolume {
    /// Identity; names are not unique.
    pub id: VolumeId,
    /// Empty where the cloud left it out, or where what it gave is no text: that is no name to go by.
    pub name: String,
    /// What can be shown of a name that is no text. By it nothing is compared, renamed or adopted.
    pub unreadable_name: Option<String>,
    /// Absent where it was never set, or is empty.
    pub description: Option<String>,
    /// How it is doing.
    pub status: Status,
    /// GB.
    pub size: u32,
    /// Empty where the cloud left it out.
    pub volume_type: String,
    /// Zone.
    pub availability_zone: String,
    /// When it was made; `None` where the cloud did not say so, or nobody asked.
    pub created_at: Option<jiff::Timestamp>,
    /// Whether it was paid in advance, by an order.
    pub prepaid: bool,
    /// All tags, foreign ones and the ownership tag included.
    pub tags: BTreeMap<String, String>,
    /// The servers that it is attached to; one that the answer does not name is empty.
    pub attached_to: Vec<String>,
    /// The snapshot that it was made from, where the cloud says so.
    pub snapshot_id: Option<String>,
    /// The image that it was made from, where the cloud says so.
    pub image_id: Option<String>,
    /// Whether several servers may attach it at once; `None` where the answer leaves it out, as below.
    pub multiattach: Option<bool>,
    /// The enterprise project; `0` is the default one.
    pub enterprise_project_id: Option<String>,
    /// Operations a second, where its type lets them be chosen.
    pub iops: Option<u32>,
    /// MiB a second, where its type lets it be chosen.
    pub throughput: Option<u32>,
    /// Of its metadata the keys of a create call: encryption, its key, the device type.
    pub metadata: BTreeMap<String, String>,
    /// The dedicated storage pool that it lies in, where it lies in one.
    pub dedicated_storage_id: Option<String>,
    /// The key of its metadata by which a storage driver of Kubernetes marks the volumes that it makes.
    pub kubernetes_key: Option<String>,
}

/// The tags with which the container service marks the disks of its nodes and of its claims.
const CLUSTER_TAGS: [&str; 4] =
    ["CCE-Cluster-ID", "CCE-Cluster-Name", "CCE-Dynamic-Provisioning-Node", "CCE-Namespace"];

impl ObservedVolume {
    /// A volume of which nothing is known but its id.
    pub fn of(id: VolumeId) -> ObservedVolume {
        ObservedVolume {
            id,
            name: String::new(),
            unreadable_name: None,
            description: None,
            status: Status::new(""),
            size: 0,
            volume_type: String::new(),
            availability_zone: String::new(),
            created_at: None,
            prepaid: false,
            tags: BTreeMap::new(),
            attached_to: Vec::new(),
            snapshot_id: None,
            image_id: None,
            multiattach: None,
            enterprise_project_id: None,
            iops: None,
            throughput: None,
            metadata: BTreeMap::new(),
            dedicated_storage_id: None,
            kubernetes_key: None,
        }
    }

    /// By what Kubernetes marks it as its own: a key of the metadata that a storage driver sets, or a tag of the container service.
    pub fn kubernetes_mark(&self) -> Option<&str> {
        let tag = || CLUSTER_TAGS.into_iter().find(|tag| self.tags.contains_key(*tag));
        self.kubernetes_key.as_deref().or_else(tag)
    }

    /// The name for people.
    pub fn shown_name(&self) -> &str {
        self.unreadable_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether it has come to an end of what was done with it. That its job has ended is another fact.
    pub fn is_settled(&self) -> bool {
        self.status.is_settled()
    }

    /// Whether it is, or must have been, usable: then it may hold data. `from_backup` is whether it was made from one.
    pub fn is_used(&self, from_backup: bool) -> bool {
        !self.attached_to.is_empty() || !self.status.is_of_birth_or_death(from_backup)
    }
}

/// One look at a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Every volume that was seen, by id.
    pub volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Recorded volumes whose reads by id answered 404, each time: only these are gone.
    pub gone: BTreeSet<VolumeId>,
    /// Those of the recorded ones that are gone and lie in the recycle bin, with the time at which they are deleted for good,
    /// where the cloud says so.
    pub recycled: BTreeMap<VolumeId, Option<jiff::Timestamp>>,
    /// The snapshots of each volume that has some, or why they could not be listed; `None` where they were not asked for.
    pub snapshots: Option<Result<BTreeMap<VolumeId, BTreeSet<SnapshotId>>, String>>,
    /// When the service answered with the first page of the list, by its own clock.
    pub dated: Option<jiff::Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_that_was_usable_once_shows_it_by_status_or_attachment() {
        let volume = |status: &str, attached_to: &[&str]| ObservedVolume {
            status: Status::new(status),
            attached_to: attached_to.iter().map(|server| (*server).to_owned()).collect(),
            ..ObservedVolume::of(VolumeId::new("a").unwrap())
        };
        for never in ["creating", "downloading", "error", "deleting", "error_deleting", ""] {
            assert!(!volume(never, &[]).is_used(false), "{never}");
            assert!(volume(never, &["server"]).is_used(false), "{never}, attached");
        }
        for used in ["available", "in-use", "attaching", "error_extending", "error_restoring", "rollbacking", "odd"] {
            assert!(volume(used, &[]).is_used(true), "{used}");
        }
        assert!(volume("restoring-backup", &[]).is_used(false) && !volume("restoring-backup", &[]).is_used(true));
    }
}
