//! An operation as a value.

use super::create_call::CreateCall;
use super::delete::Delete;
use super::extend::{Extend, Way};
use super::progress::Progress;
use crate::volume::Address;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An operation, with everything that is needed to follow it and to know what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it changes, and to what.
    pub kind: Kind,
    /// When it was first sent, by the service's clock: nothing that it made is older. RFC 3339; states of the first
    /// versions lack it.
    pub first_sent: Option<Timestamp>,
    /// How far it has come.
    pub progress: Progress,
    /// When the last change of `progress` was recorded, RFC 3339.
    pub at: Timestamp,
}

/// What an operation changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Makes volumes.
    Create(CreateCall),
    /// Makes volumes larger.
    Extend(Extend),
    /// Deletes a volume.
    Delete(Delete),
}

/// By what it is found out whether an operation happened whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// By the ownership tag that its volumes carry.
    Tag,
    /// By the volumes themselves, which are known by their ids.
    Volumes,
    /// By nothing: its volumes carry no tag.
    Nothing,
}

/// Whether an operation whose answer was lost may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// With its client token, where the service honours that and still remembers it.
    ByToken,
    /// For as long as the manifest asks for that very change: done twice, it is the same.
    WhileWanted,
    /// Never: the form of its call carries no token, or it may have made an order.
    Never,
}

impl Operation {
    /// The create that it is, if it is one.
    pub fn as_create(&self) -> Option<&CreateCall> {
        match &self.kind {
            Kind::Create(call) => Some(call),
            Kind::Extend(_) | Kind::Delete(_) => None,
        }
    }

    /// Whether it is about that address: what becomes of that is its business until it is over.
    pub fn covers(&self, address: &Address) -> bool {
        match &self.kind {
            Kind::Create(call) => call.create.covers(address),
            Kind::Extend(extend) => extend.volumes.contains_key(address),
            Kind::Delete(delete) => delete.address == *address,
        }
    }

    /// The addresses that it is about.
    pub fn addresses(&self) -> Vec<Address> {
        match &self.kind {
            Kind::Create(call) => call.create.slots.keys().map(|slot| call.create.address(*slot)).collect(),
            Kind::Extend(extend) => extend.volumes.keys().cloned().collect(),
            Kind::Delete(delete) => vec![delete.address.clone()],
        }
    }

    /// The same where its volumes have other addresses; `None` where it would be one call no more.
    pub fn moved(&self, to: &BTreeMap<Address, Address>) -> Option<Operation> {
        let place = |address: &Address| to.get(address).unwrap_or(address).clone();
        let kind = match &self.kind {
            Kind::Create(call) => Kind::Create(CreateCall { create: call.create.moved(to)?, ..call.clone() }),
            Kind::Extend(extend) => {
                let volumes = extend.volumes.iter().map(|(address, growth)| (place(address), growth.clone()));
                Kind::Extend(Extend { volumes: volumes.collect(), ..extend.clone() })
            }
            Kind::Delete(delete) => Kind::Delete(Delete { address: place(&delete.address), ..delete.clone() }),
        };
        Some(Operation { kind, ..self.clone() })
    }

    /// How many volumes it is about.
    pub fn targets(&self) -> usize {
        match &self.kind {
            Kind::Create(call) => call.create.slots.len(),
            Kind::Extend(extend) => extend.volumes.len(),
            Kind::Delete(_) => 1,
        }
    }

    /// By what it is found again.
    pub fn found_by(&self) -> FoundBy {
        match &self.kind {
            Kind::Create(call) if call.tag.key().is_some() => FoundBy::Tag,
            Kind::Create(_) => FoundBy::Nothing,
            Kind::Extend(_) | Kind::Delete(_) => FoundBy::Volumes,
        }
    }

    /// Whether it may be sent again.
    pub fn repeated(&self) -> Repeated {
        match &self.kind {
            Kind::Create(call) if call.create.api.documents_tokens() => Repeated::ByToken,
            Kind::Create(_) => Repeated::Never,
            Kind::Extend(Extend { way: Way::Order { .. }, .. }) => Repeated::Never,
            Kind::Extend(_) | Kind::Delete(_) => Repeated::WhileWanted,
        }
    }

    /// Whether time can prove that it never happened. It cannot where it may have made an order: one that is not paid
    /// shows nowhere.
    pub fn ends_by_time(&self) -> bool {
        match &self.kind {
            Kind::Create(call) => !call.create.spec.may_be_ordered(),
            Kind::Extend(extend) => !extend.way.is_order(),
            Kind::Delete(_) => true,
        }
    }
}
