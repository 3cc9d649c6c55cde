//! The operations on snapshots.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::snapshots::{self, rollback};
use Source::{Otc, Reference, Sdk};

const LIST: &str = "the order, the newest first; that `name` is looked for within names; the codes of wrong values, \
    which are those of lists of volumes";
const ROLLBACK: &str = "the codes of what is refused; that a volume which has grown since keeps its size; that the snapshot \
    is available again where it fails";

pub(super) static OPERATIONS: &[O] = &[
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/detail", snapshots::list, "List snapshots")
        .by(&[Reference, Sdk])
        .choosing(LIST),
    O::custom("POST", "/v2/{project_id}/cloudsnapshots", snapshots::create, "Take a snapshot")
        .choosing("the codes of what is refused"),
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::one, "Show a snapshot"),
    O::custom("PUT", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::update, "Change name and description"),
    O::custom("DELETE", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::delete, "Delete a snapshot"),
    O::custom(
        "POST",
        "/v2/{project_id}/cloudsnapshots/{snapshot_id}/rollback",
        rollback::start,
        "Roll a volume back to a snapshot",
    )
    .by(&[Reference, Sdk])
    .choosing(ROLLBACK),
    O::custom(
        "POST",
        "/v2|v3/{project_id}/os-vendor-snapshots/{snapshot_id}/rollback",
        rollback::start,
        "Roll a volume back to a snapshot",
    )
    .by(&[Reference, Otc])
    .choosing(ROLLBACK),
];
