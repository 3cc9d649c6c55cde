//! The operations on the type of a volume.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::retype;
use Source::{OpenApi, Otc, Reference, Sdk};

pub(super) static OPERATIONS: &[O] = &[O::custom(
    "POST",
    "/v2/{project_id}/volumes/{volume_id}/retype",
    retype::custom,
    "Change the type of a volume",
)
.by(&[Reference, OpenApi, Otc, Sdk])
.choosing(
    "that it answers 202, as the reference of Open Telekom Cloud says, and not 200, as the OpenAPI definition does; \
             which refusals are EVS.2087, which EVS.2088, and the codes of wrong fields; that the status is `retyping` \
             meanwhile, and what it was before where it fails; the code of a job that fails",
)];
