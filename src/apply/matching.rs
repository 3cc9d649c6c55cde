//! Pure: which volume of a call is which slot. Ids are the identity; names only order them.

use crate::volume::{Slot, VolumeId, VolumeName, slot_of_service_name};
use std::collections::{BTreeMap, BTreeSet};

/// One way to tell a volume's slot from its id and name.
type Rule<'a> = &'a dyn Fn(&VolumeId, &str) -> Option<Slot>;

/// Gives every volume a slot of the call, as far as there are slots: by the number in the name that the
/// service gave, then by the name it shall have in the end, and the rest in the order of their ids.
///
/// `free` are the slots that may be taken; the places in the call count over all of `slots`. `known` are volumes
/// whose slot an earlier run recorded. While not `all` are known, only numbers and names tell.
pub(super) fn assign(
    slots: &BTreeMap<Slot, VolumeName>,
    free: &BTreeMap<Slot, VolumeName>,
    base: &VolumeName,
    known: &BTreeMap<VolumeId, Slot>,
    volumes: &BTreeMap<VolumeId, String>,
    all: bool,
) -> BTreeMap<Slot, VolumeId> {
    let order: Vec<Slot> = slots.keys().copied().collect();
    let by_name: BTreeMap<&str, Slot> = slots.iter().map(|(slot, name)| (name.as_str(), *slot)).collect();
    let mut taken: BTreeMap<Slot, VolumeId> = BTreeMap::new();
    let mut left: BTreeSet<&VolumeId> = volumes.keys().collect();
    let numbered = |name: &str| {
        let number = slot_of_service_name(base.as_str(), name)?;
        order.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    };
    let rules: [Rule<'_>; 3] = [
        &|id, _| known.get(id).copied().filter(|slot| slots.contains_key(slot)),
        &|_, name| numbered(name),
        &|_, name| by_name.get(name).copied(),
    ];
    for rule in rules {
        for id in left.clone() {
            let name = volumes.get(id).map_or("", String::as_str);
            let is_open = |slot: &Slot| free.contains_key(slot) && !taken.contains_key(slot);
            if let Some(slot) = rule(id, name).filter(is_open) {
                taken.insert(slot, id.clone());
                left.remove(id);
            }
        }
    }
    if !all && slots.len() > 1 {
        return taken;
    }
    let rest: Vec<Slot> = free.keys().copied().filter(|slot| !taken.contains_key(slot)).collect();
    for (slot, id) in rest.into_iter().zip(left) {
        taken.insert(slot, id.clone());
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(slots: &[u32], volumes: &[(&str, &str)], expected: &[(u32, &str)]) {
        let slot = |n: u32| Slot::new(n).unwrap();
        let slots = slots.iter().map(|&n| (slot(n), VolumeName::new(format!("web-{n:04}")).unwrap())).collect();
        let volumes = volumes.iter().map(|(id, name)| (VolumeId::new(*id).unwrap(), (*name).to_owned())).collect();
        let assigned = assign(&slots, &slots, &VolumeName::new("web").unwrap(), &BTreeMap::new(), &volumes, true);
        let expected = expected.iter().map(|(n, id)| (slot(*n), VolumeId::new(*id).unwrap())).collect();
        assert_eq!(assigned, expected);
    }

    #[test]
    fn the_suffix_is_the_place_in_the_call() {
        check(&[1, 2], &[("a", "web-0002"), ("b", "web-0001")], &[(1, "b"), (2, "a")]);
        check(&[4, 7], &[("a", "web-0002"), ("b", "web-0001")], &[(4, "b"), (7, "a")]);
    }

    #[test]
    fn odd_names_fill_what_is_left() {
        check(&[1, 2, 3], &[("a", "x"), ("b", "web-0002"), ("c", "")], &[(1, "a"), (2, "b"), (3, "c")]);
        check(&[1, 2], &[("a", "web-0001"), ("b", "web-0001")], &[(1, "a"), (2, "b")]);
        check(&[5], &[("a", "web-0005")], &[(5, "a")]);
        check(&[1], &[("a", "p"), ("b", "q")], &[(1, "a")]);
    }

    #[test]
    fn while_not_all_are_known_only_numbers_and_names_tell() {
        let slot = |n: u32| Slot::new(n).unwrap();
        let slots = (1..=3).map(|n| (slot(n), VolumeName::new(format!("web-{n:04}")).unwrap())).collect();
        let volume = |id: &str, name: &str| (VolumeId::new(id).unwrap(), name.to_owned());
        let volumes = [volume("a", "x"), volume("b", "web-0002")].into();
        let assigned = assign(&slots, &slots, &VolumeName::new("web").unwrap(), &BTreeMap::new(), &volumes, false);
        assert_eq!(assigned, [(slot(2), VolumeId::new("b").unwrap())].into());
    }

    #[test]
    fn what_was_recorded_stays() {
        let slot = |n: u32| Slot::new(n).unwrap();
        let slots =
            [(slot(1), VolumeName::new("web-0001").unwrap()), (slot(2), VolumeName::new("web-0002").unwrap())].into();
        let (a, b) = (VolumeId::new("a").unwrap(), VolumeId::new("b").unwrap());
        let volumes = [(a.clone(), "web-0001".to_owned()), (b.clone(), "web-0002".to_owned())].into();
        let known = [(a.clone(), slot(2))].into();
        let assigned = assign(&slots, &slots, &VolumeName::new("web").unwrap(), &known, &volumes, true);
        assert_eq!(assigned, [(slot(1), b), (slot(2), a)].into());
    }
}
