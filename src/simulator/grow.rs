//! May these volumes grow? The rules of evs-api 7.2, which all calls that extend share, and payments of orders too.
//!
//! The order of the checks is a choice, as is the code of a size beyond the largest: the reference has none for it.

use super::model::Cloud;
use super::reply::Refusal;
use super::volume::Volume;
use crate::evs::wire::ORDER_ID;
use crate::volume::SizeGb;

/// The states in which a server lets its volumes grow.
const ONLINE: [&str; 4] = ["ACTIVE", "PAUSED", "SUSPENDED", "SHUTOFF"];

/// Whether a volume may grow to so many GB, the quota aside; gives that size.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn check(cloud: &Cloud, volume: &Volume, wanted: i64) -> Result<u32, Refusal> {
    match volume.status() {
        "available" => {}
        "in-use" if volume.spec.multiattach => return Err(Refusal::of("EVS.1065")),
        "in-use" => check_server(volume)?,
        _ => return Err(Refusal::of("EVS.1064")),
    }
    // No status of the volume tells of it; that it keeps the volume from growing is a choice.
    if cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.1014"));
    }
    if wanted <= i64::from(volume.size) {
        return Err(Refusal::of("EVS.1015"));
    }
    let (_, most) = if volume.spec.image_id.is_some() { SizeGb::SYSTEM } else { SizeGb::DATA };
    u32::try_from(wanted).ok().filter(|size| *size <= most).ok_or_else(|| Refusal::of("EVS.1010"))
}

fn check_server(volume: &Volume) -> Result<(), Refusal> {
    match volume.server_status.as_deref() {
        None => Err(Refusal::of("EVS.2131")),
        Some(status) if ONLINE.contains(&status) => Ok(()),
        Some(_) => Err(Refusal::of("EVS.1066")),
    }
}

/// Whether the quota has room for all of these: each volume with the size that it shall have.
///
/// # Errors
/// EVS.1042.
pub(super) fn check_quota(cloud: &Cloud, project: &str, growths: &[(&Volume, u32)]) -> Result<(), Refusal> {
    let usage = cloud.usage(project);
    let growths = growths.iter().map(|(volume, size)| (volume.spec.volume_type.as_str(), volume.size, *size));
    usage.check_growth(&cloud.catalogue, growths)
}

/// Whether a volume was paid in advance, so that more of it has to be too.
pub(super) fn is_prepaid(volume: &Volume) -> bool {
    volume.spec.metadata.get(ORDER_ID).is_some_and(|it| !it.is_empty())
}
