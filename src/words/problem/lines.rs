//! What is wrong with a line of `import` or an item of `known_drift`.

use super::found::kind;
use crate::manifest::{ImportFault, KnownFault};

/// Why a line of `import` does not hold.
pub(super) fn import_reason(fault: &ImportFault) -> String {
    match fault {
        ImportFault::SeveralSlots { key, count } => {
            format!("{key} has {count} slots, and this line does not say which one the volume is imported into")
        }
        ImportFault::AddressTwice { address, first } => format!("another line, at {first}, is about {address} already"),
        ImportFault::VolumeTwice { id, first } => format!("another line, at {first}, imports the volume {id} already"),
    }
}

/// What to do instead.
pub(super) fn import_hint(fault: &ImportFault) -> String {
    match fault {
        ImportFault::SeveralSlots { key, .. } => format!("write the slot, as in {key}[3]"),
        ImportFault::AddressTwice { .. } | ImportFault::VolumeTwice { .. } => "keep one of the two".to_owned(),
    }
}

/// Why an item of `known_drift` does not hold.
pub(super) fn known_reason(fault: &KnownFault) -> String {
    match fault {
        KnownFault::Incomplete { field } => format!("this item needs `{field}`"),
        KnownFault::NoReason => "`reason` says nothing".to_owned(),
        KnownFault::TagNotText { found } => format!("the value of a tag is text or null, not {}", kind(*found)),
        KnownFault::Twice { what, field, first } => {
            format!("another item, at {first}, is about `{field}` of {what} already")
        }
    }
}

/// What to do instead.
pub(super) fn known_hint(fault: &KnownFault) -> &'static str {
    match fault {
        KnownFault::Incomplete { .. } => {
            "write all five, as in `{address: web[1], field: size, value: 200, reason: grown by hand, until: 2027-01-31}`"
        }
        KnownFault::NoReason => "write why the difference is left as it is",
        KnownFault::TagNotText { .. } => "as in `value: {team: data, owner: null}`",
        KnownFault::Twice { .. } => "keep one of the two",
    }
}
