//! The items of `known_drift`, so that the one about a field of a volume is found at once.

use crate::manifest::{KnownDrift, KnownField};
use crate::volume::{Address, Key, KeyOrAddress, Slot};
use std::collections::HashMap;

/// The items by key, field and slot; those without a slot are about all volumes of their key.
#[derive(Debug, Default)]
pub(super) struct KnownItems<'a>(HashMap<(&'a Key, KnownField, Option<Slot>), &'a KnownDrift>);

impl<'a> KnownItems<'a> {
    pub(super) fn of(known: &'a [KnownDrift]) -> KnownItems<'a> {
        let slot = |item: &KnownDrift| match &item.what {
            KeyOrAddress::Key(_) => None,
            KeyOrAddress::Address(address) => Some(address.slot),
        };
        KnownItems(known.iter().map(|item| ((item.what.key(), item.field, slot(item)), item)).collect())
    }

    /// The item about that field of that volume.
    pub(super) fn about(&self, address: &Address, field: KnownField) -> Option<&'a KnownDrift> {
        let of = |slot| self.0.get(&(&address.key, field, slot)).copied();
        of(Some(address.slot)).or_else(|| of(None))
    }
}
