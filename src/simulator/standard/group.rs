//! A group: snapshots of several volumes that were taken at one time.

use super::row::{Named, Row};
use crate::simulator::snapshot::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A group as it was asked for, and how it is doing. Its snapshots name it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::simulator) struct Group {
    pub(in crate::simulator) id: Uuid,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::simulator) tags: BTreeMap<String, String>,
    pub(super) enterprise_project_id: String,
    /// The server whose volumes they are, where it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server_id: Option<String>,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(in crate::simulator) created: i64,
    #[serde(skip)]
    pub(in crate::simulator) updated: i64,
    #[serde(skip)]
    pub(in crate::simulator) state: State,
}

impl Group {
    /// Gives it new words; what is missing stays.
    pub(in crate::simulator) fn reword(&mut self, at: i64, name: Option<&String>, description: Option<&String>) {
        if let Some(name) = name {
            self.name.clone_from(name);
        }
        if let Some(description) = description {
            self.description = Some(description.clone());
        }
        self.updated = at;
    }
}

impl Row for Group {
    fn id(&self) -> Uuid {
        self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn status(&self) -> Option<&str> {
        Some(self.state.word())
    }
}

impl Named for Group {
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
