//! How far an operation has come.

use crate::volume::{Receipt, VolumeId};
use jiff::Timestamp;

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not sent yet: surely nothing has happened.
    Intended,
    /// About to be sent, or sent without a known answer: it may or may not have happened.
    Sent(Sendings),
    /// The cloud took it.
    Accepted {
        /// The job that carries it out and may still run, or the order, which makes nothing before it is paid.
        receipt: Receipt,
        /// The volumes that it is going to make, where the service has said so.
        named: Vec<VolumeId>,
    },
}

impl Progress {
    /// What the cloud gave for the operation, once it took it, and the volumes that it is going to make, where the
    /// service has said so.
    pub fn taken(&self) -> Option<(&Receipt, &[VolumeId])> {
        match self {
            Progress::Intended | Progress::Sent(_) => None,
            Progress::Accepted { receipt, named } => Some((receipt, named)),
        }
    }
}

/// All sendings of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sendings {
    /// When it was first sent, by the service's clock as far as known.
    pub first: Timestamp,
    /// When it was last sent, by the same clock.
    pub last: Timestamp,
    /// Whether every sending carried the client token.
    pub token: bool,
    /// Whether a run whose record is lost may have sent it after `last`: nothing tells when.
    pub undated: bool,
}

impl Sendings {
    /// One sending alone.
    pub fn once(at: Timestamp, token: bool) -> Sendings {
        Sendings { first: at, last: at, token, undated: false }
    }

    /// With one more. The clocks of two runs may differ: the earliest and the latest time count, whichever was recorded
    /// when.
    #[must_use]
    pub fn and(self, at: Timestamp, token: bool) -> Sendings {
        let Sendings { first, last, token: all, .. } = self;
        Sendings { first: first.min(at), last: last.max(at), token: all && token, undated: false }
    }
}
