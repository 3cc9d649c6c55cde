//! Bodies about tags.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Body of `POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", content = "tags", rename_all = "lowercase")]
pub enum TagsAction {
    /// Adds tags, or gives those that are there another value.
    Create(Vec<Tag>),
    /// Takes tags off. One that is not there is no error.
    Delete(Vec<TagKey>),
}

/// A tag that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value, which may be empty.
    pub value: String,
}

/// A tag that is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagKey {
    /// Its key.
    pub key: String,
}

impl TagsAction {
    /// That these tags are set.
    pub fn set(tags: &BTreeMap<String, String>) -> TagsAction {
        TagsAction::Create(tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect())
    }

    /// That these are taken off.
    pub fn remove(keys: &BTreeSet<String>) -> TagsAction {
        TagsAction::Delete(keys.iter().map(|key| TagKey { key: key.clone() }).collect())
    }
}
