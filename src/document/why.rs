//! The codes that stand beside English reasons in JSON. They stay as they are where sentences change.

use crate::apply::why::{Again, Cause, Doubt, NotCleaned, NotDeleted, NotDone, Open, Short};
use crate::evs::{Kind, Unsent};
use crate::operation::settle::{End, Why};
use crate::operation::{NotOurs, Reason};

/// Of what a call came to.
fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Refused { .. } => "refused",
        Kind::NotSent(Unsent::Stalled) => "stalled",
        Kind::NotSent(_) => "not-sent",
        Kind::Untrusted { .. } => "untrusted",
        Kind::Unanswered { .. } => "unanswered",
        Kind::Unreadable { .. } => "unreadable",
        Kind::Stopped => "stopped",
        Kind::Fenced => "fenced",
        Kind::Held => "held",
    }
}

/// Of a failure.
pub(super) fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Call(error) => kind(&error.kind),
        Cause::Failed(failure) => match failure.reason {
            Reason::Told(_) => "told",
            Reason::Unexplained => "unexplained",
            Reason::Broken => "broken",
            Reason::Unwanted => "unwanted",
        },
        Cause::NotAsAsked(_) => "not-as-asked",
        Cause::NeverShowed => "never-showed",
        Cause::Unmade => "unmade",
        Cause::NotCleaned(why) => match why {
            NotCleaned::Back(_) => "back",
            NotCleaned::WasUsed => "was-used",
            NotCleaned::Usable(_) => "usable",
            NotCleaned::Attached => "attached",
            NotCleaned::NotBroken(_) => "not-broken",
            NotCleaned::Prepaid => "prepaid",
            NotCleaned::Unrecorded => "unrecorded",
            NotCleaned::NotLeft(_) => "not-left-by-call",
            NotCleaned::Listed => "listed",
            NotCleaned::ListCut => "list-cut",
            NotCleaned::Snapshot(_) => "further-snapshot",
        },
        Cause::NotDeleted(why) => match why {
            NotDeleted::Shows(_) => "not-deletable",
            NotDeleted::Snapshot(_) => "further-snapshot",
            NotDeleted::Prepaid => "prepaid",
            NotDeleted::Unmarked => "unmarked",
            NotDeleted::Unrecorded => "unrecorded",
        },
        Cause::NotDone(why) => match why {
            NotDone::Gone => "gone",
            NotDone::AsBefore => "as-before",
        },
    }
}

/// Of what was not seen to end.
pub(super) fn open(why: &Open) -> &'static str {
    match why {
        Open::JobLate => "job-late",
        Open::JobUnread(_) => "job-unread",
        Open::VolumesLate => "volumes-late",
        Open::VolumesUnread(_) => "volumes-unread",
        Open::NotUsable => "not-usable",
        Open::Unpaid(_) => "unpaid",
        Open::Unshown => "unshown",
        Open::Incomplete(_) => "incomplete",
        Open::NotGone => "not-gone",
        Open::NotGrown => "not-grown",
        Open::GrowthUnpaid { .. } => "unpaid",
        Open::InDoubt { call: _, verb: _, doubt } => match doubt {
            Doubt::Unlisted(_) => "in-doubt-unlisted",
            Doubt::Met(_) => "in-doubt-met-trouble",
            Doubt::Unsettled { why: Why::Denied(_), .. } => "in-doubt-denied",
            Doubt::Unsettled { why: Why::Untagged, .. } => "in-doubt-untagged",
            Doubt::Unsettled { why: Why::NotShown { evidence: _, end }, .. } => match end {
                End::NeverProved => "in-doubt-never-proved",
                End::ProvedLater(..) => "in-doubt-proved-later",
                End::Held => "in-doubt-held",
                End::Failed => "in-doubt-looked-once",
                End::OutOfTime(_) => "in-doubt-out-of-time",
            },
        },
    }
}

/// Of a volume that is not a call's own.
pub(super) fn not_ours(why: &NotOurs) -> &'static str {
    match why {
        NotOurs::Anothers => "anothers",
        NotOurs::Unmarked => "unmarked",
        NotOurs::Older(_) => "older",
        NotOurs::Younger(_) => "younger",
        NotOurs::StoodThere => "stood-there",
        NotOurs::Undated => "undated",
    }
}

/// Of a request that is repeated, or waited for.
pub(super) fn again(why: &Again) -> &'static str {
    match why {
        Again::Met(met) => kind(met),
        Again::InDoubt { .. } => "in-doubt",
        Again::Anew { .. } => "anew",
    }
}

/// Of a run that did not end as it should.
pub(super) fn short(why: &Short) -> &'static str {
    match why {
        Short::Error(_) => "error",
        Short::InterruptedFirst => "interrupted-first",
        Short::Interrupted => "interrupted",
        Short::InterruptedLast => "interrupted-last",
        Short::Denied => "denied",
        Short::Refusals => "refusals",
        Short::Failed(_) => "failed",
        Short::Unfinished { .. } => "unfinished",
        Short::LastRefused => "last-refused",
        Short::LastMore => "last-more",
        Short::LastFailed => "last-failed",
    }
}
