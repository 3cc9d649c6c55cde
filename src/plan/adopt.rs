//! Late volumes: a call that is over made them after all, and their slot is still free.

use super::diff::label_changes;
use super::orphans::{Origin, Orphan, Unplaced, orphans};
use super::planner::{Inputs, Planner};
use super::steps::{Adopt, Label, Rename, Step};
use super::warning::{Seemed, Warning};
use crate::manifest::{DesiredVolume, Manifest};
use crate::observed::ObservedVolume;
use crate::operation::{Aspect, Claim, Misfit, Owner, Taint, misfits};
use crate::state::{End, EndedCreate, Recorded, Seen, State};
use crate::volume::{
    Address, Description, EnterpriseProjectId, Key, Metadata, SizeGb, Slot, SlotSet, Tags, VolumeId, VolumeName,
    VolumeSpec, slot_name, slot_of_service_name,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What becomes of the orphans.
#[derive(Debug, Default)]
pub(super) struct Classified<'a> {
    /// Those that take a slot.
    pub(super) late: BTreeMap<Address, Orphan<'a>>,
    /// The others, by reason.
    pub(super) others: BTreeMap<Unplaced, Vec<Orphan<'a>>>,
}

impl<'a> Classified<'a> {
    /// Finds the slot of each late volume, whatever part of the stack the plan is about.
    pub(super) fn of(inputs: Inputs<'a>) -> Classified<'a> {
        let mut classified = Classified::default();
        let Some(observed) = inputs.observed else { return classified };
        let mut unnamed = Vec::new();
        for orphan in orphans(inputs.desired, inputs.recorded, &observed.volumes) {
            let call = match orphan.origin {
                // Going on with the call is what finds it its slot.
                Origin::Open(_) => continue,
                Origin::Ended(call) => call,
                Origin::Stateless => {
                    classified.leave(Unplaced::Stateless, orphan);
                    continue;
                }
                Origin::Foreign => {
                    classified.leave(Unplaced::Foreign(orphan.lineage.clone()), orphan);
                    continue;
                }
                Origin::Unknown => {
                    classified.leave(Unplaced::Unknown, orphan);
                    continue;
                }
            };
            if !is_of(&orphan, call, inputs) {
                classified.leave(Unplaced::Copied, orphan);
                continue;
            }
            let wishes = wishes(inputs.desired, call);
            let is_like = |(_, wish): &(Address, &DesiredVolume)| spec_of(orphan.volume, wish, call).is_some();
            match wishes.as_slice() {
                [] => classified.leave(Unplaced::Unwanted, orphan),
                wishes if !wishes.iter().any(is_like) => classified.leave(Unplaced::Unlike, orphan),
                _ if orphan.volume.status.is_error() => classified.leave(Unplaced::Broken, orphan),
                wishes => match place_by_name(call, wishes, &orphan.volume.name) {
                    Some(address) => classified.take(inputs, vec![address], orphan),
                    None => unnamed.push((orphan, call)),
                },
            }
        }
        // A name that tells nothing leaves no doubt only where one slot is left.
        for (orphan, call) in unnamed {
            classified.take(inputs, call.addresses().collect(), orphan);
        }
        classified
    }

    /// Gives the volume the only free one of these addresses.
    fn take(&mut self, inputs: Inputs<'_>, places: Vec<Address>, orphan: Orphan<'a>) {
        let free = places.into_iter().filter(|address| {
            let is_wanted = inputs.desired.volumes.get(&address.key).is_some_and(|wish| wish.has(address.slot));
            // What is recorded there and gone takes no place.
            let is_there = |state: &State| {
                let gone = |id: &VolumeId| inputs.observed.is_some_and(|seen| seen.gone.contains(id));
                let unseen = |volume: &Recorded| matches!(volume.tainted, Some(Taint::Unseen(_)) | None);
                state.volumes.get(address).is_some_and(|volume| !unseen(volume) || !gone(&volume.id))
            };
            let taken = inputs.recorded.is_some_and(|state| is_there(state) || state.is_covered(address));
            is_wanted && !taken && !self.late.contains_key(address)
        });
        match free.collect::<Vec<_>>().as_slice() {
            [address] if orphan.volume.status.is_usable() => drop(self.late.insert(address.clone(), orphan)),
            [_] => self.leave(Unplaced::NotYet, orphan),
            [] => self.leave(Unplaced::Taken, orphan),
            _ => self.leave(Unplaced::Unnamed, orphan),
        }
    }

    fn leave(&mut self, why: Unplaced, orphan: Orphan<'a>) {
        self.others.entry(why).or_default().push(orphan);
    }
}

/// Whether a volume that carries the tag of a call that is over was made by it: a copy may carry the tag too.
fn is_of(orphan: &Orphan<'_>, call: &EndedCreate, inputs: Inputs<'_>) -> bool {
    let (stack, lineage) = (inputs.desired.stack.clone(), orphan.lineage.clone());
    let owner = Owner { stack, lineage, call: orphan.call.clone() };
    let (asked, first_sent) = (&BTreeMap::new(), call.first_sent);
    Claim { owner: &owner, asked, first_sent, ended: call.over() }.judge(orphan.volume, false, false).is_ok()
}

/// What the manifest wants in the place of what its call made, where a volume is that: in the zone of the call.
fn spec_of<'m>(volume: &ObservedVolume, wish: &'m DesiredVolume, call: &EndedCreate) -> Option<&'m Arc<VolumeSpec>> {
    let is_like = |spec: &&Arc<VolumeSpec>| {
        // A smaller one is recorded as what it is, and told to have to grow.
        let smaller =
            |misfit: &Misfit| misfit.field == Aspect::Size && spec.size.is_some_and(|size| volume.size < size.gb());
        call.made == spec.made_as() && misfits(spec, volume).iter().all(smaller) && is_made_alike(spec, volume)
    };
    wish.specs.iter().find(is_like)
}

