//! The names that a manifest may use.
//!
//! These lists are what the decoder, the messages and the JSON Schema go by.

/// At the top of a manifest; any key that begins with `x-` is ignored.
pub(super) const TOP: [&str; 12] = [
    "stack",
    "state",
    "base",
    "cloud",
    "naming",
    "limits",
    "defaults",
    "volumes",
    "import",
    "moved",
    "removed",
    "known_drift",
];

/// In `limits`.
pub(super) const LIMITS: [&str; 5] = ["max_create", "max_grow_gb", "max_destroy", "zones", "volume_types"];

/// In an item of `moved`.
pub(super) const MOVED: [&str; 2] = ["from", "to"];

/// In an item of `removed`.
pub(super) const REMOVED: [&str; 2] = ["key", "untag"];

/// In an item of `known_drift`: all of them are needed.
pub(super) const KNOWN_DRIFT: [&str; 5] = ["address", "field", "value", "reason", "until"];

/// In `cloud`.
pub(super) const CLOUD: [&str; 9] =
    ["simulator", "region", "project_id", "project", "endpoint", "ownership_tag", "settle", "rate_limit", "create_api"];

/// In a volume: the create call's own fields, spelt as there; the last three stand beside its `volume`.
pub(super) const VOLUME: [&str; 19] = [
    "name",
    "description",
    "availability_zone",
    "volume_type",
    "size",
    "count",
    "backup_id",
    "snapshot_id",
    "imageRef",
    "multiattach",
    "shareable",
    "metadata",
    "tags",
    "enterprise_project_id",
    "iops",
    "throughput",
    "prepaid",
    "server_id",
    "dedicated_storage_id",
];

/// In `prepaid`.
pub(super) const PREPAID: [&str; 4] = ["period_type", "period_num", "auto_renew", "auto_pay"];

/// In a volume beside [`VOLUME`]: what the API has no word for.
pub(super) const LIFECYCLE_FIELD: &str = "lifecycle";

/// In a volume beside [`VOLUME`]: whether another volume of the stack may have its name.
pub(super) const NAME_MAY_REPEAT: &str = "name_may_repeat";

/// In `lifecycle`.
pub(super) const LIFECYCLE: [&str; 6] =
    ["prevent_destroy", "retire", "on_shrink", "ignore", "delete_snapshots", "expires"];

/// In a volume, but not in `defaults`: what belongs to one volume alone.
pub(super) const NOT_IN_DEFAULTS: [&str; 6] =
    ["name", "count", "backup_id", "snapshot_id", "imageRef", NAME_MAY_REPEAT];

/// The name of a field as these lists spell it, if it is one of any of them.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let beside = [LIFECYCLE_FIELD, NAME_MAY_REPEAT];
    let lists: [&[&'static str]; 10] =
        [&TOP, &CLOUD, &LIMITS, &VOLUME, &PREPAID, &LIFECYCLE, &beside, &MOVED, &REMOVED, &KNOWN_DRIFT];
    lists.into_iter().flatten().copied().find(|field| *field == name)
}
