//! The jobs of these calls.

use crate::simulator::call::Call;
use crate::simulator::job::{Job, Kind, Work};
use crate::simulator::model::Cloud;
use crate::simulator::task::Effect;
use crate::simulator::work::shuffle;
use uuid::Uuid;

/// Plans a job with a task for each of these volumes, in the order of the request; gives what belongs to each task, in the
/// order of the tasks.
pub(super) fn plan<T>(
    cloud: &mut Cloud,
    call: &Call,
    kind: Kind,
    effect: Effect,
    parts: impl IntoIterator<Item = (Uuid, T)>,
) -> (Job, Vec<T>) {
    let job_id = cloud.next_id().simple().to_string();
    let parts = (1u32..).zip(parts).map(|(ordinal, (volume, thing))| {
        let id = cloud.next_id().simple().to_string();
        let number = cloud.volume(&call.project, volume).map_or(0, |volume| volume.number);
        (thing, Work { id, volume, number, ordinal, effect: effect.clone() })
    });
    let mut parts: Vec<(T, Work)> = parts.collect();
    shuffle(&mut parts, |(_, work)| work);
    let (things, work) = parts.into_iter().unzip();
    let (now, duration) = (cloud.now(), cloud.job_duration);
    (Job::plan(job_id, &call.project, kind, now, duration, work, call.trouble.as_ref()), things)
}
