//! What an extension asks for: that volumes become larger, each to a size of its own.

use crate::observed::{ObservedVolume, Status};
use crate::volume::{Address, SizeGb, VolumeId};
use std::collections::BTreeMap;

/// How many volumes one batch call extends at the most.
pub const MAX_BATCH: usize = 100;

/// One extend call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// The volumes, each with the size that it shall have.
    pub volumes: BTreeMap<Address, Growth>,
    /// By which call.
    pub way: Way,
}

/// What one volume of an extension becomes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// Which volume.
    pub id: VolumeId,
    /// The size in GB that manifest and cloud agreed on; `None` where none was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<SizeGb>,
    /// The size in GB that it has now, as far as known.
    pub from: u32,
    /// The size that it shall have.
    pub to: SizeGb,
}

/// By which call volumes are extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One volume that is paid by use.
    Single,
    /// Several that are paid by use, in one call.
    Batch,
    /// One prepaid volume, by an order.
    Order {
        /// Whether the order pays itself.
        auto_pay: bool,
    },
}

impl Way {
    /// Whether the call makes an order.
    pub fn is_order(self) -> bool {
        self.pays_itself().is_some()
    }

    /// Whether the order that the call makes pays itself; `None` where it makes none.
    pub fn pays_itself(self) -> Option<bool> {
        match self {
            Way::Single | Way::Batch => None,
            Way::Order { auto_pay } => Some(auto_pay),
        }
    }
}

impl Extend {
    /// One volume alone, by a call of its own.
    pub fn single(address: Address, growth: Growth) -> Extend {
        Extend { volumes: BTreeMap::from([(address, growth)]), way: Way::Single }
    }
}

impl Growth {
    /// Whether a volume shows that its extension has begun, whatever became of it.
    pub fn has_begun(&self, volume: &ObservedVolume) -> bool {
        volume.size >= self.to.gb() || matches!(volume.status, Status::Extending | Status::ErrorExtending)
    }
}
