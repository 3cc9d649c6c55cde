//! What was changed from outside.

use crate::plan::Drifted;

/// What happened to a volume, as the field, the recorded and the observed value of a table.
pub fn cells(change: &Drifted) -> [&str; 3] {
    match change {
        Drifted::Field { field, recorded, observed } => [field, recorded, observed],
        Drifted::Gone => ["gone", "present", "gone"],
    }
}

/// What happened to volumes where no field and no value tells it; `None` where those do.
pub fn told(change: &Drifted, volumes: usize) -> Option<&'static str> {
    match change {
        Drifted::Field { .. } => None,
        Drifted::Gone if volumes == 1 => Some("is gone"),
        Drifted::Gone => Some("are gone"),
    }
}
