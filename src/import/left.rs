//! What is not taken over, and why.

use crate::manifest::{Place, What};
use crate::observed::{ObservedVolume, Status};
use crate::operation::Owner;
use crate::plan::FieldChange;
use crate::volume::{Address, Field, Invalid, Key};

/// A volume that is not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The cloud's id; nothing where a Terraform state has none.
    pub id: Option<String>,
    /// The name for people; empty where none is known.
    pub name: String,
    /// Its address in the Terraform state that it was to be taken from.
    pub terraform: Option<String>,
    /// Why.
    pub reason: Reason,
}

impl Left {
    /// A volume that the cloud has.
    pub(super) fn of(volume: &ObservedVolume, reason: Reason) -> Left {
        Left { id: Some(volume.id.to_string()), name: volume.shown_name().to_owned(), terraform: None, reason }
    }
}

/// Why a volume is not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The project has no volume of that id.
    NotInCloud,
    /// This stack records it.
    Recorded {
        /// Where.
        address: Address,
    },
    /// A line of `import` names it already.
    Declared {
        /// The address that it gets.
        address: Address,
        /// Where the entry stands that asks for it.
        place: Place,
        /// In what the entry asks for another volume than the cloud shows, so that no apply takes it over.
        unlike: Vec<FieldChange>,
    },
    /// A line of `import` names it already, for an address that the manifest does not ask for.
    NotAsked {
        /// The address.
        address: Address,
        /// Where the line stands.
        place: Place,
    },
    /// A driver of Kubernetes made it and will delete it.
    Kubernetes {
        /// The key of its metadata, or of its tag, that says so.
        mark: String,
    },
    /// It carries the ownership tag of another state.
    OtherStack {
        /// Whose.
        owner: Owner,
    },
    /// It carries the ownership tag of this state, which does not record it.
    OwnTag {
        /// The call that made it.
        owner: Owner,
    },
    /// It is being deleted, or lies in the recycle bin.
    Deleting,
    /// The service gave up on it.
    Failed {
        /// Its status.
        status: Status,
    },
    /// Something is being done with it that may change what it is.
    Busy {
        /// Its status.
        status: Status,
    },
    /// It has no name, and a volume of a manifest has one.
    Nameless,
    /// Its name is no text.
    NameUnreadable,
    /// It is smaller than any data disk that can be made.
    TooSmall {
        /// GB.
        size: u32,
    },
    /// The manifest has a volume of its name, which does not say that it may repeat.
    NameTaken {
        /// The key of that volume.
        key: Key,
        /// Where it stands.
        place: Place,
    },
    /// A value of it breaks the rule of its field.
    Illegal {
        /// The field.
        field: Field,
        /// The rule.
        invalid: Invalid,
    },
    /// Its type has rates of its own, and the cloud does not show them.
    RatesUnknown,
    /// The `defaults` of the manifest say something of it that an entry cannot take back.
    DefaultInTheWay {
        /// The field.
        field: Field,
    },
    /// The manifest's own rules refuse its entry.
    Refused {
        /// The rule.
        what: What,
    },
    /// A Terraform state marks it as tainted: to be destroyed and made anew.
    Tainted,
    /// A Terraform state holds it as the former object of an instance, which is to be destroyed.
    Deposed {
        /// The key of the deposed object.
        key: String,
    },
    /// A Terraform state has no id of it.
    NoId,
}

impl Reason {
    /// What stands for the case in JSON: a promise to its readers, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::NotInCloud => "not-in-cloud",
            Reason::Recorded { .. } => "recorded",
            Reason::Declared { .. } => "declared",
            Reason::NotAsked { .. } => "not-asked",
            Reason::Kubernetes { .. } => "kubernetes",
            Reason::OtherStack { .. } => "other-stack",
            Reason::OwnTag { .. } => "own-tag",
            Reason::Deleting => "deleting",
            Reason::Failed { .. } => "failed",
            Reason::Busy { .. } => "busy",
            Reason::Nameless => "nameless",
            Reason::NameUnreadable => "name-unreadable",
            Reason::TooSmall { .. } => "too-small",
            Reason::NameTaken { .. } => "name-taken",
            Reason::Illegal { .. } => "illegal",
            Reason::RatesUnknown => "rates-unknown",
            Reason::DefaultInTheWay { .. } => "default-in-the-way",
            Reason::Refused { .. } => "refused",
            Reason::Tainted => "tainted",
            Reason::Deposed { .. } => "deposed",
            Reason::NoId => "no-id",
        }
    }
}
