//! What the volumes of a key are made as: one specification for each zone that the manifest names.

use crate::volume::{Slot, VolumeSpec, Zone};
use std::sync::Arc;

/// The specifications of a key's volumes, one for each zone, in the order of the manifest. They differ in the zone alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specs {
    first: Arc<VolumeSpec>,
    others: Vec<Arc<VolumeSpec>>,
}

impl Specs {
    /// That specification, and the same in these other zones.
    pub(super) fn new(first: VolumeSpec, other_zones: impl IntoIterator<Item = Zone>) -> Specs {
        let others = other_zones.into_iter().map(|zone| Arc::new(VolumeSpec { zone, ..first.clone() })).collect();
        Specs { first: Arc::new(first), others }
    }

    /// The specification in the first zone. Every field of it but the zone holds for all volumes of the key.
    pub fn common(&self) -> &Arc<VolumeSpec> {
        &self.first
    }

    /// The same with other fields: in the same zones, or in another one alone where the first zone is another one.
    #[must_use]
    pub fn with_common(&self, common: VolumeSpec) -> Specs {
        let keeps_zones = common.zone == self.first.zone;
        let zones: Vec<Zone> = self.others.iter().map(|spec| spec.zone.clone()).filter(|_| keeps_zones).collect();
        Specs::new(common, zones)
    }

    /// All of them, in the order of the manifest.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<VolumeSpec>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What a new volume of that slot is made as: the slots take the zones in turn.
    pub fn of_new(&self, slot: Slot) -> &Arc<VolumeSpec> {
        let turn = (slot.number() as usize - 1) % (1 + self.others.len());
        turn.checked_sub(1).and_then(|turn| self.others.get(turn)).unwrap_or(&self.first)
    }

    /// What the manifest wants of a volume of that slot that exists. It stays in the first of `zones`, in which it lies or
    /// was recorded, that the manifest names; a volume in none of them belongs into the zone of a new one.
    pub fn of_volume<'z>(&self, slot: Slot, zones: impl IntoIterator<Item = &'z str>) -> &Arc<VolumeSpec> {
        zones.into_iter().find_map(|zone| self.in_zone(zone)).unwrap_or_else(|| self.of_new(slot))
    }

    /// The one in that zone. Two zones do not differ by case alone.
    pub fn in_zone(&self, zone: &str) -> Option<&Arc<VolumeSpec>> {
        self.iter().find(|spec| spec.zone.as_str().eq_ignore_ascii_case(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(zones: &[&str]) -> Specs {
        let spec: VolumeSpec =
            serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":40}"#).unwrap();
        let mut zones = zones.iter().map(|zone| Zone::new(*zone).unwrap());
        let first = VolumeSpec { zone: zones.next().unwrap(), ..spec };
        Specs::new(first, zones)
    }

    fn zone_of_new(specs: &Specs, slot: u32) -> &str {
        specs.of_new(Slot::new(slot).unwrap()).zone.as_str()
    }

    #[test]
    fn new_slots_take_the_zones_in_turn() {
        let three = specs(&["a", "b", "c"]);
        let zones: Vec<&str> = (1..=7).map(|slot| zone_of_new(&three, slot)).collect();
        assert_eq!(zones, ["a", "b", "c", "a", "b", "c", "a"]);
        assert_eq!(zone_of_new(&three, u32::MAX), ["a", "b", "c"][(u32::MAX as usize - 1) % 3]);
        let one = specs(&["a"]);
        assert!((1..=5).all(|slot| zone_of_new(&one, slot) == "a"));
    }

    #[test]
    fn a_volume_stays_in_a_zone_of_the_list_and_belongs_into_that_of_its_turn_else() {
        let three = specs(&["a", "b", "c"]);
        let zone = |zones: &[&str]| three.of_volume(Slot::new(2).unwrap(), zones.iter().copied()).zone.to_string();
        assert_eq!(zone(&["c"]), "c");
        assert_eq!(zone(&["C", "a"]), "c", "the first that is named, in whatever case");
        assert_eq!(zone(&["d", "a"]), "a");
        assert_eq!(zone(&["d", ""]), "b");
        assert_eq!(zone(&[]), "b");
    }
}
