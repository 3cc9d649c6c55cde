//! The rules across the fields of one volume, after defaults are merged in.

use super::cloud::CloudFacts;
use super::lifecycle;
use super::report::Report;
use super::source::At;
use super::unknown::missing;
use super::values::{Given, quoted};
use super::volume::{Fields, Pair};
use super::{DesiredVolume, Stated};
use crate::volume::{
    Invalid, Key, Metadata, Partition, Prepaid, ServerId, SizeGb, Source, SourceId, Tags, VolumeName, VolumeSpec,
    VolumeType,
};
use std::collections::BTreeMap;
use std::sync::Arc;

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
        let what = quoted(key.as_str());
        let source = source(&own, report);
        let count = match &own.count {
            Given::Bad => None,
            field => Some(field.get().map_or(1, |(count, _)| *count)),
        };
        if let (Some(Source::Backup(_)), Some((count, at))) = (&source, own.count.get())
            && *count > 1
        {
            let reason = format!("one backup makes one volume, and `count` is {count}");
            report.error(at, Invalid::new(reason).hint("declare one volume for each, from a backup of its own"));
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
        check_size(&size, source.as_ref(), &what, key_at, report);
        let zone = own.zone.or_default(&defaults.zone);
        let volume_type = own.volume_type.or_default(&defaults.volume_type);
        let hint = "write it here, or under `defaults` for all volumes";
        if matches!(zone, Given::Absent | Given::Null) {
            missing(&what, "availability_zone", hint, key_at, report);
        }
        if matches!(volume_type, Given::Absent | Given::Null) {
            missing(&what, "volume_type", hint, key_at, report);
        }

        let (iops, throughput) = (own.iops.or_default(&defaults.iops), own.throughput.or_default(&defaults.throughput));
        if let Some((volume_type, type_at)) = volume_type.get()
            && check_type(volume_type, type_at, &what, report)
        {
            let (takes_iops, takes_throughput) = VolumeSpec::chosen_rates(volume_type);
            check_rate(("iops", &iops), takes_iops, (volume_type, type_at), &what, report);
            check_rate(("throughput", &throughput), takes_throughput, (volume_type, type_at), &what, report);
        }

        let prepaid = own.prepaid.or_default(&defaults.prepaid);
        let server_id = own.server_id.or_default(&defaults.server_id);
        check_prepaid(&prepaid, &volume_type, &server_id, &what, report);

        let description = own.description.or_default(&defaults.description);
        if let Some((text, at)) = description.get() {
            let length = text.as_str().chars().count();
            if length > SHORT_DESCRIPTION {
                let reason = format!("newer documents of the API allow a description {SHORT_DESCRIPTION} characters");
                report.warn(at, format!("{reason}, this one has {length}"));
            }
        }

        let multiattach = own.multiattach.or_default(&defaults.multiattach);
        if let (Some((true, at)), Some(Source::Image(_))) = (multiattach.get(), &source) {
            let reason = format!("{what} comes from an image, and a system disk cannot be shared (EVS.2094)");
            report.error(at, Invalid::new(reason).hint("leave `multiattach` out, or set it to false in the volume"));
        }

        let metadata = merge(own.metadata, &defaults.metadata);
        check_metadata(&metadata, source.as_ref(), &what, report);
        let tags = merge(own.tags, &defaults.tags);
        self.check_tags(&tags, report);
        let lifecycle = lifecycle::resolve(own.lifecycle, &defaults.lifecycle, count, report);

        if report.errors() > before {
            return None;
        }
        let stated = Stated { multiattach: multiattach.get().is_some(), tags: tags.get().is_some() };
        let spec = VolumeSpec {
            zone: zone.into_value()?,
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
            let reason = format!("{what} needs the v2.1 create call, which Open Telekom Cloud does not document");
            report.error(key_at, Invalid::new(reason).hint("where it has one, write `create_api: v2.1` under `cloud`"));
            return None;
        }
        let place = report.place(key_at);
        let volume = DesiredVolume { name: name?, count: count?, spec: Arc::new(spec), stated, lifecycle, place };
        Some(CheckedVolume { volume, name_at })
    }

    fn check_tags(&self, tags: &Given<Vec<Pair<'_>>>, report: &mut Report<'_>) {
        let Some((pairs, at)) = tags.get() else { return };
        let ownership = &self.facts.ownership;
        if let Some(key) = ownership.key()
            && let Some(pair) = pairs.iter().find(|pair| pair.key == key)
        {
            let reason = format!("the tag {} is evsctl's own: it says which call made the volume", quoted(key));
            report
                .error(pair.key_at, Invalid::new(reason).hint("rename one of the two; `cloud.ownership_tag` is ours"));
        }
        for pair in pairs {
            for text in [&pair.key, &pair.value] {
                if let Some(Err(invalid)) = self.facts.partition.map(|partition| partition.check_tag(text)) {
                    report.error(pair.key_at, invalid);
                }
            }
        }
        let room = ownership.room();
        if pairs.len() > room {
            let why = if room < Tags::MAX { ", one more being evsctl's own" } else { "" };
            let reason = format!("a volume has at most {room} tags here{why}, and these are {}", pairs.len());
            report.error(at, Invalid::new(reason).hint("the tags of `defaults` count too"));
        }
    }
}

