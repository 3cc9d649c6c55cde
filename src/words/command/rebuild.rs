//! What `state rebuild` says.

use crate::plan::Unclear;
use crate::volume::{Lineage, StackName};
use crate::words::number::{count, either, them};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The heads of the list of what was left.
pub const HEADS: [&str; 7] = ["ID", "TYPE", "SIZE", "ZONE", "STATUS", "NAME", "WHY"];

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Nothing: no volume carries the tag.
    NoVolume,
    /// So many volumes.
    Restored {
        /// How many.
        volumes: u64,
        /// Whose.
        lineage: &'a Lineage,
        /// The serial of the state that is recorded now.
        serial: u64,
    },
    /// Nothing: all are recorded.
    NothingMissing,
    /// Nothing: of none it is certain what it is.
    NothingCertain,
}

/// What was restored of a stack.
pub fn outcome(outcome: &Outcome<'_>, stack: &StackName) -> String {
    match outcome {
        Outcome::NoVolume => format!("no volume of the project carries the tag of stack {stack}: nothing to restore"),
        Outcome::Restored { volumes, lineage, serial } => format!(
            "restored {} of stack {stack} from tags and names: lineage {lineage}, serial {serial}",
            count(*volumes, "volume")
        ),
        Outcome::NothingMissing => format!("nothing of stack {stack} is missing in its state"),
        Outcome::NothingCertain => format!("nothing of stack {stack} could be restored without a doubt"),
    }
}

/// That nothing is there under the stack's own name, and that another stack's volumes are what it asks for.
pub fn of_another_stack(stack: &StackName, from: &StackName, volumes: u64) -> String {
    let have = if volumes == 1 { "has the name" } else { "have the names" };
    format!(
        "no volume of the project carries the tag of stack {stack}, but {} of stack {from} {have} that it asks for; nothing was \
         restored",
        count(volumes, "volume")
    )
}

/// How they are taken, where that is the stack before it was renamed.
pub fn take_lineage(path: &Path, lineage: &Lineage) -> String {
    format!("where this stack was renamed: `evsctl state rebuild {} --lineage {lineage}`", path.display())
}

/// That some were left.
pub fn left(volumes: u64) -> String {
    let they_are = if volumes == 1 { "it is" } else { "they are" };
    format!("left, since it is not certain what {they_are}: {}", count(volumes, "volume"))
}

/// What was sent.
pub fn requests(calls: &BTreeMap<String, u64>) -> String {
    let reads: Vec<String> = calls.iter().map(|(call, n)| format!("{n} {call}")).collect();
    format!("requests: {}; the cloud was only read", reads.join(", "))
}

/// What to do about what was left.
pub fn name_what_was_left(path: &Path) -> String {
    format!(
        "in the console, give each volume that was left the name that it shall have and no other has, or take its tag off \
         what does not belong to this stack; then run again: evsctl state rebuild {}",
        path.display()
    )
}

/// How to rebuild without files that cannot be read.
pub fn without_files(files: &[PathBuf], path: &Path) -> String {
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let them = them(files.len());
    format!(
        "to rebuild without {them}, move {} away first and keep {them}, since calls that were under way are in no tag; once \
         they are surely over: evsctl state rebuild {}",
        files.join(" and "),
        path.display()
    )
}

/// What to do where it is not clear whose volumes to take.
pub fn way_out(unclear: &Unclear, path: &Path) -> String {
    let path = path.display();
    match unclear {
        Unclear::Lineages { found, .. } => {
            let others = either(found.len().saturating_sub(1), "other", "others");
            format!(
                "look which state is the right one, then restore that: evsctl state rebuild {path} --lineage LINEAGE; the \
                 volumes of the {others} stay as they are"
            )
        }
        Unclear::NoSuch { .. } => format!("`evsctl orphans {path}` lists what there is"),
        Unclear::Recorded { .. } => {
            "leave --lineage out to add to what is recorded, or move the state's files away first".to_owned()
        }
    }
}

/// That another stack's state, beside this one's, is the one that would be restored.
pub fn recorded_beside(stack: &StackName, other: &StackName) -> String {
    format!("the state of {stack} is not lost: stack {other} goes on with it, whose state lies beside")
}

/// What to do about that.
pub fn rename_it(other: &StackName, path: &Path) -> String {
    format!("where {other} shall have this name again, `evsctl state rename-stack {} {other}`", path.display())
}
