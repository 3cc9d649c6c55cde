//! What was changed from outside, as values.

use super::value::{FieldChange, Value};
use crate::volume::{Address, Field, VolumeId};

/// One change of one recorded volume from outside.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Drift {
    /// Which volume.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// What happened to it, by a code.
    #[serde(flatten)]
    pub change: Drifted,
}

/// What happened to a volume. In JSON the case is `code`. The order is the one in which drift of one volume is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Drifted {
    /// A field is another.
    Field {
        /// Which.
        field: Field,
        /// What was agreed on.
        recorded: Option<Value>,
        /// What the cloud shows.
        observed: Option<Value>,
    },
    /// The volume is not there any more.
    Gone,
}

impl From<FieldChange> for Drifted {
    fn from(change: FieldChange) -> Drifted {
        let FieldChange { field, from, to } = change;
        Drifted::Field { field, recorded: from, observed: to }
    }
}
