//! A stack's files as they are given, and what they ask for.

use super::defaults::Defaults;
use super::place::Place;
use super::problem::Problem;
use super::specs::Specs;
use crate::volume::{
    Address, CreateApi, Digest, Field, Key, KeyOrAddress, OwnershipTag, Slot, StackName, VolumeId, VolumeName,
};
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

/// The most volumes that one stack may hold, all counts together: beyond it a slip of the finger is
/// likelier than a wish, and one volume more would be billed.
pub(super) const MAX_SLOTS: u32 = 1_000_000;

/// One file of a stack, as read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name as people shall see it in messages.
    pub name: String,
    /// Its bytes; whether they are UTF-8 is for [`parse`](super::parse) to find out.
    pub bytes: Vec<u8>,
    /// What it is to the stack.
    pub role: Role,
}

impl SourceFile {
    /// A file of the stack itself.
    pub fn own(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> SourceFile {
        SourceFile { name: name.into(), bytes: bytes.into(), role: Role::Own }
    }
}

/// What a file is to a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A part of its manifest.
    Own,
    /// A base, by the path with which the manifest names it.
    Base(String),
}

/// A base that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its path, relative to the manifest's folder.
    pub path: String,
    /// Where the manifest names it.
    pub place: Place,
}

/// Everything that one stack asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name, unique within a cloud project.
    pub stack: StackName,
    /// Where recorded state lives, relative to the manifest's folder.
    pub state: String,
    /// Which cloud.
    pub cloud: Cloud,
    /// Whose word counts for the suffix of a cloud name.
    pub naming: Naming,
    /// What no plan may exceed.
    pub limits: Limits,
    /// What `defaults` say of the fields of a volume.
    pub defaults: Defaults,
    /// What `defaults` wish for a volume's life: all that is said of a key which is no longer there.
    pub default_lifecycle: Lifecycle,
    /// The volumes, by key.
    pub volumes: BTreeMap<Key, DesiredVolume>,
    /// What has another address than it had.
    pub moved: Vec<Move>,
    /// What the stack gives up without deleting it.
    pub removed: Vec<Release>,
    /// The volumes that the stack takes over, by the address that each gets.
    pub imports: BTreeMap<Address, Import>,
    /// What differs from the manifest and is known to.
    pub known_drift: Vec<KnownDrift>,
    /// Whether a command takes away what is retired, or not asked for at all.
    pub destroys: bool,
    /// SHA-256 over the names and bytes of the files, those of the bases included: moves with every edit.
    pub digest: Digest,
    /// What is legal but worth a look.
    pub warnings: Vec<Problem>,
}

impl Manifest {
    /// The same as it is on that day: of a key that expires on it, or did before, nothing is asked for.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Cow<'_, Manifest> {
        match self.volumes.values().all(|volume| volume.is_expired == volume.expires_by(day)) {
            true => Cow::Borrowed(self),
            false => Cow::Owned(self.clone().for_day(day)),
        }
    }

    /// The same, where the other days are of no use any more.
    #[must_use]
    pub fn for_day(mut self, day: Date) -> Manifest {
        for volume in self.volumes.values_mut() {
            volume.is_expired = volume.expires_by(day);
        }
        self
    }

    /// The same with these addresses retired, as if `lifecycle.retire` named them: all else that is said of their keys holds.
    #[must_use]
    pub fn without(&self, is_retired: impl Fn(&Key, Slot) -> bool) -> Manifest {
        let mut rest = Manifest { destroys: true, ..self.clone() };
        for (key, volume) in &mut rest.volumes {
            let retired: Vec<Slot> = volume.slots().filter(|slot| is_retired(key, *slot)).collect();
            volume.lifecycle.retire.extend(retired);
        }
        rest
    }
}

/// What no plan of a stack may exceed: more of a kind, and none of that kind is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// How many volumes it creates, those that it creates again included.
    pub max_create: Option<Limit>,
    /// By how many GB it makes volumes larger, all together.
    pub max_grow_gb: Option<Limit>,
    /// How many volumes it deletes, those that a failed creation left included.
    pub max_destroy: Option<Limit>,
}

