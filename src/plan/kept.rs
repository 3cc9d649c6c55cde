//! A volume that is recorded and desired: what differs, what is brought back, what is only noted.

use super::agreed::Agreed;
use super::diff::{self, Wanted, Wish};
use super::drift::Drifted;
use super::extend::order_pays;
use super::known::known_tags;
use super::planner::Planner;
use super::retag::{Edits, Mark, NoRoom, Retag, Tagged};
use super::steps::{Label, Rename, Step};
use super::value::{FieldChange, Value};
use super::warning::Warning;
use super::why::{self, Why};
use crate::manifest::{DesiredVolume, Naming, OnShrink};
use crate::observed::{ObservedVolume, Status};
use crate::operation::{Aspect, Misfit, Owner, misfits, unasked};
use crate::state::Recorded;
use crate::volume::{Address, Description, Field, Slot, Tags, VolumeName, slot_name, slot_of_service_name};
use std::collections::BTreeSet;

impl Planner<'_> {
    /// Recorded, there (as far as known) and desired.
    pub(super) fn kept(&mut self, address: &Address, volume: &Recorded, wish: &DesiredVolume) {
        let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&volume.id));
        let mut before = Label {
            name: seen.map_or(&volume.base.name, |seen| &seen.name).clone(),
            description: volume_description(volume, seen),
        };
        let zones =
            std::iter::once(volume.base.spec.zone.as_str()).chain(seen.map(|seen| seen.availability_zone.as_str()));
        let spec = wish.specs.of_volume(address.slot, zones);
        let mut after = self.label(address.slot, wish, &before);
        if self.inputs.desired.naming == Naming::Service && !wish.lifecycle.ignores(Field::Name) {
            // The name that the service gave is the one that was agreed on, whatever it is called meanwhile.
            after.name =
                self.label(address.slot, wish, &Label { name: volume.base.name.clone(), ..before.clone() }).name;
        }
        if seen.is_some_and(|seen| seen.unreadable_name.is_some()) {
            // Whether it has another name is not known, and no reason to rename it.
            before.name.clone_from(&after.name);
        }
        let wanted = Wanted { volume: wish, spec, name: &after.name };
        let mut found = diff::find(&wanted, &volume.base, seen);
        let mut known = Vec::new();
        if let Some(seen) = seen {
            if let Some(other) = self.another_owner(volume, seen) {
                self.drift(address, volume, Drifted::MarkedOtherwise { owner: other.clone() });
                self.refuse(address, volume, Why::AnothersTag { owner: other });
                return;
            }
            known = self.take_known(address, volume, &mut found);
            for change in &found.drift {
                self.drift(address, volume, change.clone().into());
            }
            if seen.status.is_error() || seen.status == Status::Deleting {
                let is_known = self.unusable(address, volume, &seen.status);
                // Nothing is done about it as it is; where nothing is to be done, nothing is refused.
                if is_known && found.wishes.is_empty() && found.drift.is_empty() {
                    self.unchanged += 1;
                } else {
                    self.refuse(address, volume, Why::UnusableStatus { status: seen.status.clone() });
                }
                return;
            }
            // What is known to be called otherwise keeps its name and its description.
            for change in &known {
                let is_wished = found.wishes.iter().any(|wish| wish.now.field == change.field);
                match change.field {
                    Field::Name if !is_wished => after.name.clone_from(&before.name),
                    Field::Description if !is_wished => after.description.clone_from(&before.description),
                    _ => {}
                }
            }
            // A volume never shrinks and never moves: it was not made as asked, whatever was shown of it before. Where the
            // manifest asks for what it is, that is agreed on.
            let is_wanted = |field| found.agreed.iter().any(|change| change.field == field);
            let odd = misfits(&volume.base.spec, seen).into_iter().filter(|misfit| match misfit.field {
                Aspect::AvailabilityZone => {
                    !wish.lifecycle.ignores(Field::AvailabilityZone) && !is_wanted(Field::AvailabilityZone)
                }
                Aspect::Size => {
                    let is_smaller = volume.base.spec.size.is_some_and(|agreed| seen.size < agreed.gb());
                    is_smaller && !wish.lifecycle.ignores(Field::Size) && !is_wanted(Field::Size)
                }
                Aspect::VolumeType | Aspect::Source | Aspect::Name => false,
            });
            let misfits: Vec<Misfit> = odd.collect();
            if !misfits.is_empty() {
                self.refuse(address, volume, Why::NotAsAsked { misfits });
                return;
            }
        }
        let (mut refused, mut is_changed) =
            (false, self.is_guarded_otherwise(address, wish) || self.readdressed.contains(address));
        for Wish { now, .. } in &found.wishes {
            let refusal = match now.field {
                Field::Name | Field::Description | Field::Tags => continue,
                Field::Size if !is_smaller(now) => match self.grow(address, volume, (wish, seen), now) {
                    Ok(()) => {
                        is_changed = true;
                        continue;
                    }
                    Err(why) => why,
                },
                _ => why(now, wish),
            };
            refused = true;
            self.refuse(address, volume, refusal);
        }
        match self.retag(address, volume, wish, seen, &known_tags(&known)) {
            Ok(None) => {}
            Ok(Some(retag)) => {
                is_changed = true;
                self.second.push(Step::Retag(retag));
            }
            Err(NoRoom { foreign }) => {
                refused = true;
                self.refuse(address, volume, Why::TagsHaveNoRoom { foreign });
            }
        }
        let changes: Vec<FieldChange> = found.labels();
        if !found.agreed.is_empty() {
            let is_of_size = found.agreed.iter().any(|change| change.field == Field::Size);
            let auto_pay = order_pays(volume, wish, seen).filter(|_| is_of_size);
            let (address, id) = (address.clone(), volume.id.clone());
            self.agreed.push(Agreed { address, id, changes: found.agreed, auto_pay });
        }
        if before == after {
            self.unchanged += u64::from(!refused && !is_changed);
            return;
        }
        let Ok(name) = VolumeName::new(after.name) else {
            // Only a name that is kept as the cloud has it can break the rules of names.
            self.refuse(address, volume, Why::NameNotLegal);
            return;
        };
        let after = Label { name, description: after.description };
        let rename = Rename { address: address.clone(), id: volume.id.clone(), before, after, changes };
        self.second.push(Step::Rename(rename));
    }

    /// What a volume that exists shall be called.
    pub(super) fn label(&self, slot: Slot, wish: &DesiredVolume, before: &Label<String>) -> Label<String> {
        let base = wish.name.as_str();
        let given = before.name == base || slot_of_service_name(base, &before.name).is_some();
        let keeps = wish.lifecycle.ignores(Field::Name) || (self.inputs.desired.naming == Naming::Service && given);
        let name = if keeps { before.name.clone() } else { slot_name(base, wish.count, slot) };
        let description = if wish.lifecycle.ignores(Field::Description) {
            before.description.clone()
        } else {
            wish.specs.common().description.clone().filter(|text| !text.as_str().is_empty())
        };
        Label { name, description }
    }

    /// Whose tag a volume carries now in place of its own call's. The stack's name in a tag is for people.
    pub(super) fn another_owner(&self, volume: &Recorded, seen: &ObservedVolume) -> Option<Owner> {
        let own = self.owner(volume.call.as_ref()?)?;
        let tags = unasked(volume.base.spec.tags.pairs(), seen);
        let owners: Vec<Owner> = tags.filter_map(|value| Owner::read(value)).collect();
        if owners.iter().any(|owner| owner.is_same(&own)) { None } else { owners.into_iter().next() }
    }

    /// What is to be done about the tags of a volume: those that are declared, and the mark of its owner.
    fn retag(
        &mut self,
        address: &Address,
        volume: &Recorded,
        wish: &DesiredVolume,
        seen: Option<&ObservedVolume>,
        known: &BTreeSet<String>,
    ) -> Result<Option<Retag>, NoRoom> {
        let base = &volume.base.spec.tags;
        let is_declared = wish.stated.tags && !wish.lifecycle.ignores(Field::Tags);
        let tags = &wish.specs.common().tags;
        let left = (!known.is_empty()).then(|| (left_open(base, known, tags), left_open(tags, known, base)));
        let declared = left.as_ref().map_or((base, tags), |(base, desired)| (base, desired));
        let declared = is_declared.then_some(declared);
        let owner = seen.zip(volume.call.as_ref()).and_then(|(_, call)| self.owner(call));
        // A declared tag may take the key under which the volume is marked, where `ownership_tag` was another one before.
        let stays = |key: &String, value: &String| {
            declared.is_none_or(|(_, desired)| desired.pairs().get(key).is_none_or(|new| new == value))
        };
        let is_marked = |owner: &Owner| {
            seen.is_some_and(|seen| seen.tags.iter().any(|(key, value)| owner.is_value(value) && stays(key, value)))
        };
        // Without a state, what is taken over carries no such tag, and the value is known once there is one.
        let later = seen.zip(volume.call.as_ref()).filter(|_| self.inputs.recorded.is_none());
        let owner_is_known = owner.is_some() && !self.taken_over.contains(address);
        let value = match &owner {
            Some(owner) => (!is_marked(owner)).then(|| owner.value()),
            None => later.map(|_| String::new()),
        };
        let mark = self.inputs.desired.cloud.ownership_tag.key().zip(value.as_deref());
        let now = seen.map_or(base.pairs(), |seen| &seen.tags);
        let edits = Edits::of(Tagged { declared, mark }, now)?;
        if let (true, Some((key, _))) = (edits.unmarked, mark) {
            let (address, id, tag) = (address.clone(), volume.id.clone(), key.to_owned());
            self.warnings.push(Warning::MarkLost { address, id, tag });
        }
        if edits.is_empty() {
            return Ok(None);
        }
        if let (false, Some((key, _)), true) = (edits.unmarked, mark, owner_is_known) {
            let tag = key.to_owned();
            self.drift(address, volume, Drifted::Unmarked { tag });
        }
        let Edits { mut set, remove, remove_first, changes, unmarked: _ } = edits;
        let later = later.zip(mark).filter(|(_, (key, _))| set.remove(*key).is_some());
        let mark = later.map(|((_, call), (key, _))| Mark { key: key.to_owned(), call: call.clone() });
        let after = (!changes.is_empty()).then(|| wish.specs.common().tags.clone());
        let (address, id) = (address.clone(), volume.id.clone());
        Ok(Some(Retag { address, id, set, mark, remove, remove_first, after, changes }))
    }
}

