//! What is said of a field that does not exist: with the one that was probably meant.

use super::fields::VOLUME;
use super::found::Subject;
use super::node::{Name, Node, Value};
use super::report::Report;
use super::values::nearest;
use super::wrong::{Rather, Unknown, Way};
use crate::volume::{Excerpt, Metadata};

/// What stands beside a volume in the body of the v2.1 create call, and what it is here.
fn beside_volume(word: &str) -> Option<Rather> {
    match word {
        "bssParam" => Some(Rather::BssParam),
        "OS-SCH-HNT:scheduler_hints" => Some(Rather::SchedulerHints),
        _ => None,
    }
}

/// The same of what stands in `bssParam`, and words of other tools.
fn in_prepaid(word: &str) -> Option<Rather> {
    let here = |field| Rather::Here { field, example: None };
    Some(match word {
        "chargingMode" | "charging_mode" => Rather::SaidByPrepaid,
        "periodType" | "period_unit" => here("period_type"),
        "periodNum" | "period" => here("period_num"),
        "isAutoRenew" => Rather::Here { field: "auto_renew", example: Some("auto_renew: true") },
        "isAutoPay" => Rather::Here { field: "auto_pay", example: Some("auto_pay: true") },
        _ => return None,
    })
}

/// Words of other tools in `lifecycle`, and what they are here.
fn in_lifecycle(word: &str) -> Option<Rather> {
    Some(match word {
        "ignore_changes" => Rather::Here { field: "ignore", example: Some("ignore: [size]") },
        "create_before_destroy" => Rather::NeverReplacedFirst,
        "replace_triggered_by" => Rather::OnlyOwnFields,
        _ => return None,
    })
}

/// Words of other tools and other calls of the API for a field of a volume, and what they are here.
fn in_volume(word: &str) -> Option<Rather> {
    Some(match word {
        "type" => Rather::Is("volume_type"),
        "az" | "zone" => Rather::Is("availability_zone"),
        "image" | "image_id" | "image_ref" => Rather::Is("imageRef"),
        "backup" => Rather::Is("backup_id"),
        "snapshot" | "source_snapshot_id" => Rather::Is("snapshot_id"),
        "encrypted" => Rather::Write(Way::Encrypted),
        "kms_key_id" | "kms_id" => Rather::Write(Way::EncryptionKey),
        "device_type" => Rather::Write(Way::Scsi),
        "prevent_destroy" => Rather::Write(Way::PreventDestroy),
        "retire" => Rather::Write(Way::Retire),
        "delete_snapshots" => Rather::Write(Way::DeleteSnapshots),
        "image_name" => Rather::Write(Way::Image),
        "source_vol_id" | "source_volid" | "source_volume_id" => Rather::Write(Way::Copy),
        "instance_id" | "server" => Rather::Write(Way::Server),
        "charging_mode" | "period" | "period_unit" | "period_type" | "period_num" | "auto_renew" | "auto_pay" => {
            Rather::Write(Way::Prepaid)
        }
        _ => return None,
    })
}

/// What somebody meant who wrote a field that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// This field.
    Field(&'static str),
    /// The whole of a volume.
    Volume,
    /// Something else, or nothing that can be told.
    Other,
}

/// Reports a field that does not exist, with the one that was probably meant, and says which that is.
pub(super) fn unknown(
    name: &Name<'_>,
    value: &Node<'_>,
    what: Subject,
    legal: &[&'static str],
    report: &mut Report<'_>,
) -> Meant {
    let rather = rather(name.text.as_ref(), value, legal);
    let meant = match &rather {
        Rather::Inside => Meant::Volume,
        Rather::Is(field) | Rather::Near(field) => Meant::Field(field),
        _ => Meant::Other,
    };
    report.error(name.at, Unknown { what, name: Excerpt::of(&name.text), rather });
    meant
}

fn rather(text: &str, value: &Node<'_>, legal: &[&'static str]) -> Rather {
    // Of the fields of a volume, `defaults` has all but some.
    let is_volume = legal.contains(&"volume_type");
    let at_top = legal.contains(&"volumes");
    if is_volume && text == "volume" && matches!(value.value, Value::Map(_)) {
        return Rather::Inside;
    }
    if at_top && text == "volume" {
        return Rather::UnderKey;
    }
    if at_top && text != "name" && VOLUME.contains(&text) {
        return Rather::InVolume;
    }
    let elsewhere = match legal {
        _ if is_volume => in_volume(text).or_else(|| beside_volume(text)),
        _ if at_top => beside_volume(text),
        _ if legal.contains(&"prevent_destroy") => in_lifecycle(text),
        _ if legal.contains(&"period_type") => in_prepaid(text),
        _ => None,
    };
    let near = || nearest(text, legal).map(Rather::Near);
    let metadata = || Metadata::KEYS.into_iter().find(|key| is_volume && *key == text).map(Rather::InMetadata);
    elsewhere.or_else(near).or_else(metadata).unwrap_or_else(|| Rather::OneOf(legal.to_vec()))
}
