//! What the manifest and the cloud last agreed on for a volume.

use super::seen::Seen;
use crate::volume::{Description, SizeGb, VolumeSpec, VolumeType};
use std::sync::Arc;

/// What the manifest and the cloud last agreed on, field by field: what a manifest asks for otherwise is a wish, and what the
/// cloud shows otherwise is drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The name in the cloud.
    pub name: String,
    /// Every other field.
    pub spec: Arc<VolumeSpec>,
}

impl Base {
    /// The base that a volume begins with; `tainted` is whether it does not count as what was asked for.
    pub fn first(asked: Arc<VolumeSpec>, seen: &Seen, tainted: bool) -> Base {
        if tainted { Base::as_asked(asked, seen) } else { Base::of(asked, seen) }
    }

    /// The base of a volume that was asked for and first seen so: name, description, type and size are those that the cloud
    /// shows, and all else is what was asked for.
    pub fn of(asked: Arc<VolumeSpec>, seen: &Seen) -> Base {
        let mut spec = asked;
        let description = seen.description.as_deref().filter(|text| !text.is_empty());
        // A text that is longer than the API allows cannot be asked for.
        if description != spec.shown_description()
            && let Ok(description) = description.map(Description::new).transpose()
        {
            Arc::make_mut(&mut spec).description = description;
        }
        if let Ok(size) = SizeGb::new(seen.size)
            && spec.size != Some(size)
        {
            Arc::make_mut(&mut spec).size = Some(size);
        }
        if !seen.volume_type.eq_ignore_ascii_case(spec.volume_type.as_str())
            && let Ok(volume_type) = VolumeType::new(seen.volume_type.as_str())
        {
            Arc::make_mut(&mut spec).volume_type = volume_type;
        }
        Base { name: seen.name.clone(), spec }
    }

    /// The base of a volume that does not count as what was asked for: nothing was agreed on but that.
    fn as_asked(asked: Arc<VolumeSpec>, seen: &Seen) -> Base {
        Base { name: seen.name.clone(), spec: asked }
    }
}
