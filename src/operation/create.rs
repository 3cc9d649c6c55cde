//! What a create asks for.

use crate::volume::{Address, CreateApi, Key, Slot, SlotSet, VolumeId, VolumeName, VolumeSpec, service_name};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One create call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// The volumes' key.
    pub key: Key,
    /// The slots, in the order in which the service numbers them, each with its name in the end.
    pub slots: BTreeMap<Slot, VolumeName>,
    /// The name in the call: the whole name where it is for one volume, else the base.
    pub name: VolumeName,
    /// What each volume is made as.
    pub spec: Arc<VolumeSpec>,
    /// Which form of the call makes it.
    #[serde(default, skip_serializing_if = "CreateApi::is_usual")]
    pub api: CreateApi,
    /// The recorded volumes that are gone and whose place its volumes take: to make those anew needs consent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gone: BTreeMap<Slot, VolumeId>,
}

impl Create {
    /// Whether it takes the place of volumes that are gone.
    pub fn is_again(&self) -> bool {
        !self.gone.is_empty()
    }

    /// The slots that it fills.
    pub fn slot_set(&self) -> SlotSet {
        self.slots.keys().copied().collect()
    }

    /// Where the volume of one of its slots is recorded.
    pub fn address(&self, slot: Slot) -> Address {
        Address { key: self.key.clone(), slot }
    }

    /// Whether it is about that address.
    pub fn covers(&self, address: &Address) -> bool {
        self.key == address.key && self.slots.contains_key(&address.slot)
    }

    /// The slots whose name the service will not give by itself, with the name it will give.
    pub fn renames(&self) -> impl Iterator<Item = (Slot, String)> + '_ {
        let single = self.slots.len() == 1;
        (1u32..).zip(&self.slots).filter_map(move |(number, (slot, wanted))| {
            let given = if single { self.name.to_string() } else { service_name(self.name.as_str(), number) };
            (given != wanted.as_str()).then_some((*slot, given))
        })
    }
}
