//! What people approve: the wishes, however and how far they are carried out.

mod older;

use super::diff::is_label;
use super::digest::digest_of;
use super::retag::change_of;
use super::value::{FieldChange, Value};
use super::{Adopt, Clean, Forget, Move, Plan, Protection, Release, Removal, Rename, Resume, Retag, Step, Work};
use crate::operation::{Create, Delete, Growth};
use crate::volume::{
    Address, Digest, Field, OwnershipTag, SizeGb, SnapshotId, StackName, VolumeId, VolumeName, VolumeSpec,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Of the canonical form. A digest of another one is approved no more; `older` knows those that landed.
const FORM: u32 = 5;

/// What is wished for one address. A wish that is reached already counts like the step that it spares, so that a run which was
/// cut short is finished under the same digest from the state that it began with.
#[derive(serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Wish<'a> {
    /// A volume that is made so, in the place of one that is gone.
    Make {
        spec: Digest,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        gone: Option<&'a VolumeId>,
    },
    /// A field that is changed from what was agreed on to what is desired.
    Change {
        id: &'a VolumeId,
        #[serde(flatten)]
        change: Cow<'a, FieldChange>,
        /// Whether the order that it takes pays itself, where it takes one.
        #[serde(skip_serializing_if = "Option::is_none")]
        auto_pay: Option<bool>,
    },
    /// The mark of its owner, which is put back.
    Mark { id: &'a VolumeId },
    /// That nothing deletes the volume of the address, whichever that is.
    Protect,
    /// That the volume may be deleted again.
    Unprotect {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a VolumeId>,
    },
    /// A volume that is given up, with its snapshots.
    GiveUp {
        id: &'a VolumeId,
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        snapshots: Cow<'a, BTreeSet<SnapshotId>>,
    },
    /// What was recorded under another address.
    Move {
        from: &'a Address,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a VolumeId>,
    },
    /// A volume that the stack gives up, and that the cloud keeps.
    Release { id: &'a VolumeId, untag: bool },
    /// A volume that is taken over and brought to what is asked for, whatever of that it is already.
    Import { id: &'a VolumeId, spec: Digest, name: String },
    /// A volume that takes the address, in the place of one that is gone.
    Adopt {
        id: &'a VolumeId,
        #[serde(skip_serializing_if = "Option::is_none")]
        gone: Option<&'a VolumeId>,
    },
}

impl Wish<'_> {
    /// Its place among those of one address.
    fn rank(&self) -> (u8, Option<&FieldChange>) {
        match self {
            Wish::GiveUp { .. } => (0, None),
            Wish::Adopt { .. } | Wish::Import { .. } => (1, None),
            Wish::Make { .. } => (2, None),
            Wish::Change { change, .. } => (3, Some(change)),
            Wish::Mark { .. } => (4, None),
            Wish::Protect => (5, None),
            Wish::Unprotect { .. } => (6, None),
            Wish::Move { .. } => (7, None),
            Wish::Release { .. } => (8, None),
        }
    }
}

impl Plan {
    /// SHA-256 over stack, cloud, project and, address by address, the wishes: what people approve. How they are carried out,
    /// what of them is reached, the serial, drift without a step, estimates and warnings do not move it.
    pub fn changes(&self) -> Digest {
        self.changes_in(FORM)
    }

    /// The same in that form, which is 2 or later.
    fn changes_in(&self, form: u32) -> Digest {
        #[derive(serde::Serialize)]
        struct Approved<'a> {
            form: u32,
            stack: &'a StackName,
            region: &'a Option<String>,
            endpoint: &'a str,
            project_id: &'a str,
            ownership_tag: &'a OwnershipTag,
            wishes: Vec<(Address, Vec<Wish<'a>>)>,
        }
        digest_of(&Approved {
            form,
            stack: &self.stack,
            region: &self.cloud.region,
            endpoint: &self.cloud.endpoint,
            project_id: &self.cloud.project_id,
            ownership_tag: &self.ownership_tag,
            wishes: self.wishes(form).into_iter().collect(),
        })
    }

    fn wishes(&self, form: u32) -> BTreeMap<Address, Vec<Wish<'_>>> {
        let mut wishes: BTreeMap<Address, Vec<Wish<'_>>> = BTreeMap::new();
        let mut specs = Specs::default();
        for (address, wish) in self.taking_over() {
            wishes.entry(address.clone()).or_default().push(wish);
        }
        for step in &self.steps {
            match step {
                // Told already, with what the other steps make of it.
                Step::Import(_) => {}
                // A call that an earlier run began is still the creation that was approved.
                Step::Create(create) | Step::Resume(Resume { wanted: true, work: Work::Create { create, .. }, .. }) => {
                    for (place, (slot, name)) in (1..).zip(&create.slots) {
                        let (spec, gone) = (specs.digest(create), create.gone.get(slot));
                        let make = Wish::Make { spec, name: base_name(name, &[slot.number(), place]), gone };
                        wishes.entry(create.address(*slot)).or_default().push(make);
                    }
                }
                Step::Extend(extend) | Step::Resume(Resume { wanted: true, work: Work::Extend(extend), .. }) => {
                    let auto_pay = extend.way.pays_itself().filter(|_| form > 4);
                    for (address, growth) in &extend.volumes {
                        let change = Wish::Change { id: &growth.id, change: Cow::Owned(growth_of(growth)), auto_pay };
                        wishes.entry(address.clone()).or_default().push(change);
                    }
                }
                Step::Delete(Removal { address, id, snapshots, .. })
                | Step::Resume(Resume {
                    wanted: true, work: Work::Delete(Delete { address, id, snapshots }), ..
                }) => {
                    let give_up = Wish::GiveUp { id, snapshots: Cow::Borrowed(snapshots) };
                    wishes.entry(address.clone()).or_default().push(give_up);
                }
                Step::Resume(_) => {}
                Step::Rename(Rename { address, id, changes, .. }) => {
                    let changes = changes.iter().map(|change| changed(id, Cow::Borrowed(change)));
                    wishes.entry(address.clone()).or_default().extend(changes);
                }
                Step::Retag(Retag { address, id, changes, after, .. }) => {
                    let changes = changes.iter().map(|change| changed(id, Cow::Borrowed(change)));
                    let mark = after.is_none().then_some(Wish::Mark { id });
                    wishes.entry(address.clone()).or_default().extend(changes.chain(mark));
                }
                // No version before protected anything.
                Step::Protect(_) | Step::Unprotect(_) if form < 4 => {}
                Step::Protect(Protection { address, id: _ }) => {
                    wishes.entry(address.clone()).or_default().push(Wish::Protect);
                }
                Step::Unprotect(Protection { address, id }) => {
                    wishes.entry(address.clone()).or_default().push(Wish::Unprotect { id: id.as_ref() });
                }
                Step::Clean(Clean { address, id, .. }) | Step::Forget(Forget { address, id, .. }) => {
                    let give_up = Wish::GiveUp { id, snapshots: Cow::Owned(BTreeSet::new()) };
                    wishes.entry(address.clone()).or_default().push(give_up);
                }
                // No version before moved anything or gave it up.
                Step::Move(_) | Step::Release(_) if form < 5 => {}
                Step::Move(Move { address, from, id }) => {
                    wishes.entry(address.clone()).or_default().push(Wish::Move { from, id: id.as_ref() });
                }
                Step::Release(Release { address, id, untag }) => {
                    wishes.entry(address.clone()).or_default().push(Wish::Release { id, untag: untag.is_some() });
                }
                Step::Adopt(Adopt { address, id, gone, .. }) => {
                    wishes.entry(address.clone()).or_default().push(Wish::Adopt { id, gone: gone.as_ref() });
                }
            }
        }
        for agreed in &self.agreed {
            // A field that no step of this version changes spares none. Each tag is a wish of its own.
            let is_spared = |change: &&FieldChange| match change.field {
                Field::Tags => form > 2,
                Field::Size => form > 3 && grows(change),
                field => is_label(field),
            };
            let changes = agreed.changes.iter().filter(is_spared).flat_map(each_key);
            let changes: Vec<Wish<'_>> = changes
                .map(|change| {
                    let auto_pay = agreed.auto_pay.filter(|_| form > 4 && change.field == Field::Size);
                    Wish::Change { id: &agreed.id, change, auto_pay }
                })
                .collect();
            if !changes.is_empty() {
                wishes.entry(agreed.address.clone()).or_default().extend(changes);
            }
        }
        // What a volume that is taken over is changed to stands in the wish to take it over.
        for wishes in wishes.values_mut() {
            if wishes.iter().any(|wish| matches!(wish, Wish::Import { .. })) {
                wishes.retain(|wish| !matches!(wish, Wish::Change { .. } | Wish::Mark { .. }));
            }
        }
        for wishes in wishes.values_mut() {
            // Whether a field of a volume is reached already tells nothing of the order.
            wishes.sort_by(|a, b| a.rank().cmp(&b.rank()));
        }
        wishes
    }

    /// What each volume is to be once it is taken over and the other steps about it are done. So it is the same whatever of
    /// that it is already, as after a run that was cut short and whose state is lost.
    fn taking_over(&self) -> BTreeMap<&Address, Wish<'_>> {
        let imports = self.steps.iter().filter_map(|step| match step {
            Step::Import(import) => {
                Some((&import.address, (&import.id, VolumeSpec::clone(&import.agreed), import.seen.name.as_str())))
            }
            _ => None,
        });
        let mut imports: BTreeMap<_, _> = imports.collect();
        for step in &self.steps {
            match step {
                Step::Rename(rename) => {
                    if let Some((_, spec, name)) = imports.get_mut(&rename.address) {
                        *name = rename.after.name.as_str();
                        spec.description.clone_from(&rename.after.description);
                    }
                }
                Step::Retag(Retag { address, after: Some(tags), .. }) => {
                    if let Some((_, spec, _)) = imports.get_mut(address) {
                        spec.tags.clone_from(tags);
                    }
                }
                Step::Extend(extend) => {
                    for (address, growth) in &extend.volumes {
                        if let Some((_, spec, _)) = imports.get_mut(address) {
                            spec.size = Some(growth.to);
                        }
                    }
                }
                _ => {}
            }
        }
        let wish = |(id, spec, name): (_, VolumeSpec, &str)| Wish::Import {
            id,
            spec: digest_of(&spec),
            name: name.to_owned(),
        };
        imports.into_iter().map(|(address, import)| (address, wish(import))).collect()
    }
}

