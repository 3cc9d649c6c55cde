//! New tags for one volume.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use crate::evs::Error;
use crate::evs::wire::TagsAction;
use crate::plan::{Mark, Retag, Verb};
use crate::state::Change;
use crate::volume::Field;

/// Sets and takes off what the plan says. What was done of it when it fails shows in the next plan, which does the rest.
pub(super) async fn retag(cx: &Context, retag: Retag) -> Result<(), Halted> {
    if let Err(error) = edit(cx, &retag).await {
        cx.step_failed(Verb::Retag, &retag.address, Some(&retag.id), &error);
        return Ok(());
    }
    // The mark of what was taken over is a part of that.
    if retag.after.is_some() || !cx.tally.is_imported(&retag.id) {
        cx.tally.changed(&retag.id);
    }
    let Retag { address, id, after, .. } = retag;
    let done = Event::Done { verb: Verb::Retag, address: address.clone(), id: Some(id), fields: vec![Field::Tags] };
    // A mark that is put back is nothing that is agreed on.
    let changed = after.map(|tags| Change::Retagged { address, tags });
    cx.recorder.note(changed.into_iter().collect(), vec![done])
}

/// Each edit is harmless to repeat, and its order never leaves the volume with more than ten tags.
async fn edit(cx: &Context, retag: &Retag) -> Result<(), Error> {
    let mut set = retag.set.clone();
    if let Some(Mark { key, call }) = &retag.mark {
        set.insert(key.clone(), cx.owner(call).value());
    }
    let set = (!set.is_empty()).then(|| TagsAction::set(&set));
    let remove = (!retag.remove.is_empty()).then(|| TagsAction::remove(&retag.remove));
    let edits = if retag.remove_first { [remove, set] } else { [set, remove] };
    for edit in edits.into_iter().flatten() {
        cx.client.edit_tags(&retag.id, &edit).await?;
    }
    Ok(())
}
