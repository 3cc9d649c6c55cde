//! What a plan needs to know before it is carried out, and what came of asking for it.

use super::fact::Fact;
use super::quota::Quota;
use super::source::{Backup, Image, Snapshot};
use super::volume_type::Type;
use super::zone::Zone;
use crate::volume::{SourceId, SourceKind};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The zones and the volume types, for volumes that are made.
    pub placement: bool,
    /// The quotas, for volumes that are made or become larger.
    pub quotas: bool,
    /// The sources, for volumes that are made from one.
    pub sources: BTreeSet<(SourceKind, SourceId)>,
}

impl Needs {
    /// Whether nothing has to be asked.
    pub fn is_empty(&self) -> bool {
        *self == Needs::default()
    }
}

/// What came of asking for it. Of a source that is known not to be there, nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The zones.
    pub zones: Fact<Vec<Zone>>,
    /// The volume types.
    pub types: Fact<Vec<Type>>,
    /// Limits and use, by entry.
    pub quotas: Fact<BTreeMap<String, Quota>>,
    /// The snapshots.
    pub snapshots: BTreeMap<SourceId, Fact<Option<Snapshot>>>,
    /// The images.
    pub images: BTreeMap<SourceId, Fact<Option<Image>>>,
    /// The backups.
    pub backups: BTreeMap<SourceId, Fact<Option<Backup>>>,
}
