//! The operations on volumes.

use crate::simulator::operation::{Kind, Operation, Source};
use crate::simulator::partition::HUAWEI;
use crate::simulator::{batch, change, create, delete, extend, list, look, metadata};
use Operation as O;
use Source::{OpenApi, Otc, Recorded, Reference, Sdk};

/// The tags of a volume and the queries by them, as Open Telekom Cloud documents them.
const OTC: &[Source] = &[Otc];

/// What is chosen of the calls that create by the vendor's own paths.
const CREATED: &str = "the codes of metadata that are not supported, of rates, of a key without encryption and of what \
    stands beside the volume, and that a volume from an image is `creating` until it is made";
/// The same, where the call honours `X-Client-Token`.
const CREATED_ONCE: &str = "the codes of metadata that are not supported, of rates, of a key without encryption and of \
    what stands beside the volume, that a volume from an image is `creating` until it is made, and that a refusal does not \
    use up its token";

pub(super) static OPERATIONS: &[Operation] = &[
    O::custom("POST", "/v3/{project_id}/cloudvolumes", create::v3, "Create volumes")
        .of(Kind::Idempotent)
        .choosing(CREATED_ONCE),
    O::custom("POST", "/v2/{project_id}/cloudvolumes", create::v2, "Create volumes").of(Kind::Create).choosing(CREATED),
    O::custom("POST", "/v2.1/{project_id}/cloudvolumes", create::v21, "Create volumes")
        .of(Kind::Idempotent)
        .by(&[OpenApi, Sdk])
        .choosing(CREATED_ONCE),
    O::cinder("POST", "/v3/{project_id}/volumes", create::cinder_v3, "Create a volume").of(Kind::Create).choosing(
        "that the first of `disaster_recovery_azs` is the zone that is shown, and the code of an unsupported source",
    ),
    O::cinder("POST", "/v2/{project_id}/volumes", create::cinder_v2, "Create a volume")
        .of(Kind::Create)
        .choosing("the code of an unsupported source"),
    O::custom("GET", "/v1/{project_id}/jobs", look::job, "Show a job without an id, which is refused"),
    O::custom("GET", "/v1/{project_id}/jobs/{job_id}", look::job, "Show a job").choosing(
        "the times at which its parts begin and end, their order, and the status of a parent of which parts failed",
    ),
    O::custom("GET", "/v2/{project_id}/cloudvolumes/detail", list::custom, "List volumes")
        .by(&[Reference, Recorded])
        .choosing("the codes of an unknown marker and of filters that do not read"),
    O::custom("GET", "/v2/{project_id}/cloudvolumes", list::cinder_brief, "List volumes, briefly").by(OTC),
    O::cinder("GET", "/v2|v3/{project_id}/volumes/detail", list::cinder, "List volumes")
        .by(&[Reference, Otc])
        .choosing("the codes of an unknown marker and of filters that do not read"),
    O::cinder("GET", "/v2|v3/{project_id}/volumes", list::cinder_brief, "List volumes, briefly"),
    O::custom("GET", "/v2|v3/{project_id}/os-vendor-volumes/detail", list::custom, "List volumes")
        .choosing("that v3 has the same filters as v2, and `count`"),
    O::custom("GET", "/v2/{project_id}/cloudvolumes/{volume_id}", look::volume, "Show a volume")
        .by(&[Reference, Recorded])
        // Open Telekom Cloud's own pages show a volume by `os-vendor-volumes` (evs-api 19.8).
        .served_by(HUAWEI),
    O::cinder("GET", "/v2|v3/{project_id}/volumes/{volume_id}", look::volume, "Show a volume"),
    O::custom("GET", "/v2|v3/{project_id}/os-vendor-volumes/{volume_id}", look::volume, "Show a volume"),
    O::custom(
        "GET",
        "/v3/{project_id}/os-vendor-volumes/{volume_id}/internal-info",
        look::internal_info,
        "Show how much of its source a volume has",
    )
    .by(OTC)
    .choosing("that it is all of it as soon as the volume is made"),
    O::custom("PUT", "/v2/{project_id}/cloudvolumes/{volume_id}", change::update, "Change name and description"),
    O::cinder(
        "PUT",
        "/v2|v3/{project_id}/volumes/{volume_id}",
        metadata::update_cinder,
        "Change name, description and metadata",
    )
    .by(&[Reference, Otc])
    .choosing("that metadata alone are enough, and that they take the place of all that the caller has set"),
    O::custom("DELETE", "/v2/{project_id}/cloudvolumes/{volume_id}", delete::custom, "Delete a volume")
        .choosing("that snapshots go with it, and that one that is being taken locks it"),
    O::cinder("DELETE", "/v2|v3/{project_id}/volumes/{volume_id}", delete::cinder, "Delete a volume").choosing(
        "the code of a volume with snapshots where they shall not go, and that a snapshot that is being taken locks it",
    ),
    O::custom("POST", "/v2.1/{project_id}/cloudvolumes/{volume_id}/action", extend::v21, "Make a volume larger")
        .choosing(
            "the code of what is larger than the largest, and that a snapshot that is being taken stands in the way",
        ),
    O::custom("POST", "/v2/{project_id}/cloudvolumes/{volume_id}/action", extend::v2, "Make a volume larger").choosing(
        "the code of what is larger than the largest, and that a snapshot that is being taken stands in the way",
    ),
    O::custom("POST", "/v5/{project_id}/volumes/batch-extend", batch::extend, "Make several volumes larger")
        .by(&[OpenApi, Sdk])
        .choosing("the type of its job, that it takes all of the volumes or none, and 100 at the most, each once"),
    O::custom(
        "POST",
        "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action",
        change::tags_action,
        "Set and remove tags",
    )
    // These four it has below `os-vendor-volumes` alone (evs-api 9.4).
    .served_by(HUAWEI),
    O::custom("GET", "/v2/{project_id}/cloudvolumes/{volume_id}/tags", change::tags, "List the tags of a volume")
        .served_by(HUAWEI),
    O::custom("GET", "/v2/{project_id}/cloudvolumes/tags", change::project_tags, "List the tags of all volumes")
        .served_by(HUAWEI),
    O::cinder(
        "POST",
        "/v2/{project_id}/cloudvolumes/resource_instances/action",
        list::by_tags,
        "Find volumes by their tags",
    )
    .by(&[Reference, OpenApi])
    .served_by(HUAWEI)
    .choosing("the codes of its refusals, and that it counts too"),
    O::custom(
        "GET",
        "/v2|v3/{project_id}/os-vendor-volumes/tags",
        change::project_tags,
        "List the tags of all volumes",
    )
    .by(OTC),
    O::cinder(
        "POST",
        "/v2|v3/{project_id}/os-vendor-volumes/resource_instances/action",
        list::by_tags,
        "Find or count volumes by their tags",
    )
    .by(OTC),
    O::custom(
        "POST",
        "/v2|v3/{project_id}/os-vendor-volumes/{volume_id}/tags/action",
        change::tags_action,
        "Set and remove tags",
    )
    .by(OTC),
    O::custom(
        "GET",
        "/v2|v3/{project_id}/os-vendor-volumes/{volume_id}/tags",
        change::tags,
        "List the tags of a volume",
    )
    .by(OTC),
];
