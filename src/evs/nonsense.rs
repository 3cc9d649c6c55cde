//! Why an answer makes no sense.

use super::redact::redacted;
use crate::volume::{JobId, SourceId, VolumeId};

/// How many characters of a foreign text are kept.
const MOST: usize = 1000;

/// What of an answer is not what the API reference describes. What is taken from the answer has no secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nonsense {
    /// It does not read; in the words of whatever reads it.
    Unread(String),
    /// It has more than so many bytes.
    TooLong(usize),
    /// It is about another job.
    OtherJob {
        /// The one that it is about.
        found: String,
        /// The one that was asked about.
        asked: JobId,
    },
    /// It is about another volume.
    OtherVolume {
        /// The one that it is about.
        found: String,
        /// The one that was asked about.
        asked: VolumeId,
    },
    /// It is about another snapshot, image or backup.
    OtherSource {
        /// The one that it is about.
        found: String,
        /// The one that was asked about.
        asked: SourceId,
    },
    /// A job has no status.
    NoStatus,
    /// The answer to a call that starts a job names neither a job nor an order.
    NoReceipt,
    /// A list says that there are more volumes than it shows.
    ShortList {
        /// How many it says that there are.
        counted: u64,
        /// How many it shows.
        shown: usize,
    },
    /// The same of a list of snapshots.
    ShortSnapshots {
        /// How many it says that there are.
        counted: u64,
        /// How many it shows.
        shown: usize,
    },
    /// A list shows two volumes under one id.
    TwoVolumes,
    /// A full page of a list brings nothing new.
    NothingNew,
    /// A page of a list begins as one did that came before it.
    SamePage,
    /// The pages of a list do not end.
    Endless,
    /// The items of a list take more memory than that, in MiB.
    MostMemory(usize),
    /// A volume of that id has longer texts than any volume may have.
    LongTexts(String),
    /// There is no token in it.
    NoToken,
    /// Its token can stand in no header.
    OddToken,
    /// When its token or its keys end is no time.
    NoEnd,
    /// There are no keys in it: it does not read from there on. The reader's words may quote a secret.
    NoKeys {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

impl Nonsense {
    /// In the words of whatever reads it. They may repeat a part of the answer, however long that is: its first words
    /// do.
    pub(super) fn unread(error: impl std::fmt::Display) -> Nonsense {
        Nonsense::Unread(foreign(&error.to_string()))
    }
}

/// A text of an answer as it may be told.
pub(super) fn foreign(text: &str) -> String {
    redacted(text).chars().take(MOST).collect()
}
