//! What makes it possible to delete volumes, or gets rid of them in another way.

use crate::observed::Status;
use crate::plan::{Unwanted, Why};
use crate::words::number::{either, it_is, its, them};

/// Every way out where that many volumes of a key are not deleted.
pub(super) fn lift(why: &Why, unwanted: Option<Unwanted>, key: &str, n: usize) -> String {
    let them = them(n);
    let ways = match why {
        Why::Protected { freed } => protected(*freed, unwanted, key, n),
        Why::Unmarked { tag, value } => unmarked(tag, value, unwanted, n),
        Why::HasSnapshots { .. } => {
            let allow = snapshots(unwanted, key);
            format!("{allow}; or delete the snapshots in the console (a copy that outlasts its volume is a backup)")
        }
        why => elsewhere(why, n),
    };
    match unwanted.is_some_and(Unwanted::is_by_command) {
        // Whatever the manifest asks for, a command takes it away.
        true => ways,
        false if matches!(unwanted, Some(Unwanted::Expired(_))) => {
            format!("{ways}, or give {key} a later day in `expires`, or none")
        }
        false => format!("{ways}, or let the manifest ask for {them} again"),
    }
}

/// What is done about it outside of the manifest.
fn elsewhere(why: &Why, n: usize) -> String {
    let (its, them) = (its(n), them(n));
    match why {
        Why::DeletePrepaid => {
            format!("unsubscribe {them} in the billing console: what is prepaid is never deleted by evsctl")
        }
        Why::DeleteAttached { .. } => {
            format!("detach {them} at {its} servers first, and plan again: evsctl detaches nothing")
        }
        Why::NotDeletable { status: Status::AwaitingTransfer } => {
            "have the transfer accepted or taken back in the console, and plan again".to_owned()
        }
        Why::NotDeletable { status: Status::ErrorDeleting } => {
            "have the service's support delete it: the service allows nothing else in this status (EVS.2020)".to_owned()
        }
        Why::NotDeletable { .. } => format!("plan again once the cloud shows {them} as available"),
        _ => format!("allow the runner to list snapshots (evs:snapshots:get), or delete {them} in the console"),
    }
}

/// How a protection is taken off, which is never done by the run that deletes.
fn protected(freed: bool, unwanted: Option<Unwanted>, key: &str, n: usize) -> String {
    const OFF: &str = "`lifecycle: {prevent_destroy: false}`";
    let them = them(n);
    match unwanted {
        Some(Unwanted::Destroyed | Unwanted::DestroyedKeyGone) if freed => {
            "this plan takes the protection off: give --skip-refused, then run the same command again".to_owned()
        }
        _ if freed => {
            "this plan takes the protection off: `evsctl apply PATH --skip-refused`, then apply again".to_owned()
        }
        Some(Unwanted::Destroyed) => format!("set {OFF} at {key} and apply, then destroy {them} again"),
        Some(Unwanted::DestroyedKeyGone) => {
            format!("put {key} back in the manifest as it was, with {OFF}, and apply; then destroy {them} again")
        }
        Some(Unwanted::Retired | Unwanted::Count(_) | Unwanted::Expired(_)) => {
            format!("set {OFF} at {key} and `evsctl apply PATH --skip-refused`, then apply again")
        }
        Some(Unwanted::KeyGone) | None => {
            format!("put {key} back in the manifest as it was, with {OFF}, and apply; then take it out again")
        }
    }
}

/// How volumes get the tag again that says whose they are.
fn unmarked(tag: &str, value: &str, unwanted: Option<Unwanted>, n: usize) -> String {
    let (its, them, it_is) = (its(n), them(n), it_is(n));
    let whose = either(n, "whose it is", "whose they are");
    let by_apply = match unwanted {
        None | Some(Unwanted::KeyGone | Unwanted::DestroyedKeyGone) => String::new(),
        Some(Unwanted::Destroyed | Unwanted::Retired | Unwanted::Count(_) | Unwanted::Expired(_)) => {
            format!(", or put {its} tag back by an `evsctl apply` of a manifest that asks for {them}")
        }
    };
    format!(
        "look in the console {whose}; where {it_is} this stack's, give {them} the tag {tag} = {value} there and plan again{by_apply}; \
         else delete {them} there"
    )
}

/// Where it is said that snapshots may go along.
fn snapshots(unwanted: Option<Unwanted>, key: &str) -> String {
    const MAY_GO: &str = "{delete_snapshots: true}";
    match unwanted {
        Some(Unwanted::Destroyed | Unwanted::Retired | Unwanted::Count(_) | Unwanted::Expired(_)) => {
            format!("allow it: `lifecycle: {MAY_GO}` at {key} in the manifest")
        }
        Some(Unwanted::DestroyedKeyGone) => format!("allow it: `lifecycle: {MAY_GO}` under `defaults`"),
        Some(Unwanted::KeyGone) | None => format!(
            "allow it: `lifecycle: {MAY_GO}` under `defaults`, or at {key} with the slot in `retire` in place of taking it out of the \
             manifest"
        ),
    }
}
