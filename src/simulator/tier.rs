//! What a retype and a change of rates replace of a volume.

use serde::{Deserialize, Serialize};

/// A volume's type, and the rates that it has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tier {
    pub(super) volume_type: String,
    pub(super) rates: Rates,
}

/// The rates that a type lets its caller choose; the others are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rates {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iops: Option<u32>,
    /// MiB/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) throughput: Option<u32>,
}
