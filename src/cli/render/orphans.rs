//! Tagged volumes that nothing records: `orphans`, and what `state rebuild` made of them.

use super::state::json;
use super::table::{cut, table};
use crate::observed::ObservedVolume;
use crate::plan::{Left, Origin, Orphan, Rebuilt, Restored};
use crate::state::End;
use crate::volume::{CallId, Key, Lineage, SlotSet, StackName, VolumeId};
use crate::words::command::orphans as words;
use crate::words::command::rebuild::{self as told, Outcome};
use crate::words::rebuild::unplaced;
use crate::words::second;
use std::collections::BTreeMap;

/// What JSON says of any volume that nothing records.
#[derive(serde::Serialize)]
struct Looks<'a> {
    id: &'a VolumeId,
    name: &'a str,
    size: u32,
    volume_type: &'a str,
    availability_zone: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<jiff::Timestamp>,
}

impl<'a> Looks<'a> {
    fn of(volume: &'a ObservedVolume) -> Looks<'a> {
        Looks {
            id: &volume.id,
            name: volume.shown_name(),
            size: volume.size,
            volume_type: &volume.volume_type,
            availability_zone: &volume.availability_zone,
            status: volume.status.as_str(),
            created_at: volume.created_at.map(second),
        }
    }
}

/// A volume as `orphans --format json` promises it.
#[derive(serde::Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    looks: Looks<'a>,
    lineage: &'a Lineage,
    call: &'a CallId,
    /// `no_state`, `other_lineage`, `unknown` or `ended`.
    known: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    ended: Option<Ended<'a>>,
}

/// What is known of a call that is over.
#[derive(serde::Serialize)]
struct Ended<'a> {
    key: &'a Key,
    slots: &'a SlotSet,
    ended_at: jiff::Timestamp,
    /// `done`, `refused` or `absent`.
    end: &'static str,
}

fn end_word(end: &End) -> &'static str {
    match end {
        End::Done => "done",
        End::Refused(_) => "refused",
        End::Absent => "absent",
        End::GivenUp => "given up",
    }
}

/// The orphans as a JSON array with a final newline.
pub fn orphans_json(orphans: &[Orphan<'_>]) -> String {
    let listed: Vec<Listed<'_>> = orphans
        .iter()
        .map(|Orphan { volume, lineage, call, origin, .. }| {
            let (known, ended) = match origin {
                Origin::Stateless => ("no_state", None),
                Origin::Foreign => ("other_lineage", None),
                Origin::Unknown => ("unknown", None),
                Origin::Open(_) => ("open", None),
                Origin::Ended(call) => {
                    let (key, slots, ended_at) = (&call.key, &call.slots, second(call.at));
                    ("ended", Some(Ended { key, slots, ended_at, end: end_word(&call.end) }))
                }
            };
            Listed { looks: Looks::of(volume), lineage, call, known, ended }
        })
        .collect();
    json(&listed)
}

/// The orphans as aligned columns, one volume a line.
pub fn orphans(orphans: &[Orphan<'_>]) -> String {
    if orphans.is_empty() {
        return format!("{}\n", words::NONE);
    }
    let rows = orphans.iter().map(|Orphan { volume, lineage, call, origin, .. }| {
        [
            volume.id.to_string(),
            volume.volume_type.clone(),
            format!("{} GB", volume.size),
            volume.availability_zone.clone(),
            volume.status.to_string(),
            volume.created_at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%MZ").to_string()),
            call.to_string(),
            words::known(origin, lineage),
            cut(volume.shown_name()),
        ]
    });
    table(words::HEADS, 2, rows)
}

/// What was restored, and all that was left.
pub fn rebuilt(rebuilt: &Rebuilt, stack: &StackName, serial: Option<u64>, calls: &BTreeMap<String, u64>) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    // Taken apart in full: a new field has to be told or left out on purpose.
    let Rebuilt { state: _, lineage, restored, left, in_doubt } = rebuilt;
    let outcome = match (lineage, serial) {
        (None, _) => Outcome::NoVolume,
        (Some(lineage), Some(serial)) if !restored.is_empty() => {
            Outcome::Restored { volumes: restored.len() as u64, lineage, serial }
        }
        (Some(_), _) if left.is_empty() => Outcome::NothingMissing,
        (Some(_), _) => Outcome::NothingCertain,
    };
    line(&told::outcome(&outcome, stack));
    if *in_doubt > 0 {
        line(&words::in_doubt(*in_doubt));
    }
    if !left.is_empty() {
        line(&told::left(left.len() as u64));
        line("");
        let rows = left.iter().map(|Left { volume, call: _, reason }| {
            [
                volume.id.to_string(),
                volume.volume_type.clone(),
                format!("{} GB", volume.size),
                volume.availability_zone.clone(),
                volume.status.to_string(),
                cut(volume.shown_name()),
                unplaced(reason),
            ]
        });
        line(&table(told::HEADS, 2, rows));
    }
    line(&told::requests(calls));
    text
}

/// The same as a JSON document with a final newline. `format` is the change of the state's format, from and to.
pub fn rebuilt_json(
    rebuilt: &Rebuilt,
    serial: Option<u64>,
    format: Option<(u64, u64)>,
    calls: &BTreeMap<String, u64>,
) -> String {
    #[derive(serde::Serialize)]
    struct FormatChanged {
        from: u64,
        to: u64,
    }
    #[derive(serde::Serialize)]
    struct LeftBehind<'a> {
        #[serde(flatten)]
        looks: Looks<'a>,
        call: &'a CallId,
        reason: String,
        code: &'static str,
    }
    #[derive(serde::Serialize)]
    struct Document<'a> {
        lineage: &'a Option<Lineage>,
        serial: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        format_changed: Option<FormatChanged>,
        restored: &'a [Restored],
        left: Vec<LeftBehind<'a>>,
        in_doubt: u64,
        calls: &'a BTreeMap<String, u64>,
    }
    let left = rebuilt.left.iter().map(|Left { volume, call, reason }| LeftBehind {
        looks: Looks::of(volume),
        call,
        reason: unplaced(reason),
        code: reason.code(),
    });
    json(&Document {
        lineage: &rebuilt.lineage,
        serial,
        format_changed: format.map(|(from, to)| FormatChanged { from, to }),
        restored: &rebuilt.restored,
        left: left.collect(),
        in_doubt: rebuilt.in_doubt,
        calls,
    })
}
