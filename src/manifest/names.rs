//! No two volumes of a stack may get one cloud name, which is what a lost state is rebuilt by, unless both say that it may
//! repeat.

use super::report::Report;
use super::rules::CheckedVolume;
use super::wrong::StackFault;
use crate::volume::{Excerpt, Key, Slot, slot_name, slot_of_service_name};
use std::collections::HashMap;

/// Reports every volume that gets a name which another one has.
///
/// A name of several ends in a hyphen and digits, so two of them can be equal only where their bases
/// are: it is enough to compare each single name with the base before its last hyphen.
pub(super) fn check(volumes: &[(Key, CheckedVolume)], report: &mut Report<'_>) {
    let mut singles: HashMap<&str, usize> = HashMap::with_capacity(volumes.len());
    let mut several: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut clashes: Vec<(usize, usize, String)> = Vec::new();
    for (index, (_, checked)) in volumes.iter().enumerate() {
        let volume = &checked.volume;
        let name = volume.name.as_str();
        if volume.count > 1 {
            several.entry(name).or_default().push(index);
        } else if !volume.lifecycle.retire.contains(&Slot::FIRST) {
            let first = *singles.entry(name).or_insert(index);
            if first != index {
                clashes.push((first, index, name.to_owned()));
            }
        }
    }
    // Every slot of the stack stands in these at most once, whatever shares a base.
    let mut owners: HashMap<&str, HashMap<u32, usize>> = HashMap::new();
    for (base, indices) in several.iter().filter(|(_, indices)| indices.len() > 1) {
        let owners = owners.entry(base).or_default();
        for &index in indices {
            let volume = &volumes[index].1.volume;
            let mut taken = None;
            for slot in volume.slots() {
                let owner = *owners.entry(slot.number()).or_insert(index);
                if owner != index && taken.is_none() {
                    taken = Some((slot, owner));
                }
            }
            if let Some((slot, first)) = taken {
                clashes.push((first, index, slot_name(base, volume.count, slot)));
            }
        }
    }
    if !several.is_empty() {
        for (name, single) in &singles {
            let Some((base, _)) = name.rsplit_once('-') else { continue };
            let Some(number) = slot_of_service_name(base, name) else { continue };
            let owner = match several.get(base).map(Vec::as_slice) {
                None => None,
                Some([one]) => Some(*one).filter(|index| has_slot(volumes, *index, number)),
                Some(_) => owners.get(base).and_then(|owners| owners.get(&number).copied()),
            };
            if let Some(owner) = owner {
                clashes.push((owner.min(*single), owner.max(*single), (*name).to_owned()));
            }
        }
    }
    clashes.sort_unstable();
    for (first, second, name) in clashes {
        let ((key, first), (_, second)) = (&volumes[first], &volumes[second]);
        if first.volume.name_may_repeat && second.volume.name_may_repeat {
            continue;
        }
        let first = report.place(first.name_at);
        report.error(second.name_at, StackFault::DuplicateName { name: Excerpt::of(&name), key: key.clone(), first });
    }
}

fn has_slot(volumes: &[(Key, CheckedVolume)], index: usize, number: u32) -> bool {
    let volume = &volumes[index].1.volume;
    number <= volume.count && Slot::new(number).is_some_and(|slot| !volume.lifecycle.retire.contains(&slot))
}
