//! What is wrong with the fields of a volume, each by itself.

use crate::manifest::found::{Found, Kind};
use crate::manifest::place::Place;
use crate::volume::Excerpt;

/// What is wrong with a field of a volume, apart from values of common types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VolumeFault {
    /// It is not a mapping.
    NotMapping {
        /// Its key.
        key: Excerpt,
        /// What it is.
        found: Found,
    },
    /// A field that has no default.
    NoDefault {
        /// The field.
        field: &'static str,
    },
    /// `retire` among the defaults.
    RetireInDefaults,
    /// `expires` among the defaults: one line would give up all volumes.
    ExpiresInDefaults,
    /// `lifecycle.ignore` names what is no field.
    NotIgnorable {
        /// What it names.
        found: Found,
        /// What was probably meant.
        near: Option<&'static str>,
        /// What can be ignored.
        legal: Vec<&'static str>,
    },
    /// `availability_zone` is an empty list.
    NoZones,
    /// `availability_zone` lists more zones than it may.
    TooManyZones {
        /// How many it lists.
        zones: usize,
        /// How many it may.
        most: usize,
    },
    /// `availability_zone` lists a zone twice.
    ZoneTwice {
        /// The zone.
        zone: Excerpt,
        /// Where it stands first.
        first: Place,
    },
    /// `shareable` and `multiattach` contradict each other.
    SharedOtherwise {
        /// What `shareable` says.
        shareable: bool,
        /// What `multiattach` says.
        multiattach: bool,
    },
    /// A metadata value that is null.
    MetadataNull {
        /// Its key.
        key: Excerpt,
    },
    /// A metadata key that does not exist.
    MetadataKey {
        /// The key.
        key: Excerpt,
        /// The one that was probably meant.
        near: Option<&'static str>,
    },
    /// `tags` is a list.
    TagsList,
    /// A tag without a value.
    TagNull {
        /// Its key.
        key: Excerpt,
    },
    /// A tag whose value is not text.
    TagNotText {
        /// What it is.
        found: Kind,
    },
}

impl VolumeFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            VolumeFault::NotMapping { .. } => "volume_not_mapping",
            VolumeFault::NoDefault { .. } => "field_without_default",
            VolumeFault::RetireInDefaults => "retire_in_defaults",
            VolumeFault::ExpiresInDefaults => "expires_in_defaults",
            VolumeFault::NotIgnorable { .. } => "field_not_ignorable",
            VolumeFault::NoZones => "zones_empty",
            VolumeFault::TooManyZones { .. } => "too_many_zones",
            VolumeFault::ZoneTwice { .. } => "zone_twice",
            VolumeFault::SharedOtherwise { .. } => "shareable_contradicts_multiattach",
            VolumeFault::MetadataNull { .. } => "metadata_null",
            VolumeFault::MetadataKey { .. } => "metadata_key_unknown",
            VolumeFault::TagsList => "tags_list",
            VolumeFault::TagNull { .. } => "tag_null",
            VolumeFault::TagNotText { .. } => "tag_not_text",
        }
    }
}
