//! What is wrong with a line of `import`.

use crate::manifest::place::Place;
use crate::volume::{Address, Key, VolumeId};

/// Why a line that takes a volume into the stack does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImportFault {
    /// A key has several slots, and the line does not say which of them is meant.
    SeveralSlots {
        /// The key.
        key: Key,
        /// Its `count`.
        count: u32,
    },
    /// Two lines give one address a volume.
    AddressTwice {
        /// The address.
        address: Address,
        /// Where the first line stands.
        first: Place,
    },
    /// Two lines take one volume.
    VolumeTwice {
        /// The volume.
        id: VolumeId,
        /// Where the first line stands.
        first: Place,
    },
}

impl ImportFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            ImportFault::SeveralSlots { .. } => "import_several_slots",
            ImportFault::AddressTwice { .. } => "import_address_twice",
            ImportFault::VolumeTwice { .. } => "import_volume_twice",
        }
    }
}
