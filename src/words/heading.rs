//! What stands over and beside the parts of a plan.

use super::number::count;
use jiff::civil::Date;

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
/// Over what was changed from outside and is known to.
pub const KNOWN_DRIFT: &str = "known drift: left as it is";
/// The day that a plan is made for, where that makes a difference.
pub fn as_of(day: Date) -> String {
    format!("as of {day} (UTC)")
}

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

/// At most so many of them, and how many there are beside these.
pub(super) fn first_few<'a>(all: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let more = all.len().saturating_sub(most);
    let named = all.take(most).collect::<Vec<_>>().join(", ");
    if more > 0 { and_more(&named, more) } else { named }
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

/// Over a page about drift.
pub fn drift_page(stack: &str) -> String {
    format!("evsctl drift: {stack}")
}

/// Over a page about the plans of several stacks.
pub fn pages(stacks: usize) -> String {
    format!("evsctl plan: {}", count(stacks as u64, "stack"))
}

/// Over a page about the drift of several stacks.
pub fn drift_pages(stacks: usize) -> String {
    format!("evsctl drift: {}", count(stacks as u64, "stack"))
}

/// What stands on such a page in place of a stack that has no room on it.
pub const NO_ROOM: &str = "no room for it here: ask for this stack alone, or for `--format json`";

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
    /// What was changed from outside and is known to.
    KnownDrift,
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
            Section::KnownDrift => format!("Known drift: left as it is ({entries})"),
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
            Section::KnownDrift => "known field",
            Section::Warnings => "warning",
        };
        count(n, noun)
    }
}

/// Over what is told in short, where there is no room for all of it in full.
pub const IN_SHORT: &str =
    "There is no room for each of these; by key, with the number of volumes, they are (`--format json` shows all):";

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// How many volumes.
    pub volumes: u64,
    /// How large they are together, where that is known.
    pub gb: Option<u64>,
    /// How many snapshots they have.
    pub snapshots: u64,
}

impl Amount {
    /// Of nothing.
    pub const NONE: Amount = Amount { volumes: 0, gb: Some(0), snapshots: 0 };

    /// Both together.
    #[must_use]
    pub fn and(self, other: Amount) -> Amount {
        Amount {
            volumes: self.volumes.saturating_add(other.volumes),
            gb: self.gb.zip(other.gb).map(|(one, other)| one.saturating_add(other)),
            snapshots: self.snapshots.saturating_add(other.snapshots),
        }
    }
}

/// As in `191 volumes, 9550 GB`.
pub fn amount(amount: Amount) -> String {
    let Amount { volumes, gb, snapshots } = amount;
    let gb = gb.map(|gb| format!(", {gb} GB")).unwrap_or_default();
    let snapshots = if snapshots > 0 { format!(", {}", count(snapshots, "snapshot")) } else { String::new() };
    format!("{}{gb}{snapshots}", count(volumes, "volume"))
}

/// How much there is of the keys that a list leaves out.
pub fn more_keys(keys: u64, amount: Amount) -> String {
    format!("… and {}: {}", count(keys, "more key"), self::amount(amount))
}

/// What a page leaves out.
pub fn left_out(what: &[String]) -> String {
    format!("Left out to keep this short: {}. `--format json` shows all.", what.join(", "))
}

/// The same as [`TARGETED`] on a page.
pub const TARGETED_PAGE: &str = "Only a part of the stack: the rest is left out.";
