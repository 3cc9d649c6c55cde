//! What the manifest no longer asks for: deleted, or refused.

use super::allowed::makes;
use super::moves::{Moved, is_released};
use super::planner::{GoneKey, Inputs, Planner};
use super::refusal::{About, Refusal};
use super::resume::{Resume, Work};
use super::steps::{Removal, Step};
use super::unwanted::Unwanted;
use super::why::Why;
use crate::manifest::{DesiredVolume, Specs};
use crate::observed::{ObservedVolume, Status};
use crate::operation::{CreateCall, Delete, Operation};
use crate::state::{Recorded, Seen};
use crate::volume::{Address, CallId, Key, SnapshotId, VolumeId, VolumeSpec};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a plan of these may delete volumes, or clean them away, so that their snapshots have to be known.
pub fn takes_away(inputs: Inputs<'_>) -> bool {
    let desired = inputs.desired.as_of(inputs.as_of);
    let inputs = Inputs { desired: &desired, ..inputs };
    let Moved { state, .. } = Moved::of(inputs);
    let is_taken_away = |(address, volume): (&Address, &Recorded)| {
        let is_wanted = inputs.desired.volumes.get(&address.key).is_some_and(|wish| wish.has(address.slot));
        let is_gone = inputs.observed.is_some_and(|seen| seen.gone.contains(&volume.id));
        let goes = !is_wanted || volume.tainted.is_some();
        goes && !is_gone && !is_released(inputs.desired, address) && inputs.selection.holds(&address.key, address.slot)
    };
    state.iter().flat_map(|state| &state.volumes).any(is_taken_away)
}

