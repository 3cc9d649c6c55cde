//! A call that is to be carried to its end, and what is known of its sendings.

use super::following::Following;
use crate::evs::Taken;
use crate::operation::{Create, FoundBy, Kind, Operation, Sendings};
use crate::plan::Verb;
use crate::volume::{CallId, VolumeId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::time::Instant;

/// A call that is to be carried to its end, of whatever kind.
pub(super) struct Sending {
    pub(super) id: CallId,
    pub(super) recorded: Operation,
    /// Whether its intent is durable.
    pub(super) intended: bool,
    /// Its recorded sendings.
    pub(super) sent: Option<Sendings>,
    /// Whether one of them may have been done.
    pub(super) doubt: bool,
    /// Whether its token may still bring its first answer again.
    pub(super) replay: bool,
    /// Whether the manifest still asks for what it does.
    pub(super) wanted: bool,
    /// What kept it from leaving the last time, where something of our own did.
    pub(super) kept: Option<Kept>,
    /// Whether it carried its token when it was last sent.
    pub(super) with_token: bool,
    /// When it was last settled that it may go again, by the service's clock.
    pub(super) cleared: Option<Timestamp>,
    /// When it last left in this run, by the run's own clock.
    pub(super) left_at: Option<Instant>,
    /// When it first left in this run, by the local time.
    pub(super) own_first: Option<Timestamp>,
}

/// A create call on its way.
pub(super) struct Making {
    pub(super) sending: Sending,
    pub(super) create: Create,
    /// The volumes that stood in a list that was taken before it was first sent.
    pub(super) before: Arc<BTreeSet<VolumeId>>,
    /// Whether an earlier run began it.
    pub(super) resumed: bool,
}

/// What of our own keeps a call from leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The disk has no room for what must follow of it.
    NoRoom,
    /// Recording took too long, again and again.
    Stalled,
    /// What was settled about sending it again is too old to count.
    Stale,
}

impl Sending {
    /// A call that nobody has begun.
    pub(super) fn new(id: CallId, recorded: Operation) -> Sending {
        Sending {
            id,
            recorded,
            intended: false,
            sent: None,
            doubt: false,
            replay: true,
            wanted: true,
            kept: None,
            with_token: false,
            cleared: None,
            left_at: None,
            own_first: None,
        }
    }

    /// Takes in that it left.
    pub(super) fn left(&mut self, at: Timestamp, token: bool) {
        self.left_at = Some(Instant::now());
        self.own_first.get_or_insert_with(Timestamp::now);
        self.intended = true;
        self.sent = Some(self.sent.map_or(Sendings::once(at, token), |before| before.and(at, token)));
    }

    /// What it is for.
    pub(super) fn verb(&self) -> Verb {
        match &self.recorded.kind {
            Kind::Create(_) => Verb::Create,
            Kind::Extend(_) => Verb::Extend,
            Kind::Delete(_) => Verb::Delete,
        }
    }

    /// When the cloud took it or it was last sent, by the service's clock.
    pub(super) fn since(&self) -> Timestamp {
        self.sent.map_or(self.recorded.at, |sent| sent.last)
    }
}

impl Making {
    pub(super) fn following(self, taken: Option<Taken>, only: Option<usize>) -> Following {
        let Making { sending, create, before, resumed } = self;
        let since = sending.since();
        let first_sent = [sending.sent.map(|sent| sent.first), sending.recorded.first_sent, sending.own_first];
        let first_sent = first_sent.into_iter().flatten().min();
        let (tagged, watched) = (matches!(sending.recorded.found_by(), FoundBy::Tag), sending.left_at);
        let (receipt, named) = taken.map(|taken| (taken.receipt, taken.volumes)).unzip();
        let named = named.unwrap_or_default();
        Following {
            id: sending.id,
            create,
            tagged,
            receipt,
            named,
            first_sent,
            since,
            watched,
            only,
            before,
            resumed,
            lists_count_from: Instant::now(),
            kept: BTreeMap::new(),
            misnamed: BTreeMap::new(),
            good: 0,
        }
    }
}
