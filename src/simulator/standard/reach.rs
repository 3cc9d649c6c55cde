//! What of a project a call reaches, and how it changes that.

use super::deed::Deed;
use super::group::Group;
use super::kept::Kept;
use super::policy::Policy;
use super::snapshot::Snapshot;
use crate::simulator::call::{Call, uuid};
use crate::simulator::event::Change;
use crate::simulator::model::Cloud;
use crate::simulator::reply::Refusal;
use std::sync::LazyLock;
use uuid::Uuid;

/// What the project of the call has; nothing where it has never done anything.
pub(super) fn kept<'a>(cloud: &'a Cloud, call: &Call) -> &'a Kept {
    static NOTHING: LazyLock<Kept> = LazyLock::new(Kept::default);
    cloud.project(&call.project).map_or(&NOTHING, |it| &it.standard)
}

/// Records what a call did in its project.
pub(super) fn record(cloud: &mut Cloud, call: &Call, deed: Deed) {
    cloud.record(Change::Standard { project: call.project.clone(), deed: Box::new(deed) });
}

fn missing(call: &Call, name: &'static str) -> Refusal {
    let what = match name {
        "snapshot_id" => "Snapshot",
        "snapshot_group_id" => "Snapshot group",
        _ => "Snapshot policy",
    };
    Refusal::saying("EVS.5404", format!("{what} {} could not be found.", call.value(name)))
}

fn id_of(call: &Call, name: &'static str) -> Result<Uuid, Refusal> {
    uuid(call.value(name)).ok_or_else(|| missing(call, name))
}

/// The snapshot of the path.
///
/// # Errors
/// EVS.5404 where there is none, and for an id that is none.
pub(super) fn snapshot<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Snapshot, Refusal> {
    let name = "snapshot_id";
    kept(cloud, call).snapshots.get(id_of(call, name)?).ok_or_else(|| missing(call, name))
}

/// The group of the path.
///
/// # Errors
/// The same.
pub(super) fn group<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Group, Refusal> {
    let name = "snapshot_group_id";
    kept(cloud, call).groups.get(id_of(call, name)?).ok_or_else(|| missing(call, name))
}

/// The policy of the path.
///
/// # Errors
/// The same.
pub(super) fn policy<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Policy, Refusal> {
    let name = "snapshot_policy_id";
    kept(cloud, call).policies.get(id_of(call, name)?).ok_or_else(|| missing(call, name))
}
