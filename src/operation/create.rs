//! What a create asks for.

use crate::volume::{Address, CreateApi, Key, Slot, SlotSet, VolumeId, VolumeName, VolumeSpec, service_name};
use std::collections::{BTreeMap, BTreeSet};
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

    /// The same where its volumes have other addresses. It stays one call of one key whose slots keep their order, since the
    /// service's numbers follow that; `None` where it would not.
    pub fn moved(&self, to: &BTreeMap<Address, Address>) -> Option<Create> {
        let place = |slot: &Slot| {
            let address = self.address(*slot);
            to.get(&address).cloned().unwrap_or(address)
        };
        let places: Vec<Address> = self.slots.keys().map(place).collect();
        let key = places.first()?.key.clone();
        let follows = |pair: &[Address]| matches!(pair, [one, next] if one.slot < next.slot);
        if places.iter().any(|place| place.key != key) || !places.windows(2).all(follows) {
            return None;
        }
        let numbers: BTreeMap<Slot, Slot> = self.slots.keys().copied().zip(places.iter().map(|at| at.slot)).collect();
        let named = |(slot, name): (&Slot, &VolumeName)| Some((*numbers.get(slot)?, name.clone()));
        let gone = |(slot, id): (&Slot, &VolumeId)| Some((*numbers.get(slot)?, id.clone()));
        let (slots, gone) =
            (self.slots.iter().filter_map(named).collect(), self.gone.iter().filter_map(gone).collect());
        Some(Create { key, slots, gone, ..self.clone() })
    }

    /// The same for some of its slots: what is to be made anew of a create that did not happen for them. `by_service` is
    /// whether the service's numbers count for the names of those that are made together.
    #[must_use]
    pub fn again(&self, slots: &BTreeSet<Slot>, by_service: bool) -> Create {
        let named = |(number, slot): (u32, &Slot)| {
            let given = |number: u32| VolumeName::new(service_name(self.name.as_str(), number)).ok();
            let name = match (by_service && self.slots.len() > 1, slots.len()) {
                (true, 1) => given(slot.number()),
                (true, _) => given(number),
                (false, _) => None,
            };
            // What is named by its slot keeps that name; and so does one that would be too long.
            Some((*slot, name.or_else(|| self.slots.get(slot).cloned())?))
        };
        let named: BTreeMap<Slot, VolumeName> = (1..).zip(slots).filter_map(named).collect();
        let name = match (named.len(), named.values().next()) {
            (1, Some(name)) => name.clone(),
            _ => self.name.clone(),
        };
        let gone = self.gone.iter().filter(|(slot, _)| named.contains_key(slot));
        Create { gone: gone.map(|(slot, id)| (*slot, id.clone())).collect(), slots: named, name, ..self.clone() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn create(slots: &[u32], names: &[&str]) -> Create {
        let name = |text: &&str| VolumeName::new(*text).unwrap();
        let slots = slots.iter().map(|slot| Slot::new(*slot).unwrap());
        let gone = slots.clone().map(|slot| (slot, VolumeId::new(format!("gone-{slot}")).unwrap())).collect();
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name_of_call = if names.len() == 1 { name(&names[0]) } else { name(&"web") };
        Create {
            key: Key::new("web").unwrap(),
            slots: slots.zip(names.iter().map(name)).collect(),
            name: name_of_call,
            spec: Arc::new(spec),
            api: Default::default(),
            gone,
        }
    }

    #[test]
    fn a_call_moves_as_a_whole_or_not_at_all() {
        let two = create(&[2, 5], &["web-0002", "web-0005"]);
        let moved = |pairs: &[(&str, &str)]| {
            let parsed = pairs.iter().map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
            two.moved(&parsed.collect())
        };
        let whole = moved(&[("web[2]", "db[1]"), ("web[5]", "db[5]")]).unwrap();
        assert_eq!((whole.key.as_str(), whole.slot_set().to_string().as_str()), ("db", "1,5"));
        assert_eq!((&whole.name, whole.slots.values().collect::<Vec<_>>()), (&two.name, two.slots.values().collect()));
        assert_eq!(whole.gone.values().collect::<Vec<_>>(), two.gone.values().collect::<Vec<_>>());
        assert_eq!(moved(&[("web[2]", "db[1]")]), None, "half of it");
        assert_eq!(moved(&[("web[2]", "db[7]"), ("web[5]", "db[5]")]), None, "out of its order");
        assert_eq!(moved(&[("other[1]", "db[1]")]), Some(two.clone()));
    }

    #[test]
    fn what_is_made_anew_has_the_names_that_a_new_plan_would_give() {
        let set = |slots: &[u32]| slots.iter().map(|slot| Slot::new(*slot).unwrap()).collect::<BTreeSet<_>>();
        let three = create(&[2, 5, 7], &["web-0002", "web-0005", "web-0007"]);
        assert_eq!(three.again(&set(&[2, 5, 7]), false), three);
        let two = three.again(&set(&[5, 7]), false);
        assert_eq!((&two.name, two.renames().count()), (&three.name, 2));
        assert_eq!(two.gone.keys().copied().collect::<BTreeSet<_>>(), set(&[5, 7]));
        // One alone carries its whole name into the call.
        let one = three.again(&set(&[7]), false);
        assert_eq!((one.name.as_str(), one.renames().count()), ("web-0007", 0));
        // Where the service's numbers count, those that are made together are numbered anew.
        let counted = create(&[2, 5, 7], &["web-0001", "web-0002", "web-0003"]);
        let two = counted.again(&set(&[5, 7]), true);
        assert_eq!(two.slots.values().map(VolumeName::as_str).collect::<Vec<_>>(), ["web-0001", "web-0002"]);
        assert_eq!(counted.again(&set(&[7]), true).name.as_str(), "web-0007");
        let single = create(&[1], &["web"]);
        assert_eq!((single.again(&set(&[1]), true), single.again(&set(&[1]), false)), (single.clone(), single));
    }
}