/// A number that no plan may exceed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The number.
    pub most: u32,
    /// Where the manifest says so.
    pub place: Place,
}

impl Manifest {
    /// The same without what any edit of its text moves: places, the digest of the text, and warnings. So two manifests are
    /// equal that ask for the same.
    #[must_use]
    pub fn without_places(mut self) -> Manifest {
        self.digest = Digest::of(b"");
        self.warnings.clear();
        let nowhere = Place { file: "".into(), line: 0, column: 0 };
        for volume in self.volumes.values_mut() {
            volume.place = nowhere.clone();
            let Places { zone, volume_type, size, source } = &mut volume.places;
            let places = [Some(zone), Some(volume_type), size.as_mut(), source.as_mut()];
            places.into_iter().flatten().for_each(|place| *place = nowhere.clone());
        }
        let Limits { max_create, max_grow_gb, max_destroy } = &mut self.limits;
        for limit in [max_create, max_grow_gb, max_destroy].into_iter().flatten() {
            limit.place = nowhere.clone();
        }
        for import in self.imports.values_mut() {
            import.place = nowhere.clone();
        }
        for known in &mut self.known_drift {
            known.place = nowhere.clone();
        }
        self
    }
}

/// An item of `moved`: the volumes of a key, or that of one address, have another one from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The address that they had, which the manifest does not ask for.
    pub from: KeyOrAddress,
    /// The one that they have, which it asks for: a key where the other is one.
    pub to: KeyOrAddress,
}

/// An item of `removed`: volumes that the stack gives up. The cloud keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which, none of which the manifest asks for.
    pub what: KeyOrAddress,
    /// Whether their ownership tag is taken off too.
    pub untag: bool,
}

/// A line of `import`: a volume that exists and that the next apply takes into its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The volume.
    pub id: VolumeId,
    /// Where the line stands.
    pub place: Place,
}

/// An item of `known_drift`: a field that the cloud shows otherwise than the manifest asks for, which is left so until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDrift {
    /// Of which volume, or of all volumes of a key.
    pub what: KeyOrAddress,
    /// Which field.
    pub field: KnownField,
    /// What the cloud shows. Any other value of the field is new drift.
    pub value: KnownValue,
    /// Why it is left so.
    pub reason: String,
    /// The day from which on it counts as drift again.
    pub until: Date,
    /// Where the item stands.
    pub place: Place,
}

/// A field that can drift, be known to, and be left so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownField {
    /// The name in the cloud.
    Name,
    /// The free text.
    Description,
    /// GB.
    Size,
    /// The type.
    VolumeType,
    /// Operations a second.
    Iops,
    /// MiB a second.
    Throughput,
    /// Declared tags.
    Tags,
    /// The enterprise project.
    EnterpriseProjectId,
    /// A status in which the volume cannot be used.
    Status,
}

impl KnownField {
    /// Every one, by its word.
    pub const ALL: [(&'static str, KnownField); 9] = [
        ("name", KnownField::Name),
        ("description", KnownField::Description),
        ("size", KnownField::Size),
        ("volume_type", KnownField::VolumeType),
        ("iops", KnownField::Iops),
        ("throughput", KnownField::Throughput),
        ("tags", KnownField::Tags),
        ("enterprise_project_id", KnownField::EnterpriseProjectId),
        ("status", KnownField::Status),
    ];

    /// The word, as the manifest spells it.
    pub fn word(self) -> &'static str {
        KnownField::ALL.iter().find(|(_, field)| *field == self).map_or("", |(word, _)| word)
    }
}

/// What the cloud is known to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownValue {
    /// Nothing.
    None,
    /// A number, in the field's unit.
    Number(u32),
    /// A text.
    Text(String),
    /// Tags by key; `None` stands for one that the volume does not carry.
    Tags(BTreeMap<String, Option<String>>),
}

