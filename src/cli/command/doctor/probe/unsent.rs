//! Why a sending of the probe gave no job.

use crate::evs::Error;
use crate::store::StoreError;

/// Why a sending gave no job.
pub(super) enum Unsent {
    /// It could not be recorded, so it did not leave.
    Unrecorded(StoreError),
    /// It left, or was kept from leaving, and this came of it.
    Failed(Error),
}

impl Unsent {
    pub(super) fn words(&self) -> String {
        match self {
            Unsent::Unrecorded(error) => error.to_string(),
            Unsent::Failed(error) => error.to_string(),
        }
    }
}
