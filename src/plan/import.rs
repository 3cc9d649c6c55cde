//! Volumes that exist and that the stack takes over: what `import` says, held against what is recorded and what the cloud shows.
//!
//! As with moves, a plan is made from the state as it is once they are recorded, and the run that carries it out records them in
//! the same write by which it begins. So a volume that was taken over is marked, renamed and extended by the same steps as
//! any other, and a run that dies leaves either all of them recorded or none.

use super::Plan;
use super::diff::{self, Wanted, same_in_any_case};
use super::moves::open_call;
use super::planner::{Inputs, Planner};
use super::refusal::{About, Refusal};
use super::steps::{Import, Step};
use super::value::{FieldChange, Value};
use super::warning::Warning;
use super::why::Why;
use crate::manifest::DesiredVolume;
use crate::observed::ObservedVolume;
use crate::operation::Owner;
use crate::state::{Base, Change, Imported, Recorded, Seen, State};
use crate::volume::{
    Address, CallId, DedicatedStorageId, Description, EnterpriseProjectId, Field, Metadata, SizeGb, Source, SourceId,
    Tags, VolumeId, VolumeSpec, VolumeType, Zone,
};
use sha2::Digest as _;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The state with the imports of a manifest made, and what they come to.
pub(super) struct Imports<'a> {
    /// The state as the plan is made from it.
    pub(super) state: Option<Cow<'a, State>>,
    /// What is recorded by it where there is no state yet.
    pub(super) fresh: BTreeMap<Address, Recorded>,
    /// What is taken over.
    pub(super) steps: Vec<Import>,
    /// What is not, and why.
    pub(super) refusals: Vec<(Address, VolumeId, Why)>,
    /// The addresses of lines that this plan is not about.
    pub(super) left: Vec<Address>,
}

impl<'a> Imports<'a> {
    /// Takes over what the selection holds, into that state.
    pub(super) fn of(inputs: Inputs<'_>, state: Option<Cow<'a, State>>) -> Imports<'a> {
        let (mut steps, mut refusals, mut left) = (Vec::new(), Vec::new(), Vec::new());
        let by_id: BTreeMap<&VolumeId, &Address> = match &state {
            Some(state) if !inputs.desired.imports.is_empty() => {
                state.volumes.iter().map(|(address, volume)| (&volume.id, address)).collect()
            }
            _ => BTreeMap::new(),
        };
        for (address, line) in &inputs.desired.imports {
            let recorded = state.as_deref().and_then(|state| state.volumes.get(address));
            let wish = inputs.desired.volumes.get(&address.key).filter(|wish| wish.has(address.slot));
            let Some(wish) = wish else {
                // What is recorded or was given up has been imported, and what is gone cannot be any more.
                let state = state.as_deref();
                let is_done = by_id.contains_key(&line.id) || state.is_some_and(|it| it.released.contains(&line.id));
                let is_there = inputs.observed.is_some_and(|seen| seen.volumes.contains_key(&line.id));
                if is_there && !is_done {
                    refusals.push((address.clone(), line.id.clone(), Why::ImportNotDesired));
                }
                continue;
            };
            // It has done its work.
            if recorded.is_some_and(|volume| volume.id == line.id) {
                continue;
            }
            if !inputs.selection.holds(&address.key, address.slot) {
                left.push(address.clone());
                continue;
            }
            let taken = match (recorded, by_id.get(&line.id)) {
                (Some(volume), _) => Err(Why::ImportTaken { recorded: volume.id.clone() }),
                (None, Some(at)) => Err(Why::ImportRecorded { at: (*at).clone() }),
                (None, None) => import(inputs, state.as_deref(), (address, wish), &line.id),
            };
            match taken {
                Ok(step) => steps.push(step),
                Err(why) => refusals.push((address.clone(), line.id.clone(), why)),
            }
        }
        if steps.is_empty() {
            return Imports { state, fresh: BTreeMap::new(), steps, refusals, left };
        }
        let volumes = imported(&steps);
        let (state, fresh) = match state {
            None => (None, volumes.into_iter().map(|(address, volume)| (address, volume.recorded())).collect()),
            Some(state) => {
                let mut after = state.clone().into_owned();
                // Every address is free, and no volume is recorded elsewhere.
                let folded = after.fold(Change::Imported { volumes }).map(|()| Cow::Owned(after));
                (Some(folded.unwrap_or(state)), BTreeMap::new())
            }
        };
        Imports { state, fresh, steps, refusals, left }
    }
}