/// At most one source (EVS.1016); `None` where it cannot be told, which has been reported.
fn source(own: &Fields<'_>, report: &mut Report<'_>) -> Option<Source> {
    type Make = fn(SourceId) -> Source;
    let all: [(&str, &Given<SourceId>, Make); 3] = [
        ("backup_id", &own.backup_id, Source::Backup),
        ("snapshot_id", &own.snapshot_id, Source::Snapshot),
        ("imageRef", &own.image_ref, Source::Image),
    ];
    let mut given: Vec<(At, &str)> =
        all.iter().filter_map(|(field, value, _)| Some((value.get()?.1, *field))).collect();
    if given.len() > 1 {
        given.sort_unstable();
        for pair in given.windows(2) {
            let reason = format!("a volume has one source, and `{}` is given beside `{}`", pair[1].1, pair[0].1);
            report.error(pair[1].0, Invalid::new(reason).hint("keep one of them"));
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
            let reason = format!("the name of {count} volumes has at most {most} bytes, this one has {bytes}");
            report.error(at, Invalid::new(reason).hint(format!("the suffix, as in \"-0001\", takes {suffix} bytes")));
            return;
        }
    }
    let most = if count > 1 { SHORT_BASE } else { SHORT_NAME };
    if length > most {
        let reason = format!("newer documents of the API allow this name {most} characters, it has {length}");
        report.warn(at, Invalid::new(reason).hint("shorten it if the cloud refuses it"));
    }
}

fn check_size(size: &Given<SizeGb>, source: Option<&Source>, what: &str, key_at: At, report: &mut Report<'_>) {
    let Some(source) = source else { return };
    match size {
        Given::Set(size, at) => {
            if let Err(invalid) = size.check_kind(matches!(source, Source::Image(_))) {
                report.error(*at, invalid);
            }
        }
        Given::Absent | Given::Null if !matches!(source, Source::Backup(_)) => {
            missing(what, "size", "only a backup supplies one; write it in GB", key_at, report);
        }
        _ => {}
    }
}

/// A type that is not a documented one but nearly: in another case the service does not know it; what differs in a letter
/// may be one that is not documented.
fn check_type(volume_type: &VolumeType, at: At, what: &str, report: &mut Report<'_>) -> bool {
    let word = volume_type.as_str();
    if let Some(known) = volume_type.misspelt() {
        let reason = format!("{what}: there is no type {}", quoted(word));
        report.error(at, Invalid::new(reason).hint(format!("did you mean {known}?")));
        return false;
    }
    if !VolumeType::DOCUMENTED.contains(&word)
        && let Some(known) =
            VolumeType::DOCUMENTED.into_iter().find(|known| strsim::damerau_levenshtein(known, word) == 1)
    {
        let reason = format!("{what}: {} is not a documented type", quoted(word));
        report.warn(at, Invalid::new(reason).hint(format!("did you mean {known}?")));
    }
    true
}

/// A rate that can be chosen has to be, and no other can (EVS API reference, "Differences of the other create calls").
fn check_rate(
    (name, rate): (&str, &Given<u32>),
    takes: bool,
    (volume_type, type_at): (&VolumeType, At),
    what: &str,
    report: &mut Report<'_>,
) {
    match rate {
        Given::Set(_, at) if !takes => {
            let reason = format!("{what}: `{name}` cannot be chosen for the type {volume_type}");
            report.error(*at, Invalid::new(reason).hint("leave it out: the size decides"));
        }
        Given::Absent | Given::Null if takes => {
            let reason = format!("{what}: the type {volume_type} needs `{name}`");
            report.error(type_at, Invalid::new(reason).hint(format!("write {name}: NUMBER beside it")));
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
    what: &str,
    report: &mut Report<'_>,
) {
    let Some((_, at)) = prepaid.get() else { return };
    if let Some((volume_type, _)) = volume_type.get()
        && VolumeSpec::chosen_rates(volume_type).0
    {
        let reason = format!("{what}: the type {volume_type} is pay-per-use only and cannot be prepaid");
        let hint = "leave `prepaid` out, or write prepaid: null where the defaults give it; or choose another type";
        report.error(at, Invalid::new(reason).hint(hint));
    }
    if let Some((server, _)) = server_id.get() {
        let reason = format!("{what}: a volume for the server {server} is paid as that is, so `prepaid` says nothing");
        let hint = "leave `prepaid` out, or write prepaid: null where the defaults give it";
        report.error(at, Invalid::new(reason).hint(hint));
    }
}

fn check_metadata(metadata: &Given<Vec<Pair<'_>>>, source: Option<&Source>, what: &str, report: &mut Report<'_>) {
    let Some((pairs, _)) = metadata.get() else { return };
    let value = |key: &str| pairs.iter().find(|pair| pair.key == key);
    if let Some(pair) = value(Metadata::CMK_ID)
        && value(Metadata::ENCRYPTED).is_none_or(|on| on.value != "1")
    {
        let reason = format!("{} needs {} \"1\" beside it", Metadata::CMK_ID, Metadata::ENCRYPTED);
        report.error(pair.key_at, Invalid::new(reason).hint("a key without encryption would be ignored"));
    }
    let Some(source) = source else { return };
    for pair in pairs {
        if let Err(mut invalid) = Metadata::check_source(&pair.key, source) {
            invalid.reason = format!("{what}: {}", invalid.reason);
            report.error(pair.key_at, invalid);
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

fn pairs(field: Given<Vec<Pair<'_>>>) -> BTreeMap<String, String> {
    let pairs = field.into_value().unwrap_or_default();
    pairs.into_iter().map(|pair| (pair.key.into_owned(), pair.value.into_owned())).collect()
}
