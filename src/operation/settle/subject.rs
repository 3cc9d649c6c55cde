//! What is settled, as far as settling needs to know it.

use crate::observed::Listed;
use crate::operation::{FoundBy, Operation, Repeated, Sendings, Silence, Unproved};
use jiff::Timestamp;
use std::time::Duration;

/// How long volumes are looked for where nothing can be concluded from their absence.
pub const LOOKS: Duration = Duration::from_secs(60);

/// What is settled: an operation, or calls that belong to none.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// How many volumes it is about.
    pub targets: usize,
    /// By what it is found again.
    pub found_by: FoundBy,
    /// Whether it may be sent again.
    pub repeated: Repeated,
    /// Whether time can prove that it never happened.
    pub ends_by_time: bool,
    /// Its sendings; `None` where it never left.
    pub sent: Option<Sendings>,
    /// Since when its silence counts: a call that never left counts as if it had when the run began.
    pub since: Timestamp,
    /// What a list must have so that absence from it counts.
    pub proof: Proof,
    /// How long it is looked for where nothing can be concluded.
    pub looks: Duration,
}

/// What a list must have so that absence from it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// All that [`Silence::is_proved_by`] asks for.
    Full,
    /// A date that is late enough, and nothing else: the service has said how all of it ended, the volumes show as they
    /// were, or nothing is given up because of the absence.
    Date,
}

impl Subject {
    /// An operation with these sendings.
    pub(super) fn of(operation: &Operation, sent: Option<Sendings>) -> Subject {
        let found_by = operation.found_by();
        // A volume that is known by its id and shows as it was proves by itself that it would show otherwise.
        let proof = if found_by == FoundBy::Volumes { Proof::Date } else { Proof::Full };
        Subject {
            targets: operation.targets(),
            found_by,
            repeated: operation.repeated(),
            ends_by_time: operation.ends_by_time(),
            sent,
            since: sent.map_or(operation.at, |sent| sent.last),
            proof,
            looks: LOOKS,
        }
    }
}

impl Proof {
    /// Whether a list has it.
    ///
    /// # Errors
    /// Why it does not.
    pub(super) fn is_given(self, silence: Silence, listed: &Listed) -> Result<(), Unproved> {
        match self {
            Proof::Full => silence.is_proved_by(listed),
            Proof::Date => silence.is_over_in(listed),
        }
    }

    /// Whether a list can have it before so much more time has passed; the service's clock shows `now`.
    pub(super) fn can_be_given(self, silence: Silence, left: Duration, now: Timestamp) -> bool {
        match self {
            Proof::Full => silence.can_end_within(left, now),
            // The run's own clock does not count.
            Proof::Date => Silence { settle: Duration::ZERO, ..silence }.can_end_within(left, now),
        }
    }
}
