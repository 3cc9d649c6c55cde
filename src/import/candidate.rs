//! Whether a volume can be taken over, and what its entry has to say for it to be the same to the manifest as to the cloud.

use super::left::Reason;
use super::names::Names;
use crate::manifest::{DesiredVolume, Manifest, Place};
use crate::observed::{ObservedVolume, Status};
use crate::operation::Owner;
use crate::state::State;
use crate::volume::{
    Address, DedicatedStorageId, Description, EnterpriseProjectId, Field, Invalid, Metadata, MetadataFault,
    OwnershipTag, SizeGb, Source, SourceId, Tags, VolumeId, VolumeName, VolumeSpec, VolumeType, Zone,
};
use std::collections::{BTreeMap, HashMap};

/// What begins the keys of tags that the cloud sets itself.
const SYSTEM_TAG: &str = "_sys";

/// What is worth a comment beside an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// It is paid in advance, and no answer shows for how long.
    Prepaid,
    /// Its tags are not declared: with the ownership tag they would be more than a volume may carry.
    TagsFull,
    /// Its tags are not declared: one of them breaks the rules of tags.
    TagsIllegal,
}

/// A volume that can be taken over.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: VolumeId,
    pub(super) name: VolumeName,
    /// Whether the manifest has a volume of that name already.
    pub(super) repeats: bool,
    pub(super) zone: Zone,
    pub(super) shown: Shown,
}

/// All that an entry has to say of a volume beside its name and its zone: volumes that are equal in it can share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    pub(super) volume_type: VolumeType,
    pub(super) size: SizeGb,
    pub(super) source: Source,
    pub(super) description: Option<Description>,
    /// `None` where the cloud does not say.
    pub(super) multiattach: Option<bool>,
    pub(super) metadata: BTreeMap<String, String>,
    /// `None` where they cannot be declared.
    pub(super) tags: Option<BTreeMap<String, String>>,
    /// `None` where the cloud does not say.
    pub(super) enterprise_project_id: Option<EnterpriseProjectId>,
    pub(super) iops: Option<u32>,
    pub(super) throughput: Option<u32>,
    pub(super) dedicated_storage_id: Option<DedicatedStorageId>,
    pub(super) prepaid: bool,
    pub(super) notes: Vec<Note>,
}

/// What this stack has.
pub(super) struct Owned<'a> {
    state: Option<&'a State>,
    recorded: HashMap<&'a VolumeId, &'a Address>,
    declared: HashMap<&'a VolumeId, Reason>,
    names: Names<'a>,
}

impl<'a> Owned<'a> {
    /// What that state records, and what that manifest takes over already.
    pub(super) fn of(manifest: &'a Manifest, state: Option<&'a State>) -> Owned<'a> {
        let all = state.into_iter().flat_map(|state| &state.volumes);
        let recorded = all.map(|(address, volume)| (&volume.id, address)).collect();
        let declared = manifest.imports.iter().map(|(address, line)| {
            let entry = manifest.volumes.get(&address.key).filter(|volume| volume.has(address.slot));
            (&line.id, declared(address, (entry, &line.place)))
        });
        let declared = declared.collect();
        Owned { state, recorded, declared, names: Names::of(manifest) }
    }
}

/// Why a volume is not taken that a line of `import` names already, where the entry stands that asks for it, if one does.
fn declared(address: &Address, (entry, line): (Option<&DesiredVolume>, &Place)) -> Reason {
    let address = address.clone();
    match entry {
        Some(entry) => Reason::Declared { address, place: entry.place.clone(), unlike: Vec::new() },
        None => Reason::NotAsked { address, place: line.clone() },
    }
}

/// Looks at one volume.
///
/// # Errors
/// Why it is not taken over.
pub(super) fn candidate(
    volume: &ObservedVolume,
    owned: &Owned<'_>,
    ownership: &OwnershipTag,
) -> Result<Candidate, Reason> {
    is_free(volume, owned)?;
    is_settled(&volume.status)?;
    if volume.unreadable_name.is_some() {
        return Err(Reason::NameUnreadable);
    }
    if volume.name.is_empty() {
        return Err(Reason::Nameless);
    }
    let name = legal(Field::Name, VolumeName::new(volume.name.as_str()))?;
    let shown = shown(volume, ownership)?;
    let zone = legal(Field::AvailabilityZone, Zone::new(volume.availability_zone.as_str()))?;
    let repeats = owned.names.has(&name)?;
    Ok(Candidate { id: volume.id.clone(), name, repeats, zone, shown })
}

/// Whether it belongs to nothing and nobody that would miss it.
fn is_free(volume: &ObservedVolume, owned: &Owned<'_>) -> Result<(), Reason> {
    if let Some(address) = owned.recorded.get(&volume.id) {
        return Err(Reason::Recorded { address: (*address).clone() });
    }
    if let Some(reason) = owned.declared.get(&volume.id) {
        return Err(reason.clone());
    }
    if let Some(mark) = volume.kubernetes_mark() {
        return Err(Reason::Kubernetes { mark: mark.to_owned() });
    }
    let Some(owner) = volume.tags.values().find_map(|value| Owner::read(value)) else { return Ok(()) };
    match owned.state.filter(|state| state.lineage == owner.lineage) {
        // What was given up keeps its tag, unless somebody asked for more.
        Some(state) if state.released.contains(&volume.id) => Ok(()),
        Some(_) => Err(Reason::OwnTag { owner }),
        None => Err(Reason::OtherStack { owner }),
    }
}

