//! A standard snapshot.

use super::row::{Named, Row};
use crate::simulator::snapshot::State;
use crate::simulator::volume::Volume;
use crate::volume::Metadata;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A day, in microseconds.
pub(super) const DAY: i64 = 24 * 3600 * 1_000_000;

/// A snapshot as it was asked for, and how it is doing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::simulator) struct Snapshot {
    pub(in crate::simulator) id: Uuid,
    pub(in crate::simulator) of: Of,
    pub(in crate::simulator) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::simulator) tags: BTreeMap<String, String>,
    pub(in crate::simulator) enterprise_project_id: String,
    pub(in crate::simulator) instant_access: bool,
    /// As it was asked for; once it is kept, whether it is: the first one of a chain is full whatever was asked for.
    pub(in crate::simulator) incremental: bool,
    /// Without it, it is kept until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) retention_days: Option<u32>,
    /// The group that it was taken for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) group: Option<Uuid>,
    #[serde(default)]
    pub(in crate::simulator) origin: Origin,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(in crate::simulator) created: i64,
    #[serde(skip)]
    pub(in crate::simulator) updated: i64,
    #[serde(skip)]
    pub(in crate::simulator) state: State,
    /// Whether its volume is being rolled back to it.
    #[serde(skip)]
    pub(in crate::simulator) rolling_back: bool,
}

/// What a snapshot must know of its volume, which it may outlive; all as it was then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::simulator) struct Of {
    pub(in crate::simulator) volume: Uuid,
    pub(in crate::simulator) zone: String,
    /// The quota counts by it.
    pub(in crate::simulator) volume_type: String,
    /// GB.
    pub(in crate::simulator) size: u32,
    /// What a volume that is made from it inherits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::simulator) metadata: BTreeMap<String, String>,
}

/// Who took it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::simulator) enum Origin {
    /// A call.
    #[default]
    User,
    /// A policy.
    Auto,
}

impl Origin {
    /// As the API spells it. It has a third word, for copies, which nothing makes here.
    pub(super) fn word(self) -> &'static str {
        match self {
            Origin::User => "user",
            Origin::Auto => "auto",
        }
    }
}

impl Of {
    /// What a snapshot that is taken now must know.
    pub(in crate::simulator) fn volume(of: &Volume) -> Of {
        let inherited = [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH];
        let metadata = of.spec.metadata.iter().filter(|(key, _)| inherited.contains(&key.as_str()));
        Of {
            volume: of.id,
            zone: of.spec.zone.clone(),
            volume_type: of.spec.volume_type.clone(),
            size: of.size,
            metadata: metadata.map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }

    /// The key that the volume was encrypted with.
    pub(super) fn key(&self) -> Option<&str> {
        let encrypted = self.metadata.get(Metadata::ENCRYPTED).is_some_and(|it| it == "1");
        self.metadata.get(Metadata::CMK_ID).map(String::as_str).filter(|_| encrypted)
    }
}

impl Snapshot {
    /// Its status word.
    pub(in crate::simulator) fn word(&self) -> &'static str {
        if self.rolling_back { "rollbacking" } else { self.state.word() }
    }

    /// When it goes of itself.
    pub(in crate::simulator) fn retention_end(&self) -> Option<i64> {
        self.retention_days.map(|days| self.created.saturating_add(i64::from(days).saturating_mul(DAY)))
    }
}

impl Row for Snapshot {
    fn id(&self) -> Uuid {
        self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn status(&self) -> Option<&str> {
        Some(self.word())
    }

    fn size(&self) -> u32 {
        self.of.size
    }
}

impl Named for Snapshot {
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
