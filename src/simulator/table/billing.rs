//! The operations on the type, the rates and the billing of a volume.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::{charge_mode, qos, retype, unsubscribe};
use Source::{OpenApi, Otc, Reference, Sdk};

pub(super) static OPERATIONS: &[O] = &[
    O::custom("POST", "/v2/{project_id}/volumes/{volume_id}/retype", retype::custom, "Change the type of a volume")
        .by(&[Reference, OpenApi, Otc, Sdk])
        .choosing(
            "that it answers 202, as the reference of Open Telekom Cloud says, and not 200, as the OpenAPI definition does; \
             which refusals are EVS.2087, which EVS.2088, and the codes of wrong fields; that the status is `retyping` \
             meanwhile, and what it was before where it fails; the code of a job that fails",
        ),
    O::custom("PUT", "/v5/{project_id}/cloudvolumes/{volume_id}/qos", qos::modify, "Change IOPS and throughput")
        .by(&[Reference, OpenApi, Sdk])
        .choosing(
            "the type of its job, the codes of what is refused, and that the status is `retyping` meanwhile, and what it was \
             before where it fails",
        ),
    O::custom(
        "POST",
        "/v2/{project_id}/cloudvolumes/change-charge-mode",
        charge_mode::change,
        "Have volumes paid in advance with their server",
    )
    .by(&[OpenApi, Sdk])
    .choosing("the codes of what is refused, beside EVS.2226 to EVS.2229, and that it takes all of the volumes or none"),
    O::custom("POST", "/v2/{project_id}/cloudvolumes/unsubscribe", unsubscribe::several, "Unsubscribe from volumes")
        .by(&[Reference, OpenApi, Sdk])
        .choosing(
            "that the rules of a deletion hold, also for a volume that is attached, the words of `fail_reason`, and that \
             those that go stand first",
        ),
];
