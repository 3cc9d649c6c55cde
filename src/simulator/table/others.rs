//! What a project has and can have, the versions of the API, and what is asked of two other services at the same address.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::{look, sources};
use Source::{OpenApi, Otc, Recorded, Reference};

pub(super) static OPERATIONS: &[O] = &[
    O::cinder("GET", "/v2|v3/{project_id}/os-availability-zone", look::zones, "List the zones"),
    O::cinder("GET", "/v2|v3/{project_id}/types", look::types, "List the volume types"),
    O::cinder("GET", "/v2|v3/{project_id}/types/{type_id}", look::one_type, "Show a volume type"),
    O::cinder("GET", "/v2|v3/{project_id}/os-quota-sets/{target_id}", look::quotas, "Show quotas and their use")
        .choosing("that it gives plain limits where `usage` is not asked for"),
    O::custom("GET", "/", look::versions, "List the versions of the API").by(&[Reference, OpenApi]),
    O::custom("GET", "/v1|v2|v3", look::one_version, "Show a version of the API").by(&[OpenApi]),
    O::custom("GET", "/v2/cloudimages", sources::images, "List images, of the image service")
        .by(&[Otc])
        .choosing("that it lists the images that volumes of all projects were exported to, each with its `owner`"),
    O::custom("GET", "/v3/{project_id}/backups/{backup_id}", sources::backup, "Show a backup, of the backup service")
        .by(&[Recorded])
        .choosing("the envelope of a refusal"),
];
