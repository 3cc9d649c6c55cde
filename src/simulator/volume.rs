//! A volume of the cloud: what it was made as, and what it is by now.

use super::act::Hold;
use super::task::Effect;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What every volume of one create call is made as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Spec {
    pub(super) zone: String,
    pub(super) volume_type: String,
    /// GB.
    pub(super) size: u32,
    pub(super) description: Option<String>,
    pub(super) snapshot_id: Option<String>,
    pub(super) image_id: Option<String>,
    pub(super) multiattach: bool,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) enterprise_project_id: String,
    /// What reads show of the image.
    pub(super) image: BTreeMap<String, String>,
    pub(super) iops: Option<u32>,
    pub(super) throughput: Option<u32>,
    /// The server that it is attached to once it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dedicated_storage_id: Option<String>,
}

/// A volume as of the last [`advance`](super::model::Cloud::advance).
#[derive(Debug, Clone)]
pub(super) struct Volume {
    /// Grows with every id that the cloud gives: a stable order.
    pub(super) number: u64,
    pub(super) id: Uuid,
    pub(super) project: Arc<str>,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) spec: Arc<Spec>,
    /// GB, as it has grown since it was made.
    pub(super) size: u32,
    pub(super) created: i64,
    /// When it last changed, the end of its creation included.
    pub(super) updated: i64,
    pub(super) stage: Stage,
    /// The task that works on it, by its id. What another one comes to, whose place this took, is nothing to it.
    pub(super) task: Option<String>,
    /// The status that an edit gave it.
    pub(super) shown: Option<String>,
    /// Where it is attached, in the order in which that was asked for; `None` where nothing has said so yet, as while a
    /// volume for a server is being made.
    pub(super) attachments: Option<Vec<Attachment>>,
    /// The status of those servers; `None` where it cannot be asked for.
    pub(super) server_status: Option<String>,
    /// The service that has locked it.
    pub(super) locked_by: Option<String>,
    /// What a call said of it; `None` where none has, so that its source tells.
    pub(super) bootable: Option<bool>,
}

/// Where a volume stands between one piece of work and the next: a volume has one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// No work is under way, and the last one went well.
    Settled,
    /// The same, and it waits for another project to take it.
    Offered,
    UnderWay(Effect),
    Failed(Effect),
    /// No work is under way, and somebody has said that he will attach or detach it.
    Held(Hold),
    /// It is being exported to the image of that id.
    Uploading(Uuid),
}

/// A server that a volume is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    pub(super) server: String,
    pub(super) at: i64,
    /// Which of the server's devices it is, from 0.
    pub(super) slot: u32,
    /// The name of the device where a call gave it another one.
    pub(super) device: Option<String>,
    /// The name of the server's host, where a call gave it.
    pub(super) host_name: Option<String>,
}

/// The status of a server of which nobody has said anything.
pub(super) const ACTIVE: &str = "ACTIVE";

impl Volume {
    /// Where it stands among the others.
    pub(super) fn age(&self) -> Age {
        (self.created, self.number)
    }

    /// Its status word.
    pub(super) fn status(&self) -> &str {
        match (&self.stage, &self.shown) {
            (Stage::UnderWay(Effect::Remove), _) => "deleting",
            (Stage::Failed(Effect::Remove), _) => "error_deleting",
            (_, Some(shown)) => shown,
            (Stage::UnderWay(Effect::Make), None) => "creating",
            (Stage::Failed(Effect::Make), None) => "error",
            (Stage::UnderWay(Effect::Grow { .. }), None) => "extending",
            (Stage::Failed(Effect::Grow { .. }), None) => "error_extending",
            (Stage::UnderWay(Effect::RollBack { .. }), None) => "rollbacking",
            (Stage::Failed(Effect::RollBack { .. }), None) => "error_rollbacking",
            (Stage::Held(hold), None) => hold.word(),
            (Stage::Uploading(_), None) => "uploading",
            // Cinder's word, since EVS has none.
            (Stage::UnderWay(Effect::Retype { .. } | Effect::Rate { .. }), None) => "retyping",
            (Stage::Offered, None) => "awaiting-transfer",
            // What was not changed is as it was: EVS has no status for such a failure. A snapshot that is taken or deleted
            // changes nothing of its volume.
            (
                Stage::Settled
                | Stage::UnderWay(Effect::Snapshot { .. })
                | Stage::Failed(Effect::Retype { .. } | Effect::Rate { .. } | Effect::Snapshot { .. }),
                None,
            ) => {
                if self.attached().is_empty() {
                    "available"
                } else {
                    "in-use"
                }
            }
        }
    }

    /// Whether a server may boot from it: a volume with the content of an image is bootable, unless a call has said otherwise.
    pub(super) fn is_bootable(&self) -> bool {
        self.bootable.unwrap_or(self.spec.image_id.is_some())
    }

    /// Where it is attached.
    pub(super) fn attached(&self) -> &[Attachment] {
        self.attachments.as_deref().unwrap_or_default()
    }

    /// Whether work holds it, so that no other may begin.
    pub(super) fn is_worked_on(&self) -> bool {
        matches!(self.stage, Stage::UnderWay(_) | Stage::Uploading(_))
    }
}

/// When a volume was created, and its number: a total order.
pub(super) type Age = (i64, u64);