/// Whether a volume shows nothing that speaks against its having been made so: sharing, encryption and device type never
/// change. What an answer leaves out says nothing.
fn is_made_alike(spec: &VolumeSpec, volume: &ObservedVolume) -> bool {
    let is_shared = volume.multiattach.is_none_or(|multiattach| multiattach == spec.multiattach);
    let is_as_asked = |(key, wanted): (&String, &String)| match volume.metadata.get(key) {
        Some(shown) => shown.eq_ignore_ascii_case(wanted),
        None => volume.metadata.is_empty() || key == Metadata::FULL_CLONE || matches!(wanted.as_str(), "0" | "false"),
    };
    is_shared && spec.metadata.pairs().iter().all(is_as_asked)
}

/// What of a call's slots is still asked for, each by the address that it has by now.
fn wishes<'m>(desired: &'m Manifest, call: &EndedCreate) -> Vec<(Address, &'m DesiredVolume)> {
    let wish = |address: Address| {
        let wish = desired.volumes.get(&address.key).filter(|wish| wish.has(address.slot))?;
        Some((address, wish))
    };
    call.addresses().filter_map(wish).collect()
}

/// The address that a name means: by the place in the call that the service's number stands for, else because it
/// is the name of that address already.
fn place_by_name(call: &EndedCreate, wishes: &[(Address, &DesiredVolume)], name: &str) -> Option<Address> {
    let number = slot_of_service_name(call.name.as_str(), name);
    let place = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    // A call for one volume has its whole name in it, and no number of the service.
    let by_place = place.filter(|_| call.slots.len() > 1).and_then(|place| call.addresses().nth(place));
    let wanted =
        |(address, wish): &&(Address, &DesiredVolume)| slot_name(wish.name.as_str(), wish.count, address.slot) == name;
    let by_name = || wishes.iter().find(wanted).map(|(address, _)| address.clone());
    // A call for one volume had its one name, whatever that slot is called by now.
    let only = || call.addresses().next().filter(|_| call.slots.len() == 1 && name == call.name.as_str());
    by_place.or_else(by_name).or_else(only)
}

/// How a volume looks that takes a slot, as it is recorded. What an answer leaves out is no news.
pub(super) fn seen_as(volume: &ObservedVolume, spec: &VolumeSpec) -> Seen {
    let mut seen = Seen::from(volume);
    if seen.volume_type.is_empty() {
        seen.volume_type = spec.volume_type.to_string();
    }
    if seen.size == 0 {
        seen.size = spec.size.map_or(0, SizeGb::gb);
    }
    seen
}

