//! A rate that was chosen for a volume, as its answers show it.

use super::tolerant::text_map;
use serde::{Deserializer, Serialize};

/// Operations a second, or MiB a second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// What it means is not documented.
    pub frozened: bool,
    /// Identity of the volume.
    pub id: String,
    /// The rate itself.
    pub total_val: u32,
}

/// Reads a rate, of which only the number is kept.
pub(super) fn maybe_rate<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Rate>, D::Error> {
    let total = text_map(from)?.get("total_val").and_then(|total| total.trim().parse().ok());
    Ok(total.map(|total_val| Rate { total_val, ..Rate::default() }))
}