/// What the run records of these steps by which it begins.
fn imported(steps: &[Import]) -> BTreeMap<Address, Imported> {
    let one = |step: &Import| {
        let Import { address, id, call, seen, agreed } = step.clone();
        let base = Base { name: seen.name.clone(), spec: agreed };
        (address, Imported { id, call, seen, base })
    };
    steps.iter().map(one).collect()
}

/// The step that takes a volume over.
fn import(
    inputs: Inputs<'_>,
    state: Option<&State>,
    (address, wish): (&Address, &DesiredVolume),
    id: &VolumeId,
) -> Result<Import, Why> {
    if let Some(call) = state.and_then(|state| open_call(state, address)) {
        return Err(Why::ImportOpen { call: call.clone() });
    }
    let observed = inputs.observed.ok_or(Why::ImportNotLookedAt)?;
    let volume = observed.volumes.get(id).ok_or(Why::ImportAbsent)?;
    if !volume.status.is_usable() {
        return Err(Why::ImportNotUsable { status: volume.status.clone() });
    }
    let call = call(state, volume)?;
    let spec = wish.specs.of_volume(address.slot, [volume.availability_zone.as_str()]);
    let agreed = Arc::new(taken_over(volume, spec));
    let base = Base { name: volume.name.clone(), spec: agreed.clone() };
    let found = diff::find(&Wanted { volume: wish, spec, name: &volume.name }, &base, Some(volume));
    let unlike: Vec<FieldChange> = found.wishes.into_iter().map(|wish| wish.now).filter(is_fixed).collect();
    if !unlike.is_empty() {
        return Err(Why::ImportUnlike { changes: unlike });
    }
    Ok(Import { address: address.clone(), id: id.clone(), call, seen: Seen::from(volume), agreed })
}

/// The call by which the volume is marked: of a volume that carries the mark of this state, that one.
fn call(state: Option<&State>, volume: &ObservedVolume) -> Result<CallId, Why> {
    let owners: Vec<Owner> = volume.tags.values().filter_map(|value| Owner::read(value)).collect();
    let is_own = |owner: &Owner| state.is_some_and(|state| state.lineage == owner.lineage);
    if let Some(owner) = owners.iter().find(|owner| !is_own(owner)) {
        let Owner { stack, lineage, call: _ } = owner.clone();
        return Err(Why::ImportOwned { of: stack, lineage });
    }
    if let Some(Owner { call, .. }) = owners.into_iter().next() {
        let is_open = state.is_some_and(|state| state.operations.contains_key(&call));
        return if is_open { Err(Why::ImportOpen { call }) } else { Ok(call) };
    }
    Ok(import_id(&volume.id))
}

/// The id by which an imported volume is marked, as its creation would be if evsctl had made it: the same whenever it is
/// imported, so that a retry from an earlier state finds its own mark.
fn import_id(id: &VolumeId) -> CallId {
    CallId::from_hash(&sha2::Sha256::digest(format!("import {id}")).into())
}

/// Whether no step of this version changes that field: then the volume is not what is asked for.
fn is_fixed(change: &FieldChange) -> bool {
    match change.field {
        Field::Name | Field::Description | Field::Tags => false,
        Field::Size => !grows(change),
        _ => true,
    }
}

fn grows(change: &FieldChange) -> bool {
    matches!((&change.from, &change.to), (Some(Value::Number(from)), Some(Value::Number(to))) if to > from)
}

