//! What was changed from outside.

use super::field;
use super::heading::first_few;
use super::number::{count, either, second};
use crate::plan::{Drift, Drifted, Known, Plan};
use crate::volume::Address;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What happened to volumes where a value was changed: the field, what was agreed on, and what the cloud shows.
pub fn cells(change: &Drifted) -> Option<Cells> {
    match change {
        Drifted::Field { field, recorded, observed } => {
            let values = [recorded, observed].map(|value| field::present(*field, value.as_ref()));
            Some(Cells { field: field.word(), values })
        }
        Drifted::Status { status } => {
            let values = [USABLE, status.as_str()].map(|word| Some(word.to_owned()));
            Some(Cells { field: STATUS, values })
        }
        Drifted::Unmarked { tag } => Some(Cells { field: TAG, values: [Some(tag.clone()), None] }),
        Drifted::MarkedOtherwise { owner } => {
            Some(Cells { field: TAG, values: [Some(OWN.to_owned()), Some(owner.value())] })
        }
        Drifted::Gone | Drifted::Recycled { .. } => None,
    }
}

/// A value that was changed.
#[derive(Debug)]
pub struct Cells {
    /// Whose it is.
    pub field: &'static str,
    /// What was agreed on, and what the cloud shows; `None` where that is nothing.
    pub values: [Option<String>; 2],
}

impl Cells {
    /// Both values as they stand in a line: what is one as `as_value` writes it, so that nothing is told from a text.
    pub fn written(&self, as_value: impl Fn(&str) -> String) -> [String; 2] {
        self.values.each_ref().map(|value| value.as_deref().map_or_else(|| field::NOTHING.to_owned(), &as_value))
    }
}

/// What stands for the status among the fields.
pub const STATUS: &str = "status";
/// The status of a volume that can be used.
const USABLE: &str = "usable";
/// What stands for the ownership tag among the fields.
const TAG: &str = "ownership tag";
/// The ownership tag of the volume itself.
const OWN: &str = "its own";
/// What stands for a tag that is not there.
pub const NOT_THERE: &str = "not there";
/// The status of a volume that the cloud does not show.
pub const NOT_SHOWN: &str = "not shown";
/// The heads of the list of all volumes.
pub const HEADS: [&str; 4] = ["ADDRESS", "ID", "STATUS", "ATTACHED TO"];

/// Until when drift is known, and why it is left as it is.
pub fn known(until: Date, reason: &str) -> String {
    format!("known until {until}: {reason}")
}

/// What happened to volumes that are not there any more.
pub fn gone(change: &Drifted, volumes: usize) -> String {
    format!("{} {}", either(volumes, "is", "are"), place_of(change))
}

/// Where volumes are that are not there any more.
pub(super) fn place_of(change: &Drifted) -> String {
    match change {
        Drifted::Recycled { kept_until: Some(until) } => format!("{RECYCLE_BIN} until {}", second(*until)),
        Drifted::Recycled { kept_until: None } => RECYCLE_BIN.to_owned(),
        Drifted::Gone
        | Drifted::Field { .. }
        | Drifted::Status { .. }
        | Drifted::Unmarked { .. }
        | Drifted::MarkedOtherwise { .. } => "gone".to_owned(),
    }
}

/// Where a volume lies that was deleted and can be restored.
pub const RECYCLE_BIN: &str = "in the recycle bin";

/// That volumes are not compared, since a call about them is not over.
pub fn not_compared(addresses: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = first_few(addresses.iter().map(String::as_str), SHOWN);
    let (are, them) = if addresses.len() == 1 { ("is", "it") } else { ("are", "them") };
    format!("{shown} {are} not compared: a call about {them} is not over, and the next apply goes on with it")
}

/// How many volumes were changed from outside.
pub fn sum(plan: &Plan) -> String {
    let Plan { drift, known_drift, recorded, .. } = plan;
    let volumes = |all: BTreeSet<&Address>| all.len() as u64;
    let drifted = volumes(drift.iter().map(|Drift { address, .. }| address).collect());
    let known = volumes(known_drift.iter().map(|Known { drift, .. }| &drift.address).collect());
    let known = if known > 0 { format!(", known drift on {known}") } else { String::new() };
    match (recorded, drifted) {
        (0, _) => "no drift: no volume is recorded".to_owned(),
        (recorded, 0) => format!("no drift on {}{known}", count(*recorded, "recorded volume")),
        (recorded, drifted) => format!("drift on {drifted} of {}{known}", count(*recorded, "recorded volume")),
    }
}
