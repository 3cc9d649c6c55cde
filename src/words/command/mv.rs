//! What `state mv` says.

use super::state::over_first;
use crate::plan::{Move, Why};
use crate::volume::{Address, KeyOrAddress};

/// That a key and one slot are two kinds of things.
pub const MIXED: &str = "a key moves to a key, and one slot to one slot";

/// How both are written.
pub const MIXED_HINT: &str = "as in `evsctl state mv PATH old new`, or `evsctl state mv PATH 'old[3]' 'new[1]'`";

/// Why a volume keeps its address.
pub fn not_moved(from: &Address, reason: &str) -> String {
    format!("{from} does not move: {reason}")
}

/// What can be done about that.
pub fn way_to_move(why: &Why) -> String {
    match why {
        Why::MoveSplits { call, .. } => over_first(call),
        Why::MoveTaken { to } => format!("where {to} shall be given up, `evsctl state rm PATH '{to}'` does that first"),
        _ => String::new(),
    }
}

/// That a volume has another address.
pub fn moved(step: &Move) -> String {
    let Move { address, from, id } = step;
    match id {
        Some(id) => format!("moved {from} to {address} ({id})"),
        None => format!("moved {from} to {address}, which is still being made"),
    }
}

/// That where late volumes belong has another address.
pub fn moved_late(from: &KeyOrAddress, to: &KeyOrAddress, addresses: u64) -> String {
    format!(
        "what calls for {from} that are over may still have made belongs to {to} from now on ({})",
        crate::words::count(addresses, "slot")
    )
}

/// That the manifest says otherwise; `from` is whether it asks for the former address.
pub fn moved_against_manifest(step: &Move, from: bool) -> String {
    let Move { address, from: before, .. } = step;
    match from {
        true => {
            format!("the manifest still asks for {before}: take it out, or the next plan wants another volume there")
        }
        false => {
            format!("the manifest does not ask for {address}: the next plan deletes the volume, unless it is added")
        }
    }
}
