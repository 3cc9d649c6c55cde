//! A volume that is recorded and desired: what differs, what is brought back, what is only noted.

use super::diff;
use super::drift::Drifted;
use super::planner::Planner;
use super::steps::{Label, Rename, Step};
use super::warning::Warning;
use super::why::Why;
use crate::manifest::{DesiredVolume, Naming};
use crate::observed::{ObservedVolume, Status};
use crate::operation::{Aspect, Misfit, Owner, misfits, unasked};
use crate::state::Recorded;
use crate::volume::{Address, Description, Slot, VolumeName, slot_name, slot_of_service_name};

impl Planner<'_> {
    /// Recorded, there (as far as known) and desired.
    pub(super) fn kept(&mut self, address: &Address, volume: &Recorded, wish: &DesiredVolume) {
        let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&volume.id));
        let mut before = Label {
            name: seen.map_or(&volume.seen.name, |seen| &seen.name).clone(),
            description: volume_description(volume, seen),
        };
        let after = self.label(address.slot, wish, &before);
        if seen.is_some_and(|seen| seen.unreadable_name.is_some()) {
            // Whether it has another name is not known, and no reason to rename it.
            before.name.clone_from(&after.name);
        }
        if let Some(seen) = seen {
            if let Some(other) = self.another_owner(volume, seen) {
                self.refuse(address, volume, Why::AnothersTag { owner: other });
                return;
            }
            self.compare(address, volume, wish, seen, &after);
            if seen.status.is_error() || seen.status == Status::Deleting {
                self.refuse(address, volume, Why::UnusableStatus { status: seen.status.clone() });
                return;
            }
            // A volume never shrinks and never moves: it was not made as asked, whatever was shown of it before.
            let odd = misfits(&volume.asked, seen).into_iter().filter(|misfit| match misfit.field {
                Aspect::AvailabilityZone => true,
                Aspect::Size => volume.asked.size.is_some_and(|asked| seen.size < asked.gb()),
                Aspect::VolumeType | Aspect::Source | Aspect::Name => false,
            });
            let misfits: Vec<Misfit> = odd.filter(|misfit| !wish.lifecycle.ignores(misfit.field.word())).collect();
            if !misfits.is_empty() {
                self.refuse(address, volume, Why::NotAsAsked { misfits });
                return;
            }
        }
        let differences = diff::differences(&wish.spec, &wish.lifecycle, volume, seen);
        let refused = !differences.is_empty();
        for difference in differences {
            self.refuse(address, volume, difference.into());
        }
        if before == after {
            self.unchanged += u64::from(!refused);
            return;
        }
        let Ok(name) = VolumeName::new(after.name) else {
            // Only a name that is kept as the cloud has it can break the rules of names.
            self.refuse(address, volume, Why::NameNotLegal);
            return;
        };
        let after = Label { name, description: after.description };
        let rename = Rename { address: address.clone(), id: volume.id.clone(), before, after };
        self.second.push(Step::Rename(rename));
    }

    /// What a volume that exists shall be called.
    pub(super) fn label(&self, slot: Slot, wish: &DesiredVolume, before: &Label<String>) -> Label<String> {
        let base = wish.name.as_str();
        let given = before.name == base || slot_of_service_name(base, &before.name).is_some();
        let keeps = wish.lifecycle.ignores("name") || (self.inputs.desired.naming == Naming::Service && given);
        let name = if keeps { before.name.clone() } else { slot_name(base, wish.count, slot) };
        let description = if wish.lifecycle.ignores("description") {
            before.description.clone()
        } else {
            wish.spec.description.clone().filter(|text| !text.as_str().is_empty())
        };
        Label { name, description }
    }

    /// Whose tag a volume carries now in place of its own call's. The stack's name in a tag is for people.
    fn another_owner(&self, volume: &Recorded, seen: &ObservedVolume) -> Option<Owner> {
        let own = self.owner(volume.call.as_ref()?)?;
        let tags = unasked(volume.asked.tags.pairs(), seen);
        let owners: Vec<Owner> = tags.filter_map(|value| Owner::read(value)).collect();
        let is_own = |owner: &Owner| (&owner.lineage, &owner.call) == (&own.lineage, &own.call);
        if owners.iter().any(is_own) { None } else { owners.into_iter().next() }
    }

    /// Notes what was changed from outside. What is as wanted is no drift, even if the record does not know
    /// it yet: a run may have died between a renaming and its record.
    fn compare(
        &mut self,
        address: &Address,
        volume: &Recorded,
        wish: &DesiredVolume,
        seen: &ObservedVolume,
        wanted: &Label<String>,
    ) {
        let was = &volume.seen;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        for (field, recorded, observed) in [
            ("name", was.name.clone(), seen.name.clone()),
            ("description", text(&was.description), text(&seen.description)),
            ("size", format!("{} GB", was.size), format!("{} GB", seen.size)),
            ("volume_type", was.volume_type.clone(), seen.volume_type.clone()),
        ] {
            let unknown = match field {
                "name" => seen.unreadable_name.is_some(),
                "volume_type" => observed.is_empty(),
                // What an answer leaves out reads as 0, which no volume has.
                "size" => seen.size == 0,
                _ => false,
            };
            let as_wanted = match field {
                "name" => observed == wanted.name,
                "description" => observed == wanted.description.as_ref().map_or("", |text| text.as_str()),
                _ => false,
            };
            if recorded != observed && !unknown && !as_wanted && !wish.lifecycle.ignores(field) {
                self.drift(address, volume, Drifted::Field { field: field.to_owned(), recorded, observed });
            }
        }
        let owner = volume.call.as_ref().and_then(|call| self.owner(call));
        if let (Some(key), Some(owner)) = (self.inputs.desired.cloud.ownership_tag.key(), owner)
            && !owner.marks(&seen.tags)
        {
            let (address, id, tag) = (address.clone(), volume.id.clone(), key.to_owned());
            self.warnings.push(Warning::MarkLost { address, id, tag });
        }
    }
}

/// The description as it is now. A text of the cloud that is longer than the API allows counts as absent.
fn volume_description(volume: &Recorded, seen: Option<&ObservedVolume>) -> Option<Description> {
    let text = match seen {
        Some(seen) => seen.description.clone(),
        None => volume.seen.description.clone(),
    };
    text.filter(|text| !text.is_empty()).and_then(|text| Description::new(text).ok())
}