fn changed<'a>(id: &'a VolumeId, change: Cow<'a, FieldChange>) -> Wish<'a> {
    Wish::Change { id, change, auto_pay: None }
}

/// What an extension wishes for a volume: from what was agreed on.
fn growth_of(growth: &Growth) -> FieldChange {
    let number = |size: SizeGb| Value::Number(size.gb());
    FieldChange { field: Field::Size, from: growth.agreed.map(number), to: Some(number(growth.to)) }
}

/// Whether a change of size is one that an extension makes: no step makes a volume smaller.
fn grows(change: &FieldChange) -> bool {
    match (&change.from, &change.to) {
        (Some(Value::Number(from)), Some(Value::Number(to))) => from < to,
        (from, _) => from.is_none(),
    }
}

/// A change of tags as changes of one key each.
fn each_key(change: &FieldChange) -> Vec<Cow<'_, FieldChange>> {
    let (Field::Tags, Some(Value::Pairs(from)), Some(Value::Pairs(to))) = (change.field, &change.from, &change.to)
    else {
        return vec![Cow::Borrowed(change)];
    };
    let keys: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    keys.into_iter().map(|key| Cow::Owned(change_of(key, from, to))).collect()
}

/// The digests of specifications, each made once for all that share it.
#[derive(Default)]
struct Specs(HashMap<*const VolumeSpec, Digest>);

