//! A policy: it takes snapshots of volumes when their time comes, and says for how long they are kept.

use super::row::{Named, Row};
use super::schedule::Schedule;
use super::snapshot::{Of, Origin, Snapshot};
use crate::simulator::ids;
use crate::simulator::snapshot::State;
use crate::simulator::time::compact_time;
use crate::simulator::volume::Volume;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How often a policy takes snapshots after it was last changed: every hour for more than a year, or daily for 27 years. It
/// is counted, so that a clock that is moved far ahead, or a data file that is opened after years, has an end.
pub(in crate::simulator) const MOST_TIMES: u32 = 10_000;

/// A policy as it was asked for, and what it is at. The API has no way to switch one off.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::simulator) struct Policy {
    pub(in crate::simulator) id: Uuid,
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) schedule: Schedule,
    /// Without it, its snapshots are kept until they are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) retention_days: Option<u32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) enterprise_project_id: String,
    /// How long it takes to make one of its snapshots, in microseconds. It is kept, so that what follows from the times
    /// alone comes out the same after a restart with another duration of jobs.
    pub(in crate::simulator) duration: i64,
    /// The volumes that it takes snapshots of.
    #[serde(skip)]
    pub(in crate::simulator) volumes: BTreeSet<Uuid>,
    /// How often it still takes some.
    #[serde(skip)]
    pub(in crate::simulator) left: u32,
    /// When it takes some next; never while it has no volumes.
    #[serde(skip)]
    pub(in crate::simulator) next: Option<i64>,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(in crate::simulator) created: i64,
    #[serde(skip)]
    pub(in crate::simulator) updated: i64,
}

impl Policy {
    /// When it takes snapshots next after that time.
    pub(in crate::simulator) fn after(&self, at: i64) -> Option<i64> {
        self.schedule.next(at).filter(|_| !self.volumes.is_empty() && self.left > 0)
    }

    /// The snapshot that it takes of a volume at that time. Its id follows from policy, volume and time: nobody asked for
    /// it, so no event in the data file could keep it.
    pub(in crate::simulator) fn snapshot(&self, at: i64, volume: &Volume) -> Snapshot {
        let id = ids::derived(&[b"snapshot of a policy", self.id.as_bytes(), volume.id.as_bytes(), &at.to_be_bytes()]);
        Snapshot {
            id,
            of: Of::volume(volume),
            name: format!("auto_snapshot_{}", compact_time(at)),
            description: None,
            tags: BTreeMap::new(),
            enterprise_project_id: volume.spec.enterprise_project_id.clone(),
            instant_access: false,
            incremental: true,
            retention_days: self.retention_days,
            group: None,
            origin: Origin::Auto,
            created: at,
            updated: at,
            state: State::Creating,
            rolling_back: false,
        }
    }
}

impl Row for Policy {
    fn id(&self) -> Uuid {
        self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}

impl Named for Policy {
    fn name(&self) -> &str {
        &self.name
    }

    fn enterprise_project_id(&self) -> &str {
        &self.enterprise_project_id
    }

    fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }
}
