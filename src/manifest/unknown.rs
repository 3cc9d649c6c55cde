//! What is said of a field that does not exist, or that is missing: with the one that was probably meant.

use super::fields::{VOLUME, WRAPPER};
use super::node::{Name, Node, Value};
use super::report::Report;
use super::source::At;
use super::values::{nearest, quoted};
use crate::volume::{Invalid, Metadata};

/// What stands beside a volume in the body of the v2.1 create call, and what it is here.
const BESIDE: [(&str, &str); 2] = [
    ("bssParam", "in a volume, write prepaid: {period_type: month, period_num: 1}, or nothing to pay by use"),
    ("OS-SCH-HNT:scheduler_hints", "in a volume, write dedicated_storage_id: ID"),
];

/// The same of what stands in `bssParam`, and words of other tools.
const PREPAIDS: [(&str, &str); 8] = [
    ("chargingMode", "leave it out: `prepaid` says it"),
    ("charging_mode", "leave it out: `prepaid` says it"),
    ("periodType", "it is `period_type` here"),
    ("period_unit", "it is `period_type` here"),
    ("periodNum", "it is `period_num` here"),
    ("period", "it is `period_num` here"),
    ("isAutoRenew", "it is `auto_renew` here, as in auto_renew: true"),
    ("isAutoPay", "it is `auto_pay` here, as in auto_pay: true"),
];

/// Words of other tools in `lifecycle`, and what they are here.
const LIFECYCLES: [(&str, &str); 3] = [
    ("ignore_changes", "it is `ignore` here, as in ignore: [size]"),
    ("create_before_destroy", "leave it out: nothing is replaced without consent"),
    ("replace_triggered_by", "leave it out: a volume is replaced only where its own fields ask for it"),
];

/// Words of other tools and other calls of the API, and what they are here.
const ELSEWHERE: [(&str, &str); 20] = [
    ("type", "it is `volume_type` here, as in the API"),
    ("az", "it is `availability_zone` here, as in the API"),
    ("zone", "it is `availability_zone` here, as in the API"),
    ("image", "it is `imageRef` here, as in the API"),
    ("image_id", "it is `imageRef` here, as in the API"),
    ("image_ref", "it is `imageRef` here, as in the API"),
    ("backup", "it is `backup_id` here, as in the API"),
    ("snapshot", "it is `snapshot_id` here, as in the API"),
    ("source_snapshot_id", "it is `snapshot_id` here, as in the API"),
    ("encrypted", "write metadata: {__system__encrypted: \"1\"}"),
    ("kms_key_id", "write metadata: {__system__encrypted: \"1\", __system__cmkid: \"...\"}"),
    ("kms_id", "write metadata: {__system__encrypted: \"1\", __system__cmkid: \"...\"}"),
    ("device_type", "write metadata: {\"hw:passthrough\": \"true\"} for SCSI"),
    ("prevent_destroy", "write lifecycle: {prevent_destroy: true}"),
    ("retire", "write lifecycle: {retire: [...]}"),
    ("charging_mode", IN_PREPAID),
    ("period_type", IN_PREPAID),
    ("period_num", IN_PREPAID),
    ("auto_renew", IN_PREPAID),
    ("auto_pay", IN_PREPAID),
];

/// What to do about a part of `prepaid` beside it.
const IN_PREPAID: &str = "write prepaid: {period_type: month, period_num: 1, auto_renew: false, auto_pay: false}";

/// Reports a field that does not exist; gives the hint, which names the one that was probably meant.
pub(super) fn unknown(
    name: &Name<'_>,
    value: &Node<'_>,
    place: &str,
    legal: &[&str],
    report: &mut Report<'_>,
) -> String {
    let invalid = Invalid::new(format!("{place} has no field {}", quoted(&name.text)));
    // Of the fields of a volume, `defaults` has all but some.
    let in_volume = legal.contains(&"volume_type");
    let at_top = legal.contains(&"volumes");
    let known: &[&[(&str, &str)]] = match legal {
        _ if in_volume => &[&ELSEWHERE, &BESIDE],
        _ if at_top => &[&BESIDE],
        _ if legal.contains(&"prevent_destroy") => &[&LIFECYCLES],
        _ if legal.contains(&"period_type") => &[&PREPAIDS],
        _ => &[],
    };
    let elsewhere = known.iter().copied().flatten().find(|(word, _)| *word == name.text);
    let hint = if in_volume && name.text == "volume" && matches!(value.value, Value::Map(_)) {
        WRAPPER.to_owned()
    } else if at_top && name.text == "volume" {
        "put the body under a key of `volumes`, as in volumes: {web: {size: 40}}".to_owned()
    } else if at_top && name.text != "name" && VOLUME.contains(&name.text.as_ref()) {
        "it is a field of a volume: put it under a key of `volumes`, or into `defaults`".to_owned()
    } else if let Some((_, hint)) = elsewhere {
        (*hint).to_owned()
    } else if let Some(word) = nearest(&name.text, legal) {
        format!("did you mean `{word}`?")
    } else if in_volume && Metadata::KEYS.contains(&name.text.as_ref()) {
        format!("it belongs into `metadata`, as a text: metadata: {{{:?}: \"...\"}}", name.text)
    } else {
        format!("it has {}", legal.join(", "))
    };
    report.error(name.at, invalid.hint(hint.as_str()));
    hint
}

/// Reports a field that must be there; `at` is what lacks it.
pub(super) fn missing(what: &str, field: &str, hint: &str, at: At, report: &mut Report<'_>) {
    report.error(at, Invalid::new(format!("{what} has no `{field}`")).hint(hint));
}
