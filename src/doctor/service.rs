//! Whether the service behaves as it is documented.

use super::verdict::{Fault, Verdict};
use crate::evs::Error;
use crate::observed::JobStatus;
use crate::volume::{JobId, VolumeId};
use jiff::SignedDuration;

/// Whether the clocks agree. Each time is by how much the service's is ahead of the local one, below zero where it is
/// behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// No answer told the service's time.
    Untold,
    /// They agree to the second.
    Agrees,
    /// They agree as well as a network shows.
    Near(SignedDuration),
    /// They do not, and signatures are still taken.
    Off(SignedDuration),
    /// They do not, and signatures are refused.
    TooFar(SignedDuration),
}

impl Clock {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Clock::Untold => (Verdict::Skipped, "clock-unknown"),
            Clock::Agrees | Clock::Near(_) => (Verdict::Ok, "clock-right"),
            Clock::Off(_) => (Verdict::Warn, "clock-off"),
            Clock::TooFar(_) => (Verdict::Fail(Fault::Wrong), "clock-too-far-off"),
        }
    }
}

/// Whether the service judges client tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tokens {
    /// It is recorded that it does.
    Honoured,
    /// It is recorded that it has said that they are switched off.
    RecordedOff,
    /// It documents them, and none was needed yet.
    Documented,
    /// Nothing is recorded.
    Unknown,
    /// It refuses a malformed one.
    Judged,
    /// It says that they are switched off.
    Off,
    /// It does not notice a malformed one.
    Unnoticed,
    /// It could not be asked.
    Failed(Error),
}

impl Tokens {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Tokens::Honoured | Tokens::Judged => (Verdict::Ok, "tokens-judged"),
            Tokens::RecordedOff | Tokens::Off => (Verdict::Warn, "tokens-off"),
            Tokens::Documented => (Verdict::Ok, "tokens-documented"),
            Tokens::Unknown => (Verdict::Skipped, "tokens-unknown"),
            Tokens::Unnoticed => (Verdict::Warn, "tokens-not-noticed"),
            Tokens::Failed(_) => (Verdict::Warn, "tokens-not-known"),
        }
    }
}

/// Whether the list has all of its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// It ends too early.
    Short {
        /// How many volumes it has.
        volumes: u64,
        /// How many are behind its end.
        behind: usize,
    },
    /// It has several pages, and all of them.
    Several {
        /// How many volumes the first page has.
        first: usize,
        /// How many volumes there are.
        volumes: u64,
    },
    /// It has one page with so many volumes.
    One(u64),
}

impl Pages {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Pages::Short { .. } => (Verdict::Fail(Fault::Wrong), "list-ends-early"),
            Pages::Several { .. } => (Verdict::Ok, "list-whole"),
            Pages::One(_) => (Verdict::Skipped, "list-of-one-page"),
        }
    }
}

/// Whether the list is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Too few volumes tell when they were made.
    TooFew,
    /// It is.
    Right,
    /// So many volumes come after a younger one.
    Misplaced(u64),
}

impl Order {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Order::TooFew => (Verdict::Skipped, "list-too-short"),
            Order::Right => (Verdict::Ok, "list-in-order"),
            Order::Misplaced(_) => (Verdict::Warn, "list-out-of-order"),
        }
    }
}

/// Whether the list shows tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// It does.
    Shown,
    /// So many recorded volumes are in it without any.
    Bare(u64),
    /// It shows none, and the project has some with this key.
    NoneShown(String),
    /// No volume is known to have one.
    Unknown,
}

impl Tags {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Tags::Shown => (Verdict::Ok, "tags-shown"),
            Tags::Bare(_) => (Verdict::Warn, "recorded-without-tags"),
            Tags::NoneShown(_) => (Verdict::Warn, "tags-not-shown"),
            Tags::Unknown => (Verdict::Skipped, "no-tags-known"),
        }
    }
}

/// Whether answers carry what they must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// There were none.
    None,
    /// All do.
    Whole,
    /// Some do not.
    Lacking {
        /// How many there were.
        answers: u64,
        /// How many have no `Date`.
        undated: u64,
        /// How many have no `X-Request-Id`.
        unnamed: u64,
    },
}

impl Answers {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Answers::None => (Verdict::Skipped, "no-answers"),
            Answers::Whole => (Verdict::Ok, "answers-whole"),
            Answers::Lacking { .. } => (Verdict::Warn, "answers-lacking"),
        }
    }
}

/// How far off a signature may be dated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// Requests are not signed here.
    Unsigned,
    /// How far off each was, below zero in the past, and whether it was taken. Some were that should not be.
    TooWide(Vec<(SignedDuration, bool)>),
    /// The same, and some were not that should be.
    TooNarrow(Vec<(SignedDuration, bool)>),
    /// The same, and all are as documented.
    AsDocumented(Vec<(SignedDuration, bool)>),
}

impl Window {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Window::Unsigned => (Verdict::Skipped, "requests-unsigned"),
            Window::TooWide(_) => (Verdict::Fail(Fault::Wrong), "date-window-wide"),
            Window::TooNarrow(_) => (Verdict::Warn, "date-window-narrow"),
            Window::AsDocumented(_) => (Verdict::Ok, "date-window-documented"),
        }
    }
}

/// Whether a job can still be asked for when its volume is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKept {
    /// It can.
    Kept(JobId, JobStatus),
    /// Nobody knows it any more.
    Forgotten(JobId),
    /// It could not be asked.
    Failed(Error),
}

impl JobKept {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            JobKept::Kept(..) => (Verdict::Ok, "job-kept"),
            JobKept::Forgotten(_) => (Verdict::Ok, "job-forgotten"),
            JobKept::Failed(_) => (Verdict::Warn, "job-not-shown"),
        }
    }
}

/// Whether a deleted volume lies in the recycle bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecycleBin {
    /// It does not.
    Empty,
    /// It does.
    Lies {
        /// The volume.
        id: VolumeId,
        /// Whether it has its tag there.
        tagged: bool,
    },
    /// The service has no such call.
    NoSuchCall,
    /// It could not be asked.
    Failed(Error),
}

impl RecycleBin {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            RecycleBin::Empty => (Verdict::Ok, "not-in-recycle-bin"),
            RecycleBin::Lies { .. } => (Verdict::Warn, "in-recycle-bin"),
            RecycleBin::NoSuchCall => (Verdict::Skipped, "no-recycle-bin"),
            RecycleBin::Failed(_) => (Verdict::Skipped, "recycle-bin-not-shown"),
        }
    }
}
