//! The operations on the recycle bin.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::recycle;
use Source::{OpenApi, Sdk};

/// Who describes them.
const SOURCES: &[Source] = &[OpenApi, Sdk];

pub(super) static OPERATIONS: &[O] = &[
    O::custom("GET", "/v3/{project_id}/recycle-bin-volumes/detail", recycle::list, "List the recycle bin")
        .by(SOURCES)
        .choosing("the order, in which what came last is first"),
    O::custom(
        "GET",
        "/v3/{project_id}/recycle-bin-volumes/{volume_id}",
        recycle::one,
        "Show a volume of the recycle bin",
    )
    .by(SOURCES)
    .choosing("that the ordinary calls answer 404 for such a volume"),
    O::custom("DELETE", "/v3/{project_id}/recycle-bin-volumes/{volume_id}", recycle::purge, "Delete a volume for good")
        .by(SOURCES),
    O::custom(
        "POST",
        "/v3/{project_id}/recycle-bin-volumes/{volume_id}/revert",
        recycle::revert,
        "Restore a volume from the recycle bin",
    )
    .by(SOURCES)
    .choosing("that the volume is `available` at once, with the tags and the creation time that it had"),
    O::custom(
        "GET",
        "/v3/{project_id}/recycle-bin-volumes/policy",
        recycle::policy,
        "Show the policy of the recycle bin",
    )
    .by(SOURCES),
    O::custom(
        "PUT",
        "/v3/{project_id}/recycle-bin-volumes/policy",
        recycle::decide,
        "Change the policy of the recycle bin",
    )
    .by(SOURCES)
    .choosing("that the policy keeps what is left out, and the code for a number of days out of range"),
];
