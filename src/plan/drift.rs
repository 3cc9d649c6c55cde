//! What was changed from outside, as values.

use super::value::{FieldChange, Value};
use crate::observed::Status;
use crate::operation::Owner;
use crate::volume::{Address, Field, VolumeId};
use jiff::Timestamp;
use jiff::civil::Date;

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

/// Drift that is known to, and left as it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Known {
    /// What differs.
    #[serde(flatten)]
    pub drift: Drift,
    /// Why it is left so, by the manifest.
    pub reason: String,
    /// The day from which on it counts as drift again.
    pub until: Date,
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
    /// The volume is in a status in which it cannot be used.
    Status {
        /// The status.
        status: Status,
    },
    /// The volume does not carry its ownership tag.
    Unmarked {
        /// The key of the tag.
        tag: String,
    },
    /// The volume carries the ownership tag of another call or of another state.
    MarkedOtherwise {
        /// What the tag says.
        owner: Owner,
    },
    /// The volume is not there any more.
    Gone,
    /// The same, but it lies in the recycle bin and can be restored.
    Recycled {
        /// When it is deleted for good, where the cloud says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept_until: Option<Timestamp>,
    },
}

impl From<FieldChange> for Drifted {
    fn from(change: FieldChange) -> Drifted {
        let FieldChange { field, from, to } = change;
        Drifted::Field { field, recorded: from, observed: to }
    }
}
