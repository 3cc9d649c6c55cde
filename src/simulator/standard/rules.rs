//! May a standard snapshot be taken of this volume? The rules that calls and policies share.
//!
//! The numbers are those of the user guide; the codes are a choice, except for that of a volume of which one is being
//! taken, which the vendor's Terraform provider waits for.

use super::kept::Kept;
use crate::simulator::catalogue::Catalogue;
use crate::simulator::quota::Usage;
use crate::simulator::reply::Refusal;
use crate::simulator::snapshot::State;
use crate::simulator::volume::Volume;
use uuid::Uuid;

/// The most standard snapshots of one volume (evs-api 19), those that policies took included.
const MOST: usize = 256;
/// The most of them with instant access.
const MOST_INSTANT: usize = 7;

/// Whether one may be taken, and the quota has room for it.
///
/// # Errors
/// The first rule that it breaks.
pub(in crate::simulator) fn check(
    catalogue: &Catalogue,
    kept: &Kept,
    usage: &Usage,
    volume: &Volume,
    instant_access: bool,
) -> Result<(), Refusal> {
    if !matches!(volume.status(), "available" | "in-use") {
        return Err(Refusal::saying("EVS.1031", "Invalid volume: its status must be available or in-use."));
    }
    if kept.count(volume.id) >= MOST {
        return Err(Refusal::saying("EVS.5413", format!("A volume has {MOST} standard snapshots at the most.")));
    }
    check_busy(kept, volume.id)?;
    if instant_access {
        check_instant(kept, volume.id, &volume.spec.volume_type)?;
    }
    usage.check_snapshot(catalogue, &volume.spec.volume_type, volume.size)
}

/// Whether no snapshot of the volume is being taken: the next one waits for it.
///
/// # Errors
/// EVS.2409.
pub(super) fn check_busy(kept: &Kept, volume: Uuid) -> Result<(), Refusal> {
    let busy = kept.of_volume(volume).any(|it| it.state == State::Creating);
    if busy { Err(Refusal::of("EVS.2409")) } else { Ok(()) }
}

/// Whether one more snapshot of the volume may have instant access, which only the types named after SSD have.
///
/// # Errors
/// EVS.2070 for the type, EVS.5413 for the number.
pub(super) fn check_instant(kept: &Kept, volume: Uuid, volume_type: &str) -> Result<(), Refusal> {
    if !volume_type.contains("SSD") {
        return Err(Refusal::of("EVS.2070"));
    }
    if kept.of_volume(volume).filter(|it| it.instant_access).count() >= MOST_INSTANT {
        let message = format!("A volume has {MOST_INSTANT} standard snapshots with instant access at the most.");
        return Err(Refusal::saying("EVS.5413", message));
    }
    Ok(())
}
