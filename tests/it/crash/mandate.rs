//! What one run may change of volumes that are there: what its plan says and somebody approved, and what its manifest
//! asks for, read from the manifest itself and not from the plan.

use evsctl::manifest::Manifest;
use evsctl::plan::{Plan, Resume, Step, Work};
use evsctl::state::{Approved, State};
use evsctl::volume::{Address, KeyOrAddress, SnapshotId, VolumeId, slot_name};
use std::collections::{BTreeMap, BTreeSet};

/// What a run may do with volumes that are there. Ids are texts here: they come from requests.
#[derive(Debug, Default, Clone)]
pub(crate) struct Mandate {
    /// Those that its plan makes larger, in GB.
    pub(super) grows: BTreeMap<String, u64>,
    /// Those that its plan deletes, each with the snapshots that go with it.
    pub(super) deletes: BTreeMap<String, BTreeSet<String>>,
    /// Which of the deletions above it has just been given a number for; the others were begun under such a number.
    numbered: BTreeSet<String>,
    /// Where what is deleted was recorded.
    places: BTreeMap<String, Address>,
    /// What failed creations left and its plan cleans away.
    pub(super) cleans: BTreeSet<String>,
    /// The tags that it sets, and the keys that it takes off.
    pub(super) retags: BTreeMap<String, (BTreeMap<String, String>, BTreeSet<String>)>,
    /// The names and descriptions that it gives.
    pub(super) names: BTreeMap<String, (String, String)>,
    /// The size that the manifest asks for of each recorded volume.
    pub(super) sizes: BTreeMap<String, u64>,
    /// The recorded volumes that the manifest does not ask for.
    pub(super) unwanted: BTreeSet<String>,
    /// The recorded volumes that no call under way made: that call gives its own the names that the manifest asks for.
    pub(super) settled: BTreeSet<String>,
    /// All names that the manifest asks for.
    pub(super) all_names: BTreeSet<String>,
}

impl Mandate {
    pub(crate) fn of(plan: &Plan, manifest: &Manifest, state: Option<&State>) -> Mandate {
        let mut mandate = Mandate::default();
        for (address, volume) in state.into_iter().flat_map(|state| &state.volumes) {
            let id = volume.id.to_string();
            let of_open =
                volume.call.as_ref().is_some_and(|call| state.is_some_and(|it| it.operations.contains_key(call)));
            if !of_open {
                mandate.settled.insert(id.clone());
            }
            let address = place(manifest, address);
            match manifest.volumes.get(&address.key).filter(|wish| wish.has(address.slot)) {
                Some(wish) => mandate.sizes.extend(wish.specs.common().size.map(|size| (id, u64::from(size.gb())))),
                None => drop(mandate.unwanted.insert(id)),
            }
        }
        for wish in manifest.volumes.values() {
            let names = wish.slots().map(|slot| slot_name(wish.name.as_str(), wish.count, slot));
            mandate.all_names.extend(names);
        }
        plan.steps.iter().for_each(|step| mandate.take(step));
        mandate
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Extend(extend) | Step::Resume(Resume { wanted: true, work: Work::Extend(extend), .. }) => {
                let grows = extend.volumes.values().map(|it| (it.id.to_string(), u64::from(it.to.gb())));
                self.grows.extend(grows);
            }
            Step::Delete(removal) => {
                self.gives_up(&removal.address, &removal.id, &removal.snapshots);
                self.numbered.insert(removal.id.to_string());
            }
            Step::Resume(Resume { wanted: true, work: Work::Delete(delete), .. }) => {
                self.gives_up(&delete.address, &delete.id, &delete.snapshots);
            }
            Step::Clean(clean) => drop(self.cleans.insert(clean.id.to_string())),
            Step::Retag(retag) => {
                drop(self.retags.insert(retag.id.to_string(), (retag.set.clone(), retag.remove.clone())));
            }
            Step::Rename(rename) => {
                let text = rename.after.description.as_ref().map(ToString::to_string).unwrap_or_default();
                self.names.insert(rename.id.to_string(), (rename.after.name.to_string(), text));
            }
            // All else makes volumes, or is about records alone.
            _ => {}
        }
    }

    fn gives_up(&mut self, address: &Address, id: &VolumeId, snapshots: &BTreeSet<SnapshotId>) {
        self.deletes.insert(id.to_string(), snapshots.iter().map(ToString::to_string).collect());
        self.places.insert(id.to_string(), address.clone());
    }

    /// The deletions that somebody has given a number for and whose approval still holds: `before` are those of the
    /// runs before this one.
    pub(super) fn consented(
        &self,
        before: &BTreeMap<String, Address>,
        approved: &Approved,
    ) -> BTreeMap<String, Address> {
        let holds = |address: &Address| {
            let mut steps = approved.steps.iter();
            steps.any(|it| it.action == "delete" && it.key == address.key && it.slots.contains(address.slot))
        };
        let kept = before.iter().filter(|(_, address)| holds(address)).map(|(id, at)| (id.clone(), at.clone()));
        let new = self.numbered.iter().filter_map(|id| Some((id.clone(), self.places.get(id)?.clone())));
        kept.chain(new).collect()
    }
}

/// The address that a volume has once the moves of the manifest are made.
fn place(manifest: &Manifest, address: &Address) -> Address {
    let line = manifest.moved.iter().find(|line| line.from.means(address));
    match line.map(|line| &line.to) {
        Some(KeyOrAddress::Key(key)) => Address { key: key.clone(), slot: address.slot },
        Some(KeyOrAddress::Address(to)) => to.clone(),
        None => address.clone(),
    }
}
