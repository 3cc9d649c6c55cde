//! The operations on the metadata of volumes.

use crate::simulator::metadata;
use crate::simulator::operation::{Operation as O, Source};
use Source::{Otc, Reference};

const BOTH: &[Source] = &[Reference, Otc];

pub(super) static OPERATIONS: &[O] = &[
    O::cinder(
        "GET",
        "/v2|v3/{project_id}/volumes/{volume_id}/metadata",
        metadata::all,
        "Show all metadata of a volume",
    )
    .by(BOTH),
    O::cinder("POST", "/v2|v3/{project_id}/volumes/{volume_id}/metadata", metadata::add, "Add metadata to a volume")
        .by(BOTH)
        .choosing("that the answer has all metadata, and which keys are the service's own"),
    O::cinder(
        "PUT",
        "/v2|v3/{project_id}/volumes/{volume_id}/metadata",
        metadata::replace,
        "Replace the metadata of a volume",
    )
    .by(BOTH)
    .choosing("that the answer has all metadata, and that the service's own keys stay"),
    O::cinder(
        "GET",
        "/v2|v3/{project_id}/volumes/{volume_id}/metadata/{key}",
        metadata::one,
        "Show one piece of metadata",
    )
    .by(BOTH),
    O::cinder(
        "PUT",
        "/v2|v3/{project_id}/volumes/{volume_id}/metadata/{key}",
        metadata::set,
        "Set one piece of metadata",
    )
    .by(BOTH),
    O::cinder(
        "DELETE",
        "/v2|v3/{project_id}/volumes/{volume_id}/metadata/{key}",
        metadata::remove,
        "Remove one piece of metadata",
    )
    .by(BOTH)
    .choosing("that a key of the service's own is refused with 403"),
];
