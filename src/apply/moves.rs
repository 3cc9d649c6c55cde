//! What the beginning of the run has recorded, other addresses and volumes that are taken over, and volumes that are given up.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use crate::evs::wire::TagsAction;
use crate::plan::{Import, Move, Release, Verb};
use crate::state::Change;

/// Tells that a volume has another address: the run has begun with that.
pub(super) fn moved(cx: &Context, step: Move) {
    let Move { address, from: _, id } = step;
    if let Some(id) = &id {
        cx.tally.changed(id);
    }
    cx.recorder.tell(Event::Done { verb: Verb::Move, address, id, fields: Vec::new() });
}

/// Tells that a volume was taken over: the run has begun with that.
pub(super) fn imported(cx: &Context, step: Import) {
    let Import { address, id, .. } = step;
    cx.tally.imported(&id);
    cx.recorder.tell(Event::Done { verb: Verb::Import, address, id: Some(id), fields: Vec::new() });
}

/// Gives a volume up; its ownership tag is taken off before, where that is asked for: once it is not recorded any more,
/// nothing would do that.
pub(super) async fn release(cx: &Context, release: Release) -> Result<(), Halted> {
    let Release { address, id, untag } = release;
    if let Some(tag) = untag {
        let edit = TagsAction::remove(&[tag].into());
        match cx.client.edit_tags(&id, &edit).await {
            Ok(()) => {}
            // What is gone carries no tag.
            Err(error) if error.says_absent() => {}
            Err(error) => {
                cx.step_failed(Verb::Release, &address, Some(&id), &error);
                return Ok(());
            }
        }
    }
    cx.tally.change(|report| report.forgotten += 1);
    let done = Event::Done { verb: Verb::Release, address: address.clone(), id: Some(id.clone()), fields: Vec::new() };
    cx.recorder.record(vec![Change::Released { address, id }], vec![done]).await
}
