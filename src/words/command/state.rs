//! What `state list` and `state show` say, and what the commands below `state` say alike.

use crate::operation::{Leftover, Taint};
use crate::volume::{CallId, StackName};
use crate::words::count;
use crate::words::failure::coded;
use std::path::Path;

/// The heads of the list.
pub const HEADS: [&str; 7] = ["ADDRESS", "ID", "TYPE", "SIZE", "ZONE", "STATUS", "NAME"];

/// That there is nothing to show.
pub const NONE: &str = "no volumes are recorded";

/// That calls may still make volumes which the list does not have.
pub fn open_calls(calls: u64) -> String {
    let (verb, them) = if calls == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {verb} not over yet; the next apply resumes {them}", count(calls, "call"))
}

/// That nothing was ever recorded there: another folder may be meant.
pub fn no_state(stack: &StackName, snapshot: &Path) -> String {
    format!("there is no recorded state of stack {stack}: {} does not exist", snapshot.display())
}

/// A line about a recorded volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// How it is doing.
    Status,
    /// Its size.
    Size,
    /// Its type.
    Type,
    /// Its zone.
    Zone,
    /// Whether nothing deletes it.
    Protected,
    /// The call that made it.
    MadeBy,
    /// What manifest and cloud last agreed on.
    AgreedOn,
}

/// The label of a line.
pub fn label(row: Row) -> &'static str {
    match row {
        Row::Id => "id",
        Row::Name => "name",
        Row::Description => "description",
        Row::Status => "status",
        Row::Size => "size",
        Row::Type => "type",
        Row::Zone => "zone",
        Row::Protected => "protected",
        Row::MadeBy => "made by",
        Row::AgreedOn => "agreed on",
    }
}

/// That a volume is protected.
pub const PROTECTED: &str = "yes";

/// The call that made a volume.
pub fn made_by(call: &CallId) -> String {
    format!("call {call}")
}

/// Why it does not count as what was asked for.
pub fn tainted(taint: &Taint) -> String {
    match taint {
        Taint::Failed(Leftover { code, reason, .. }) => format!("failed: {}", coded(code, reason)),
        Taint::Unlike(unlike) => format!("not as asked: {}", super::super::evidence::misfits(&unlike.unlike)),
        Taint::Unseen(_) => "named by its job, and not seen yet".to_owned(),
    }
}

/// That none of the volumes that were asked for is recorded.
pub const NONE_OF_THESE: &str = "none of these volumes is recorded";

/// How to find those that are.
pub const WHICH_ARE: &str = "`evsctl state list` shows which are; an address is written key[slot]";

/// That there is no state.
pub const NO_STATE: &str = "nothing is recorded of this stack";

/// That nothing is recorded there.
pub fn nothing_there(what: &impl std::fmt::Display) -> String {
    format!("nothing is recorded of {what}")
}

/// What comes first.
pub fn over_first(call: &CallId) -> String {
    format!("apply first, which goes on with call {call}")
}