/// Those of the tags that are not known to differ: a tag that is, and that is desired as it was agreed on, is left as it is.
fn left_open(tags: &Tags, known: &BTreeSet<String>, others: &Tags) -> Tags {
    let is_left = |key: &String, value: &String| known.contains(key) && others.pairs().get(key) == Some(value);
    let pairs = tags.pairs().iter().filter(|(key, value)| !is_left(key, value));
    Tags::new(pairs.map(|(key, value)| (key.clone(), value.clone())).collect()).unwrap_or_default()
}

/// Why a wish is not carried out.
fn why(change: &FieldChange, wish: &DesiredVolume) -> Why {
    let (wanted, fixed) = match change.field {
        Field::Size if is_smaller(change) && wish.lifecycle.on_shrink == OnShrink::Replace => {
            (why::Wanted::Replace, true)
        }
        Field::Size if is_smaller(change) => (why::Wanted::Shrink, true),
        Field::Size => (why::Wanted::Extend, false),
        Field::VolumeType => (why::Wanted::Retype, false),
        Field::Iops | Field::Throughput => (why::Wanted::Qos, false),
        Field::Tags => (why::Wanted::Retag, false),
        Field::Name | Field::Description => (why::Wanted::Rename, false),
        // It can be moved in its own console alone.
        Field::EnterpriseProjectId => (why::Wanted::Move, false),
        Field::Prepaid => (why::Wanted::Rebill, true),
        Field::ServerId => (why::Wanted::Attach, true),
        Field::AvailabilityZone | Field::Source | Field::Multiattach | Field::Metadata | Field::DedicatedStorageId => {
            (why::Wanted::Replace, true)
        }
    };
    Why::Field { change: change.clone(), wanted, fixed }
}

/// Whether a change of size makes a volume smaller.
fn is_smaller(change: &FieldChange) -> bool {
    matches!((&change.from, &change.to), (Some(Value::Number(from)), Some(Value::Number(to))) if to < from)
}

/// The description as it is now. A text of the cloud that is longer than the API allows counts as absent.
fn volume_description(volume: &Recorded, seen: Option<&ObservedVolume>) -> Option<Description> {
    match seen {
        Some(seen) => seen.description.clone().and_then(|text| Description::new(text).ok()),
        None => volume.base.spec.description.clone(),
    }
    .filter(|text| !text.as_str().is_empty())
}
