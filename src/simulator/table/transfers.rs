//! The operations on transfers of volumes to other projects.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::transfers;
use Source::{Otc, Reference, Sdk};

const SOURCES: &[Source] = &[Reference, Otc, Sdk];

pub(super) static OPERATIONS: &[O] = &[
    O::cinder("POST", "/v2|v3/{project_id}/os-volume-transfer", transfers::create, "Offer a volume to another project")
        .by(SOURCES)
        .choosing("the codes of what is refused"),
    O::cinder("GET", "/v2|v3/{project_id}/os-volume-transfer", transfers::list, "List transfers").by(SOURCES),
    O::cinder(
        "GET",
        "/v2|v3/{project_id}/os-volume-transfer/detail",
        transfers::list_in_detail,
        "List transfers with the time of each",
    )
    .by(SOURCES),
    O::cinder("GET", "/v2|v3/{project_id}/os-volume-transfer/{transfer_id}", transfers::one, "Show a transfer")
        .by(SOURCES),
    O::cinder("DELETE", "/v2|v3/{project_id}/os-volume-transfer/{transfer_id}", transfers::delete, "Delete a transfer")
        .by(SOURCES),
    O::cinder(
        "POST",
        "/v2|v3/{project_id}/os-volume-transfer/{transfer_id}/accept",
        transfers::accept,
        "Accept a transfer",
    )
    .by(SOURCES)
    .choosing(
        "the code of a wrong key, that the rules of the offer still hold, and that the enterprise project becomes the \
         default one",
    ),
];
