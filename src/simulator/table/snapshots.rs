//! The operations on snapshots.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::snapshots;
use Source::{Reference, Sdk};

const LIST: &str = "the order, the newest first; that `name` is looked for within names; the codes of wrong values, \
    which are those of lists of volumes";

pub(super) static OPERATIONS: &[O] = &[
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/detail", snapshots::list, "List snapshots")
        .by(&[Reference, Sdk])
        .choosing(LIST),
    O::custom("POST", "/v2/{project_id}/cloudsnapshots", snapshots::create, "Take a snapshot")
        .choosing("the codes of what is refused"),
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::one, "Show a snapshot"),
    O::custom("PUT", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::update, "Change name and description"),
    O::custom("DELETE", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::delete, "Delete a snapshot"),
];
