//! The whole set: desired, recorded and observed in, a plan out.

use super::adopt::Classified;
use super::import::Imports;
use super::moves::Moved;
use super::planner::{Inputs, Planner};
use super::refusal::{About, Refusal, sort};
use super::steps::{Forget, Step};
use super::unmet::Preflight;
use super::unwanted::Unwanted;
use super::warning::Warning;
use super::why::Why;
use super::{Basis, FORMAT, Plan, Scope, calls, order};
use crate::manifest::{DesiredVolume, Naming};
use crate::operation::{Create, CreateCall, Operation, Taint};
use crate::state::Recorded;
use crate::volume::{Address, CallId, Key, MAX_BULK, Slot, VolumeId, VolumeName, VolumeSpec, slot_name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Compares and decides. Pure: the same input gives the same plan.
pub fn make(inputs: Inputs<'_>) -> Plan {
    let desired = inputs.desired.as_of(inputs.as_of);
    make_as_of(Inputs { desired: &desired, ..inputs })
}

/// The same of a manifest as it is on the day of the plan.
fn make_as_of(inputs: Inputs<'_>) -> Plan {
    let before = inputs.recorded;
    let Moved { state, steps, refusals, left } = Moved::of(inputs);
    let imports = Imports::of(inputs, state);
    let inputs = Inputs { recorded: imports.state.as_deref(), ..inputs };
    let Inputs { desired, cloud, recorded, observed, selection, as_of: _ } = inputs;
    let Classified { late, others } = Classified::of(inputs);
    let mut planner = Planner::new(inputs, late, others);
    let mut records = recorded.map_or(&imports.fresh, |state| &state.volumes).iter().peekable();
    let mut wishes = desired.volumes.iter().peekable();
    planner.moved(steps, refusals, left);
    planner.imported(imports.steps, imports.refusals, imports.left);
    planner.released();
    planner.open_changes();
    let calls = calls::open(recorded);
    let mut open = calls.iter().peekable();
    // Three sorted sequences, merged by key: linear in all of them.
    loop {
        let heads = [records.peek().map(|(a, _)| &a.key), wishes.peek().map(|(k, _)| *k), open.peek().map(|(k, _)| *k)];
        let Some(key) = heads.into_iter().flatten().min() else { break };
        let wish = wishes.next_if(|(k, _)| *k == key).map(|(_, wish)| wish);
        let mut owned = Vec::new();
        while let Some((address, volume)) = records.next_if(|(a, _)| &a.key == key) {
            owned.push((address, volume));
        }
        let calls = open.next_if(|(k, _)| *k == key).map_or(&[][..], |(_, calls)| calls.as_slice());
        planner.key(key, wish, &owned, calls);
    }
    planner.forgotten();
    planner.unrecorded();
    planner.extend();
    planner.renamed();
    planner.useless_items();
    let Planner { mut first, mut second, drift, known, as_of, agreed, mut refusals, warnings, unchanged, .. } = planner;
    for steps in [&mut first, &mut second] {
        steps.sort_by_cached_key(|step| {
            step.by_key().into_iter().next().map(|(key, slots)| (key.clone(), slots.iter().next()))
        });
    }
    sort(&mut refusals);
    let warnings = desired.warnings.iter().filter_map(Warning::of).chain(warnings).collect();
    let after = order::after(&first, &second);
    first.append(&mut second);
    let plan = Plan {
        format: FORMAT,
        stack: desired.stack.clone(),
        cloud: cloud.clone(),
        basis: Basis::of(desired, recorded),
        naming: desired.naming,
        ownership_tag: desired.cloud.ownership_tag.clone(),
        scope: if selection.is_all() { Scope::All } else { Scope::Targeted },
        selection: selection.clone(),
        as_of,
        drift,
        known_drift: known,
        agreed,
        steps: first,
        after,
        refusals,
        warnings,
        preflight: Preflight::Unneeded,
        unchanged,
        recorded: before.map_or(0, |state| state.volumes.len() as u64),
        observed: observed.map(|seen| {
            let ours = before.into_iter().flat_map(|state| state.volumes.values());
            ours.filter(|volume| seen.volumes.contains_key(&volume.id)).count() as u64
        }),
    };
    plan.within(&desired.limits)
}

impl<'a> Planner<'a> {
    /// Decides about all volumes of one key.
    fn key(
        &mut self,
        key: &'a Key,
        wish: Option<&'a DesiredVolume>,
        owned: &[(&'a Address, &'a Recorded)],
        calls: &[(&'a CallId, &'a Operation, &'a CreateCall)],
    ) {
        if let Some(wish) = wish {
            self.expires(key, wish, owned);
        }
        let held = |slot: &Slot| self.inputs.selection.holds(key, *slot);
        let desired: BTreeSet<Slot> = wish.map(|wish| wish.slots().filter(held).collect()).unwrap_or_default();
        let mut missing: BTreeSet<Slot> = desired.clone();
        let mut gone: BTreeMap<Slot, VolumeId> = BTreeMap::new();
        // The slots of a call that is not over are that call's business until it is.
        let mut covered: BTreeSet<Slot> =
            calls.iter().flat_map(|(.., made)| made.create.slots.keys().copied()).collect();
        let first = Address { key: key.clone(), slot: Slot::FIRST };
        covered.extend(self.covered.range(first..).take_while(|it| it.key == *key).map(|it| it.slot));
        missing.retain(|slot| !covered.contains(slot));
        for call in calls {
            let is_meant = call.2.create.slots.keys().any(|slot| self.inputs.selection.holds(key, *slot));
            if is_meant && self.make_room(*call, wish, owned) {
                self.open_call(*call, wish);
            }
        }
        let mut removed = Vec::new();
        for (address, volume) in owned {
            if covered.contains(&address.slot) || !self.inputs.selection.holds(key, address.slot) {
                continue;
            }
            let wanted = desired.contains(&address.slot);
            let is_gone = self.inputs.observed.is_some_and(|seen| seen.gone.contains(&volume.id));
            // What may have held data, or was never more than named, is not made anew in silence once it is gone.
            let mourned = |taint: &&Taint| self.is_used(volume) || !matches!(taint, Taint::Failed(_));
            let tainted = volume.tainted.as_ref().filter(|taint| !(is_gone && mourned(taint)));
            match tainted {
                Some(taint) => {
                    if !self.tainted(address, volume, taint, wish.filter(|_| wanted)) {
                        missing.remove(&address.slot);
                    }
                    continue;
                }
                None if is_gone => {
                    self.drift(address, volume, self.lost(&volume.id));
                    if wanted {
                        gone.insert(address.slot, volume.id.clone());
                    } else {
                        let unwanted = Some(Unwanted::of(self.inputs.desired, wish, address.slot));
                        let forget = Forget { address: (*address).clone(), id: volume.id.clone(), unwanted };
                        self.first.push(Step::Forget(forget));
                    }
                }
                None if !wanted => removed.push((*address, *volume)),
                None => {
                    if let Some(wish) = wish {
                        self.kept(address, volume, wish);
                    }
                }
            }
            missing.remove(&address.slot);
        }
        match wish {
            None => self.gone_key(key, removed, owned, calls),
            Some(wish) => removed.iter().for_each(|(address, volume)| self.remove(address, volume, Some(wish))),
        }
        if let Some(wish) = wish {
            self.restorable(key, &gone);
            self.adopt(key, wish, &mut missing, &mut gone);
            self.create(key, wish, in_zones(missing.into_iter().map(|slot| (slot, wish.specs.of_new(slot)))), None);
            let zone_of = |slot: Slot| {
                let found = owned.binary_search_by_key(&slot, |(at, _)| at.slot).ok()?;
                owned.get(found).map(|(_, volume)| volume.base.spec.zone.as_str())
            };
            // A volume that is created again stays in its zone, as one that exists does.
            let again = in_zones(gone.keys().map(|slot| (*slot, wish.specs.of_volume(*slot, zone_of(*slot)))));
            self.create(key, wish, again, Some(&gone));
            self.protect(key, wish, &desired, owned);
        }
    }

    /// Cuts the slots of each zone into create calls.
    fn create(
        &mut self,
        key: &Key,
        wish: &DesiredVolume,
        zones: Vec<(Arc<VolumeSpec>, Vec<Slot>)>,
        gone: Option<&BTreeMap<Slot, VolumeId>>,
    ) {
        let chunks = zones.iter().flat_map(|(spec, slots)| slots.chunks(MAX_BULK).map(move |chunk| (spec, chunk)));
        for (spec, chunk) in chunks {
            let single = chunk.len() == 1;
            let by_service = self.inputs.desired.naming == Naming::Service && !single;
            let numbered = (1u32..).zip(chunk).map(|(number, slot)| {
                let suffix = if by_service { Slot::new(number).unwrap_or(*slot) } else { *slot };
                (*slot, slot_name(wish.name.as_str(), wish.count, suffix))
            });
            let names: Result<BTreeMap<Slot, VolumeName>, _> =
                numbered.map(|(slot, name)| VolumeName::new(name).map(|name| (slot, name))).collect();
            let sent = match (&names, single) {
                (Ok(names), true) => names.values().next().cloned(),
                (Ok(_), false) => Some(wish.name.clone()),
                (Err(_), _) => None,
            };
            let (Ok(slots), Some(name)) = (names, sent) else {
                // The manifest's rules keep this from happening; a refusal is the answer if they ever do not.
                let about = About::Slots { key: key.clone(), slots: chunk.iter().copied().collect() };
                self.refusals.push(Refusal { about, id: None, why: Why::NameTooLong, unwanted: None });
                continue;
            };
            let step = Create {
                key: key.clone(),
                gone: gone
                    .map(|gone| slots.keys().filter_map(|s| Some((*s, gone.get(s)?.clone()))).collect())
                    .unwrap_or_default(),
                slots,
                name,
                spec: spec.clone(),
                api: spec.create_api(self.inputs.desired.cloud.create_api),
            };
            self.second.push(Step::Create(step));
        }
    }
}

/// Slots by what they are made as: one group for each zone, in the order in which the slots name them.
fn in_zones<'s>(slots: impl Iterator<Item = (Slot, &'s Arc<VolumeSpec>)>) -> Vec<(Arc<VolumeSpec>, Vec<Slot>)> {
    let mut zones: Vec<(Arc<VolumeSpec>, Vec<Slot>)> = Vec::new();
    for (slot, spec) in slots {
        match zones.iter_mut().find(|(other, _)| Arc::ptr_eq(other, spec)) {
            Some((_, slots)) => slots.push(slot),
            None => zones.push((spec.clone(), vec![slot])),
        }
    }
    zones
}
