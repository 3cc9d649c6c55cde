//! What is wrong with an item of `known_drift`.

use crate::manifest::found::Kind;
use crate::manifest::place::Place;
use crate::volume::KeyOrAddress;

/// Why an item that says which drift is known does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KnownFault {
    /// Something is missing.
    Incomplete {
        /// Which of its fields.
        field: &'static str,
    },
    /// `reason` is empty.
    NoReason,
    /// Tags have a value that is neither text nor `null`.
    TagNotText {
        /// What it is.
        found: Kind,
    },
    /// Two items are about one field of one address.
    Twice {
        /// What the second item names.
        what: KeyOrAddress,
        /// The field.
        field: &'static str,
        /// Where the first item stands.
        first: Place,
    },
}

impl KnownFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            KnownFault::Incomplete { .. } => "known_drift_incomplete",
            KnownFault::NoReason => "known_drift_without_reason",
            KnownFault::TagNotText { .. } => "known_drift_tag_not_text",
            KnownFault::Twice { .. } => "known_drift_twice",
        }
    }
}
