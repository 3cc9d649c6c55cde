//! The operations on snapshots, of the calls below `cloudsnapshots` and of Cinder.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::snapshots::{self, cinder, metadata, rollback};
use Source::{OpenStack, Otc, Reference, Sdk};

/// The vendor documents Cinder's calls, and OpenStack does.
const BOTH: &[Source] = &[Reference, OpenStack];
const LIST: &str = "the order, the newest first; that `name` is looked for within names; the codes of wrong values, \
    which are those of lists of volumes";
const ROLLBACK: &str = "the codes of what is refused; that a volume which has grown since keeps its size; that the snapshot \
    is available again where it fails";
const METADATA: &str = "the codes of what is refused";

pub(super) static OPERATIONS: &[O] = &[
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/detail", snapshots::list, "List snapshots")
        .by(&[Reference, Sdk])
        .choosing(LIST),
    O::custom("POST", "/v2/{project_id}/cloudsnapshots", snapshots::create, "Take a snapshot")
        .choosing("the codes of what is refused"),
    O::custom("GET", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::one, "Show a snapshot"),
    O::custom("PUT", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::update, "Change name and description")
        .choosing("that those of the catalogue cannot be changed"),
    O::custom("DELETE", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::delete, "Delete a snapshot")
        .choosing("that those of the catalogue cannot be deleted"),
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
    O::cinder("POST", "/v2|v3/{project_id}/snapshots", cinder::create, "Take a snapshot")
        .by(BOTH)
        .choosing("when a volume can be taken a snapshot of, and how many"),
    O::cinder("GET", "/v2|v3/{project_id}/snapshots/detail", cinder::detail, "List snapshots").by(BOTH).choosing(
        "the keys that it sorts by; that `name` is looked for within names; that unknown filters are ignored",
    ),
    O::cinder("GET", "/v2|v3/{project_id}/snapshots", cinder::brief, "List snapshots, briefly").by(BOTH).choosing(
        "the keys that it sorts by; that `name` is looked for within names; that unknown filters are ignored",
    ),
    O::cinder("GET", "/v2|v3/{project_id}/snapshots/{snapshot_id}", cinder::show, "Show a snapshot").by(BOTH),
    O::cinder("PUT", "/v2|v3/{project_id}/snapshots/{snapshot_id}", cinder::update, "Change name and description")
        .by(BOTH),
    O::cinder("DELETE", "/v2|v3/{project_id}/snapshots/{snapshot_id}", snapshots::delete, "Delete a snapshot").by(BOTH),
    O::cinder("GET", "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata", metadata::all, "Show metadata").by(BOTH),
    O::cinder("POST", "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata", metadata::add, "Add metadata")
        .by(BOTH)
        .choosing(METADATA),
    O::cinder("PUT", "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata", metadata::replace, "Replace metadata")
        .by(BOTH)
        .choosing(METADATA),
    O::cinder("GET", "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}", metadata::one, "Show one key")
        .by(BOTH),
    O::cinder("PUT", "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}", metadata::set_one, "Set one key")
        .by(BOTH)
        .choosing(METADATA),
    O::cinder(
        "DELETE",
        "/v2|v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}",
        metadata::remove,
        "Remove one key",
    )
    .by(BOTH),
];
