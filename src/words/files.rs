//! Files that a flag names.

use super::told::Told;
use std::path::Path;

/// What is written to a file that a flag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// A plan.
    Plan,
    /// A report.
    Report,
    /// Entries of a manifest.
    Entries,
    /// Blocks for Terraform's configuration.
    RemovedBlocks,
}

fn output(what: Output) -> &'static str {
    match what {
        Output::Plan => "the plan",
        Output::Report => "the report",
        Output::Entries => "the entries",
        Output::RemovedBlocks => "the `removed` blocks",
    }
}

/// It cannot be written there; the cause follows.
pub fn not_written(what: Output, path: &Path) -> String {
    format!("cannot write {} to {}", output(what), path.display())
}

/// Why nothing is written over a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// It is the manifest.
    Manifest,
    /// The manifest would be read with it.
    PartOfManifest,
    /// It is a file of recorded state.
    State,
    /// It is a plan that an apply is carrying out.
    PlanInUse,
}

/// Nothing is written over that file.
pub fn guarded(what: Output, path: &Path, why: Guarded) -> Told {
    let why = match why {
        Guarded::Manifest => "it is the manifest",
        Guarded::PartOfManifest => "it would be read as a part of the manifest",
        Guarded::State => "it is a file of recorded state",
        Guarded::PlanInUse => "an apply is carrying it out",
    };
    Told::new(format!("{}: {why}", not_written(what, path))).hint("name another file")
}

/// What is no file to be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAFile {
    /// A folder.
    Folder,
    /// A disk.
    Disk,
    /// A socket.
    Socket,
    /// A device, which is not read.
    Device,
    /// It is larger than any plan, in MiB.
    TooLarge(u64),
}

/// What it is instead.
pub fn not_a_file(what: NotAFile) -> String {
    let text = match what {
        NotAFile::Folder => "it is a folder",
        NotAFile::Disk => "it is a disk",
        NotAFile::Socket => "it is a socket",
        NotAFile::Device => "it is a device, not a file",
        NotAFile::TooLarge(mib) => return format!("it is larger than {mib} MiB, which no plan is"),
    };
    text.to_owned()
}

/// A plan's file cannot be read; the cause follows.
pub fn plan_not_read(path: &Path) -> String {
    format!("cannot read the plan {}", path.display())
}

/// A file holds no plan that could be carried out; the cause follows.
pub fn no_plan(path: &Path) -> Told {
    Told::new(format!("the plan {} cannot be carried out", path.display())).hint("make it anew: evsctl plan --out FILE")
}
