//! What is told of calls that change volumes. An event is about slots of one key, and a call may be about several keys.

use super::altering::{Alter, Altering};
use crate::apply::event::Event;
use crate::apply::span::went_wrong;
use crate::apply::why::{Cause, Doubt, Open};
use crate::volume::{Key, Receipt, SlotSet};

impl Alter<'_> {
    /// That the cloud took it.
    pub(super) fn taken_events(&self, call: &Altering, receipt: &Receipt) -> Vec<Event> {
        let verb = call.verb();
        let told = |(key, slots): (Key, SlotSet)| {
            let (call_id, slots) = (call.sending.id.clone(), slots.to_string());
            match receipt.clone() {
                Receipt::Job(job_id) => Event::Accepted { verb, call: call_id, job_id, key, slots },
                Receipt::Order(order_id) => {
                    let auto_pay = call.pays_itself() == Some(true);
                    Event::Ordered { verb, call: call_id, order_id, key, slots, auto_pay }
                }
            }
        };
        call.by_key().into_iter().map(told).collect()
    }

    /// That it failed, for all of its volumes.
    pub(super) fn failed_events(&self, call: &Altering, cause: &Cause) -> Vec<Event> {
        let failed = |(key, slots): (Key, SlotSet)| Event::Failed {
            verb: call.verb(),
            key,
            slots: slots.to_string(),
            id: None,
            cause: cause.clone(),
        };
        call.by_key().into_iter().map(failed).collect()
    }

    /// Tells and counts that it failed, for all of its volumes.
    pub(super) fn tell_failed(&self, call: &Altering, cause: &Cause) {
        if let Cause::Call(error) = cause {
            self.cx.tally.failed(call.sending.recorded.targets() as u64, error);
        } else {
            self.cx.tally.change(|report| report.failed += call.sending.recorded.targets() as u64);
        }
        self.failed_events(call, cause).into_iter().for_each(|event| self.cx.recorder.tell(event));
    }

    /// It may or may not have been done: it stays open, and the next run begins with it. A run that is stopping says that by
    /// itself.
    pub(super) fn leave(&self, call: &Altering, doubt: Option<Doubt>) {
        went_wrong("in doubt");
        if let Some(doubt) = doubt {
            let (id, verb) = (call.sending.id.clone(), call.verb());
            self.left(call, None, &Open::InDoubt { call: id, verb, doubt });
        }
    }

    /// The end was not seen: the next run goes on with it.
    pub(super) fn left(&self, call: &Altering, receipt: Option<&Receipt>, why: &Open) {
        for (place, (key, slots)) in call.by_key().into_iter().enumerate() {
            // It is one call, however many keys it is about.
            if place == 0 {
                self.cx.unfinished(receipt.cloned(), &key, slots, why.clone());
            } else {
                let (receipt, slots, why) = (receipt.cloned(), slots.to_string(), why.clone());
                self.cx.recorder.tell(Event::Unfinished { receipt, key, slots, why });
            }
        }
    }
}
