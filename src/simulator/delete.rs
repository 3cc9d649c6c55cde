//! Deleting a volume (evs-api 7.5). The order of the checks is a choice.

use super::call::Call;
use super::change::named;
use super::event::Change;
use super::grow::is_prepaid;
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use super::task::Effect;
use super::volume::Volume;
use super::work;
use crate::evs::wire::JobReply;

/// The service that protects volumes against disasters: its locks have a code of their own.
pub(super) const DISASTER_RECOVERY: &str = "SDRS";

/// `DELETE /v2/{project_id}/cloudvolumes/{volume_id}`: 200 and a job. The volume's snapshots go with it, with `cascade`
/// and without (a choice: the sources contradict each other).
pub(super) fn custom(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = wanted(cloud, call)?.id;
    let job_id = start(cloud, call, volume);
    Ok(Reply::json(200, &JobReply { job_id }))
}

/// `DELETE /v3/{project_id}/volumes/{volume_id}`: 202 and nothing. A volume with snapshots goes with `cascade=true`
/// alone; the refusal without it is a choice.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = wanted(cloud, call)?.id;
    let cascades = call.query("cascade").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let has_snapshots = cloud.project(&call.project).is_some_and(|it| it.snapshots_of(volume).next().is_some());
    if has_snapshots && !cascades {
        let message = "Invalid volume: it has snapshots; delete them first, or send cascade=true.";
        return Err(Refusal::saying("EVS.1070", message));
    }
    start(cloud, call, volume);
    Ok(Reply::empty(202))
}

/// The volume of the path, where it may be deleted.
fn wanted<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Volume, Refusal> {
    let volume = named(cloud, call)?;
    check(cloud, volume)?;
    if is_prepaid(volume) { Err(Refusal::of("EVS.1035")) } else { Ok(volume) }
}

/// Whether a volume may go, however it is paid.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn check(cloud: &Cloud, volume: &Volume) -> Result<(), Refusal> {
    match volume.status() {
        "available" | "error" | "error_extending" | "error_restoring" | "error_rollbacking" => {}
        "error_deleting" => return Err(Refusal::of("EVS.2020")),
        "backing-up" => return Err(Refusal::of("EVS.2130")),
        _ => return Err(Refusal::of("EVS.1046")),
    }
    check_locks(volume)?;
    // No status of the volume tells of a snapshot that is being taken; that it counts as a lock is a choice.
    if !volume.attached().is_empty() || cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.2068"));
    }
    Ok(())
}

/// Whether no other service has locked a volume.
///
/// # Errors
/// EVS.2089 for the service that protects against disasters, EVS.2068 for any other.
pub(super) fn check_locks(volume: &Volume) -> Result<(), Refusal> {
    match volume.locked_by.as_deref() {
        None => Ok(()),
        Some(DISASTER_RECOVERY) => Err(Refusal::of("EVS.2089")),
        Some(_) => Err(Refusal::of("EVS.2068")),
    }
}

fn start(cloud: &mut Cloud, call: &Call, volume: uuid::Uuid) -> String {
    let job = work::effect(cloud, &call.project, volume, Effect::Remove, call.trouble.as_ref());
    let job_id = job.id.clone();
    cloud.record(Change::Working { job });
    job_id
}
