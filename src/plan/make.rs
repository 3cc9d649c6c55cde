//! The whole set: desired, recorded and observed in, a plan out.

use super::adopt::Sorted;
use super::steps::{Create, Forget, Step};
use super::strays::{Stray, Why};
use super::{Basis, Drift, FORMAT, Plan, Refusal, Scope, Selection, calls, order};
use crate::manifest::{DesiredVolume, Manifest, Naming};
use crate::observed::Observed;
use crate::state::{Call, CloudId, Recorded, State, Taint};
use crate::volume::{Address, CallId, Key, MAX_BULK, Slot, VolumeId, VolumeName, slot_name};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What shall be.
    pub desired: &'a Manifest,
    /// Which cloud the manifest means.
    pub cloud: &'a CloudId,
    /// What is recorded; `None` before the first apply.
    pub recorded: Option<&'a State>,
    /// What the cloud shows; `None` where it was not asked.
    pub observed: Option<&'a Observed>,
    /// Which addresses to look at.
    pub selection: &'a Selection,
}

/// Compares and decides. Pure: the same input gives the same plan.
pub fn make(inputs: Inputs<'_>) -> Plan {
    let Inputs { desired, cloud, recorded, observed, selection } = inputs;
    let nothing = BTreeMap::new();
    let mut making = Making::new(inputs);
    let mut records = recorded.map_or(&nothing, |state| &state.volumes).iter().peekable();
    let mut wishes = desired.volumes.iter().peekable();
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
        making.key(key, wish, &owned, calls);
    }
    making.forgotten();
    making.unrecorded();
    let Making { mut first, mut second, drift, mut refusals, warnings, unchanged, .. } = making;
    for steps in [&mut first, &mut second] {
        steps.sort_by_cached_key(|step| (step.key().clone(), step.slots().iter().next()));
    }
    refusals.sort_by(|a, b| (&a.subject, &a.wish).cmp(&(&b.subject, &b.wish)));
    let after = order::after(&first, &second);
    first.append(&mut second);
    Plan {
        format: FORMAT,
        stack: desired.stack.clone(),
        cloud: cloud.clone(),
        basis: Basis::of(desired, recorded),
        naming: desired.naming,
        ownership_tag: desired.cloud.ownership_tag.clone(),
        scope: if selection.is_all() { Scope::All } else { Scope::Targeted },
        selection: selection.clone(),
        drift,
        steps: first,
        after,
        refusals,
        warnings,
        unchanged,
        recorded: recorded.map_or(0, |state| state.volumes.len() as u64),
        observed: observed.map(|seen| {
            let ours = recorded.into_iter().flat_map(|state| state.volumes.values());
            ours.filter(|volume| seen.volumes.contains_key(&volume.id)).count() as u64
        }),
    }
}

/// A plan in the making.
pub(super) struct Making<'a> {
    pub(super) inputs: Inputs<'a>,
    /// Calls that the state does not hold and that are gone on with all the same.
    pub(super) resumed: BTreeSet<CallId>,
    /// Volumes that nothing records and that take a slot.
    pub(super) late: BTreeMap<Address, Stray<'a>>,
    /// Volumes that nothing records and about which nothing is done.
    pub(super) strays: BTreeMap<Why, Vec<Stray<'a>>>,
    /// What makes room and finishes old work.
    pub(super) first: Vec<Step>,
    /// What is new.
    pub(super) second: Vec<Step>,
    drift: Vec<Drift>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<String>,
    pub(super) unchanged: u64,
}

