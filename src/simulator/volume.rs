//! A volume of the cloud: what it was made as, and what it is at a given time.

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

/// A volume that is, or still was at the last [`advance`](super::Cloud::advance).
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
    pub(super) updated: i64,
    /// When its creation ends, and whether badly.
    pub(super) made: Ending,
    /// When its growing ends, and whether badly; what went well leaves none.
    pub(super) growth: Option<Ending>,
    /// When its deletion ends, and whether badly.
    pub(super) deletion: Option<Ending>,
    /// The status that an edit gave it.
    pub(super) shown: Option<String>,
    /// The servers that an edit attached it to, and when; with an empty list, none, whatever it was made for.
    pub(super) attached_to: Option<(Vec<String>, i64)>,
}

/// When a task ends; `None` is never.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    pub(super) at: Option<i64>,
    pub(super) failed: bool,
}

impl Ending {
    fn over(self, now: i64) -> bool {
        self.at.is_some_and(|at| at <= now)
    }
}

impl Volume {
    /// Where it stands among the others.
    pub(super) fn age(&self) -> Age {
        (self.created, self.number)
    }

    /// Its status word at that time.
    pub(super) fn status(&self, now: i64) -> &str {
        match self.deletion {
            Some(ending) if ending.over(now) && ending.failed => "error_deleting",
            Some(_) => "deleting",
            None if let Some(shown) = &self.shown => shown,
            None if !self.made.over(now) => "creating",
            None if self.made.failed => "error",
            None if self.growth.is_some_and(|it| it.over(now) && it.failed) => "error_extending",
            None if self.growth.is_some() => "extending",
            None if !self.attached(now).is_empty() => "in-use",
            None => "available",
        }
    }

    /// The servers that it is attached to, and since when.
    pub(super) fn attached(&self, now: i64) -> Vec<(&str, i64)> {
        if let Some((servers, at)) = &self.attached_to {
            return servers.iter().map(|server| (server.as_str(), *at)).collect();
        }
        let made = self.made.at.filter(|_| self.made.over(now) && !self.made.failed);
        self.spec.server_id.as_deref().zip(made).into_iter().collect()
    }

    /// Whether it is being made, grown or deleted.
    pub(super) fn is_worked_on(&self, now: i64) -> bool {
        let growing = self.growth.is_some_and(|it| !it.over(now));
        !self.made.over(now) || growing || self.deletion.is_some_and(|it| !it.over(now))
    }

    /// When it last changed, the end of its creation included.
    pub(super) fn updated(&self, now: i64) -> i64 {
        self.made.at.filter(|&at| at <= now).map_or(self.updated, |at| at.max(self.updated))
    }
}

/// When a volume was created, and its number: a total order.
pub(super) type Age = (i64, u64);
