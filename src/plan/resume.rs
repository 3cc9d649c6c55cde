//! The step about a call that an earlier run left: how far it has come, and what it does.

use crate::operation::{Create, Delete, Extend};
use crate::volume::{Address, CallId, JobId, Key, OrderId, OwnershipTag, Slot, SlotSet};
use std::collections::BTreeMap;

/// From where on a call is gone on with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It never left.
    Intended,
    /// Its answer was lost: what it made is looked for by tag, and what else can be done follows from the service.
    Sent,
    /// A run that was begun may have sent it, and the record of that run is lost.
    Lost,
    /// The state does not know it, but volumes carry the tag of the call that it would derive now: a run from the
    /// same state sent it, and its record is lost.
    Forgotten,
    /// The cloud took it; this is its job.
    Job(JobId),
    /// The cloud took it as this order, which makes nothing before it is paid.
    Order(OrderId),
}

/// A call of an earlier run whose end was not seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// Which call.
    pub call: CallId,
    /// How far it has come.
    pub stage: Stage,
    /// Whether all that it does is still asked for, and is a part of this run: else it is not sent by it.
    pub wanted: bool,
    /// Whether it deletes, may be sent by this run, and is in no approval that still holds: then the number is needed again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub renewed: bool,
    /// What it does.
    pub work: Work,
}

impl Resume {
    /// Whether this run may send it, once more or for the first time.
    pub fn may_be_sent(&self) -> bool {
        let is_order = matches!(&self.work, Work::Extend(extend) if extend.way.is_order());
        self.wanted
            && match self.stage {
                Stage::Intended => true,
                Stage::Sent | Stage::Lost => !is_order,
                Stage::Forgotten | Stage::Job(_) | Stage::Order(_) => false,
            }
    }

    /// The deletion that it goes on with, if it does.
    pub fn as_delete(&self) -> Option<&Delete> {
        match &self.work {
            Work::Delete(delete) => Some(delete),
            Work::Create { .. } | Work::Extend(_) => None,
        }
    }
}

/// What a call of an earlier run does.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It makes volumes.
    Create {
        /// Under which key its volumes carry its tag: without one nothing can be looked for.
        tag: OwnershipTag,
        /// Which.
        create: Create,
    },
    /// It makes volumes larger.
    Extend(Extend),
    /// It deletes a volume.
    Delete(Delete),
}

impl Work {
    /// The create that it is, if it is one.
    pub fn as_create(&self) -> Option<&Create> {
        match self {
            Work::Create { create, .. } => Some(create),
            Work::Extend(_) | Work::Delete(_) => None,
        }
    }

    pub(super) fn by_key(&self) -> Vec<(&Key, SlotSet)> {
        match self {
            Work::Create { create, .. } => vec![(&create.key, create.slot_set())],
            Work::Extend(extend) => addresses_by_key(extend.volumes.keys()),
            Work::Delete(delete) => vec![(&delete.address.key, one(&delete.address))],
        }
    }
}

pub(super) fn one(address: &Address) -> SlotSet {
    std::iter::once(address.slot).collect()
}

/// Addresses by their keys, as they are sorted.
pub fn addresses_by_key<'a>(addresses: impl Iterator<Item = &'a Address>) -> Vec<(&'a Key, SlotSet)> {
    let mut slots: BTreeMap<&Key, Vec<Slot>> = BTreeMap::new();
    for address in addresses {
        slots.entry(&address.key).or_default().push(address.slot);
    }
    slots.into_iter().map(|(key, slots)| (key, slots.into_iter().collect())).collect()
}
