//! One row of the table: which code it is, and of which class.

use super::id::Id;
use crate::evs::meaning::Meaning;

/// What is known of a code. What it says and what to do about it stand in the catalogue of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// By this it is told.
    pub id: Id,
    /// As in `EVS.1034`.
    pub code: &'static str,
    /// The HTTP statuses that it comes with; empty where only that it is a 4xx is known.
    pub statuses: &'static [u16],
    /// What kind of no it is.
    pub class: Class,
    /// What it means, whatever status it comes with; where it is `None`, the status tells.
    pub(in crate::evs) fixed: Option<Meaning>,
}

/// What kind of no a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request itself is wrong.
    Defect,
    /// Credentials, a right or an account.
    Permission,
    /// A quota is used up.
    Quota,
    /// The zone does not have it, or not any more.
    Capacity,
    /// The state of a thing does not allow it now.
    State,
    /// It passes, and the same may be tried again.
    Retry,
    /// It failed inside the service, or inside another one that it needs.
    Failure,
    /// The thing is not there.
    NotFound,
    /// About the client token of a create call.
    Token,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Defect => "defect",
            Class::Permission => "permission",
            Class::Quota => "quota",
            Class::Capacity => "capacity",
            Class::State => "state",
            Class::Retry => "retry",
            Class::Failure => "failure",
            Class::NotFound => "not found",
            Class::Token => "token",
        }
    }

    /// What such a code means by itself. The others are told by their status, since what they say of it is no more
    /// than that.
    const fn meaning(self) -> Option<Meaning> {
        match self {
            Class::Permission => Some(Meaning::Denied),
            Class::Quota | Class::Capacity => Some(Meaning::Exhausted),
            Class::State => Some(Meaning::Conflict),
            Class::NotFound => Some(Meaning::NotFound),
            Class::Defect | Class::Retry | Class::Failure | Class::Token => None,
        }
    }
}

/// A row of the table.
pub(super) const fn row(id: Id, code: &'static str, statuses: &'static [u16], class: Class) -> Code {
    Code { id, code, statuses, class, fixed: class.meaning() }
}

impl Code {
    /// The same, meaning this.
    pub(super) const fn means(self, meaning: Meaning) -> Code {
        Code { fixed: Some(meaning), ..self }
    }

    /// The same, judged by its status alone.
    pub(super) const fn by_status(self) -> Code {
        Code { fixed: None, ..self }
    }
}
