//! How a recorded volume looked.

use crate::observed::{ObservedVolume, Status};

/// What a volume looked like when last seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Name.
    pub name: String,
    /// Description; absent when none was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The cloud's status word.
    pub status: Status,
    /// GB.
    pub size: u32,
    /// Type.
    pub volume_type: String,
    /// Zone.
    pub availability_zone: String,
}

impl From<&ObservedVolume> for Seen {
    fn from(volume: &ObservedVolume) -> Seen {
        Seen {
            name: volume.name.clone(),
            description: volume.description.clone(),
            status: volume.status.clone(),
            size: volume.size,
            volume_type: volume.volume_type.clone(),
            availability_zone: volume.availability_zone.clone(),
        }
    }
}
