//! What is legal in a manifest and worth a look.

use super::found::Subject;
use crate::volume::{Excerpt, Key, KeyOrAddress, Slot, VolumeType};

/// What is legal and worth a look. A plan keeps it: in JSON the case is `problem`, which stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Remark {
    /// The fraction of a number is cut off.
    NumberCut {
        /// What it is of.
        what: Subject,
        /// The number as it is written.
        written: Excerpt,
        /// What is taken.
        taken: u32,
    },
    /// A text holds `${`, which is kept.
    VariableKept {
        /// What it is of.
        what: Subject,
    },
    /// `shareable`, which is read as `multiattach`.
    ShareableDeprecated,
    /// A description is longer than newer documents of the API allow.
    DescriptionLong {
        /// What they allow, in characters.
        most: usize,
        /// What it has.
        length: usize,
    },
    /// A name is longer than newer documents of the API allow.
    NameLong {
        /// What they allow, in characters.
        most: usize,
        /// What it has.
        length: usize,
    },
    /// A type that is not documented is nearly one that is.
    TypeNotDocumented {
        /// The volume.
        volume: Key,
        /// Its type.
        volume_type: VolumeType,
        /// The documented one.
        like: VolumeType,
    },
    /// A region that is not known is nearly one that is.
    RegionNotKnown {
        /// The region.
        region: Excerpt,
        /// The known one.
        like: Excerpt,
    },
    /// A zone is none of the region, and nearly one.
    ZoneNotOfRegion {
        /// The zone.
        zone: Excerpt,
        /// The region.
        region: Excerpt,
        /// What was probably meant.
        like: Excerpt,
    },
    /// A slot is retired that the volume does not have.
    NoSuchSlotRetired {
        /// The slot.
        slot: Slot,
    },
    /// A slot is retired twice.
    SlotRetiredTwice {
        /// The slot.
        slot: Slot,
    },
    /// Known drift is of an address that nothing asks for.
    KnownDriftOfNothing {
        /// The address.
        address: KeyOrAddress,
    },
    /// A line of `import` is about an address that nothing asks for.
    ImportNotDesired {
        /// The address.
        to: KeyOrAddress,
    },
    /// So many more that are not listed.
    MoreWarnings {
        /// How many.
        more: usize,
    },
}

impl Remark {
    /// What stands for the case in JSON: a promise to its readers, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            Remark::NumberCut { .. } => "number_cut",
            Remark::VariableKept { .. } => "variable_kept",
            Remark::ShareableDeprecated => "shareable_deprecated",
            Remark::DescriptionLong { .. } => "description_long",
            Remark::NameLong { .. } => "name_long",
            Remark::TypeNotDocumented { .. } => "type_not_documented",
            Remark::RegionNotKnown { .. } => "region_not_known",
            Remark::ZoneNotOfRegion { .. } => "zone_not_of_region",
            Remark::NoSuchSlotRetired { .. } => "no_such_slot_retired",
            Remark::SlotRetiredTwice { .. } => "slot_retired_twice",
            Remark::KnownDriftOfNothing { .. } => "known_drift_of_nothing",
            Remark::ImportNotDesired { .. } => "import_not_desired",
            Remark::MoreWarnings { .. } => "more_warnings",
        }
    }
}
