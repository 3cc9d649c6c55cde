//! What is seen of a probe's volume while it is being made. Pure.

use super::record::{Intent, TAG};
use crate::observed::{ObservedVolume, Status};
use crate::operation::Failure;
use crate::volume::VolumeId;
use std::time::Duration;

/// What was seen of a volume while it was being made. Times count from the answer to the create call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many lists were read.
    pub(super) looks: u32,
    pub(super) id: Option<VolumeId>,
    /// How it was first listed.
    pub(super) listed: Option<FirstListed>,
    /// When it was first listed with its tag.
    pub(super) tagged: Option<Duration>,
    /// Whether it was ever listed as being made.
    pub(super) creating: bool,
    /// What became of it, and when.
    pub(super) out: Option<(Status, Duration)>,
    /// Why its job failed.
    pub(super) failure: Option<Failure>,
}

/// How a volume was first listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FirstListed {
    pub(super) after: Duration,
    pub(super) look: u32,
    pub(super) name: String,
    pub(super) status: Status,
}

impl Seen {
    /// Takes in what a list had.
    pub(super) fn listed(&mut self, volume: &ObservedVolume, intent: &Intent, after: Duration) {
        let look = self.looks;
        let (name, status) = (volume.name.clone(), volume.status.clone());
        self.creating |= volume.status == Status::Creating;
        self.listed.get_or_insert(FirstListed { after, look, name, status });
        if volume.tags.get(TAG) == Some(&intent.id) {
            self.tagged.get_or_insert(after);
        }
    }

    /// Takes in a status.
    pub(super) fn came_out(&mut self, status: &Status, after: Duration) {
        if status.is_usable() || status.is_error() {
            self.out.get_or_insert_with(|| (status.clone(), after));
        }
    }

    /// Whether it came out well.
    pub(super) fn is_usable(&self) -> bool {
        self.failure.is_none() && self.out.as_ref().is_some_and(|(status, _)| status.is_usable())
    }
}
