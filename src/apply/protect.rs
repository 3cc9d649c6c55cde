//! Whether the volume of an address may be deleted: a change of the record alone.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use crate::plan::{Protection, Verb};
use crate::state::Change;

/// Records that nothing deletes the volume of that address from now on.
pub(super) async fn protect(cx: &Context, protection: Protection) -> Result<(), Halted> {
    let change = Change::Protected { address: protection.address.clone() };
    note(cx, Verb::Protect, change, protection).await
}

/// Records that it may be deleted again.
pub(super) async fn unprotect(cx: &Context, protection: Protection) -> Result<(), Halted> {
    let change = Change::Unprotected { address: protection.address.clone() };
    note(cx, Verb::Unprotect, change, protection).await
}

async fn note(cx: &Context, verb: Verb, change: Change, protection: Protection) -> Result<(), Halted> {
    let Protection { address, id } = protection;
    // One that is still to be made counts as created.
    if let Some(id) = &id {
        cx.tally.changed(id);
    }
    let done = Event::Done { verb, address, id, fields: Vec::new() };
    // The cloud shows nothing of it: what is not recorded did not happen.
    cx.recorder.record(vec![change], vec![done]).await
}