/// What a volume that takes a slot counts as asked to be: what the manifest wants, but for the tags, rates and enterprise
/// project that it shows otherwise. To change those is a wish, and nobody changed them outside.
pub(super) fn asked_of(volume: &ObservedVolume, spec: &Arc<VolumeSpec>) -> Arc<VolumeSpec> {
    let mut asked = spec.clone();
    let (wanted, shown) = (spec.tags.pairs(), &volume.tags);
    if wanted.iter().any(|(key, value)| shown.get(key) != Some(value)) {
        let tags = wanted.keys().filter_map(|key| Some((key.clone(), shown.get(key)?.clone())));
        // What cannot be asked for was not asked for.
        if let Ok(tags) = Tags::new(tags.collect()) {
            Arc::make_mut(&mut asked).tags = tags;
        }
    }
    // What the manifest leaves open is compared with nothing, and what an answer leaves out is no news.
    let other =
        |wanted: Option<u32>, shown: Option<u32>| shown.filter(|shown| wanted.is_some_and(|rate| rate != *shown));
    if let Some(rate) = other(spec.iops, volume.iops) {
        Arc::make_mut(&mut asked).iops = Some(rate);
    }
    if let Some(rate) = other(spec.throughput, volume.throughput) {
        Arc::make_mut(&mut asked).throughput = Some(rate);
    }
    if let (Some(wanted), Some(shown)) = (&spec.enterprise_project_id, &volume.enterprise_project_id)
        && wanted.as_str() != shown
        && let Ok(shown) = EnterpriseProjectId::new(shown.as_str())
    {
        Arc::make_mut(&mut asked).enterprise_project_id = Some(shown);
    }
    asked
}

