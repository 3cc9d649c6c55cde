//! The rules across the fields of one volume, after defaults are merged in.

use super::cloud::CloudFacts;
use super::lifecycle;
use super::limits::Allowed;
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::specs::Specs;
use super::values::Given;
use super::volume::{Fields, Pair};
use super::wrong::{Missing, RuleFault, VolumeFault};
use super::{DesiredVolume, Places, Stated};
use crate::volume::{
    CallId, Excerpt, Key, Lineage, Metadata, Partition, Prepaid, ServerId, SizeGb, Source, SourceId, StackName, Tags,
    VolumeName, VolumeSpec, VolumeType, Zone,
};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The smaller limits that newer documents of the API give, in characters (API reference, section 16).
const SHORT_NAME: usize = 64;
const SHORT_BASE: usize = 59;
const SHORT_DESCRIPTION: usize = 85;

/// A declared volume that keeps every rule, and where its name is decided.
pub(super) struct CheckedVolume {
    pub(super) volume: DesiredVolume,
    pub(super) name_at: At,
}

/// What every volume of the stack is checked with.
pub(super) struct Context<'d, 's> {
    pub(super) defaults: &'d Fields<'s>,
    pub(super) facts: &'d CloudFacts,
    pub(super) allowed: &'d Allowed,
}

impl Context<'_, '_> {
    /// Checks a volume; `None` where something about it was reported.
    pub(super) fn check(
        &self,
        key: &Key,
        key_at: At,
        own: Fields<'_>,
        report: &mut Report<'_>,
    ) -> Option<CheckedVolume> {
        let before = report.errors();
        let defaults = self.defaults;
        let source = source(&own, report);
        let count = match &own.count {
            Given::Bad => None,
            field => Some(field.get().map_or(1, |(count, _)| *count)),
        };
        if let (Some(Source::Backup(_)), Some((count, at))) = (&source, own.count.get())
            && *count > 1
        {
            report.error(at, RuleFault::SeveralFromBackup { count: *count });
        }

        let name_at = own.name.get().map_or(key_at, |(_, at)| at);
        let name = match own.name {
            Given::Bad => None,
            Given::Set(name, _) => Some(name),
            Given::Absent | Given::Null => VolumeName::new(key.as_str()).ok(),
        };
        if let (Some(name), Some(count)) = (&name, count) {
            check_name(name, count, name_at, report);
        }

        let size = own.size.or_default(&defaults.size);
        check_size(&size, source.as_ref(), (key, key_at), report);
        let zones = own.zones.or_default(&defaults.zones);
        let volume_type = own.volume_type.or_default(&defaults.volume_type);
        for (zone, at) in zones.get().into_iter().flat_map(|(zones, _)| zones.iter()) {
            check_zone(zone, *at, self.facts.region.as_deref(), report);
            self.allowed.check_zone(zone, *at, report);
        }
        if matches!(zones, Given::Absent | Given::Null) {
            report.error(key_at, Missing::Zone(key.clone()));
        }
        if matches!(volume_type, Given::Absent | Given::Null) {
            report.error(key_at, Missing::VolumeType(key.clone()));
        }

        let (iops, throughput) = (own.iops.or_default(&defaults.iops), own.throughput.or_default(&defaults.throughput));
        if let Some((volume_type, type_at)) = volume_type.get()
            && check_type(volume_type, type_at, key, report)
        {
            let (takes_iops, takes_throughput) = VolumeSpec::chosen_rates(volume_type);
            self.allowed.check_type(volume_type, type_at, report);
            check_rate(("iops", &iops), takes_iops, (volume_type, type_at), key, report);
            check_rate(("throughput", &throughput), takes_throughput, (volume_type, type_at), key, report);
        }

        let prepaid = own.prepaid.or_default(&defaults.prepaid);
        let server_id = own.server_id.or_default(&defaults.server_id);
        check_prepaid(&prepaid, &volume_type, &server_id, key, report);

        let description = own.description.or_default(&defaults.description);
        if let Some((text, at)) = description.get() {
            let length = text.as_str().chars().count();
            if length > SHORT_DESCRIPTION {
                report.warn(at, Remark::DescriptionLong { most: SHORT_DESCRIPTION, length });
            }
        }

        let multiattach = own.multiattach.or_default(&defaults.multiattach);
        if let (Some((true, at)), Some(Source::Image(_))) = (multiattach.get(), &source) {
            report.error(at, RuleFault::SystemDiskShared { volume: key.clone() });
        }

        let metadata = merge(own.metadata, &defaults.metadata);
        check_metadata(&metadata, source.as_ref(), key, report);
        let tags = without_cancelled(merge(own.tags, &defaults.tags), own.cancelled_tags, &defaults.tags, report);
        self.check_tags(&tags, report);
        let lifecycle = lifecycle::resolve(own.lifecycle, &defaults.lifecycle, count, report);

        if report.errors() > before {
            return None;
        }
        let stated = Stated { multiattach: multiattach.get().is_some(), tags: tags.get().is_some() };
        let source_at = [&own.backup_id, &own.snapshot_id, &own.image_ref].into_iter().find_map(|id| Some(id.get()?.1));
        let places = Places {
            zone: report.place(zones.get()?.1),
            volume_type: report.place(volume_type.get()?.1),
            size: size.get().map(|(_, at)| report.place(at)),
            source: source_at.map(|at| report.place(at)),
        };
        let (first_zone, other_zones) = zones.into_value()?.split();
        let spec = VolumeSpec {
            zone: first_zone,
            volume_type: volume_type.into_value()?,
            size: size.into_value(),
            source: source?,
            description: description.into_value(),
            multiattach: multiattach.into_value().unwrap_or_default(),
            metadata: Metadata::new(pairs(metadata)).ok()?,
            tags: Tags::new(pairs(tags)).ok()?,
            enterprise_project_id: own.enterprise_project_id.or_default(&defaults.enterprise_project_id).into_value(),
            iops: iops.into_value(),
            throughput: throughput.into_value(),
            prepaid: prepaid.into_value(),
            server_id: server_id.into_value(),
            dedicated_storage_id: own.dedicated_storage_id.or_default(&defaults.dedicated_storage_id).into_value(),
        };
        let CloudFacts { partition, create_api: usual, .. } = self.facts;
        if *partition == Some(Partition::OpenTelekomCloud) && spec.create_api(*usual) != *usual {
            report.error(key_at, RuleFault::CallNotDocumented { volume: key.clone() });
            return None;
        }
        let place = report.place(key_at);
        let volume = DesiredVolume {
            name: name?,
            name_may_repeat: own.name_may_repeat.into_value().unwrap_or_default(),
            count: count?,
            specs: Specs::new(spec, other_zones),
            stated,
            lifecycle,
            place,
            places,
            is_expired: false,
        };
        Some(CheckedVolume { volume, name_at })
    }

