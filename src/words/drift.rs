//! What was changed from outside.

use super::field;
use super::number::count;
use crate::plan::{Drift, Drifted, Known, Plan};
use crate::volume::Address;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What happened to volumes where a value was changed: the field, what was agreed on, and what the cloud shows.
pub fn cells(change: &Drifted) -> Option<[String; 3]> {
    match change {
        Drifted::Field { field, recorded, observed } => Some([
            field.word().to_owned(),
            field::value(*field, recorded.as_ref()),
            field::value(*field, observed.as_ref()),
        ]),
        Drifted::Status { status } => Some([STATUS.to_owned(), USABLE.to_owned(), status.as_str().to_owned()]),
        Drifted::Unmarked { tag } => Some([TAG.to_owned(), tag.clone(), NOT_THERE.to_owned()]),
        Drifted::MarkedOtherwise { owner } => Some([TAG.to_owned(), OWN.to_owned(), owner.value()]),
        Drifted::Gone => None,
    }
}

/// What stands for the status among the fields.
pub const STATUS: &str = "status";
/// The status of a volume that can be used.
pub const USABLE: &str = "usable";
/// What stands for the ownership tag among the fields.
pub const TAG: &str = "ownership tag";
/// The ownership tag of the volume itself.
pub const OWN: &str = "its own";
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
pub fn gone(volumes: usize) -> &'static str {
    if volumes == 1 { "is gone" } else { "are gone" }
}

/// That volumes are not compared, since a call about them is not over.
pub fn not_compared(addresses: &[String]) -> String {
    const SHOWN: usize = 8;
    let first = addresses.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let (are, them) = if addresses.len() == 1 { ("is", "it") } else { ("are", "them") };
    let more = match addresses.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!(" and {more} more"),
        _ => String::new(),
    };
    format!("{first}{more} {are} not compared: a call about {them} is not over, and the next apply goes on with it")
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
