//! One volume: which fields differ from what is wanted, and what that would take.

use super::why::{Wanted, Why};
use crate::manifest::{Lifecycle, OnShrink};
use crate::observed::ObservedVolume;
use crate::state::Recorded;
use crate::volume::{DedicatedStorageId, Prepaid, ServerId, Source, VolumeSpec};

/// One field that is not as desired and that no step of this version changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The field, as the manifest spells it.
    pub(super) field: &'static str,
    /// The names under which the manifest spells it, where those are others.
    pub(super) spelt: Vec<&'static str>,
    /// The action that would be needed.
    pub(super) wanted: Wanted,
    /// What it is.
    pub(super) from: String,
    /// What it shall be.
    pub(super) to: String,
    /// Whether the field cannot change in place.
    pub(super) fixed: bool,
    /// Whether the manifest asks for what it asked for before.
    pub(super) outside: bool,
}

impl From<Difference> for Why {
    fn from(difference: Difference) -> Why {
        let Difference { field, spelt, wanted, from, to, fixed, outside } = difference;
        let spelt = spelt.into_iter().map(str::to_owned).collect();
        Why::Field { field: field.to_owned(), spelt, wanted, from, to, fixed, outside }
    }
}

/// Compares every field but name and description, which renaming changes.
///
/// What was asked for last is compared with what is asked for now; where the cloud was looked at, its
/// type and tags count too, since those can be brought back. Its size counts only towards growing: a
/// volume that someone enlarged is drift, not a wish to shrink.
pub(super) fn differences(
    desired: &VolumeSpec,
    lifecycle: &Lifecycle,
    recorded: &Recorded,
    observed: Option<&ObservedVolume>,
) -> Vec<Difference> {
    // Taken apart in full, so that a new field does not compile until it is compared here.
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
        dedicated_storage_id,
    } = desired;
    let asked = &*recorded.asked;
    let mut found = Vec::new();
    let mut differ = |field, wanted, from: String, to: String, fixed| {
        if from != to && !lifecycle.ignores(field) {
            let (spelt, outside) = match field {
                "source" => (spelt(&asked.source, source), false),
                "volume_type" => (Vec::new(), *volume_type == asked.volume_type),
                "tags" => (Vec::new(), *tags == asked.tags),
                _ => (Vec::new(), false),
            };
            found.push(Difference { field, spelt, wanted, from, to, fixed, outside });
        }
    };
    if zone != &asked.zone {
        differ("availability_zone", Wanted::Replace, asked.zone.to_string(), zone.to_string(), true);
    }
    let seen_type = observed.map(|volume| volume.volume_type.as_str()).filter(|word| !word.is_empty());
    let type_now = seen_type.unwrap_or(asked.volume_type.as_str());
    if volume_type.as_str() != type_now {
        differ("volume_type", Wanted::Retype, type_now.to_owned(), volume_type.to_string(), false);
    }
    if let Some(to) = size.filter(|to| Some(*to) != asked.size) {
        // A backup's volume has a size of its own; naming that very size is no wish.
        let from = asked.size.map_or(recorded.seen.size, crate::volume::SizeGb::gb);
        // Someone may have enlarged it already: a manifest that follows has nothing left to wish.
        let now = observed.map_or(from, |volume| volume.size.max(from));
        let text = |gb: u32| format!("{gb} GB");
        if to.gb() > now {
            differ("size", Wanted::Extend, text(now), to.to_string(), false);
        } else if to.gb() < from {
            let replaces = lifecycle.on_shrink == OnShrink::Replace;
            let wanted = if replaces { Wanted::Replace } else { Wanted::Shrink };
            differ("size", wanted, text(from), to.to_string(), true);
        }
    }
    if source != &asked.source {
        differ("source", Wanted::Replace, source_text(&asked.source), source_text(source), true);
    }
    if *multiattach != asked.multiattach {
        differ("multiattach", Wanted::Replace, asked.multiattach.to_string(), multiattach.to_string(), true);
    }
    if metadata != &asked.metadata {
        differ("metadata", Wanted::Replace, pairs(asked.metadata.pairs()), pairs(metadata.pairs()), true);
    }
    for (field, to, from) in [("iops", iops, &asked.iops), ("throughput", throughput, &asked.throughput)] {
        let text = |rate: &Option<u32>| rate.map_or("none".to_owned(), |rate| rate.to_string());
        if to != from {
            differ(field, Wanted::Qos, text(from), text(to), false);
        }
    }
    // Whether its order paid itself is over and done with.
    let paid = |prepaid: &Option<Prepaid>| match prepaid {
        None => "paid by use".to_owned(),
        Some(Prepaid { period, auto_renew, auto_pay: _ }) => {
            format!("{period}, {}", if *auto_renew { "renewed by itself" } else { "not renewed" })
        }
    };
    differ("prepaid", Wanted::Rebill, paid(&asked.prepaid), paid(prepaid), true);
    let id = |id: Option<&str>| id.unwrap_or("none").to_owned();
    let server = |spec: &Option<ServerId>| id(spec.as_ref().map(ServerId::as_str));
    differ("server_id", Wanted::Attach, server(&asked.server_id), server(server_id), true);
    let pool = |spec: &Option<DedicatedStorageId>| id(spec.as_ref().map(DedicatedStorageId::as_str));
    differ(
        "dedicated_storage_id",
        Wanted::Replace,
        pool(&asked.dedicated_storage_id),
        pool(dedicated_storage_id),
        true,
    );
    if enterprise_project_id != &asked.enterprise_project_id {
        let text =
            |id: &Option<crate::volume::EnterpriseProjectId>| id.as_ref().map_or("0".to_owned(), ToString::to_string);
        // Absent and "0" both mean the default project.
        differ(
            "enterprise_project_id",
            Wanted::Replace,
            text(&asked.enterprise_project_id),
            text(enterprise_project_id),
            true,
        );
    }
    let declared_differs = tags != &asked.tags
        || observed.is_some_and(|volume| tags.pairs().iter().any(|(key, value)| volume.tags.get(key) != Some(value)));
    if declared_differs {
        let now = observed.map_or_else(|| asked.tags.pairs().clone(), |volume| ours(volume, tags, &asked.tags));
        differ("tags", Wanted::Retag, pairs(&now), pairs(tags.pairs()), false);
    }
    found
}

/// Of the tags that a volume carries, those that the manifest says or said.
fn ours(
    volume: &ObservedVolume,
    desired: &crate::volume::Tags,
    asked: &crate::volume::Tags,
) -> std::collections::BTreeMap<String, String> {
    let known = |key: &String| desired.pairs().contains_key(key) || asked.pairs().contains_key(key);
    volume.tags.iter().filter(|(key, _)| known(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The fields of the manifest that say where a volume's content comes from, of one of these sources at least.
fn spelt(asked: &Source, desired: &Source) -> Vec<&'static str> {
    let field = |source: &Source| match source {
        Source::Blank => None,
        Source::Snapshot(_) => Some("snapshot_id"),
        Source::Image(_) => Some("imageRef"),
        Source::Backup(_) => Some("backup_id"),
    };
    let mut fields: Vec<_> = [asked, desired].into_iter().filter_map(field).collect();
    fields.dedup();
    fields
}

fn source_text(source: &Source) -> String {
    match source {
        Source::Blank => "none".to_owned(),
        Source::Snapshot(id) => format!("snapshot {id}"),
        Source::Image(id) => format!("image {id}"),
        Source::Backup(id) => format!("backup {id}"),
    }
}

fn pairs(map: &std::collections::BTreeMap<String, String>) -> String {
    if map.is_empty() {
        return "none".to_owned();
    }
    map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}