/// One entry of `volumes`, defaults merged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredVolume {
    /// Name in the cloud, or the base of the names where `count` is above 1.
    pub name: VolumeName,
    /// Whether another volume of the stack that says the same may have its name.
    pub name_may_repeat: bool,
    /// How many: slots 1 to `count`, minus the retired.
    pub count: u32,
    /// What they are made as, in each zone that the manifest names.
    pub specs: Specs,
    /// Which of the fields that have a default value the manifest gives a value: what it does not say is not compared.
    pub stated: Stated,
    /// What the API has no word for.
    pub lifecycle: Lifecycle,
    /// Where the entry's key stands.
    pub place: Place,
    /// Whether the day has come on which it expires: then no slot of it is asked for.
    pub(super) is_expired: bool,
    /// Where its fields stand that a cloud may not be able to give.
    pub places: Places,
}

/// Where fields of a volume stand, those of `defaults` included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The zone.
    pub zone: Place,
    /// The type.
    pub volume_type: Place,
    /// The size, where there is one.
    pub size: Option<Place>,
    /// The source, where there is one.
    pub source: Option<Place>,
}

/// Which of the fields whose default is a value of its own a manifest states, in the volume or in `defaults`. Any other
/// field is stated where its value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Whether `multiattach` is.
    pub multiattach: bool,
    /// Whether `tags` is.
    pub tags: bool,
}

impl DesiredVolume {
    fn expires_by(&self, day: Date) -> bool {
        self.lifecycle.expires.is_some_and(|expires| expires <= day)
    }

    /// The day on which it expired, where that has come.
    pub fn expired(&self) -> Option<Date> {
        self.lifecycle.expires.filter(|_| self.is_expired)
    }

    /// Whether that slot shall exist.
    pub fn has(&self, slot: Slot) -> bool {
        !self.is_expired && slot.number() <= self.count && !self.lifecycle.retire.contains(&slot)
    }

    /// The slots that shall exist, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let count = if self.is_expired { 0 } else { self.count };
        (1..=count).filter_map(Slot::new).filter(|slot| !self.lifecycle.retire.contains(slot))
    }
}

/// Wishes about a volume's life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// No plan may delete or replace it.
    pub prevent_destroy: bool,
    /// Slots to give up while the others keep their numbers.
    pub retire: BTreeSet<Slot>,
    /// What a lowered size means.
    pub on_shrink: OnShrink,
    /// Fields whose change is not looked at.
    pub ignore: BTreeSet<Field>,
    /// A delete takes the volume's snapshots along; else a volume that has some is not deleted.
    pub delete_snapshots: bool,
    /// The day from which on the volumes are not asked for.
    pub expires: Option<Date>,
}

impl Lifecycle {
    /// Whether changes of that field are to be left alone.
    pub fn ignores(&self, field: Field) -> bool {
        self.ignore.contains(&field)
    }
}

/// What a lowered size means: volumes only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnShrink {
    /// The plan refuses it.
    #[default]
    Refuse,
    /// The volume is replaced, with consent.
    Replace,
}

/// Whose word counts for the suffix of a cloud name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The slot's: names equal slots, whatever that costs in renames.
    #[default]
    Slot,
    /// The service's: the suffix that it gave stays.
    Service,
}

/// The `cloud` section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Where requests go.
    pub target: Target,
    /// The ownership tag's key, or off.
    pub ownership_tag: OwnershipTag,
    /// How long a create call may stay invisible after its last moment to arrive.
    pub settle: Duration,
    /// How fast requests may follow one another at the most, where that is set.
    pub rate_limit: Option<RateLimit>,
    /// Which form of the create call makes what every form can make.
    pub create_api: CreateApi,
}

/// So many requests in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: NonZeroU32,
    /// In which time.
    pub window: Duration,
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The embedded cloud, inside the process.
    Simulator,
    /// A real endpoint.
    Endpoint {
        /// Region, from which the endpoint's address is made unless `endpoint` says it.
        region: Option<String>,
        /// Project.
        project: Project,
        /// An address that replaces the one made from the region: http or https, host, optional port.
        endpoint: Option<url::Url>,
    },
}

/// How the manifest names the cloud project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Project {
    /// 32 lower-case hex digits.
    Id(String),
    /// A name, to be looked up.
    Name(String),
}
