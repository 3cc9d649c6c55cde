//! Why a sending of the probe gave no job.

use crate::doctor::NotTaken;
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
    /// The same as a finding holds it.
    pub(super) fn why(&self) -> NotTaken {
        match self {
            Unsent::Unrecorded(error) => NotTaken::Unrecorded(error.to_string()),
            Unsent::Failed(error) => NotTaken::Failed(error.clone()),
        }
    }
}
