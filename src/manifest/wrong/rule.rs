//! What does not go together in a volume.

use crate::manifest::place::Place;
use crate::volume::{Excerpt, Key, MetadataFault, ServerId, VolumeType};

/// What of a volume does not go together, after defaults are merged in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RuleFault {
    /// A tag of evsctl's own.
    OwnTag {
        /// Its key.
        key: Excerpt,
    },
    /// A tag has the value of an ownership tag.
    OwnerValue {
        /// Its key.
        key: Excerpt,
    },
    /// More tags than there is room for.
    TooManyTags {
        /// How many there may be.
        room: usize,
        /// How many there are.
        tags: usize,
    },
    /// Several volumes from one backup.
    SeveralFromBackup {
        /// How many.
        count: u32,
    },
    /// Two sources.
    TwoSources {
        /// The field of the one that stands first.
        first: &'static str,
        /// The field of the other.
        second: &'static str,
    },
    /// A name that leaves no room for the suffix.
    NameOfSeveralTooLong {
        /// How many volumes get it.
        count: u32,
        /// How many bytes it may have.
        most: usize,
        /// How many it has.
        bytes: usize,
        /// How many the suffix takes.
        suffix: usize,
    },
    /// A type that is a documented one in another case.
    TypeMisspelt {
        /// The volume.
        volume: Key,
        /// Its type.
        volume_type: VolumeType,
        /// The documented one.
        known: &'static str,
    },
    /// A zone that `limits` does not allow.
    ZoneNotAllowed {
        /// The zone.
        zone: Excerpt,
        /// The zones that are allowed.
        allowed: Vec<String>,
        /// Where `limits` says so.
        place: Place,
    },
    /// A volume type that `limits` does not allow.
    TypeNotAllowed {
        /// The type.
        volume_type: Excerpt,
        /// The types that are allowed.
        allowed: Vec<String>,
        /// Where `limits` says so.
        place: Place,
    },
    /// A rate that cannot be chosen for the type.
    RateNotChosen {
        /// The volume.
        volume: Key,
        /// Its type.
        volume_type: VolumeType,
        /// The field of the rate.
        rate: &'static str,
    },
    /// A rate that the type needs.
    RateNeeded {
        /// The volume.
        volume: Key,
        /// Its type.
        volume_type: VolumeType,
        /// The field of the rate.
        rate: &'static str,
    },
    /// A type that is never prepaid.
    TypeNotPrepaid {
        /// The volume.
        volume: Key,
        /// Its type.
        volume_type: VolumeType,
    },
    /// Prepaid, and paid as its server is.
    PaidAsServer {
        /// The volume.
        volume: Key,
        /// Its server.
        server: ServerId,
    },
    /// A system disk that is shared.
    SystemDiskShared {
        /// The volume.
        volume: Key,
    },
    /// What the create call of Open Telekom Cloud cannot make.
    CallNotDocumented {
        /// The volume.
        volume: Key,
    },
    /// A key of encryption without encryption.
    KeyWithoutEncryption,
    /// Metadata that does not go with the source.
    MetadataOfSource {
        /// The volume.
        volume: Key,
        /// Why.
        fault: MetadataFault,
    },
}

impl RuleFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            RuleFault::OwnerValue { .. } => "ownership_value",
            RuleFault::OwnTag { .. } => "ownership_tag_taken",
            RuleFault::TooManyTags { .. } => "too_many_tags",
            RuleFault::SeveralFromBackup { .. } => "several_from_backup",
            RuleFault::TwoSources { .. } => "several_sources",
            RuleFault::NameOfSeveralTooLong { .. } => "name_too_long",
            RuleFault::TypeMisspelt { .. } => "type_misspelt",
            RuleFault::ZoneNotAllowed { .. } => "zone_not_allowed",
            RuleFault::TypeNotAllowed { .. } => "type_not_allowed",
            RuleFault::RateNotChosen { .. } => "rate_not_chosen",
            RuleFault::RateNeeded { .. } => "rate_needed",
            RuleFault::TypeNotPrepaid { .. } => "type_not_prepaid",
            RuleFault::PaidAsServer { .. } => "prepaid_for_server",
            RuleFault::SystemDiskShared { .. } => "system_disk_shared",
            RuleFault::CallNotDocumented { .. } => "create_api_not_documented",
            RuleFault::KeyWithoutEncryption => "key_without_encryption",
            RuleFault::MetadataOfSource { fault, .. } => fault.code(),
        }
    }
}
