//! An operation in doubt: why it stays open, and what to do about it.

use crate::evs::Error;
use crate::operation::Unproved;
use crate::operation::settle::{End, Evidence, Seen, Why};
use crate::plan::Verb;
use crate::volume::CallId;
use crate::words::number::either;
use crate::words::number::second;
use std::time::Duration;

/// Why nothing is known of an untagged call.
pub(super) const UNTAGGED: &str = "it was sent without an ownership tag, so nothing can tell what it made";

/// Why a call whose answer was lost stays open whatever time passes.
const NEVER_PROVED: &str = "it may have made an order, and one that is not paid shows nowhere: so nothing is concluded, \
     whatever `--in-doubt` says; an order in the billing console is paid or cancelled there";

/// What a person can do where nothing else helps.
pub(super) fn by_hand(call: &CallId) -> String {
    format!("if the console shows that it surely made none, give it up: `evsctl state rm PATH --call {call}`")
}

/// The same of a call that changes volumes.
fn no_more(call: &CallId) -> String {
    format!("if it shall not be waited for any more, give it up: `evsctl state rm PATH --call {call}`")
}

/// Why the call stays open, which is about so many volumes, and can be proved never to have happened or cannot.
pub(super) fn stays_open(why: &Why<Error>, verb: Verb, call: &CallId, targets: usize, ends_by_time: bool) -> String {
    let by_hand = match verb {
        Verb::Extend | Verb::Delete => no_more(call),
        _ => by_hand(call),
    };
    match why {
        Why::Denied(error) => error.to_string(),
        Why::Untagged if ends_by_time => format!("{UNTAGGED}; {by_hand}"),
        Why::Untagged => format!("{UNTAGGED}; {NEVER_PROVED}; {by_hand}"),
        Why::NotShown { evidence, end } => {
            let shown = shown(evidence, verb, targets);
            let lift = match end {
                End::NeverProved => NEVER_PROVED.to_owned(),
                End::ProvedLater(from, watched) => provable_from(*from, *watched, verb),
                End::Held => format!("`--in-doubt wait` waits until time has proved that {}", nothing(verb)),
                End::Failed => "without `--in-doubt fail` more is tried".to_owned(),
                End::OutOfTime(_) if !ends_by_time => NEVER_PROVED.to_owned(),
                End::OutOfTime(true) => return shown,
                End::OutOfTime(false) => return format!("{shown}; {by_hand}"),
            };
            format!("{shown}; {lift}; {by_hand}")
        }
    }
}

/// What the last look showed of the so many volumes of a call.
pub(super) fn shown(evidence: &Evidence<Error>, verb: Verb, targets: usize) -> String {
    let mut shown = match &evidence.seen {
        Seen::Some(_) if verb == Verb::Extend => {
            let volumes = either(targets, "its volume is as large as it was", "its volumes are as large as they were");
            volumes.to_owned()
        }
        Seen::Some(_) if verb == Verb::Delete => "its volume is there as it was".to_owned(),
        Seen::Some(found) => {
            format!("{found} of its {targets} volumes show by their tag, and its token is of no help")
        }
        Seen::Unlisted(error) => error.to_string(),
        Seen::TooLate => "its volumes could not be listed in time".to_owned(),
    };
    if let Some(unproved) = evidence.unproved.and_then(unproved) {
        shown.push_str(", and ");
        shown.push_str(unproved);
    }
    shown
}

/// What to say beside that nothing shows, where waiting alone does not help.
pub fn unproved(why: Unproved) -> Option<&'static str> {
    match why {
        Unproved::Early => None,
        Unproved::Undated => Some("the service does not date its answers, so that time proves nothing"),
        Unproved::NotWhole => {
            Some("the service's list is shorter than it says, so what it does not show may be there all the same")
        }
        Unproved::NoControl => Some(
            "no volume in the list shows an ownership tag of evsctl, so nothing proves that tags are shown at all; \
             apply one other key first (`--target KEY`), whose volume then proves it",
        ),
    }
}

/// What time proves of a call in the end.
fn nothing(verb: Verb) -> &'static str {
    match verb {
        Verb::Extend | Verb::Delete => "it was not done",
        _ => "it made none",
    }
}

/// From when on its absence can be proved, by a run that looks on for so long by its own clock.
fn provable_from(from: Option<jiff::Timestamp>, watched: Duration, verb: Verb) -> String {
    let nothing = nothing(verb);
    let Some(from) = from else { return format!("no time is late enough to prove that {nothing}") };
    let from = second(from);
    let seconds = watched.as_secs_f64().ceil();
    let watched =
        if seconds >= 120.0 { format!("{} minutes", (seconds / 60.0).ceil()) } else { format!("{seconds} s") };
    format!("a run after {from} that may look for {watched} can prove that {nothing}")
}
