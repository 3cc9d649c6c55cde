//! What a step needs and the project does not have.

use crate::plan::{Unchecked, Unmet};
use crate::supply::Demand;
use crate::volume::{SourceId, SourceKind};
use crate::words::heading::first_few;
use crate::words::number::either;
use std::collections::BTreeSet;

/// How many names a text lists; JSON has all of them.
const NAMED: usize = 12;

/// Why a step cannot be carried out.
pub(super) fn reason(place: Option<&str>, unmet: &Unmet) -> String {
    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
    let what = match unmet {
        Unmet::ZoneUnknown { zone, near: None, .. } => format!("{zone} is no zone of this region"),
        Unmet::ZoneUnknown { zone, near: Some(near), .. } => {
            format!("{zone} is no zone of this region; did you mean {near}?")
        }
        Unmet::ZoneUnavailable { zone, .. } => format!("zone {zone} is not available at present"),
        Unmet::TypeUnknown { volume_type, near: None, .. } => format!("{volume_type} is no volume type here"),
        Unmet::TypeUnknown { volume_type, near: Some(near), .. } => {
            format!("{volume_type} is no volume type here; did you mean {near}?")
        }
        Unmet::TypeElsewhere { volume_type, zone, .. } => {
            format!("volume type {volume_type} does not exist in zone {zone}")
        }
        Unmet::TypeSoldOut { volume_type, zone, .. } => format!("volume type {volume_type} is sold out in zone {zone}"),
        Unmet::QuotaShort { entry, need, limit, most, .. } if entry == Demand::LARGEST => {
            format!("the largest volume, of {most}, has {need} GB, and quota {entry} allows {limit}")
        }
        Unmet::QuotaShort { entry, need, left, limit, most } => {
            format!("the plan needs {need} of quota {entry}, most of it for {most}, and {left} of {limit} are left")
        }
        Unmet::SourceMissing { source, source_id } => format!("{} {source_id} is not there", kind(*source)),
        Unmet::SourceStatus { source, source_id, status } => {
            let usable = if *source == SourceKind::Image { "active" } else { "available" };
            let kind = kind(*source);
            format!("{kind} {source_id} is {status}, and the service makes volumes only from one that is {usable}")
        }
        Unmet::SourceLarger { source, source_id, least, size } => {
            format!("{} {source_id} needs a volume of at least {least} GB, and `size` is {size}", kind(*source))
        }
        Unmet::SourceElsewhere { source, source_id, zone } => {
            format!("{} {source_id} is in zone {zone}, and a volume from it must be there too", kind(*source))
        }
        Unmet::SourceOtherType { source_id, volume_type } => {
            format!(
                "snapshot {source_id} is of a volume of type {volume_type}, and a volume from it must be of that type"
            )
        }
        Unmet::SnapshotOfBackup { source_id } => {
            format!("snapshot {source_id} belongs to a backup, and the service makes no volume from it")
        }
        Unmet::BackupNotOfVolume { source_id, resource_type } => {
            format!("backup {source_id} is of {resource_type}, and not of a volume")
        }
    };
    format!("{place}{what}")
}

/// What to do about it.
pub(super) fn lift(unmet: &Unmet) -> String {
    match unmet {
        Unmet::ZoneUnknown { zones, .. } => format!("name a zone that is there: {}", listed(zones)),
        Unmet::ZoneUnavailable { zones, .. } => {
            format!("plan again once it is available, or name another zone: {}", listed(zones))
        }
        Unmet::TypeUnknown { types, .. } => format!("name a type that can be had in that zone: {}", listed(types)),
        Unmet::TypeElsewhere { types, zones, .. } => {
            format!("name another type ({}) or another zone ({})", listed(types), elsewhere(zones))
        }
        Unmet::TypeSoldOut { types, zones, .. } => format!(
            "plan again once it can be had, or name another type ({}) or another zone ({})",
            listed(types),
            elsewhere(zones)
        ),
        Unmet::QuotaShort { entry, .. } if entry == Demand::LARGEST => {
            "ask for a smaller `size` in the manifest, or for a higher quota in the console".to_owned()
        }
        Unmet::QuotaShort { .. } => {
            "ask for a higher quota in the console, or for less in the manifest; what the plan deletes counts as taken until it is gone"
                .to_owned()
        }
        Unmet::SourceMissing { source, .. } => {
            format!("name {} of this project and region in `{}`, or none", a(*source), source.field())
        }
        Unmet::SourceStatus { source, .. } => {
            format!("plan again once it can be used, or name another {} in `{}`", kind(*source), source.field())
        }
        Unmet::SourceLarger { source, least, .. } => {
            format!("write `size: {least}` or more, or name another {} in `{}`", kind(*source), source.field())
        }
        Unmet::SourceElsewhere { source, zone, .. } => {
            let (kind, field) = (kind(*source), source.field());
            format!("write `availability_zone: {zone}`, or name another {kind} in `{field}`")
        }
        Unmet::SourceOtherType { volume_type, .. } => {
            format!("write `volume_type: {volume_type}`, or name another snapshot in `snapshot_id`")
        }
        Unmet::SnapshotOfBackup { .. } => "name the backup itself in `backup_id`, or another snapshot".to_owned(),
        Unmet::BackupNotOfVolume { .. } => "name a backup of a volume in `backup_id`".to_owned(),
    }
}

/// What was not checked.
pub fn unchecked(what: &Unchecked) -> String {
    match what {
        Unchecked::Zones => "the zones could not be read, so none is checked".to_owned(),
        Unchecked::Types => "the volume types could not be read, so none is checked".to_owned(),
        Unchecked::Quotas => "the quotas could not be read, so none is checked".to_owned(),
        Unchecked::Sources { source, source_ids } => {
            let (kind, n) = (kind(*source), source_ids.len());
            let are =
                either(n, "could not be read, so it is not checked", "could not be read, so they are not checked");
            format!("{kind}{} {} {are}", either(n, "", "s"), ids(source_ids))
        }
        Unchecked::Placements { source_ids } => {
            let n = source_ids.len();
            let of = either(n, "the volume of snapshot", "the volumes of snapshots");
            format!(
                "{of} {} could not be read, so zone and type of what is made from {} are not checked",
                ids(source_ids),
                either(n, "it", "them")
            )
        }
    }
}

fn kind(source: SourceKind) -> &'static str {
    match source {
        SourceKind::Snapshot => "snapshot",
        SourceKind::Image => "image",
        SourceKind::Backup => "backup",
    }
}

fn a(source: SourceKind) -> &'static str {
    match source {
        SourceKind::Snapshot => "a snapshot",
        SourceKind::Image => "an image",
        SourceKind::Backup => "a backup",
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    joined(names.iter().map(String::as_str), "none")
}

fn elsewhere(zones: &BTreeSet<String>) -> String {
    joined(zones.iter().map(String::as_str), "the service names none")
}

fn ids(all: &BTreeSet<SourceId>) -> String {
    joined(all.iter().map(SourceId::as_str), "")
}

fn joined<'a>(all: impl ExactSizeIterator<Item = &'a str>, none: &str) -> String {
    if all.len() == 0 { none.to_owned() } else { first_few(all, NAMED) }
}