impl Specs {
    fn digest(&mut self, create: &Create) -> Digest {
        self.0.entry(Arc::as_ptr(&create.spec)).or_insert_with(|| digest_of(&create.spec)).clone()
    }
}

/// The name of a volume without its number, where that is one of these: the slot's, or its place in the call. Which one it
/// gets follows from the address.
pub(super) fn base_name(name: &VolumeName, numbers: &[u32]) -> String {
    let is_numbered = |number: &str| numbers.iter().any(|one| format!("{one:04}") == number);
    match name.as_str().rsplit_once('-') {
        Some((base, number)) if is_numbered(number) => format!("{base}-#"),
        _ => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_number_of_a_slot_or_of_its_place_is_no_part_of_the_name() {
        let base = |name: &str, numbers: &[u32]| base_name(&VolumeName::new(name).unwrap(), numbers);
        assert_eq!(base("data-0007", &[7, 1]), "data-#");
        assert_eq!(base("data-0001", &[7, 1]), "data-#");
        assert_eq!(base("pg-2025", &[1, 1]), "pg-2025");
        assert_eq!((base("data-7", &[7]), base("data", &[1])), ("data-7".to_owned(), "data".to_owned()));
        assert_eq!(
            (base("data-00007", &[7]), base("data-12345", &[12345])),
            ("data-00007".to_owned(), "data-#".to_owned())
        );
    }
}
