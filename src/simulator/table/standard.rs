//! The operations on standard snapshots, which only the v5 API has.

use crate::simulator::operation::{Operation, Source};
use crate::simulator::standard::{chains, groups, policies, snapshots, tags};
use Operation as O;
use Source::{Otc, Sdk};

/// The models of the SDK alone.
const SDK: &[Source] = &[Sdk];
/// The pages of Open Telekom Cloud have a sample of the answer too.
const BOTH: &[Source] = &[Sdk, Otc];

const LINKS: &str = "the link to the next page, and that what is not set is null";
const TAGS: &str =
    "that the answer is a list, as the models have it, where a page of Open Telekom Cloud shows an object";

pub(super) static OPERATIONS: &[Operation] = &[
    O::custom("POST", "/v5/{project_id}/snapshots", snapshots::create, "Take a standard snapshot")
        .by(SDK)
        .choosing("the codes of what is refused, the status 202, and the type and the content of the job"),
    O::custom("GET", "/v5/{project_id}/snapshots/detail", snapshots::list, "List standard snapshots")
        .by(SDK)
        .choosing(LINKS),
    O::custom("GET", "/v5/{project_id}/snapshots/count", snapshots::count, "Count standard snapshots").by(SDK),
    O::custom("GET", "/v5/{project_id}/snapshots/tags", tags::list, "List the tags of all standard snapshots")
        .by(SDK)
        .choosing(TAGS),
    O::custom("GET", "/v5/{project_id}/snapshots/{snapshot_id}", snapshots::one, "Show a standard snapshot")
        .by(SDK)
        .choosing("the forms of its progress and of the encryption's algorithm, and that what is not set is null"),
    O::custom(
        "PUT",
        "/v5/{project_id}/snapshots/{snapshot_id}",
        snapshots::update,
        "Change name, description and instant access",
    )
    .by(SDK)
    .choosing("the codes of what is refused"),
    O::custom("DELETE", "/v5/{project_id}/snapshots/{snapshot_id}", snapshots::delete, "Delete a standard snapshot")
        .by(BOTH)
        .choosing("the type and the content of the job"),
    O::custom(
        "POST",
        "/v5/{project_id}/snapshots/{snapshot_id}/rollback",
        snapshots::roll_back,
        "Roll a volume back to a standard snapshot",
    )
    .by(SDK)
    .choosing("the codes of what is refused, the status 202, the type of the job, and that a volume keeps its size"),
    O::custom("POST", "/v5/{project_id}/snapshots/{snapshot_id}/tags/create", tags::add, "Set tags")
        .by(SDK)
        .choosing("the status 204"),
    O::custom("POST", "/v5/{project_id}/snapshots/{snapshot_id}/tags/delete", tags::remove, "Remove tags")
        .by(BOTH)
        .choosing("that a tag is removed by its key, whatever value is given"),
    O::custom("GET", "/v5/{project_id}/snapshot-chains", chains::list, "List chains of standard snapshots")
        .by(BOTH)
        .choosing("that a volume has one chain, how large it is, when it ends, and the link to the next page"),
    O::custom("GET", "/v5/{project_id}/snapshot-chains/count", chains::count, "Count chains of standard snapshots")
        .by(BOTH),
    O::custom("POST", "/v5/{project_id}/snapshot-groups", groups::create, "Take a group of standard snapshots")
        .by(SDK)
        .choosing("the codes of what is refused, the status 202, the job, the names of the snapshots, and at most 60 volumes"),
    O::custom("GET", "/v5/{project_id}/snapshot-groups/detail", groups::list, "List groups").by(SDK).choosing(LINKS),
    O::custom("GET", "/v5/{project_id}/snapshot-groups/count", groups::count, "Count groups").by(BOTH),
    O::custom("GET", "/v5/{project_id}/snapshot-groups/tags", tags::list_of_groups, "List the tags of all groups")
        .by(BOTH)
        .choosing(TAGS),
    O::custom("GET", "/v5/{project_id}/snapshot-groups/{snapshot_group_id}", groups::one, "Show a group").by(BOTH),
    O::custom(
        "PUT",
        "/v5/{project_id}/snapshot-groups/{snapshot_group_id}",
        groups::update,
        "Change name and description",
    )
    .by(BOTH),
    O::custom("DELETE", "/v5/{project_id}/snapshot-groups/{snapshot_group_id}", groups::delete, "Delete a group")
        .by(BOTH)
        .choosing("that its snapshots go with it, and the type and the content of the job"),
    O::custom(
        "POST",
        "/v5/{project_id}/snapshot-groups/{snapshot_group_id}/tags/create",
        tags::add_to_group,
        "Set tags of a group",
    )
    .by(BOTH),
    O::custom(
        "POST",
        "/v5/{project_id}/snapshot-groups/{snapshot_group_id}/tags/delete",
        tags::remove_from_group,
        "Remove tags of a group",
    )
    .by(BOTH)
    .choosing("that a tag is removed by its key, whatever value is given"),
    O::custom("POST", "/v5/{project_id}/snapshot-policies", policies::create, "Make a policy")
        .by(SDK)
        .choosing("the codes of what is refused, the status 200, and that an interval counts from the day of the call"),
    O::custom("GET", "/v5/{project_id}/snapshot-policies", policies::list, "List policies").by(SDK).choosing(LINKS),
    O::custom("GET", "/v5/{project_id}/snapshot-policies/count", policies::count, "Count policies").by(SDK),
    O::custom("GET", "/v5/{project_id}/snapshot-policies/{snapshot_policy_id}", policies::one, "Show a policy").by(SDK),
    O::custom("PUT", "/v5/{project_id}/snapshot-policies/{snapshot_policy_id}", policies::update, "Change a policy")
        .by(SDK)
        .choosing("the codes of what is refused"),
    O::custom("DELETE", "/v5/{project_id}/snapshot-policies/{snapshot_policy_id}", policies::delete, "Delete a policy")
        .by(SDK)
        .choosing("the status 204, and that what it took stays"),
    O::custom(
        "POST",
        "/v5/{project_id}/snapshot-policies/{snapshot_policy_id}/associate",
        policies::associate,
        "Let a policy take snapshots of volumes",
    )
    .by(SDK)
    .choosing(
        "the status 204, the codes of what is refused, what the snapshots are called that it takes, and that it takes some \
         10000 times at the most after it was last changed",
    ),
    O::custom(
        "POST",
        "/v5/{project_id}/snapshot-policies/{snapshot_policy_id}/disassociate",
        policies::disassociate,
        "Let a policy take no more snapshots of volumes",
    )
    .by(SDK)
    .choosing("the status 204, also where it took none of a volume"),
];
