//! What does not go together in a manifest as a whole.

use crate::manifest::place::Place;
use crate::volume::{Excerpt, Key};

/// What does not go together, in one file or in several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StackFault {
    /// A key stands twice in one mapping.
    DuplicateKey {
        /// The key.
        key: Excerpt,
        /// Where it stands first.
        first: Place,
    },
    /// A section stands in two files.
    DuplicateSection {
        /// Its name.
        section: &'static str,
        /// Where it stands first.
        first: Place,
    },
    /// A volume stands in two files.
    DuplicateVolume {
        /// Its key.
        key: Excerpt,
        /// Where it stands first.
        first: Place,
    },
    /// Two volumes get one name in the cloud.
    DuplicateName {
        /// The name.
        name: Excerpt,
        /// The key of the one that stands first.
        key: Key,
        /// Where its name is decided.
        first: Place,
    },
    /// `state` is no folder's path.
    StateNoPath(Excerpt),
    /// `state` is not relative.
    StateNotRelative(Excerpt),
    /// There is nothing behind `volumes:`.
    VolumesNothing,
    /// `volumes` is a list.
    VolumesList,
    /// A list of `limits` allows nothing.
    AllowsNothing {
        /// Its field.
        field: &'static str,
    },
    /// The stack holds more volumes than it may.
    TooManyVolumes {
        /// How many it holds with the one that is too many.
        volumes: u64,
        /// How many it may.
        most: u32,
    },
}

impl StackFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            StackFault::DuplicateKey { .. } => "duplicate_key",
            StackFault::DuplicateSection { .. } => "duplicate_section",
            StackFault::DuplicateVolume { .. } => "duplicate_volume",
            StackFault::DuplicateName { .. } => "duplicate_name",
            StackFault::StateNoPath(_) => "state_no_path",
            StackFault::StateNotRelative(_) => "state_not_relative",
            StackFault::VolumesNothing => "volumes_empty",
            StackFault::VolumesList => "volumes_list",
            StackFault::AllowsNothing { .. } => "limit_allows_nothing",
            StackFault::TooManyVolumes { .. } => "too_many_volumes",
        }
    }
}
