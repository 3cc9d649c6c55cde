//! What Cinder's create call has and the others have not: sources that are not supported, and several zones.

use super::body::text;
use super::catalogue::Catalogue;
use super::check::check_placement;
use super::metadata::is_of_service;
use super::reply::Refusal;
use crate::volume::Metadata;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields that would say where the content comes from, or which group the volume is in. A volume that ignored one would be
/// another than was asked for, so they are refused (the code is a choice).
const UNSUPPORTED: [&str; 5] = ["source_volid", "source_replica", "consistencygroup_id", "group_id", "backup_id"];

/// Refuses what Cinder's create call takes elsewhere and not here.
///
/// # Errors
/// EVS.1016 for two sources, EVS.1070 for one that is not supported, EVS.1018 for a wrong JSON type.
pub(super) fn check_unsupported(whole: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(Value::Object(fields)) = whole.get("volume") else { return Ok(()) };
    let given = |key: &str| Ok::<_, Refusal>(text(fields, key)?.is_some_and(|it| !it.is_empty()));
    if given("source_volid")? && (given("snapshot_id")? || given("imageRef")?) {
        return Err(Refusal::of("EVS.1016"));
    }
    for field in UNSUPPORTED {
        if given(field)? {
            return Err(Refusal::saying("EVS.1070", format!("{field} is not supported.")));
        }
    }
    Ok(())
}

/// The zone that `disaster_recovery_azs` of v3 give in place of `availability_zone`: the first of them, which is the one
/// that reads show (a choice); `None` where there are none.
///
/// # Errors
/// EVS.1018 for a wrong JSON type, EVS.1036 where the zone is named too.
pub(super) fn zone(whole: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(Value::Object(fields)) = whole.get("volume") else { return Ok(None) };
    let zones = zones(fields)?;
    let Some(first) = zones.first() else { return Ok(None) };
    if text(fields, "availability_zone")?.is_some_and(|it| !it.is_empty()) {
        let message =
            "invalid availability zone! Only one of availability_zone and disaster_recovery_azs can be given.";
        return Err(Refusal::saying("EVS.1036", message));
    }
    Ok(Some((*first).to_owned()))
}

/// Whether the type can be had in each of `disaster_recovery_azs`.
///
/// # Errors
/// As for `availability_zone`.
pub(super) fn check_zones(whole: &Map<String, Value>, catalogue: &Catalogue, volume_type: &str) -> Result<(), Refusal> {
    let Some(Value::Object(fields)) = whole.get("volume") else { return Ok(()) };
    for zone in zones(fields)? {
        check_placement(catalogue, zone, volume_type)?;
    }
    Ok(())
}

fn zones(fields: &Map<String, Value>) -> Result<Vec<&str>, Refusal> {
    let wrong =
        || Refusal::saying("EVS.1018", "Type conversion error , parameter type is unexpected: disaster_recovery_azs");
    match fields.get("disaster_recovery_azs") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(zones)) => zones.iter().map(|it| it.as_str().ok_or_else(wrong)).collect(),
        Some(_) => Err(wrong()),
    }
}

/// The body without the fields that Cinder's create does not have, which are ignored whatever stands there (evs-api 3.8).
pub(super) fn known(whole: &Map<String, Value>) -> Map<String, Value> {
    const NONE_OF_ITS_OWN: [&str; 5] = ["count", "tags", "backup_id", "enterprise_project_id", "shareable"];
    let mut whole = whole.clone();
    if let Some(Value::Object(volume)) = whole.get_mut("volume") {
        volume.retain(|key, _| !NONE_OF_ITS_OWN.contains(&key.as_str()));
    }
    whole
}

/// The caller may give any metadata but those that only the service writes.
///
/// # Errors
/// EVS.2047.
pub(super) fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let given = [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH, Metadata::FULL_CLONE];
    let foreign = |key: &String| is_of_service(key) && !given.contains(&key.as_str());
    if metadata.keys().any(foreign) { Err(Refusal::of("EVS.2047")) } else { Ok(()) }
}
