//! A call that the cloud took as an order. There is no asking how an order is doing: only its volumes tell, and they
//! show nowhere before it is paid. So time proves nothing about it.

use super::harvest::Following;
use crate::volume::{CallId, Receipt, VolumeSpec};
use std::time::Duration;

/// How long a run looks for the volumes of an order that somebody has to pay, while none shows: long enough for one
/// that was paid a moment ago, and no run sits and waits for a person. Where nothing stays invisible that long, that
/// long is enough.
const PAID_WITHIN: Duration = Duration::from_secs(60);

impl Following {
    /// Whether it may be an order that is not paid. An answer that was lost may have named one.
    pub(super) fn may_be_unpaid(&self) -> bool {
        match &self.receipt {
            Some(Receipt::Job(_)) => false,
            Some(Receipt::Order(_)) => true,
            None => self.create.spec.may_be_ordered(),
        }
    }

    /// For how long it is looked for while nothing of it shows; `None` as long as for anything else.
    pub(super) fn looked_for(&self, settle: Duration) -> Option<Duration> {
        (self.may_be_unpaid() && !self.create.spec.pays_itself()).then(|| PAID_WITHIN.min(settle))
    }

    /// Why its end was not seen, and what to do, where so many of its volumes show.
    pub(super) fn not_seen(&self, shown: usize) -> String {
        if !self.may_be_unpaid() {
            return "its volumes were not usable in time".to_owned();
        }
        let seen = match shown {
            0 => "no volume of it shows".to_owned(),
            n => format!("{n} of its {} volumes show, and not all are usable", self.create.slots.len()),
        };
        let spec = &self.create.spec;
        let then = match (shown, spec.pays_itself()) {
            (0, false) => {
                let other = if spec.prepaid.is_some() { " (with `auto_pay: true` an order pays itself)" } else { "" };
                format!("nothing is bought until it is paid: pay it in the billing console{other}")
            }
            (0, true) => {
                "it pays itself, and nothing is bought until it has: look at it in the billing console".to_owned()
            }
            (_, _) => "look at it in the billing console".to_owned(),
        };
        format!("{seen}; {then}, then apply again, which goes on with it; {}", given_up(&self.id))
    }
}

/// What a person can do about an order that will never be paid.
fn given_up(call: &CallId) -> String {
    format!("if it was cancelled there, give it up: `evsctl state rm PATH --call {call}`")
}

/// Why a call whose answer was lost stays open whatever time passes, where that is so.
pub(super) fn never_concluded(spec: &VolumeSpec) -> Option<&'static str> {
    spec.may_be_ordered().then_some(
        "it may have made an order, and one that is not paid shows nowhere: so nothing is concluded, whatever \
         `--in-doubt` says; an order in the billing console is paid or cancelled there",
    )
}
