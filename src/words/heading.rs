//! What stands over and beside the parts of a plan.

use super::number::count;

/// Before the name of a stack.
pub const STACK: &str = "stack ";
/// Before the place of a stack.
pub const IN: &str = "in ";
/// Before what is worth a look.
pub const WARNING: &str = "warning: ";
/// Before what is not done.
pub const REFUSED: &str = "refused: ";
/// Before what would lift a refusal.
pub const LIFT: &str = "to lift it: ";
/// Over what was changed from outside.
pub const DRIFT: &str = "drift: changed from outside";
/// That the plan is of a part of the stack.
pub const TARGETED: &str = "only a part of the stack: the rest is left out";
/// What stands for a text that is empty.
pub const EMPTY: &str = "(empty)";

/// Where the stack is.
pub fn place(project: &str, endpoint: &str) -> String {
    format!("project {project} at {endpoint}")
}

/// Where a person finds those that a list leaves out.
pub fn more_in_json(more: usize) -> String {
    format!("… and {more} more; --format json shows all")
}

/// Those that a list leaves out.
pub fn more(more: u64) -> String {
    format!("… and {more} more")
}

/// The first few of some subjects, and how many there are beside them.
pub fn and_more(first: &str, more: usize) -> String {
    format!("{first} and {more} more")
}

/// How many volumes a refusal is about, behind what would have to be done; nothing for one.
pub fn of_several(volumes: u64) -> String {
    if volumes > 1 { format!(" ({})", count(volumes, "volume")) } else { String::new() }
}

/// The requests that a plan takes.
pub fn calls(calls: &str) -> String {
    format!("calls: {calls}")
}

/// The digest of what is approved.
pub fn changes(digest: &str) -> String {
    format!("changes {digest}")
}

/// Over a page about a plan.
pub fn page(stack: &str) -> String {
    format!("evsctl plan: {stack}")
}

/// A section of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What may cost data.
    Destructive,
    /// What is not done, about so many volumes; none where the stack is refused as a whole.
    Refusals(u64),
    /// What is done.
    Changes,
    /// What was changed from outside.
    Drift,
    /// What is worth a look.
    Warnings,
}

impl Section {
    /// Its title, with so many entries in it.
    pub fn title(self, entries: usize) -> String {
        match self {
            Section::Destructive => format!("Take a close look ({entries})"),
            Section::Refusals(0) => "Refused (the stack as a whole)".to_owned(),
            Section::Refusals(volumes) => format!("Refused ({volumes})"),
            Section::Changes => format!("Changes ({entries})"),
            Section::Drift => format!("Drift: changed from outside ({entries})"),
            Section::Warnings => format!("Warnings ({entries})"),
        }
    }

    /// So many of its entries.
    pub fn entries(self, n: u64) -> String {
        let noun = match self {
            Section::Destructive => "item",
            Section::Refusals(_) => "refusal",
            Section::Changes => "change",
            Section::Drift => "drifted field",
            Section::Warnings => "warning",
        };
        count(n, noun)
    }
}

/// What a page leaves out.
pub fn left_out(what: &[String]) -> String {
    format!("Left out to keep this short: {}. `--format json` shows all.", what.join(", "))
}

/// The same as [`TARGETED`] on a page.
pub const TARGETED_PAGE: &str = "Only a part of the stack: the rest is left out.";
