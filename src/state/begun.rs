//! What a snapshot says of the run that began with it, and what is made of that where the run's own record is missing.

use super::model::{Begun, State, TokenSupport};
use crate::operation::{Progress, Repeated, Sendings};

impl State {
    /// The journal of the run that was begun is there: what it holds is all that the run did.
    pub(super) fn record_found(&mut self) {
        self.begun = None;
    }

    /// The journal of the run that was begun is not there, or is a copy from before that snapshot: each of its operations
    /// is open from now on, as one that may have been sent at a time that nothing tells.
    pub fn record_lost(&mut self) {
        let Some(Begun { at, operations }) = self.begun.take() else { return };
        let judged = self.tokens != Some(TokenSupport::Off);
        // A snapshot of the middle of a run knows how far some of them came, and names none that was over. The ids of the
        // others are derived so that the state does not know them.
        let new = operations.into_iter().filter(|(id, _)| !self.ended.contains_key(id));
        for (id, operation) in new {
            self.operations.entry(id).or_insert(operation);
        }
        for operation in self.operations.values_mut() {
            let sendings = match &operation.progress {
                Progress::Intended => Sendings::once(at, judged && operation.repeated() == Repeated::ByToken),
                Progress::Sent(sendings) => *sendings,
                // It is not sent again once the cloud took it.
                Progress::Accepted { .. } => continue,
            };
            operation.first_sent = Some(operation.first_sent.map_or(sendings.first, |known| known.min(sendings.first)));
            operation.progress = Progress::Sent(Sendings { undated: true, ..sendings });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{CreateCall, Kind};
    use crate::state::samples::{at, begun, call_id, changes, empty, folded, sent};

    #[test]
    fn what_a_lost_run_may_have_sent_is_open_and_undated() {
        let mut state = folded(empty(), &changes());
        let taken = state.operations[&call_id(5)].clone();
        state.begun = Some(begun(&[9, 1]));
        state.record_lost();
        assert_eq!(state.begun, None);
        let undated = |first, last| Progress::Sent(Sendings { first, last, token: true, undated: true });
        assert_eq!(state.operations[&call_id(9)].progress, undated(at(100), at(100)));
        // It may have been sent again, and when it first was is known.
        assert_eq!(state.operations[&call_id(3)].progress, undated(at(4), at(4)));
        assert_eq!(state.operations[&call_id(5)], taken, "what the cloud took is not sent again");
        assert!(!state.operations.contains_key(&call_id(1)), "a call that is over stays over");
        // Nothing was begun: nothing is in doubt.
        let mut state = folded(empty(), &changes());
        let before = state.clone();
        state.record_lost();
        assert_eq!(state, before);
    }

    #[test]
    fn a_token_that_a_lost_run_did_not_show_is_not_trusted() {
        let lost = |tokens, api| {
            let mut state = State { tokens, begun: Some(begun(&[9])), ..empty() };
            state.begun.iter_mut().flat_map(|begun| begun.operations.values_mut()).for_each(|operation| {
                let Kind::Create(CreateCall { create, .. }) = &mut operation.kind else { panic!() };
                create.api = api;
            });
            state.record_lost();
            let Progress::Sent(sendings) = &state.operations[&call_id(9)].progress else { panic!() };
            sendings.token
        };
        assert!(lost(None, Default::default()) && lost(Some(TokenSupport::Honoured), Default::default()));
        assert!(!lost(Some(TokenSupport::Off), Default::default()));
        assert!(!lost(None, crate::volume::CreateApi::V2), "that form of the call is never sent with one");
    }

    #[test]
    fn the_next_sending_dates_it() {
        let (id, mut state) = (call_id(9), State { begun: Some(begun(&[9])), ..empty() });
        state.record_lost();
        state.fold(sent(id.clone(), 500)).unwrap();
        let dated = Progress::Sent(Sendings { first: at(100), last: at(500), token: true, undated: false });
        assert_eq!(state.operations[&id].progress, dated);
    }
}
