//! What was changed from outside.

use super::field;
use crate::plan::Drifted;

/// What happened to volumes where a value was changed: the field, what was agreed on, and what the cloud shows.
pub fn cells(change: &Drifted) -> Option<[String; 3]> {
    match change {
        Drifted::Field { field, recorded, observed } => Some([
            field.word().to_owned(),
            field::value(*field, recorded.as_ref()),
            field::value(*field, observed.as_ref()),
        ]),
        Drifted::Gone => None,
    }
}

/// What happened to volumes that are not there any more.
pub fn gone(volumes: usize) -> &'static str {
    if volumes == 1 { "is gone" } else { "are gone" }
}