/// Whether what it is now is what it will be.
fn is_settled(status: &Status) -> Result<(), Reason> {
    match status {
        Status::Available
        | Status::InUse
        | Status::Attaching
        | Status::Detaching
        | Status::BackingUp
        | Status::Uploading => Ok(()),
        Status::Deleting | Status::Restorable => Err(Reason::Deleting),
        status if status.is_error() => Err(Reason::Failed { status: status.clone() }),
        status => Err(Reason::Busy { status: status.clone() }),
    }
}

fn legal<T>(field: Field, made: Result<T, Invalid>) -> Result<T, Reason> {
    made.map_err(|invalid| Reason::Illegal { field, invalid })
}

fn shown(volume: &ObservedVolume, ownership: &OwnershipTag) -> Result<Shown, Reason> {
    let source = source(volume)?;
    let volume_type = legal(Field::VolumeType, VolumeType::new(volume.volume_type.as_str()))?;
    let size = legal(Field::Size, SizeGb::new(volume.size))?;
    let is_system = matches!(source, Source::Image(_));
    if !is_system && size.gb() < SizeGb::DATA.0 {
        return Err(Reason::TooSmall { size: size.gb() });
    }
    let (iops, throughput) = rates(volume, &volume_type)?;
    let mut notes = Vec::new();
    let tags = tags(volume, ownership).map_err(|note| notes.push(note)).ok();
    if volume.prepaid {
        notes.push(Note::Prepaid);
    }
    // The default one, `0`, is said too: to leave it out means not to look at it.
    let enterprise = volume.enterprise_project_id.as_deref();
    let description = volume.description.as_deref().map(Description::new).transpose();
    let pool = volume.dedicated_storage_id.as_deref().map(DedicatedStorageId::new).transpose();
    Ok(Shown {
        metadata: metadata(volume, &source)?,
        volume_type,
        size,
        source,
        description: legal(Field::Description, description)?,
        multiattach: volume.multiattach,
        tags,
        enterprise_project_id: legal(Field::EnterpriseProjectId, enterprise.map(EnterpriseProjectId::new).transpose())?,
        iops,
        throughput,
        dedicated_storage_id: legal(Field::DedicatedStorageId, pool)?,
        prepaid: volume.prepaid,
        notes,
    })
}

/// The source, as far as the cloud shows it. A volume from a snapshot of a system disk shows the image too.
fn source(volume: &ObservedVolume) -> Result<Source, Reason> {
    let id = |id: &String| legal(Field::Source, SourceId::new(id.as_str()));
    Ok(match (&volume.snapshot_id, &volume.image_id) {
        (Some(snapshot), _) => Source::Snapshot(id(snapshot)?),
        (None, Some(image)) => Source::Image(id(image)?),
        (None, None) => Source::Blank,
    })
}

/// The rates that the type asks for.
fn rates(volume: &ObservedVolume, volume_type: &VolumeType) -> Result<(Option<u32>, Option<u32>), Reason> {
    let (takes_iops, takes_throughput) = VolumeSpec::chosen_rates(volume_type);
    if (takes_iops && volume.iops.is_none()) || (takes_throughput && volume.throughput.is_none()) {
        return Err(Reason::RatesUnknown);
    }
    Ok((volume.iops.filter(|_| takes_iops), volume.throughput.filter(|_| takes_throughput)))
}

/// What a create call has to say for the same encryption and device type. A source that hands them on forbids to say them.
fn metadata(volume: &ObservedVolume, source: &Source) -> Result<BTreeMap<String, String>, Reason> {
    let has = |key: &str, values: [&str; 2]| match volume.metadata.get(key) {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case(values[1]) => Ok(true),
        Some(value) if value.eq_ignore_ascii_case(values[0]) => Ok(false),
        Some(value) => {
            let legal = Metadata::check_pair(key, value);
            let invalid = legal.err().unwrap_or(Invalid::Metadata(MetadataFault::KeyId { bytes: value.len() }));
            Err(Reason::Illegal { field: Field::Metadata, invalid })
        }
    };
    let mut pairs = BTreeMap::new();
    let mut says = |key: &str, value: &str| {
        if Metadata::check_source(key, source).is_ok() {
            pairs.insert(key.to_owned(), value.to_owned());
        }
    };
    if has(Metadata::ENCRYPTED, ["0", "1"])? {
        says(Metadata::ENCRYPTED, "1");
        if let Some(key) = volume.metadata.get(Metadata::CMK_ID).filter(|key| !key.is_empty()) {
            legal(Field::Metadata, Metadata::check_pair(Metadata::CMK_ID, key))?;
            says(Metadata::CMK_ID, key);
        }
    }
    if has(Metadata::PASSTHROUGH, ["false", "true"])? {
        says(Metadata::PASSTHROUGH, "true");
    }
    if volume.metadata.get(Metadata::FULL_CLONE).is_some_and(|value| value == "0") {
        says(Metadata::FULL_CLONE, "0");
    }
    Ok(pairs)
}

/// The tags that can be declared, beside which there is room for the ownership tag.
fn tags(volume: &ObservedVolume, ownership: &OwnershipTag) -> Result<BTreeMap<String, String>, Note> {
    let is_own = |key: &str, value: &str| ownership.key() == Some(key) || Owner::read(value).is_some();
    let foreign = volume.tags.iter().filter(|(key, value)| !key.starts_with(SYSTEM_TAG) && !is_own(key, value));
    let tags: BTreeMap<String, String> = foreign.map(|(key, value)| (key.clone(), value.clone())).collect();
    if tags.len() > ownership.room() {
        return Err(Note::TagsFull);
    }
    let is_legal =
        |(key, value): (&String, &String)| Tags::check_key(key).is_ok() && Tags::check_value(key, value).is_ok();
    if tags.iter().all(is_legal) { Ok(tags) } else { Err(Note::TagsIllegal) }
}
