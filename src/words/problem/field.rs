//! Fields that do not exist, and fields that must be there.

use super::found::{did_you_mean, subject, volume_key};
use crate::manifest::{Missing, Rather, Unknown, Way};
use crate::words::excerpt::quoted;

/// That a field does not exist.
pub(super) fn unknown(unknown: &Unknown) -> String {
    format!("{} has no field {}", subject(unknown.what), quoted(&unknown.name))
}

/// What to write rather.
pub(super) fn rather(rather: &Rather) -> String {
    let hint = match rather {
        Rather::Inside => "paste what stands inside \"volume\": {...}, without this wrapper",
        Rather::UnderKey => "put the body under a key of `volumes`, as in volumes: {web: {size: 40}}",
        Rather::InVolume => "it is a field of a volume: put it under a key of `volumes`, or into `defaults`",
        Rather::Is(field) => return format!("it is `{field}` here, as in the API"),
        Rather::Here { field, example: None } => return format!("it is `{field}` here"),
        Rather::Here { field, example: Some(example) } => return format!("it is `{field}` here, as in {example}"),
        Rather::Write(way) => return format!("write {}", self::way(*way)),
        Rather::BssParam => "in a volume, write prepaid: {period_type: month, period_num: 1}, or nothing to pay by use",
        Rather::SchedulerHints => "in a volume, write dedicated_storage_id: ID",
        Rather::SaidByPrepaid => "leave it out: `prepaid` says it",
        Rather::NeverReplacedFirst => "leave it out: nothing is replaced without consent",
        Rather::OnlyOwnFields => "leave it out: a volume is replaced only where its own fields ask for it",
        Rather::Near(word) => return did_you_mean(word),
        Rather::InMetadata(key) => {
            return format!("it belongs into `metadata`, as a text: metadata: {{{key:?}: \"...\"}}");
        }
        Rather::OneOf(legal) => return format!("it has {}", legal.join(", ")),
    };
    hint.to_owned()
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Encrypted => "metadata: {__system__encrypted: \"1\"}",
        Way::EncryptionKey => "metadata: {__system__encrypted: \"1\", __system__cmkid: \"...\"}",
        Way::Scsi => "metadata: {\"hw:passthrough\": \"true\"} for SCSI",
        Way::PreventDestroy => "lifecycle: {prevent_destroy: true}",
        Way::Retire => "lifecycle: {retire: [...]}",
        Way::DeleteSnapshots => "lifecycle: {delete_snapshots: true}",
        Way::Image => "imageRef: ID, the image's id: a name may mean several",
        Way::Copy => "snapshot_id: ID, of a snapshot that you take of that volume: none is made from another one",
        Way::Server => {
            "server_id: ID for a volume that is made for a server; one that is there is attached at its server"
        }
        Way::Prepaid => "prepaid: {period_type: month, period_num: 1, auto_renew: false, auto_pay: false}",
    }
}

/// That a field must be there.
pub(super) fn missing(missing: &Missing) -> String {
    let (what, field) = match missing {
        Missing::Stack { .. } => ("the manifest".to_owned(), "stack"),
        Missing::Cloud => ("the manifest".to_owned(), "cloud"),
        Missing::Volumes => ("the manifest".to_owned(), "volumes"),
        Missing::Project => ("`cloud`".to_owned(), "project_id"),
        Missing::Region => ("`cloud`".to_owned(), "region"),
        Missing::Zone(key) => (volume_key(key), "availability_zone"),
        Missing::VolumeType(key) => (volume_key(key), "volume_type"),
        Missing::Size(key) => (volume_key(key), "size"),
        Missing::PeriodType => ("`prepaid`".to_owned(), "period_type"),
        Missing::PeriodNumber => ("`prepaid`".to_owned(), "period_num"),
    };
    format!("{what} has no `{field}`")
}

/// How it is written.
pub(super) fn write(missing: &Missing) -> &'static str {
    match missing {
        Missing::Stack { several_files: true } => {
            "name it, as in `stack: kafka-prod`; the name is unique in the project"
        }
        Missing::Stack { several_files: false } => {
            "name it, as in `stack: kafka-prod`; where this file is one of several, PATH is their folder"
        }
        Missing::Cloud => {
            "write `cloud: {region: cn-north-4, project_id: ...}`, or `cloud: {simulator: true}` to try it without an \
             account"
        }
        Missing::Volumes => "write `volumes: {}` if there shall be none",
        Missing::Project => {
            "name the project by `project_id`, of which a simulator takes any 32 of 0-9 and a-f, or by `project`; or write \
             `simulator: true` in place of all that"
        }
        Missing::Region => "write it as in `region: cn-north-4`, or an `endpoint`",
        Missing::Zone(_) | Missing::VolumeType(_) => "write it here, or under `defaults` for all volumes",
        Missing::Size(_) => "only a backup supplies one; write it in GB",
        Missing::PeriodType => "write period_type: month, or year",
        Missing::PeriodNumber => "write period_num: 1 to 9 months, or 1 year",
    }
}