impl<'a> Planner<'a> {
    /// Notes a key that is gone from the manifest: whether it was renamed shows when all keys are known.
    pub(super) fn gone_key(
        &mut self,
        key: &'a Key,
        volumes: Vec<(&'a Address, &'a Recorded)>,
        owned: &[(&'a Address, &'a Recorded)],
        calls: &[(&'a CallId, &'a Operation, &'a CreateCall)],
    ) {
        // One that grows, or whose deletion may not have happened, is there as far as is known.
        let standing = owned.iter().filter_map(|(address, volume)| Some((*volume, self.standing.get(*address)?)));
        let standing: Vec<Cow<'_, VolumeSpec>> = standing
            .flat_map(|(volume, size)| {
                let grown = size.map(|size| Cow::Owned(VolumeSpec { size: Some(size), ..(*volume.base.spec).clone() }));
                grown.into_iter().chain([Cow::Borrowed(&*volume.base.spec)])
            })
            .collect();
        let recorded = volumes.iter().map(|(_, volume)| Cow::Borrowed(&*volume.base.spec));
        let made = calls.iter().map(|(.., made)| Cow::Borrowed(&*made.create.spec));
        let specs: Vec<Cow<'_, VolumeSpec>> = recorded.chain(standing).chain(made).collect();
        if !specs.is_empty() {
            self.gone_keys.push(GoneKey { key, volumes, specs });
        }
    }

    /// Deletes what stood under keys that are gone. Where a new key asks for the same, it looks as if the key had been renamed:
    /// then neither is deleted nor created.
    pub(super) fn renamed(&mut self) {
        let gone_keys = std::mem::take(&mut self.gone_keys);
        if gone_keys.is_empty() {
            return;
        }
        let fresh = self.fresh_keys();
        let mut pairs: BTreeMap<&Key, BTreeSet<Key>> = BTreeMap::new();
        let mut renamed = Vec::new();
        for GoneKey { key, volumes, specs } in gone_keys {
            let like = |fresh: &Specs| fresh.iter().any(|spec| specs.iter().any(|other| is_alike(spec, other)));
            let others: Vec<&Key> = fresh.iter().filter(|(_, specs)| like(specs)).map(|(other, _)| *other).collect();
            if others.is_empty() {
                volumes.iter().for_each(|(address, volume)| self.remove(address, volume, None));
                continue;
            }
            for other in &others {
                pairs.entry(*other).or_default().insert(key.clone());
            }
            renamed.push((volumes, others));
        }
        for (volumes, others) in renamed {
            let unique = matches!(others.as_slice(), [other] if pairs.get(*other).is_some_and(|olds| olds.len() == 1));
            let others: Vec<Key> = others.into_iter().cloned().collect();
            for (address, volume) in volumes {
                self.refuse(address, volume, Why::LooksRenamed { gone: true, others: others.clone(), unique });
            }
        }
        let looks_renamed = |key: &Key| pairs.values().any(|olds| olds.contains(key));
        for step in &mut self.first {
            if let Step::Resume(Resume { wanted, work: Work::Delete(delete), .. }) = step
                && looks_renamed(&delete.address.key)
            {
                *wanted = false;
            }
        }
        self.withhold(&pairs);
    }

    /// The keys of which nothing is recorded or under way, and that this plan creates. What an approved run was to make is no new
    /// name: the run may have cleaned away what stood there and been cut short.
    fn fresh_keys(&self) -> BTreeMap<&'a Key, &'a Specs> {
        let state = self.inputs.recorded;
        let approved = state.and_then(|state| state.approved.as_ref());
        let creates = self.second.iter().filter_map(|step| match step {
            Step::Create(create) => Some(create),
            _ => None,
        });
        let created: BTreeSet<&Key> = creates
            .filter(|create| !approved.is_some_and(|approved| makes(approved, create)))
            .map(|create| &create.key)
            .collect();
        let mut known: BTreeSet<Key> =
            state.into_iter().flat_map(|state| state.volumes.keys()).map(|it| it.key.clone()).collect();
        let open = state.into_iter().flat_map(|state| state.operations.values());
        known.extend(open.flat_map(Operation::addresses).map(|it| it.key));
        let desired = self.inputs.desired.volumes.iter();
        desired
            .filter(|(key, _)| created.contains(key) && !known.contains(*key))
            .map(|(key, wish)| (key, &wish.specs))
            .collect()
    }

    /// Takes the creations of these keys out of the plan, and says of what each looks like the new name.
    fn withhold(&mut self, pairs: &BTreeMap<&Key, BTreeSet<Key>>) {
        let alone = |key: &Key| pairs.values().filter(|olds| olds.contains(key)).count() == 1;
        let mut withheld = Vec::new();
        self.second.retain(|step| match step {
            Step::Create(create) if pairs.contains_key(&create.key) => {
                withheld.push((create.key.clone(), create.slot_set()));
                false
            }
            _ => true,
        });
        for (key, slots) in withheld {
            let others: Vec<Key> = pairs.get(&key).into_iter().flatten().cloned().collect();
            let unique = matches!(others.as_slice(), [old] if alone(old));
            let about = About::Slots { key, slots };
            let why = Why::LooksRenamed { gone: false, others, unique };
            self.refusals.push(Refusal { about, id: None, why, unwanted: None });
        }
    }

    /// Recorded, there as far as known, and no longer asked for: deleted, where nothing speaks against it.
    pub(super) fn remove(&mut self, address: &Address, volume: &Recorded, wish: Option<&DesiredVolume>) {
        let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&volume.id));
        match self.deletion(address, volume, wish, seen) {
            Ok(removal) => self.first.push(Step::Delete(removal)),
            Err(why) => {
                let (about, id) = (About::Address(address.clone()), Some(volume.id.clone()));
                let unwanted = Some(Unwanted::of(self.inputs.desired, wish, address.slot));
                self.refusals.push(Refusal { about, id, why, unwanted });
            }
        }
    }

