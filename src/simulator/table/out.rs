//! What other services and clients have and the embedded cloud does not.

use serde::Serialize;

/// Calls that are documented somewhere and answered as the gateway answers what it does not know: 404, APIGW.0101.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Out {
    calls: &'static str,
    /// Why it stays out.
    why: &'static str,
}

/// All of them.
pub(super) static OUT: &[Out] = &[
    Out {
        calls: "`/v3/{project_id}/backups`, `/v2/{project_id}/backups` and the rest of the backup service",
        why: "backups are another service, CBR; only its call that shows one is served, since a volume can be made from one",
    },
    Out {
        calls: "`/v1/{project_id}/cloudservers/…` and the rest of the compute service",
        why: "servers are another service, ECS; `POST /_sim/volumes/ID` attaches and detaches",
    },
    Out {
        calls: "`/v2/images`, `/v2/cloudimages/…` and the rest of the image service",
        why: "images are another service, IMS; only its list is served, since a volume can be made from one",
    },
    Out {
        calls: "`…/types/{type_id}/encryption`, `…/types/{type_id}/extra_specs` and what else only administrators of OpenStack may do",
        why: "EVS does not document them; actions of administrators on a volume are refused with 403",
    },
    Out {
        calls: "`/v3/{project_id}/volume-transfers`, `…/attachments`, `…/groups` and what else came after micro-version 3.50 or has no page",
        why: "EVS ends at micro-version 3.50; transfers are served by their older path",
    },
    Out {
        calls: "`…/os-vendor-tags/snapshots/…`, `…/os-vendor-tags/backups/…`, `…/os-vendor-tags/{type}/resource_instances` and `…/os-vendor-tags/volumes/{volume_id}/action`",
        why: "these deprecated calls have newer ones beside them, which are served for volumes",
    },
    Out {
        calls: "`…/os-vendor-replication-consistency-groups…` and what else Open Telekom Cloud documents of replication",
        why: "replication is deprecated there, and Huawei Cloud has another service for it",
    },
    Out {
        calls: "`…/snapshots/{snapshot_id}/action`, `…/os-quota-sets/{id}/defaults`",
        why: "no source describes them for EVS",
    },
    Out {
        calls: "`/v2/orders/…` and the rest of the billing service",
        why: "payment is another service, BSS; `POST /_sim/orders/ORDER/pay` stands for it",
    },
];
