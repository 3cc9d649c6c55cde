//! What the service does with a client token that comes again.

use super::verdict::{Fault, Verdict};
use crate::evs::Error;
use crate::volume::Receipt;

/// Why a call was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It could not be recorded, so it did not leave; the store's own words.
    Unrecorded(String),
    /// It failed.
    Failed(Error),
}

/// What came of the same call again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SameToken {
    /// The same job.
    SameJob,
    /// Another one, which makes another volume.
    Another(Receipt),
    /// No job.
    NotTaken(NotTaken),
}

impl SameToken {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            SameToken::SameJob => (Verdict::Ok, "same-job"),
            SameToken::Another(_) => (Verdict::Fail(Fault::Wrong), "another-job"),
            SameToken::NotTaken(_) => (Verdict::Warn, "no-job-again"),
        }
    }
}

/// What came of its token with another body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherBody {
    /// It was refused with the code that is documented for it.
    AsDocumented {
        /// That code.
        code: &'static str,
    },
    /// It was not taken, and not as documented.
    Otherwise(NotTaken),
    /// It was taken, and makes another volume.
    Taken(Receipt),
}

impl OtherBody {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            OtherBody::AsDocumented { .. } => (Verdict::Ok, "body-held-against-token"),
            OtherBody::Otherwise(_) => (Verdict::Warn, "body-refused-otherwise"),
            OtherBody::Taken(_) => (Verdict::Fail(Fault::Wrong), "other-body-taken"),
        }
    }
}
