//! On what terms doubts are settled: what may be waited for, what may be sent again, and what is never concluded.

use crate::volume::{CallId, VolumeSpec};
use jiff::SignedDuration;
use std::time::Duration;

/// How long after its first sending a call may be sent again with its token: an hour less than the service
/// remembers it (EVS API reference, `X-Client-Token`).
const TOKEN_LIVES: SignedDuration = SignedDuration::from_hours(7);
/// How many complete lists in a row must show nothing.
pub(super) const EMPTY_LISTS: u32 = 2;

/// What is done about a create call whose answer was lost, which may not be sent again, and of which nothing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// Wait until time has proved that it never happened, and make it anew.
    Wait,
    /// Never conclude that: look for a minute, then leave it to the next run.
    Hold,
    /// Look once and leave it at once.
    Fail,
}

/// How calls in doubt are settled.
#[derive(Debug, Clone, Copy)]
pub struct Doubts {
    /// What is done in the end. `None`: to wait where something keeps a sending from being done late, which is the
    /// service's memory for tokens or the date of a signature; else to hold.
    pub policy: Option<InDoubt>,
    /// Whether every request is dated by a signature, and is surely refused once `validity` has passed.
    pub dated: bool,
    /// How long after a sending the service may still take the request in: a signed one until its date is too old,
    /// one with a session's token as long as that lives.
    pub validity: Duration,
    /// How long a call that was taken in may stay invisible.
    pub settle: Duration,
}

/// Why nothing is known of an untagged call.
pub(super) const UNTAGGED: &str = "it was sent without an ownership tag, so nothing can tell what it made";

/// What a person can do where nothing else helps.
pub(super) fn by_hand(call: &CallId) -> String {
    format!("if the console shows that it surely made none, give it up: `evsctl state rm PATH --call {call}`")
}

/// Why a call whose answer was lost stays open whatever time passes, where that is so.
pub(super) fn never_concluded(spec: &VolumeSpec) -> Option<&'static str> {
    spec.may_be_ordered().then_some(
        "it may have made an order, and one that is not paid shows nowhere: so nothing is concluded, whatever \
         `--in-doubt` says; an order in the billing console is paid or cancelled there",
    )
}

/// Whether the service surely remembers the token of a call that was first sent so long ago.
pub(super) fn is_remembered(age: SignedDuration) -> bool {
    age < TOKEN_LIVES && age > -TOKEN_LIVES
}
