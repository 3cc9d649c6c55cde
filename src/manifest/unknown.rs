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

/// A field of a volume by another word.
enum Elsewhere {
    /// It is this field here.
    Is(&'static str),
    /// It is written otherwise here.
    Write(&'static str),
}

/// Words of other tools and other calls of the API, and what they are here.
const ELSEWHERE: [(&str, Elsewhere); 20] = [
    ("type", Elsewhere::Is("volume_type")),
    ("az", Elsewhere::Is("availability_zone")),
    ("zone", Elsewhere::Is("availability_zone")),
    ("image", Elsewhere::Is("imageRef")),
    ("image_id", Elsewhere::Is("imageRef")),
    ("image_ref", Elsewhere::Is("imageRef")),
    ("backup", Elsewhere::Is("backup_id")),
    ("snapshot", Elsewhere::Is("snapshot_id")),
    ("source_snapshot_id", Elsewhere::Is("snapshot_id")),
    ("encrypted", Elsewhere::Write("metadata: {__system__encrypted: \"1\"}")),
    ("kms_key_id", Elsewhere::Write(IN_METADATA)),
    ("kms_id", Elsewhere::Write(IN_METADATA)),
    ("device_type", Elsewhere::Write("metadata: {\"hw:passthrough\": \"true\"} for SCSI")),
    ("prevent_destroy", Elsewhere::Write("lifecycle: {prevent_destroy: true}")),
    ("retire", Elsewhere::Write("lifecycle: {retire: [...]}")),
    ("charging_mode", Elsewhere::Write(IN_PREPAID)),
    ("period_type", Elsewhere::Write(IN_PREPAID)),
    ("period_num", Elsewhere::Write(IN_PREPAID)),
    ("auto_renew", Elsewhere::Write(IN_PREPAID)),
    ("auto_pay", Elsewhere::Write(IN_PREPAID)),
];

/// How encryption is asked for.
const IN_METADATA: &str = "metadata: {__system__encrypted: \"1\", __system__cmkid: \"...\"}";

/// What to do about a part of `prepaid` beside it.
const IN_PREPAID: &str = "prepaid: {period_type: month, period_num: 1, auto_renew: false, auto_pay: false}";

/// What somebody meant who wrote a field that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant<'l> {
    /// This field.
    Field(&'l str),
    /// The whole of a volume.
    Volume,
    /// Something else, or nothing that can be told.
    Other,
}

/// Reports a field that does not exist, with the one that was probably meant, and says which that is.
pub(super) fn unknown<'l>(
    name: &Name<'_>,
    value: &Node<'_>,
    place: &str,
    legal: &[&'l str],
    report: &mut Report<'_>,
) -> Meant<'l> {
    let text = name.text.as_ref();
    // Of the fields of a volume, `defaults` has all but some.
    let in_volume = legal.contains(&"volume_type");
    let at_top = legal.contains(&"volumes");
    let written: &[&[(&str, &str)]] = match legal {
        _ if in_volume || at_top => &[&BESIDE],
        _ if legal.contains(&"prevent_destroy") => &[&LIFECYCLES],
        _ if legal.contains(&"period_type") => &[&PREPAIDS],
        _ => &[],
    };
    let written = written.iter().copied().flatten().find(|(word, _)| *word == text);
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| in_volume && *word == text);
    let near = nearest(text, legal);
    let (hint, meant) = match (elsewhere, written, near) {
        _ if in_volume && text == "volume" && matches!(value.value, Value::Map(_)) => {
            (WRAPPER.to_owned(), Meant::Volume)
        }
        _ if at_top && text == "volume" => {
            ("put the body under a key of `volumes`, as in volumes: {web: {size: 40}}".to_owned(), Meant::Other)
        }
        _ if at_top && text != "name" && VOLUME.contains(&text) => {
            let hint = "it is a field of a volume: put it under a key of `volumes`, or into `defaults`";
            (hint.to_owned(), Meant::Other)
        }
        (Some((_, Elsewhere::Is(field))), _, _) => {
            (format!("it is `{field}` here, as in the API"), Meant::Field(field))
        }
        (Some((_, Elsewhere::Write(form))), _, _) => (format!("write {form}"), Meant::Other),
        (None, Some((_, hint)), _) => ((*hint).to_owned(), Meant::Other),
        (None, None, Some(word)) => (format!("did you mean `{word}`?"), Meant::Field(word)),
        _ if in_volume && Metadata::KEYS.contains(&text) => {
            (format!("it belongs into `metadata`, as a text: metadata: {{{text:?}: \"...\"}}"), Meant::Other)
        }
        _ => (format!("it has {}", legal.join(", ")), Meant::Other),
    };
    report.error(name.at, Invalid::new(format!("{place} has no field {}", quoted(text))).hint(hint));
    meant
}

/// Reports a field that must be there; `at` is what lacks it.
pub(super) fn missing(what: &str, field: &str, hint: &str, at: At, report: &mut Report<'_>) {
    report.error(at, Invalid::new(format!("{what} has no `{field}`")).hint(hint));
}
