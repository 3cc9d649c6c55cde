//! A stack as it stands on disk: its manifest's files, and what is beside them.

use super::told::Told;
use crate::manifest::Place;
use crate::store::Holder;
use crate::volume::StackName;
use std::path::Path;

/// A line of an ignore file hides a journal, which alone knows what a killed run has bought.
pub fn journal_hidden(number: usize, gitignore: &Path, line: &str, journal: &Path) -> String {
    format!(
        "line {number} of {}, {line:?}, hides {} from Git: after a run that was killed, a commit without it loses what that \
         run did; take the line out",
        gitignore.display(),
        journal.file_name().unwrap_or_default().display()
    )
}

/// Somebody changes the state while it is shown.
pub fn changing(holder: &Holder) -> String {
    format!("the state is being changed by {holder}; what is shown may be old in a moment")
}

/// One of several stacks could not be looked at.
pub fn of_path(path: &Path) -> String {
    format!("{} was not looked at", path.display())
}

/// That what a plan is given is a PATH and no volume.
pub const NOT_VOLUMES: &str =
    "each of these is the PATH of a stack; for some volumes of one, give one PATH and `--target ADDR`";

/// That what `drift` is given is a PATH and no volume: it always tells of all volumes.
pub const NO_VOLUMES: &str =
    "each of these is the PATH of a stack; drift is told of all its volumes, and `--accept` and `--know` take an ADDR";

/// The problems of a manifest were told: this ends the command.
pub fn invalid() -> &'static str {
    "the manifest cannot be used"
}

/// That a command uses the head of a manifest alone, since the rest has problems.
pub fn only_the_head(problems: u64, path: &Path) -> String {
    format!(
        "the manifest has {}, which `evsctl validate {}` shows: only its head is used here",
        super::count(problems, "problem"),
        path.display()
    )
}

/// How to name a state without the manifest.
pub const WITHOUT_MANIFEST: &str =
    "where the manifest cannot be mended now, name the state itself: --state-dir DIR --stack NAME";

/// That there is no state where somebody said that there is one.
pub fn no_such_state(stack: &StackName, dir: &Path) -> Told {
    Told::new(format!("no state of a stack {stack} is in {}", dir.display()))
        .hint("--state-dir is the folder that holds NAME.json, and --stack is NAME")
}

/// That a command needs to know which cloud is meant.
pub fn needs_head() -> Told {
    Told::new("this needs the manifest, which says in which cloud the volumes are")
        .hint("give PATH in place of --state-dir and --stack")
}

/// What stands in the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device.
    Device,
    /// Something that has no name here.
    Other,
}

/// Why a file of a manifest is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRead {
    /// The system does not let it be read.
    Unread,
    /// The system does not let the folder be listed.
    Unlisted,
    /// With it the manifest is larger than that, in MiB.
    TooLarge(u64),
    /// It is a link that leads out of the stack's folder.
    LeadsOut,
    /// It is a link that leads out of the Git work tree that it lies in.
    LeavesWorkTree,
    /// It is no regular file.
    Special(Special),
}

/// Why a base is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBase {
    /// The system does not let it be read.
    Unread,
    /// It is a link to a file that is not called like a YAML file.
    NotYamlFile,
    /// It lies outside the Git work tree of the stack.
    OutsideWorkTree,
    /// It lies outside the folder that holds the stack's, which is in no Git work tree.
    OutsideParent,
    /// It lies in a hidden folder, or is hidden itself.
    Hidden,
    /// It is no regular file.
    NoFile,
    /// With it the manifest is larger than that, in MiB.
    TooLarge(u64),
}

/// A base, which the manifest names at that place, is not read.
pub fn base_not_read(place: &Place, path: &Path, why: NoBase) -> Told {
    let path = path.display();
    let (why, hint) = match why {
        NoBase::Unread => (String::new(), "a base is named by its path relative to the manifest's folder"),
        NoBase::NotYamlFile => {
            (": it is a link to a file that is not called *.yaml or *.yml".to_owned(), "put the file itself there")
        }
        NoBase::OutsideWorkTree => {
            (": it lies outside the Git work tree of the stack".to_owned(), "put it into the repository of the stack")
        }
        NoBase::OutsideParent => (
            ": it lies outside the folder that holds the stack's".to_owned(),
            "put it beside the stack's folder or below that; in a Git work tree it may lie anywhere",
        ),
        NoBase::Hidden => (
            ": it lies in a hidden folder, or is hidden".to_owned(),
            "put it into a folder whose name begins with no dot",
        ),
        NoBase::NoFile => (": it is not a regular file".to_owned(), "name a YAML file"),
        NoBase::TooLarge(mib) => (
            format!(": it makes the manifest larger than {mib} MiB"),
            "a base holds what stacks have in common, no volumes",
        ),
    };
    Told::new(format!("cannot read the base {path}, which {place} names{why}")).hint(hint)
}

/// A file of a manifest is not read.
pub fn not_read(path: &Path, why: NotRead) -> Told {
    let path = path.display();
    let (message, hint) = match why {
        NotRead::Unread => (format!("cannot read {path}"), "PATH is a manifest: a YAML file, or a folder of them"),
        NotRead::Unlisted => (format!("cannot list {path}"), "PATH is a manifest: a YAML file, or a folder of them"),
        NotRead::TooLarge(mib) => (
            format!("{path} makes the manifest larger than {mib} MiB"),
            "split the stack; `count` makes many equal volumes of one entry",
        ),
        NotRead::LeadsOut => (
            format!("{path} is a link that leads out of the stack's folder"),
            "put the file itself there, or remove the link",
        ),
        NotRead::LeavesWorkTree => (
            format!("{path} is a link that leads out of the Git work tree"),
            "name the folder itself that it leads to, or remove the link",
        ),
        NotRead::Special(special) => {
            let special = match special {
                Special::Pipe => "a named pipe",
                Special::Socket => "a socket",
                Special::Device => "a device",
                Special::Other => "something else",
            };
            let message = format!("{path} is {special}, not a regular file");
            let hint = match special {
                "a device" => {
                    "a manifest that asks for nothing says `volumes: {}`; `evsctl destroy PATH` deletes all that one asks for"
                }
                _ => "a manifest is read from regular files, and from `-`, which is standard input",
            };
            (message, hint)
        }
    };
    Told::new(message).hint(hint)
}

/// Addresses stand where PATH is meant: the command with both.
pub fn path_left_out(command: &str, addresses: &str) -> String {
    format!("PATH comes first: where that is an address, `evsctl {command} . {addresses}`")
}

/// A choice of volumes, in the user's own words, means none of a stack; what was probably meant, where anything is near.
pub fn means_none(chosen: &str, stack: &StackName, nearest: Option<&str>) -> Told {
    let hint = match nearest {
        Some(nearest) => format!("the nearest is {nearest}"),
        None => "an address is written key or key[slot]; `*` stands for any text".to_owned(),
    };
    Told::new(format!("{chosen} means no volume of stack {stack}")).hint(hint)
}

/// Nothing in the cloud tells which volumes are a stack's.
pub fn untagged() -> Told {
    Told::new("the manifest turns the ownership tag off, so nothing in the cloud tells which volumes are this stack's")
        .hint(
            "put the recorded state back: from STACK.json.1 beside it, or from Git; `cloud.ownership_tag` names a tag \
             for later volumes",
        )
}