/// What manifest and cloud agree on of a volume that is taken over: what the cloud shows of each field, and what is asked for
/// where it shows nothing.
fn taken_over(volume: &ObservedVolume, wish: &VolumeSpec) -> VolumeSpec {
    // Taken apart in full, so that a new field does not compile until it is looked at here.
    let VolumeSpec {
        zone,
        volume_type,
        size,
        source,
        description: _,
        multiattach,
        metadata,
        tags,
        enterprise_project_id,
        iops,
        throughput,
        prepaid,
        server_id,
        dedicated_storage_id: _,
    } = wish;
    let declared = tags.pairs().keys().filter_map(|key| Some((key.clone(), volume.tags.get(key)?.clone())));
    let shown = volume.description.as_deref().filter(|text| !text.is_empty());
    let project = volume.enterprise_project_id.as_deref();
    let pool = volume.dedicated_storage_id.as_deref();
    VolumeSpec {
        zone: like(&volume.availability_zone, zone.as_str(), Zone::new).unwrap_or_else(|| zone.clone()),
        volume_type: like(&volume.volume_type, volume_type.as_str(), VolumeType::new)
            .unwrap_or_else(|| volume_type.clone()),
        size: SizeGb::new(volume.size).ok().or(*size),
        source: source_of(volume).unwrap_or_else(|| match source {
            // It never shows.
            Source::Backup(_) => source.clone(),
            _ => Source::Blank,
        }),
        description: shown.and_then(|text| Description::new(text).ok()),
        multiattach: volume.multiattach.unwrap_or(*multiattach),
        metadata: Metadata::new(metadata_of(volume, metadata)).unwrap_or_else(|_| metadata.clone()),
        tags: Tags::new(declared.collect()).unwrap_or_default(),
        enterprise_project_id: project
            .and_then(|id| EnterpriseProjectId::new(id).ok())
            .or_else(|| enterprise_project_id.clone()),
        iops: volume.iops.or(*iops),
        throughput: volume.throughput.or(*throughput),
        prepaid: prepaid.filter(|_| volume.prepaid),
        server_id: server_id.clone(),
        dedicated_storage_id: pool.and_then(|id| DedicatedStorageId::new(id).ok()),
    }
}

/// A word that the cloud shows, where it is another one than the wanted: case tells no two apart.
fn like<T, E>(shown: &str, wanted: &str, read: impl FnOnce(String) -> Result<T, E>) -> Option<T> {
    if shown.eq_ignore_ascii_case(wanted) { None } else { read(shown.to_owned()).ok() }
}

/// The source as far as it shows: a backup never does.
fn source_of(volume: &ObservedVolume) -> Option<Source> {
    let id = |id: &Option<String>| id.as_deref().and_then(|id| SourceId::new(id).ok());
    id(&volume.snapshot_id).map(Source::Snapshot).or_else(|| id(&volume.image_id).map(Source::Image))
}

/// Of what is asked for as metadata, what the volume is. What an answer leaves out and no source can have given is off.
fn metadata_of(volume: &ObservedVolume, wanted: &Metadata) -> BTreeMap<String, String> {
    let is_blank = source_of(volume).is_none();
    let value = |(key, wanted): (&String, &String)| {
        let shown = volume.metadata.get(key).map(|shown| same_in_any_case(shown, wanted).to_owned());
        let off = || diff::metadata_default(key).filter(|_| is_blank && !volume.metadata.is_empty()).map(str::to_owned);
        (key.clone(), shown.or_else(off).unwrap_or_else(|| wanted.clone()))
    };
    wanted.pairs().iter().map(value).collect()
}

impl Planner<'_> {
    /// Takes in what is imported, and sees to it that nothing else is done about what is not.
    pub(super) fn imported(&mut self, steps: Vec<Import>, refusals: Vec<(Address, VolumeId, Why)>, left: Vec<Address>) {
        self.covered.extend(left);
        for step in &steps {
            let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&step.id));
            if let Some(mark) = seen.and_then(ObservedVolume::kubernetes_mark) {
                let (address, id, mark) = (step.address.clone(), step.id.clone(), mark.to_owned());
                self.warnings.push(Warning::ImportOfKubernetes { address, id, mark });
            }
        }
        self.readdressed.extend(steps.iter().map(|step| step.address.clone()));
        self.taken_over.extend(steps.iter().map(|step| step.address.clone()));
        self.first.extend(steps.into_iter().map(Step::Import));
        for (address, id, why) in refusals {
            self.refusals.push(Refusal { about: About::Address(address.clone()), id: Some(id), why, unwanted: None });
            // What exists already is not bought once more.
            self.covered.insert(address);
        }
    }
}

impl Plan {
    /// What the run records in the same write by which it begins: to be given to
    /// [`Lease::begin_run`](crate::store::Lease::begin_run).
    pub fn recorded_at_once(&self) -> Vec<Change> {
        let moves = self.moves();
        let steps: Vec<Import> = self.steps.iter().filter_map(Step::as_import).cloned().collect();
        let moved = (!moves.is_empty()).then_some(Change::Moved { addresses: moves });
        let imported = (!steps.is_empty()).then(|| Change::Imported { volumes: imported(&steps) });
        moved.into_iter().chain(imported).collect()
    }
}
