//! An operation as a value.

use super::create::Create;
use super::progress::Progress;
use crate::volume::{Address, OwnershipTag};
use jiff::Timestamp;

/// An operation, with everything that is needed to follow it and to know what it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it changes, and to what.
    pub kind: Kind,
    /// Under which key the volumes that it makes carry its tag, whatever the manifest says by now.
    pub tag: OwnershipTag,
    /// The value of `X-Client-Token`.
    pub token: uuid::Uuid,
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
    Create(Create),
}

/// By what it is found out whether an operation happened whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// By the ownership tag that its volumes carry.
    Tag,
    /// By nothing: its volumes carry no tag.
    Nothing,
}

/// Whether an operation whose answer was lost may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// With its client token, where the service honours that and still remembers it.
    ByToken,
    /// Never: the form of its call carries no token.
    Never,
}

impl Operation {
    /// Whether it is about that address: what becomes of that is its business until it is over.
    pub fn covers(&self, address: &Address) -> bool {
        match &self.kind {
            Kind::Create(create) => create.covers(address),
        }
    }

    /// The addresses that it is about.
    pub fn addresses(&self) -> impl Iterator<Item = Address> + '_ {
        match &self.kind {
            Kind::Create(create) => create.slots.keys().map(|slot| create.address(*slot)),
        }
    }

    /// How many volumes it is about.
    pub fn targets(&self) -> usize {
        match &self.kind {
            Kind::Create(create) => create.slots.len(),
        }
    }

    /// By what it is found again.
    pub fn found_by(&self) -> FoundBy {
        match (&self.kind, self.tag.key()) {
            (Kind::Create(_), Some(_)) => FoundBy::Tag,
            (Kind::Create(_), None) => FoundBy::Nothing,
        }
    }

    /// Whether it may be sent again.
    pub fn repeated(&self) -> Repeated {
        match &self.kind {
            Kind::Create(create) if create.api.documents_tokens() => Repeated::ByToken,
            Kind::Create(_) => Repeated::Never,
        }
    }

    /// Whether time can prove that it never happened. It cannot where it may have made an order: one that is not paid
    /// shows nowhere.
    pub fn ends_by_time(&self) -> bool {
        match &self.kind {
            Kind::Create(create) => !create.spec.may_be_ordered(),
        }
    }
}
