//! What calls change of a volume at once, without a job: its metadata, its flags, who holds it, and where it is attached.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A change of one volume, as the data file keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    /// All metadata as it is from now on.
    Metadata(BTreeMap<String, String>),
}
