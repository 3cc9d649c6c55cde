//! A call that changes volumes, on its way: which volumes it is about, and what is recorded of each.

use crate::apply::context::Context;
use crate::apply::sending::Sending;
use crate::operation::{Extend, Kind, Operation, Progress, Way};
use crate::plan::{Verb, addresses_by_key};
use crate::state::Change;
use crate::volume::{Address, Key, SlotSet, VolumeId};
use jiff::Timestamp;

/// Carries extensions and deletions.
pub(in crate::apply) struct Alter<'a> {
    pub(in crate::apply) cx: &'a Context,
}

/// The operation that a step asks for.
pub(in crate::apply) fn intended(kind: Kind, at: Timestamp) -> Operation {
    Operation { kind, first_sent: None, progress: Progress::Intended, at }
}

/// A call that changes volumes, on its way.
pub(super) struct Altering {
    pub(super) sending: Sending,
    /// Whether an earlier run began it.
    pub(super) resumed: bool,
    /// When it last left without an answer that says what came of it, by the service's clock.
    pub(super) doubted: Option<Timestamp>,
}

impl Altering {
    pub(super) fn verb(&self) -> Verb {
        self.sending.verb()
    }

    /// The extension that it is, if it is one.
    pub(super) fn as_extend(&self) -> Option<&Extend> {
        match &self.sending.recorded.kind {
            Kind::Extend(extend) => Some(extend),
            Kind::Delete(_) | Kind::Create(_) => None,
        }
    }

    /// The extension of several volumes that it is, if it is one.
    pub(super) fn as_batch(&self) -> Option<&Extend> {
        self.as_extend().filter(|extend| extend.way == Way::Batch)
    }

    /// Whether the order that it makes pays itself; `None` where it makes none.
    pub(super) fn pays_itself(&self) -> Option<bool> {
        self.as_extend()?.way.pays_itself()
    }

    /// Its slots, by their keys.
    pub(super) fn by_key(&self) -> Vec<(Key, SlotSet)> {
        let addresses = self.sending.recorded.addresses();
        addresses_by_key(addresses.iter()).into_iter().map(|(key, slots)| (key.clone(), slots)).collect()
    }

    /// What becomes durable when it is over, where its beginning is.
    pub(super) fn done(&self, at: Timestamp) -> Vec<Change> {
        let done = Change::Done { call: self.sending.id.clone(), at };
        if self.sending.intended { vec![done] } else { Vec::new() }
    }

    pub(super) fn ids(&self) -> Vec<VolumeId> {
        match &self.sending.recorded.kind {
            Kind::Extend(extend) => extend.volumes.values().map(|growth| growth.id.clone()).collect(),
            Kind::Delete(delete) => vec![delete.id.clone()],
            Kind::Create(_) => Vec::new(),
        }
    }

    pub(super) fn id_of(&self, address: &Address) -> Option<VolumeId> {
        match &self.sending.recorded.kind {
            Kind::Extend(extend) => extend.volumes.get(address).map(|growth| growth.id.clone()),
            Kind::Delete(delete) => (delete.address == *address).then(|| delete.id.clone()),
            Kind::Create(_) => None,
        }
    }

    /// What is recorded of a volume that has reached what the call is for.
    pub(super) fn effect(&self, address: &Address) -> Option<Change> {
        let address = address.clone();
        match &self.sending.recorded.kind {
            Kind::Extend(extend) => {
                let size = extend.volumes.get(&address)?.to;
                self.sending.intended.then(|| Change::Extended { call: self.sending.id.clone(), address, size })
            }
            Kind::Delete(delete) => Some(Change::Removed { address, id: delete.id.clone() }),
            Kind::Create(_) => None,
        }
    }

    pub(super) fn drop_targets<'a>(&mut self, addresses: impl Iterator<Item = &'a Address>) {
        if let Kind::Extend(extend) = &mut self.sending.recorded.kind {
            addresses.for_each(|address| drop(extend.volumes.remove(address)));
        }
    }
}
