//! Why the end of something was not seen.

use super::verb::verb_word;
use crate::apply::why::{Doubt, Incomplete, Open, Unpaid};
use crate::volume::CallId;
use crate::words::doubt::{UNTAGGED, by_hand, stays_open, unproved};
use crate::words::evidence::not_ours;

/// Why the end was not seen, and what to do.
pub fn open(why: &Open) -> String {
    match why {
        Open::JobLate => "its job had not ended in time".to_owned(),
        Open::JobUnread(kind) => format!("its job could not be looked at ({kind})"),
        Open::VolumesLate => "its volumes could not be read in time".to_owned(),
        Open::VolumesUnread(error) => error.to_string(),
        Open::NotUsable => "its volumes were not usable in time".to_owned(),
        Open::Unpaid(unpaid) => self::unpaid(unpaid),
        Open::Unshown => "its job says that it made volumes which do not show; they are recorded by id".to_owned(),
        Open::Incomplete(why) => incomplete(why),
        Open::NotGone => "it was not seen to be gone in time".to_owned(),
        Open::NotGrown => "its volumes were not seen to be larger in time".to_owned(),
        Open::GrowthUnpaid { call, pays_itself } => {
            let then = match pays_itself {
                true => "its order pays itself: look at it in the billing console",
                false => "pay the order in the billing console (with `auto_pay: true` an order pays itself)",
            };
            format!(
                "the volume is as large as it was; {then}, then apply again, which goes on with it; {}",
                given_up(call)
            )
        }
        Open::InDoubt { call, verb, doubt } => {
            let why = match doubt {
                Doubt::Unsettled { why, targets, ends_by_time } => {
                    stays_open(why, *verb, call, *targets, *ends_by_time)
                }
                Doubt::Unlisted(error) => error.to_string(),
                Doubt::Met(kind) => kind.to_string(),
            };
            format!("{} call {call} may or may not have been done ({why})", verb_word(*verb))
        }
    }
}

fn unpaid(unpaid: &Unpaid) -> String {
    let Unpaid { call, shown, of, pays_itself, prepaid } = unpaid;
    let seen = match shown {
        0 => "no volume of it shows".to_owned(),
        n => format!("{n} of its {of} volumes show, and not all are usable"),
    };
    let then = match (shown, pays_itself) {
        (0, false) => {
            let other = if *prepaid { " (with `auto_pay: true` an order pays itself)" } else { "" };
            format!("nothing is bought until it is paid: pay it in the billing console{other}")
        }
        (0, true) => "it pays itself, and nothing is bought until it has: look at it in the billing console".to_owned(),
        (_, _) => "look at it in the billing console".to_owned(),
    };
    format!("{seen}; {then}, then apply again, which goes on with it; {}", given_up(call))
}

/// What a person can do about an order that will never be paid.
fn given_up(call: &CallId) -> String {
    format!("if it was cancelled there, give it up: `evsctl state rm PATH --call {call}`")
}

/// Why a call stays open of which not every volume is known.
fn incomplete(why: &Incomplete) -> String {
    const NOT_ALL: &str = "not all of its volumes are named by the job or show by their tag";
    let Incomplete { call, tagged, unproved: lacks, foreign } = why;
    let why = match (tagged, lacks.and_then(unproved)) {
        (false, _) => UNTAGGED.to_owned(),
        (true, None) => NOT_ALL.to_owned(),
        (true, Some(lacking)) => format!("{NOT_ALL}, and {lacking}"),
    };
    let foreign = foreign.as_ref().map(|(id, why)| {
        let why = not_ours(why, 1);
        format!("; volume {id}, which its job names, is not its own: {why}")
    });
    format!("{why}{}; {}", foreign.unwrap_or_default(), by_hand(call))
}
