//! What earlier probes left.

use super::removal::Removal;
use super::verdict::{Fault, Verdict};
use crate::volume::VolumeId;
use std::path::PathBuf;

/// What earlier probes left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftovers {
    /// The record of an earlier one does not read.
    Unreadable {
        /// Its file.
        path: PathBuf,
        /// Why not.
        flaw: Flaw,
    },
    /// An earlier one is not over, in another project than this.
    OtherCloud {
        /// That project.
        project_id: String,
        /// Where it is.
        endpoint: String,
    },
    /// What came of removing it, where more is not known.
    Removal(Removal),
    /// There was nothing.
    Nothing,
    /// There was something of an earlier one of this stack, which is gone.
    Removed(Removal),
    /// There are volumes with a probe's tag that this stack knows nothing of.
    Strangers {
        /// What there was of an earlier one of this stack, which is gone.
        own: Option<Removal>,
        /// The others.
        strangers: Vec<Stranger>,
    },
}

/// A volume with a probe's tag that is recorded nowhere here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The volume.
    pub id: VolumeId,
    /// Its name in the cloud.
    pub name: String,
}

/// Why a record does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub damage: Damage,
}

/// What is wrong with a line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It is none; the words of the reader of JSON.
    Unreadable(String),
    /// Nothing was meant to be made before it.
    NoIntent,
}

impl Leftovers {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Leftovers::Unreadable { .. } => (Verdict::Fail(Fault::Wrong), "record-unreadable"),
            Leftovers::OtherCloud { .. } => (Verdict::Fail(Fault::Refused), "leftovers-elsewhere"),
            Leftovers::Removal(removal) => removal.graded(),
            Leftovers::Nothing => (Verdict::Ok, "no-leftovers"),
            Leftovers::Removed(_) => (Verdict::Ok, "leftovers-removed"),
            Leftovers::Strangers { .. } => (Verdict::Warn, "strange-leftovers"),
        }
    }
}
