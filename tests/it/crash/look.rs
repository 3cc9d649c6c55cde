//! What must hold after every run, whatever came of it: nothing went, grew or was forgotten that no plan was about.

use super::bench::World;
use evsctl::plan::{Plan, Step};
use evsctl::volume::{Address, VolumeId};
use std::collections::BTreeMap;

impl World {
    /// A plan may create again what a hand deleted, and clean away what never was usable; nothing else.
    pub(super) fn consent(&mut self, plan: &Plan) {
        let kept = |id: &VolumeId| !self.deleted.contains(id.as_str()) && !self.ledger.gave_up(id.as_str());
        for step in plan.steps.iter() {
            match step {
                Step::Create(create) => {
                    for id in create.gone.values().filter(|id| kept(id)) {
                        self.wrong.push(format!("volume {id}, which nobody deleted, is to be created again"));
                    }
                }
                Step::Adopt(adopt) => {
                    for id in adopt.gone.iter().filter(|id| kept(id)) {
                        self.wrong.push(format!("{} takes the place of {id}, which nobody deleted", adopt.id));
                    }
                }
                Step::Clean(clean) => {
                    self.cleaned.insert(clean.id.to_string());
                    if self.usable.contains(clean.id.as_str()) {
                        self.wrong.push(format!("volume {}, which was usable, is to be cleaned away", clean.id));
                    }
                }
                _ => {}
            }
        }
    }

    /// Deletes a volume by hand.
    pub(crate) fn delete(&mut self, id: &str) {
        self.usable.remove(id);
        self.deleted.insert(id.to_owned());
        self.cloud.delete(id);
    }

    /// The volumes that are recorded, and where.
    pub(super) fn recorded(&self) -> BTreeMap<VolumeId, Address> {
        let state = self.store.read().ok().flatten();
        let volumes = state.into_iter().flat_map(|state| state.volumes);
        volumes.map(|(address, volume)| (volume.id, address)).collect()
    }

    /// Sees to it that no usable volume is lost, that none changed its size without a plan, and that no record went of a
    /// volume that is there: `recorded` are those before the run.
    pub(super) fn look_around(&mut self, recorded: &BTreeMap<VolumeId, Address>) {
        let volumes = self.cloud.volumes();
        for id in &self.usable {
            if volumes.get(id).is_some_and(|volume| volume.status != "deleting") {
                continue;
            }
            if self.ledger.gave_up(id) {
                self.deleted.insert(id.clone());
            } else {
                self.wrong.push(format!("volume {id}, which was usable, was deleted"));
            }
        }
        for (id, volume) in &volumes {
            let Some(before) = self.sizes.insert(id.clone(), volume.size) else { continue };
            let by_hand = self.sizes_by_hand.get(id).is_some_and(|sizes| sizes.contains(&volume.size));
            let planned = by_hand || self.ledger.grown_to(id).contains(&volume.size);
            if volume.size < before || volume.size > before && !planned {
                self.wrong.push(format!("volume {id} of {before} GB has {} GB, and no plan says so", volume.size));
            }
        }
        let now = self.recorded();
        let state = self.store.read().ok().flatten();
        let calls: Vec<_> = state.into_iter().flat_map(|state| state.operations.into_values()).collect();
        for (id, address) in recorded.iter().filter(|(id, _)| !now.contains_key(*id)) {
            // A record that was written and not synced goes with the power: its call is open again, and finds the volume.
            let is_found = calls.iter().any(|call| call.as_create().is_some() && call.covers(address));
            if !self.lied_to && !is_found && volumes.contains_key(id.as_str()) {
                self.wrong.push(format!("volume {id} is there, and {address} is recorded no more"));
            }
        }
        // What a hand is about to delete counts as deleted.
        let usable = volumes.into_iter().filter(|(id, it)| it.status == "available" && !self.deleted.contains(id));
        self.usable = usable.map(|(id, _)| id).collect();
    }
}
