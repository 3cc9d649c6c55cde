//! The volumes of a project, as one list showed them.

use super::ObservedVolume;
use crate::volume::VolumeId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Every volume of a project, as one complete list showed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The volumes.
    pub volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// When its first page was answered, by the service's own clock: what had happened by then and shows in lists
    /// is in it.
    pub dated: Option<Timestamp>,
    /// Whether it was read until nothing came behind its last volume, and is no shorter than its answers say: only
    /// then is what it does not show absent from it.
    pub whole: bool,
    /// How many volumes its answers say that there are, where that is more than it shows.
    pub missing_of: Option<u64>,
}
