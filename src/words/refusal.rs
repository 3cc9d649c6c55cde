//! What is not done: what that is about, what would have to be done, why it is not, and every way out.

mod deletable;
mod lift;
mod reason;
mod unmet;

pub use lift::lift;
pub use reason::{reason, shown};
pub use unmet::unchecked;

use crate::plan::{About, Wanted, Why};
use crate::volume::StackName;

/// What it is about.
pub fn subject(about: &About, stack: &StackName) -> String {
    match about {
        About::Stack { .. } => format!("stack {stack}"),
        About::Slots { key, slots } => format!("{key}[{slots}]"),
        About::Address(address) => address.to_string(),
    }
}

/// What would have to be done.
pub fn wish(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Adopt => "adopt",
        Wanted::Import => "import",
        Wanted::Attach => "attach",
        Wanted::Rebill => "change the billing",
        Wanted::Clean => "clean",
        Wanted::Create => "create",
        Wanted::Delete => "delete",
        Wanted::Extend => "extend",
        Wanted::Move => "move",
        Wanted::MoveAddress => "change the address",
        Wanted::Release => "release",
        Wanted::Qos => "qos",
        Wanted::Rename => "rename",
        Wanted::Repair => "repair",
        Wanted::Replace => "replace",
        Wanted::Retag => "retag",
        Wanted::Retype => "retype",
        Wanted::Shrink => "shrink",
        Wanted::Surplus => "surplus",
    }
}

/// Whether the words name the key, so that only refusals of one key have them in common.
pub fn names_key(why: &Why) -> bool {
    matches!(
        why,
        Why::Field { .. }
            | Why::Protected { .. }
            | Why::HasSnapshots { .. }
            | Why::LooksRenamed { .. }
            | Why::MoveTaken { .. }
            | Why::NameTooLong
    )
}