    fn deletion(
        &self,
        address: &Address,
        volume: &Recorded,
        wish: Option<&DesiredVolume>,
        seen: Option<&ObservedVolume>,
    ) -> Result<Removal, Why> {
        if self.is_protected(address) || wish.is_some_and(|wish| wish.lifecycle.prevent_destroy) {
            // What is protected no longer by a key that is there is set free by a step of the same plan.
            let freed = wish.is_some_and(|wish| !wish.lifecycle.prevent_destroy);
            return Err(Why::Protected { freed });
        }
        if volume.base.spec.prepaid.is_some() || seen.is_some_and(|seen| seen.prepaid) {
            return Err(Why::DeletePrepaid);
        }
        if let Some(seen) = seen {
            self.is_ours(volume, seen)?;
            may_be_deleted(seen)?;
        }
        let snapshots = self.snapshots(&volume.id)?;
        let takes_them = match wish {
            Some(wish) => wish.lifecycle.delete_snapshots,
            None => self.inputs.desired.default_lifecycle.delete_snapshots,
        };
        if !snapshots.is_empty() && !takes_them {
            return Err(Why::HasSnapshots { snapshots });
        }
        let seen = seen.map_or_else(|| volume.seen.clone(), Seen::from);
        let expired = wish.filter(|_| !self.inputs.desired.destroys).and_then(DesiredVolume::expired);
        Ok(Removal { address: address.clone(), id: volume.id.clone(), snapshots, seen, expired })
    }

    /// Whether a plan would still delete it, with no other snapshots, or it has begun: then it is only gone on with.
    pub(super) fn is_still_deleted(&self, delete: &Delete, volume: &Recorded) -> bool {
        let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&delete.id));
        if seen.is_some_and(Delete::has_begun)
            || self.inputs.observed.is_some_and(|seen| seen.gone.contains(&delete.id))
        {
            return true;
        }
        let wish = self.inputs.desired.volumes.get(&delete.address.key);
        let removal = self.deletion(&delete.address, volume, wish, seen);
        removal.is_ok_and(|removal| removal.snapshots.is_subset(&delete.snapshots))
    }

    /// Whether nothing deletes the volume there, as was recorded when the manifest said so.
    pub(super) fn is_protected(&self, address: &Address) -> bool {
        self.inputs.recorded.is_some_and(|state| state.protected.contains(address))
    }

    /// Whether a volume still carries the tag of the call that made it, where such a tag is set at all.
    fn is_ours(&self, volume: &Recorded, seen: &ObservedVolume) -> Result<(), Why> {
        if let Some(owner) = self.another_owner(volume, seen) {
            return Err(Why::AnothersTag { owner });
        }
        let mark = self.inputs.desired.cloud.ownership_tag.key();
        let owner = volume.call.as_ref().and_then(|call| self.owner(call));
        match mark.zip(owner) {
            Some((tag, owner)) if !owner.marks(&seen.tags) => {
                Err(Why::Unmarked { tag: tag.to_owned(), value: owner.value() })
            }
            _ => Ok(()),
        }
    }

    fn snapshots(&self, id: &VolumeId) -> Result<BTreeSet<SnapshotId>, Why> {
        match self.inputs.observed {
            // Without a look nothing is known of them, and nothing is deleted either.
            None => Ok(BTreeSet::new()),
            Some(seen) => {
                let unknown = |cause: String| Why::SnapshotsUnknown { cause };
                let known = seen.snapshots.as_ref().ok_or_else(|| unknown(String::new()))?;
                let known = known.as_ref().map_err(|cause| unknown(cause.clone()))?;
                Ok(known.get(id).cloned().unwrap_or_default())
            }
        }
    }
}

/// Whether the service deletes a volume as it shows (EVS API reference, "Deleting an EVS Disk").
///
/// # Errors
/// Why it does not.
pub fn may_be_deleted(seen: &ObservedVolume) -> Result<(), Why> {
    if !seen.attached_to.is_empty() || seen.status == Status::InUse {
        return Err(Why::DeleteAttached { servers: seen.attached_to.clone() });
    }
    match &seen.status {
        Status::Available
        | Status::Error
        | Status::ErrorExtending
        | Status::ErrorRestoring
        | Status::ErrorRollbacking
        | Status::Deleting => Ok(()),
        status => Err(Why::NotDeletable { status: status.clone() }),
    }
}

/// Whether two specifications are of the same volume, whatever it is called and tagged.
fn is_alike(one: &VolumeSpec, other: &VolumeSpec) -> bool {
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    same(one.zone.as_str(), other.zone.as_str())
        && same(one.volume_type.as_str(), other.volume_type.as_str())
        && (one.size, &one.source, one.multiattach) == (other.size, &other.source, other.multiattach)
        && one.metadata == other.metadata
}
