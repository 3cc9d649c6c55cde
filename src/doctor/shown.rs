//! How lists show the volume of a probe. Times count from the answer to the create call.

use super::verdict::{Fault, Verdict};
use crate::observed::Status;
use std::time::Duration;

/// When a list first had the volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// None of so many lists had it.
    Never {
        /// How many were read.
        looks: u32,
    },
    /// In time.
    Soon {
        /// When.
        after: Duration,
        /// In which list.
        look: u32,
        /// What `cloud.settle` is.
        settle: Duration,
    },
    /// So late that `cloud.settle` is to be longer.
    Late {
        /// When.
        after: Duration,
        /// In which list.
        look: u32,
        /// What `cloud.settle` is.
        settle: Duration,
        /// What it is to be at the least.
        wanted: Duration,
    },
}

impl Listed {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Listed::Never { .. } => (Verdict::Fail(Fault::Unfinished), "never-listed"),
            Listed::Soon { .. } => (Verdict::Ok, "listed-soon"),
            Listed::Late { .. } => (Verdict::Warn, "listed-late"),
        }
    }

    pub(super) fn took(&self) -> Option<Duration> {
        match self {
            Listed::Never { .. } => None,
            Listed::Soon { after, .. } | Listed::Late { after, .. } => Some(*after),
        }
    }
}

/// Whether the volume is listed while it is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creating {
    /// It is.
    Listed,
    /// It was not seen then, and first listed so.
    Unseen(Status),
}

impl Creating {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Creating::Listed => (Verdict::Ok, "listed-while-made"),
            Creating::Unseen(_) => (Verdict::Ok, "not-listed-while-made"),
        }
    }
}

/// When a list first had the volume's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// With the volume, in so many lists.
    Always {
        /// How many were read.
        looks: u32,
        /// When.
        after: Duration,
    },
    /// Later than the volume.
    Late {
        /// When the volume was listed.
        listed: Duration,
        /// When its tag was.
        tagged: Duration,
        /// What `cloud.settle` is to be at the least.
        wanted: Duration,
    },
    /// Never.
    Never {
        /// When the volume was listed.
        listed: Duration,
    },
}

impl Tag {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Tag::Always { .. } => (Verdict::Ok, "tagged-at-once"),
            Tag::Late { .. } => (Verdict::Warn, "tagged-late"),
            Tag::Never { .. } => (Verdict::Fail(Fault::Wrong), "never-tagged"),
        }
    }

    pub(super) fn took(&self) -> Option<Duration> {
        match self {
            Tag::Always { after, .. } => Some(*after),
            Tag::Late { tagged, .. } => Some(*tagged),
            Tag::Never { .. } => None,
        }
    }
}

/// How the volume is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// As was asked for.
    AsAsked,
    /// By this name.
    Other(String),
}

impl Name {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Name::AsAsked => (Verdict::Ok, "named-as-asked"),
            Name::Other(_) => (Verdict::Warn, "named-otherwise"),
        }
    }
}