impl Planner<'_> {
    /// Late volumes take their slots, which are then not missing any more.
    pub(super) fn adopt(
        &mut self,
        key: &Key,
        wish: &DesiredVolume,
        missing: &mut BTreeSet<Slot>,
        gone: &mut BTreeMap<Slot, VolumeId>,
    ) {
        let first = Address { key: key.clone(), slot: Slot::FIRST };
        let late: Vec<(Slot, Orphan<'_>)> = self
            .late
            .range(first..)
            .take_while(|(address, _)| address.key == *key)
            .map(|(address, orphan)| (address.slot, orphan.clone()))
            .collect();
        for (slot, orphan) in &late {
            let lost = gone.remove(slot);
            if missing.remove(slot) || lost.is_some() {
                self.adopt_one(Address { key: key.clone(), slot: *slot }, wish, orphan, lost);
            }
        }
        for (_, orphan) in &late {
            self.wait_for_the_rest(orphan, missing, gone);
        }
    }

    fn adopt_one(&mut self, address: Address, wish: &DesiredVolume, orphan: &Orphan<'_>, gone: Option<VolumeId>) {
        let (volume, call) = (orphan.volume, orphan.call.clone());
        let text = volume.description.clone().filter(|text| !text.is_empty());
        let description = text.and_then(|text| Description::new(text).ok());
        let before = Label { name: volume.name.clone(), description };
        let after = self.label(address.slot, wish, &before);
        let spec = match orphan.origin {
            Origin::Ended(call) => spec_of(volume, wish, call),
            _ => None,
        };
        let spec = spec.unwrap_or_else(|| wish.specs.of_volume(address.slot, [volume.availability_zone.as_str()]));
        let (seen, asked) = (seen_as(volume, spec), asked_of(volume, spec));
        let id = volume.id.clone();
        // A name that is kept as it is may be no legal one; the next plan says so.
        if before != after
            && let Ok(name) = VolumeName::new(after.name)
        {
            let (address, id) = (address.clone(), id.clone());
            let after = Label { name, description: after.description };
            let changes = label_changes(&before, &after);
            self.second.push(Step::Rename(Rename { address, id, before, after, changes }));
        }
        self.first.push(Step::Adopt(Adopt { address, id, call, gone, seen, asked }));
    }

    /// A call that was taken to have made no more than is recorded did make more. What else it made may show a moment
    /// later, so its other slots are left to the next plan.
    fn wait_for_the_rest(
        &mut self,
        orphan: &Orphan<'_>,
        missing: &mut BTreeSet<Slot>,
        gone: &mut BTreeMap<Slot, VolumeId>,
    ) {
        let Origin::Ended(call) = orphan.origin else { return };
        let slots: SlotSet =
            call.slots.iter().filter(|slot| missing.remove(slot) | gone.remove(slot).is_some()).collect();
        if !slots.is_empty() {
            let seemed = match call.end {
                End::Absent => Seemed::NeverHappened,
                End::Refused(_) => Seemed::Refused,
                End::GivenUp => Seemed::GivenUp,
                End::Done => Seemed::Done,
            };
            let (key, call) = (call.key.clone(), orphan.call.clone());
            self.warnings.push(Warning::RestMayShow { key, slots, call, seemed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{self, SourceFile};
    use crate::observed::Status;

    fn wish(count: u32) -> DesiredVolume {
        let text = format!(
            "stack: s\ncloud: {{ simulator: true }}\nvolumes:\n  data: {{ count: {count}, size: 40, \
             availability_zone: az-1, volume_type: SSD }}\n"
        );
        let file = SourceFile::own("test.yaml", text.into_bytes());
        manifest::parse(&[file]).unwrap().volumes.into_values().next().unwrap()
    }

    fn ended(slots: &str, wish: &DesiredVolume) -> EndedCreate {
        EndedCreate {
            key: Key::new("data").unwrap(),
            slots: SlotSet::parse(slots).unwrap(),
            moved: BTreeMap::new(),
            name: wish.name.clone(),
            made: wish.specs.common().made_as(),
            first_sent: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            end: End::Done,
        }
    }

    #[test]
    fn a_number_is_the_place_in_the_call_and_a_name_is_a_slots() {
        for (slots, count, name, slot) in [
            ("1..3", 3, "data-0002", Some(2)),
            ("4,7", 9, "data-0002", Some(7)),
            ("4,7", 9, "data-0007", Some(7)),
            ("4,7", 9, "data-0001", Some(4)),
            ("5", 9, "data-0005", Some(5)),
            ("5", 9, "data-0001", None),
            ("1", 1, "data", Some(1)),
            ("1..3", 3, "data", None),
            ("1..3", 3, "data-0004", None),
            ("1..3", 3, "", None),
        ] {
            let wish = wish(count);
            let call = ended(slots, &wish);
            let wishes: Vec<_> =
                call.addresses().filter(|at| wish.has(at.slot)).map(|address| (address, &wish)).collect();
            let found = place_by_name(&call, &wishes, name);
            assert_eq!(found.map(|at| at.slot.number()), slot, "{slots} {name:?}");
        }
    }

    #[test]
    fn what_is_recorded_never_hides_that_a_volume_has_to_grow() {
        let spec = wish(1).specs.common().clone();
        let volume = |size, volume_type: &str| ObservedVolume {
            name: "data".to_owned(),
            status: Status::Available,
            size,
            volume_type: volume_type.to_owned(),
            availability_zone: "az-1".to_owned(),
            ..ObservedVolume::of(crate::volume::VolumeId::new("a").unwrap())
        };
        for (size, agreed) in [(30, 30), (40, 40), (50, 50), (0, 40)] {
            let seen = seen_as(&volume(size, ""), &spec);
            let base = crate::state::Base::of(spec.clone(), &seen);
            assert_eq!((seen.size, base.spec.size.map(SizeGb::gb)), (agreed, Some(agreed)), "{size}");
            assert_eq!(seen.volume_type, "SSD", "what an answer leaves out is no news");
        }
    }

    #[test]
    fn what_a_late_volume_shows_otherwise_was_not_asked_for() {
        let mut spec = wish(1).specs.common().clone();
        let tags = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let asked = Arc::make_mut(&mut spec);
        asked.tags = Tags::new(tags(&[("env", "prod"), ("team", "a"), ("cost", "1")])).unwrap();
        (asked.iops, asked.throughput) = (Some(3000), None);
        asked.enterprise_project_id = Some(EnterpriseProjectId::new("0").unwrap());
        let shown = ObservedVolume {
            tags: tags(&[("env", "test"), ("team", "a"), ("other", "x")]),
            iops: Some(4000),
            throughput: Some(300),
            enterprise_project_id: Some("7c1b".to_owned()),
            ..ObservedVolume::of(crate::volume::VolumeId::new("a").unwrap())
        };
        let counted = asked_of(&shown, &spec);
        assert_eq!(*counted.tags.pairs(), tags(&[("env", "test"), ("team", "a")]));
        assert_eq!((counted.iops, counted.throughput), (Some(4000), None));
        assert_eq!(counted.enterprise_project_id.as_ref().map(|id| id.as_str()), Some("7c1b"));
        let silent = ObservedVolume { tags: spec.tags.pairs().clone(), ..ObservedVolume::of(shown.id.clone()) };
        assert!(Arc::ptr_eq(&asked_of(&silent, &spec), &spec), "what fits is shared");
    }
}
