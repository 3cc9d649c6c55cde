//! Why something happened, or did not: what the events of an apply have to tell, as values. The catalogue of words makes the
//! sentences of them.

use crate::evs::{Error, Kind};
use crate::observed::Status;
use crate::operation::settle::{self, Evidence};
use crate::operation::{Failure, Misfit, NotOurs, Unproved};
use crate::plan::{self, NotOwn, Verb};
use crate::volume::{CallId, SnapshotId, VolumeId};

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// What its call came to.
    Call(Error),
    /// Its job, or the volume, failed.
    Failed(Failure),
    /// The volume is there, and is not as asked.
    NotAsAsked(Vec<Misfit>),
    /// The volume has not shown by now, and never will.
    NeverShowed,
    /// The job ended without these volumes.
    Unmade,
    /// A volume had better be left where it is.
    NotCleaned(NotCleaned),
    /// A volume that was to be deleted shows otherwise than the plan saw it.
    NotDeleted(NotDeleted),
    /// What was to be done to a volume was not.
    NotDone(NotDone),
}

impl Cause {
    /// The cloud's code, or `HTTP` and the status; empty where it named none.
    pub fn code(&self) -> String {
        match self {
            Cause::Call(error) => error.code_and_reason().0,
            Cause::Failed(failure) => failure.code.clone(),
            Cause::NotAsAsked(_)
            | Cause::NeverShowed
            | Cause::Unmade
            | Cause::NotCleaned(_)
            | Cause::NotDeleted(_)
            | Cause::NotDone(_) => String::new(),
        }
    }

    /// The cloud's id of the request that failed, where known.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Cause::Call(error) => error.request_id(),
            _ => None,
        }
    }
}

/// Why a volume that was to be cleaned away is left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCleaned {
    /// It was gone when that was planned, and is in this status now.
    Back(Status),
    /// An earlier run saw it usable or attached.
    WasUsed,
    /// It is in this status now, which shows that it was usable.
    Usable(Status),
    /// It is attached to a server now.
    Attached,
    /// It has this snapshot now, which would be deleted with it.
    Snapshot(SnapshotId),
    /// It is in this status now, which is none of a failure.
    NotBroken(Status),
    /// It is paid in advance.
    Prepaid,
    /// It is not recorded any more.
    Unrecorded,
    /// It is not what the recorded call left.
    NotLeft(NotOwn),
    /// The list shows it, and a read by its id says that it is not there.
    Listed,
    /// A read by its id says that it is not there, and the list is not whole.
    ListCut,
}

/// Why a volume that was to be deleted is left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDeleted {
    /// It shows what a plan would refuse it for.
    Shows(Box<plan::Why>),
    /// It has a snapshot that the plan did not list, and that would go with it.
    Snapshot(SnapshotId),
    /// It is paid in advance.
    Prepaid,
    /// It does not carry the tag of the call that made it.
    Unmarked,
    /// It is not recorded any more.
    Unrecorded,
}

/// Why a volume is not what it was to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// It is not there any more.
    Gone,
    /// Its job is over, and it is as it was before.
    AsBefore,
}

/// Why the end of something was not seen, so that the next run goes on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// Its job had not ended in time.
    JobLate,
    /// Its job could not be looked at.
    JobUnread(Kind),
    /// Its volumes could not be read in time.
    VolumesLate,
    /// Its volumes could not be read, for this reason.
    VolumesUnread(Error),
    /// Its volumes were not usable in time.
    NotUsable,
    /// It may be an order that is not paid.
    Unpaid(Unpaid),
    /// Its job says that it made volumes which do not show.
    Unshown,
    /// Not all of its volumes are known.
    Incomplete(Incomplete),
    /// The volume was not seen to be gone in time.
    NotGone,
    /// Its volumes were not seen to be larger in time.
    NotGrown,
    /// It is an order, or may be one, that is not paid: the volume is as large as it was.
    GrowthUnpaid {
        /// The call that it came of.
        call: CallId,
        /// Whether it pays itself.
        pays_itself: bool,
    },
    /// The call may or may not have been done.
    InDoubt {
        /// Which.
        call: CallId,
        /// What it is for.
        verb: Verb,
        /// Why that is not known.
        doubt: Doubt,
    },
}

/// An order of which not every volume is usable: it may not be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    /// The call that it came of.
    pub call: CallId,
    /// How many of its volumes show.
    pub shown: usize,
    /// How many it is about.
    pub of: usize,
    /// Whether it pays itself.
    pub pays_itself: bool,
    /// Whether the manifest says that it is prepaid, and so could have it pay itself.
    pub prepaid: bool,
}

/// Why there may be more of a call than was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// Which call.
    pub call: CallId,
    /// Whether its volumes carry its tag.
    pub tagged: bool,
    /// What the list lacks to prove that there is no more, where waiting alone does not help.
    pub unproved: Option<Unproved>,
    /// A volume that its job names and that is not its own, and why not.
    pub foreign: Option<(VolumeId, NotOurs)>,
}

/// Why it is not known whether a call was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Looking for its volumes came to no end.
    Unsettled {
        /// Why.
        why: settle::Why<Error>,
        /// How many volumes it is about.
        targets: usize,
        /// Whether time can prove that it never happened.
        ends_by_time: bool,
    },
    /// Its volumes could not be listed.
    Unlisted(Error),
    /// What its last sending met.
    Met(Kind),
}

/// Why a request is repeated, or waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// What the last try came to.
    Met(Kind),
    /// A call may have been done, and its volumes are looked for, or looked at.
    InDoubt {
        /// Which.
        call: CallId,
        /// What it is for.
        verb: Verb,
        /// What the last look showed.
        shown: Option<Evidence<Error>>,
        /// How many volumes it is about.
        targets: usize,
        /// Whether they are looked for until their absence is proved, or for a minute.
        waits: bool,
    },
    /// A create call surely never happened, and its volumes are made anew.
    Anew {
        /// The one that did not happen.
        last: CallId,
        /// The one that is sent now.
        next: CallId,
    },
}

/// Why a run did not end as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Short {
    /// An error, in the words in which it was told.
    Error(String),
    /// It was interrupted before anything was done.
    InterruptedFirst,
    /// It was interrupted.
    Interrupted,
    /// It was interrupted before the last look.
    InterruptedLast,
    /// Credentials or a permission are missing.
    Denied,
    /// The plan holds refusals.
    Refusals,
    /// So many volumes or steps failed.
    Failed(u64),
    /// The end of something was not seen.
    Unfinished {
        /// Jobs and calls.
        jobs: u64,
        /// Orders.
        orders: u64,
    },
    /// The last look found what is refused.
    LastRefused,
    /// The last look found more to do.
    LastMore,
    /// The last look failed.
    LastFailed,
}
