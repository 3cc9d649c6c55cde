//! What is worth a look in a plan, as values.

use super::unmet::Unchecked;
use crate::manifest::{KnownField, Problem, Remark, What};
use crate::volume::{Address, CallId, Key, KeyOrAddress, SlotSet, VolumeId};
use jiff::civil::Date;

/// What is worth a look. In JSON the case is `code`, which stays as it is where sentences change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Warning {
    /// Something in the manifest is legal and worth a look.
    Manifest {
        /// The file, line and column, from 1, where it stands in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
        /// What it is.
        #[serde(flatten)]
        what: Remark,
    },
    /// Something that steps need could not be asked, so that it is not checked.
    Unchecked {
        /// What.
        #[serde(flatten)]
        what: Unchecked,
        /// What kept it from being asked.
        cause: String,
    },
    /// A volume has lost the tag that marks it as the stack's own.
    MarkLost {
        /// Where it is recorded.
        address: Address,
        /// The volume.
        id: VolumeId,
        /// The key of the ownership tag.
        tag: String,
    },
    /// Volumes are deleted from a day on, which is near.
    ExpiresSoon {
        /// The key.
        key: Key,
        /// The slots that are recorded and asked for until then.
        slots: SlotSet,
        /// The day.
        day: Date,
    },
    /// A volume is imported that a storage driver of Kubernetes made, and may still use.
    ImportOfKubernetes {
        /// The address that it gets.
        address: Address,
        /// The volume.
        id: VolumeId,
        /// By what it is marked.
        mark: String,
    },
    /// An item of `known_drift` whose day is past.
    KnownDriftPast {
        /// Where it stands.
        place: String,
        /// What it is about.
        address: KeyOrAddress,
        /// Which field.
        field: KnownField,
        /// Its day.
        until: Date,
    },
    /// An item of `known_drift` of which nothing shows the value as a difference any more.
    KnownDriftIdle {
        /// Where it stands.
        place: String,
        /// What it is about.
        address: KeyOrAddress,
        /// Which field.
        field: KnownField,
    },
    /// Volumes are not there any more, but lie in the recycle bin and can be restored.
    Recycled {
        /// The key.
        key: Key,
        /// Their slots.
        slots: SlotSet,
    },
    /// Slots are not created yet, since a call that was over has made a volume and may show more.
    RestMayShow {
        /// The key.
        key: Key,
        /// The slots that are not created yet.
        slots: SlotSet,
        /// The create call.
        call: CallId,
        /// What the call was taken for.
        seemed: Seemed,
    },
}

impl Warning {
    /// Whether it is about drift, and so told without a plan, too.
    pub(super) fn is_of_drift(&self) -> bool {
        matches!(self, Warning::KnownDriftPast { .. } | Warning::KnownDriftIdle { .. } | Warning::Recycled { .. })
    }

    /// What is to be told of a problem of the manifest in a plan; an error comes into none.
    pub fn of(problem: &Problem) -> Option<Warning> {
        let place = problem.place.as_ref().map(ToString::to_string);
        match &problem.what {
            What::Remark(remark) => Some(Warning::Manifest { place, what: remark.clone() }),
            What::Wrong(_) => None,
        }
    }
}

/// What a create call was taken for that has made more than is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seemed {
    /// It seemed never to have happened.
    NeverHappened,
    /// The cloud had refused it.
    Refused,
    /// Somebody gave it up.
    GivenUp,
    /// It seemed to have made no more than is recorded.
    Done,
}