    fn check_tags(&self, tags: &Given<Vec<Pair<'_>>>, report: &mut Report<'_>) {
        let Some((pairs, at)) = tags.get() else { return };
        let ownership = &self.facts.ownership;
        if let Some(key) = ownership.key()
            && let Some(pair) = pairs.iter().find(|pair| pair.key == key)
        {
            report.error(pair.key_at, RuleFault::OwnTag { key: Excerpt::of(key) });
        }
        for pair in pairs {
            // It would make the volume look like one that evsctl made for another stack.
            if is_owner(&pair.value) {
                report.error(pair.key_at, RuleFault::OwnerValue { key: Excerpt::of(&pair.key) });
            }
            for text in [&pair.key, &pair.value] {
                if let Some(Err(invalid)) = self.facts.partition.map(|partition| partition.check_tag(text)) {
                    report.error(pair.key_at, invalid);
                }
            }
        }
        let room = ownership.room();
        if pairs.len() > room {
            report.error(at, RuleFault::TooManyTags { room, tags: pairs.len() });
        }
    }
}

/// Whether a tag's value says that a volume is a stack's own: stack, lineage and call.
fn is_owner(value: &str) -> bool {
    let mut parts = value.rsplitn(3, '_');
    let (call, lineage, stack) = (parts.next(), parts.next(), parts.next());
    call.is_some_and(|text| CallId::new(text).is_ok())
        && lineage.is_some_and(|text| Lineage::new(text).is_ok())
        && stack.is_some_and(|text| StackName::new(text).is_ok())
}