impl<'a> Making<'a> {
    fn new(inputs: Inputs<'a>) -> Making<'a> {
        let Sorted { late, others: strays } = Sorted::of(inputs);
        Making {
            inputs,
            resumed: BTreeSet::new(),
            late,
            strays,
            first: Vec::new(),
            second: Vec::new(),
            drift: Vec::new(),
            refusals: Vec::new(),
            warnings: Vec::new(),
            unchanged: 0,
        }
    }

    /// Decides about all volumes of one key.
    fn key(
        &mut self,
        key: &Key,
        wish: Option<&DesiredVolume>,
        owned: &[(&Address, &Recorded)],
        calls: &[(&CallId, &Call)],
    ) {
        let held = |slot: &Slot| self.inputs.selection.holds(key, *slot);
        let desired: BTreeSet<Slot> = wish.map(|wish| wish.slots().filter(held).collect()).unwrap_or_default();
        let mut missing: BTreeSet<Slot> = desired.clone();
        let mut gone: BTreeMap<Slot, VolumeId> = BTreeMap::new();
        // The slots of a call that is not over are that call's business until it is.
        let covered: BTreeSet<Slot> = calls.iter().flat_map(|(_, call)| call.slots.keys().copied()).collect();
        missing.retain(|slot| !covered.contains(slot));
        for (id, call) in calls {
            let is_meant = call.slots.keys().any(|slot| self.inputs.selection.holds(key, *slot));
            if is_meant && self.make_room(id, call, wish, owned) {
                self.open_call(id, call, wish);
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
                    self.drift(address, volume, "gone", "present", "gone");
                    if wanted {
                        gone.insert(address.slot, volume.id.clone());
                    } else {
                        let forget = Forget { address: (*address).clone(), id: volume.id.clone() };
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
        self.removed(key, wish, &removed);
        if let Some(wish) = wish {
            self.adopt(key, wish, &mut missing, &mut gone);
            self.create(key, wish, missing.into_iter().collect(), None);
            self.create(key, wish, gone.keys().copied().collect(), Some(&gone));
        }
    }

    /// Recorded and no longer in the manifest: a wish that this version does not carry out.
    fn removed(&mut self, key: &Key, wish: Option<&DesiredVolume>, volumes: &[(&Address, &Recorded)]) {
        for (address, volume) in volumes {
            let back = match wish {
                None => format!("put {key} back in the manifest"),
                Some(wish) if wish.lifecycle.retire.contains(&address.slot) => {
                    format!("take its slot out of `retire` of {key}")
                }
                Some(_) => format!("put the count of {key} back in the manifest"),
            };
            let why = match volume.asked.prepaid {
                None => "deleting is not supported yet",
                Some(_) => "what is prepaid is unsubscribed in the billing console, never deleted by evsctl",
            };
            self.refuse(
                address,
                volume,
                "delete",
                format!(
                    "it is recorded and no longer in the manifest ({} GB, {})",
                    volume.seen.size, volume.seen.volume_type
                ),
                &format!("{why}; {back}"),
            );
        }
    }

    /// Cuts slots into create calls.
    fn create(&mut self, key: &Key, wish: &DesiredVolume, slots: Vec<Slot>, gone: Option<&BTreeMap<Slot, VolumeId>>) {
        for chunk in slots.chunks(MAX_BULK) {
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
                self.refusals.push(Refusal {
                    subject: key.to_string(),
                    id: None,
                    wish: "create".to_owned(),
                    reason: "a name with its suffix would have more than 255 bytes".to_owned(),
                    lift: "shorten `name` in the manifest".to_owned(),
                    addresses: chunk.len() as u64,
                });
                continue;
            };
            let step = Create {
                key: key.clone(),
                gone: gone
                    .map(|gone| slots.keys().filter_map(|s| Some((*s, gone.get(s)?.clone()))).collect())
                    .unwrap_or_default(),
                slots,
                name,
                spec: wish.spec.clone(),
                api: wish.spec.create_api(self.inputs.desired.cloud.create_api),
            };
            self.second.push(if gone.is_some() { Step::Recreate(step) } else { Step::Create(step) });
        }
    }

    pub(super) fn drift(&mut self, address: &Address, volume: &Recorded, field: &str, recorded: &str, observed: &str) {
        self.drift.push(Drift {
            address: address.clone(),
            id: volume.id.clone(),
            field: field.to_owned(),
            recorded: recorded.to_owned(),
            observed: observed.to_owned(),
        });
    }

    pub(super) fn refuse(&mut self, address: &Address, volume: &Recorded, wish: &str, reason: String, lift: &str) {
        self.refusals.push(Refusal {
            subject: address.to_string(),
            id: Some(volume.id.clone()),
            wish: wish.to_owned(),
            reason,
            lift: lift.to_owned(),
            addresses: 1,
        });
    }
}
