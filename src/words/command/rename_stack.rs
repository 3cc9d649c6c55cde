//! What `state rename-stack` says.

use crate::volume::{Address, CallId, StackName};
use crate::words::count;
use std::path::Path;

/// That the manifest has that name still.
pub fn same(stack: &StackName) -> String {
    format!("the manifest's stack is {stack} itself")
}

/// What to do first.
pub const SAME_HINT: &str = "write the new name into `stack` first; OLD is the one that it had before";

/// That there is no state of that name.
pub fn no_state(old: &StackName, dir: &Path) -> String {
    format!("no state of a stack {old} is in {}", dir.display())
}

/// Where it has to be.
pub const NO_STATE_HINT: &str = "where it was renamed already, nothing is left to do; else put its files (OLD.json, and OLD.journal if there is one) \
     there, or correct `state` in the manifest";

/// Why it is not renamed yet.
pub fn open(old: &StackName, calls: &[&CallId]) -> String {
    let ids: Vec<&str> = calls.iter().map(|call| call.as_str()).collect();
    let are = if ids.len() == 1 { "is" } else { "are" };
    format!("stack {old} is not renamed: {} {are} not over: {}", count(ids.len() as u64, "call"), ids.join(", "))
}

/// What comes first.
pub fn open_hint(old: &StackName) -> String {
    format!(
        "write `stack: {old}` once more and apply, which goes on with them; or, under that name, give them up: \
         `evsctl state rm PATH --call CALL`"
    )
}

/// That both names have a state of the same origin, and the former one holds what the new one does not.
pub fn two(old: &StackName, new: &StackName, lacking: &[Address]) -> String {
    let named: Vec<String> = lacking.iter().take(5).map(ToString::to_string).collect();
    let holds = match (named.as_slice(), lacking.len() > named.len()) {
        ([], _) => "knows calls that it does not".to_owned(),
        (named, true) => format!("holds what it does not: {}, ...", named.join(", ")),
        (named, false) => format!("holds what it does not: {}", named.join(", ")),
    };
    format!("stack {new} goes on from the state of {old} already, and {old} {holds}; both have been applied since")
}

/// What to do about that.
pub fn two_hint(old: &StackName, snapshot: &Path) -> String {
    format!(
        "where {} is right, move the files of {old} away, and `evsctl state rebuild PATH` records what is missing; else move that \
         one away, and run this again",
        snapshot.display()
    )
}

/// That the new name has a state of its own.
pub fn taken(new: &StackName) -> String {
    format!("stack {new} has volumes of its own, and takes over no other state")
}

/// What to do about that.
pub fn taken_hint(new: &StackName) -> String {
    format!("give the renamed stack another name than {new}")
}

/// That either name has an embedded cloud of its own.
pub fn two_clouds(from: &Path, to: &Path) -> String {
    format!("there is an embedded cloud under either name: {} and {}", from.display(), to.display())
}

/// What to do about that.
pub const TWO_CLOUDS_HINT: &str = "move the one away that is not the stack's, and run this again";

/// That the embedded cloud could not be moved to its new name.
pub fn not_moved(from: &Path, to: &Path, error: &std::io::Error) -> String {
    format!("{} could not be renamed to {}: {error}; run this again", from.display(), to.display())
}

/// That it is renamed, and what Git has to hear of it.
pub fn renamed(old: &StackName, new: &StackName, volumes: u64, snapshot: &Path) -> String {
    format!(
        "stack {old} is {new} now, with {}: its state is {}, and that of {old} is gone; the tags of its volumes stay valid",
        count(volumes, "volume"),
        snapshot.display()
    )
}