/// At most one source (EVS.1016); `None` where it cannot be told, which has been reported.
fn source(own: &Fields<'_>, report: &mut Report<'_>) -> Option<Source> {
    type Make = fn(SourceId) -> Source;
    let all: [(&'static str, &Given<SourceId>, Make); 3] = [
        ("backup_id", &own.backup_id, Source::Backup),
        ("snapshot_id", &own.snapshot_id, Source::Snapshot),
        ("imageRef", &own.image_ref, Source::Image),
    ];
    let mut given: Vec<(At, &'static str)> =
        all.iter().filter_map(|(field, value, _)| Some((value.get()?.1, *field))).collect();
    if given.len() > 1 {
        given.sort_unstable();
        for pair in given.windows(2) {
            let (first, (at, second)) = (pair[0].1, pair[1]);
            report.error(at, RuleFault::TwoSources { first, second });
        }
        return None;
    }
    if all.iter().any(|(_, value, _)| value.is_bad()) {
        return None;
    }
    let found = all.iter().find_map(|(_, value, make)| Some(make(value.get()?.0.clone())));
    Some(found.unwrap_or(Source::Blank))
}

fn check_name(name: &VolumeName, count: u32, at: At, report: &mut Report<'_>) {
    let (bytes, length) = (name.as_str().len(), name.as_str().chars().count());
    if count > 1 {
        // A hyphen and at least four digits.
        let suffix = 1 + count.to_string().len().max(4);
        let most = VolumeName::MAX_BASE.min(VolumeName::MAX - suffix);
        if bytes > most {
            report.error(at, RuleFault::NameOfSeveralTooLong { count, most, bytes, suffix });
            return;
        }
    }
    let most = if count > 1 { SHORT_BASE } else { SHORT_NAME };
    if length > most {
        report.warn(at, Remark::NameLong { most, length });
    }
}

fn check_size(size: &Given<SizeGb>, source: Option<&Source>, (key, key_at): (&Key, At), report: &mut Report<'_>) {
    let Some(source) = source else { return };
    match size {
        Given::Set(size, at) => {
            if let Err(invalid) = size.check_kind(matches!(source, Source::Image(_))) {
                report.error(*at, invalid);
            }
        }
        Given::Absent | Given::Null if !matches!(source, Source::Backup(_)) => {
            report.error(key_at, Missing::Size(key.clone()));
        }
        _ => {}
    }
}

/// A zone that is called nearly like one of the region: by its letters, in another case, or after another region. In most
/// regions a zone is the region's name and a letter; where it is called otherwise, nothing is said.
fn check_zone(zone: &Zone, at: At, region: Option<&str>, report: &mut Report<'_>) {
    let Some(region) = region.filter(|region| Partition::REGIONS.contains(region)) else { return };
    let lower = zone.as_str().to_ascii_lowercase();
    let Some((of, letter)) = lower.char_indices().next_back().map(|(at, letter)| (&lower[..at], letter)) else {
        return;
    };
    let is_letter = letter.is_ascii_lowercase();
    let is_near = strsim::damerau_levenshtein(of, region) <= 2 || Partition::REGIONS.contains(&of);
    let like = format!("{region}{letter}");
    if is_letter && is_near && zone.as_str() != like {
        let zone = Excerpt::of(zone.as_str());
        report.warn(at, Remark::ZoneNotOfRegion { zone, region: Excerpt::of(region), like: Excerpt::of(&like) });
    }
}

/// A type that is not a documented one but nearly: in another case the service does not know it; what differs in a letter
/// may be one that is not documented.
fn check_type(volume_type: &VolumeType, at: At, key: &Key, report: &mut Report<'_>) -> bool {
    let word = volume_type.as_str();
    if let Some(known) = volume_type.misspelt() {
        let (volume, volume_type) = (key.clone(), volume_type.clone());
        report.error(at, RuleFault::TypeMisspelt { volume, volume_type, known });
        return false;
    }
    if !VolumeType::DOCUMENTED.contains(&word)
        && let Some(known) =
            VolumeType::DOCUMENTED.into_iter().find(|known| strsim::damerau_levenshtein(known, word) == 1)
        && let Ok(like) = VolumeType::new(known)
    {
        let (volume, volume_type) = (key.clone(), volume_type.clone());
        report.warn(at, Remark::TypeNotDocumented { volume, volume_type, like });
    }
    true
}

/// A rate that can be chosen has to be, and no other can (EVS API reference, "Differences of the other create calls").
fn check_rate(
    (name, rate): (&'static str, &Given<u32>),
    takes: bool,
    (volume_type, type_at): (&VolumeType, At),
    key: &Key,
    report: &mut Report<'_>,
) {
    match rate {
        Given::Set(_, at) if !takes => {
            let (volume, volume_type) = (key.clone(), volume_type.clone());
            report.error(*at, RuleFault::RateNotChosen { volume, volume_type, rate: name });
        }
        Given::Absent | Given::Null if takes => {
            let (volume, volume_type) = (key.clone(), volume_type.clone());
            report.error(type_at, RuleFault::RateNeeded { volume, volume_type, rate: name });
        }
        _ => {}
    }
}

/// What cannot be paid in advance, or not in a way of its own (EVS API reference, "Differences of the other create
/// calls": types whose rates are chosen are pay-per-use only; the charging mode of a server's volume follows the server).
fn check_prepaid(
    prepaid: &Given<Prepaid>,
    volume_type: &Given<VolumeType>,
    server_id: &Given<ServerId>,
    key: &Key,
    report: &mut Report<'_>,
) {
    let Some((_, at)) = prepaid.get() else { return };
    if let Some((volume_type, _)) = volume_type.get()
        && VolumeSpec::chosen_rates(volume_type).0
    {
        report.error(at, RuleFault::TypeNotPrepaid { volume: key.clone(), volume_type: volume_type.clone() });
    }
    if let Some((server, _)) = server_id.get() {
        report.error(at, RuleFault::PaidAsServer { volume: key.clone(), server: server.clone() });
    }
}

fn check_metadata(metadata: &Given<Vec<Pair<'_>>>, source: Option<&Source>, key: &Key, report: &mut Report<'_>) {
    let Some((pairs, _)) = metadata.get() else { return };
    let value = |key: &str| pairs.iter().find(|pair| pair.key == key);
    if let Some(pair) = value(Metadata::CMK_ID)
        && value(Metadata::ENCRYPTED).is_none_or(|on| on.value != "1")
    {
        report.error(pair.key_at, RuleFault::KeyWithoutEncryption);
    }
    let Some(source) = source else { return };
    for pair in pairs {
        if let Err(fault) = Metadata::check_source(&pair.key, source) {
            report.error(pair.key_at, RuleFault::MetadataOfSource { volume: key.clone(), fault });
        }
    }
}

/// A volume's own pairs, then those of the defaults whose keys it does not give.
fn merge<'s>(own: Given<Vec<Pair<'s>>>, defaults: &Given<Vec<Pair<'s>>>) -> Given<Vec<Pair<'s>>> {
    match (own, defaults) {
        (Given::Set(mut pairs, at), Given::Set(more, _)) => {
            let known = pairs.len();
            for pair in more {
                if !pairs[..known].iter().any(|own| own.key == pair.key) {
                    pairs.push(pair.clone());
                }
            }
            Given::Set(pairs, at)
        }
        (own, defaults) => own.or_default(defaults),
    }
}

/// The tags without those of `defaults` that the volume cancels. One that cancels nothing is a tag whose value was forgotten.
fn without_cancelled<'s>(
    tags: Given<Vec<Pair<'s>>>,
    cancelled: Vec<(Cow<'s, str>, At)>,
    defaults: &Given<Vec<Pair<'s>>>,
    report: &mut Report<'_>,
) -> Given<Vec<Pair<'s>>> {
    let Given::Set(mut pairs, at) = tags else { return tags };
    for (key, key_at) in cancelled {
        if !defaults.get().is_some_and(|(pairs, _)| pairs.iter().any(|pair| pair.key == key)) {
            report.error(key_at, VolumeFault::TagNull { key: Excerpt::of(&key) });
        }
        pairs.retain(|pair| pair.key != key);
    }
    Given::Set(pairs, at)
}

fn pairs(field: Given<Vec<Pair<'_>>>) -> BTreeMap<String, String> {
    let pairs = field.into_value().unwrap_or_default();
    pairs.into_iter().map(|pair| (pair.key.into_owned(), pair.value.into_owned())).collect()
}
