//! Files that a flag names: written whole, or not at all, and never in the place of something else.
//!
//! A plain file is replaced by a whole one. What is behind a link, a pipe and a device are written to: whoever made
//! those wants just that, and a device that was replaced by a file would be missed by everybody else. What the stack
//! itself rests on is refused.

mod guarded;

use super::error::CliError;
use super::exit::Exit;
use super::stack::folder_of;
use crate::words::files::{self as words, NotAFile, Output, guarded, not_a_file, not_written};
use guarded::Guarded;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A file that is going to be written, for its owner alone. It is begun before the work that it is to report, so that
/// what keeps it from being written shows by then.
pub(super) struct Saving {
    to: To,
    path: PathBuf,
    what: Output,
}

/// How it is written.
enum To {
    /// Beside its place, and then renamed.
    Beside(tempfile::NamedTempFile),
    /// To what is there.
    There(File),
}

/// What stands at a path.
enum Found {
    Nothing,
    File,
    /// A link to a file, or to nothing yet.
    Link,
    /// A pipe or a device, through a link or not.
    Stream,
}

/// Makes sure that a file may be written for the stack at PATH; `what` is named in errors. Nothing is touched.
///
/// # Errors
/// Where it is one that the stack rests on, a plan that is being carried out, or nothing that can be written.
pub(super) fn check(path: &Path, what: Output, stack: &Path) -> Result<(), CliError> {
    let refused = |why| Err(CliError::told(Exit::Error, guarded(what, path, why)));
    match found(path).map_err(|error| wrong(path, what, error))? {
        Found::Stream => Ok(()),
        Found::Nothing | Found::File | Found::Link => {
            // One without a folder shows when it is begun.
            let Some(real) = resolved(path) else { return Ok(()) };
            if let Some(why) = Guarded::of(stack).why(&real) {
                return refused(why);
            }
            match super::plan_file::is_carried_out(&real) {
                true => refused(words::Guarded::PlanInUse),
                false => Ok(()),
            }
        }
    }
}

impl Saving {
    /// Begins it, for the stack at PATH; `what` is named in errors.
    ///
    /// # Errors
    /// As [`check`], and where no file can be made there.
    pub(super) fn begin(path: &Path, what: Output, stack: &Path) -> Result<Saving, CliError> {
        check(path, what, stack)?;
        let begun = || match found(path)? {
            Found::Nothing | Found::File => tempfile::NamedTempFile::new_in(folder_of(path)).map(To::Beside),
            Found::Link => {
                let mut options = OpenOptions::new();
                options.write(true).create(true).truncate(false).mode(0o600).open(path).map(To::There)
            }
            // Waits for the reader of a pipe, as a shell does.
            Found::Stream => OpenOptions::new().write(true).open(path).map(To::There),
        };
        let to = begun().map_err(|error| wrong(path, what, error))?;
        Ok(Saving { to, path: path.to_owned(), what })
    }

    /// Fills it; one that was begun beside its place gets its name.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn end(self, text: &str) -> Result<(), CliError> {
        let Saving { to, path, what } = self;
        let written = || match to {
            To::Beside(mut beside) => {
                beside.write_all(text.as_bytes())?;
                beside.as_file().sync_all()?;
                beside.persist(&path).map_err(|error| error.error).map(drop)
            }
            To::There(mut file) => {
                let is_file = file.metadata()?.is_file();
                if is_file {
                    file.set_len(0)?;
                }
                file.write_all(text.as_bytes())?;
                // A pipe and a device keep nothing.
                if is_file { file.sync_all() } else { Ok(()) }
            }
        };
        written().map_err(|error| wrong(&path, what, error))
    }
}

fn found(path: &Path) -> io::Result<Found> {
    let is_link = path.is_symlink();
    match std::fs::metadata(path) {
        Ok(of) if of.is_dir() => Err(io::Error::other(not_a_file(NotAFile::Folder))),
        Ok(of) if of.file_type().is_block_device() => Err(io::Error::other(not_a_file(NotAFile::Disk))),
        Ok(of) if of.file_type().is_socket() => Err(io::Error::other(not_a_file(NotAFile::Socket))),
        Ok(of) if !of.is_file() => Ok(Found::Stream),
        Ok(_) => Ok(if is_link { Found::Link } else { Found::File }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(if is_link { Found::Link } else { Found::Nothing }),
        Err(error) => Err(error),
    }
}

/// The most links that are followed, as the system does.
const LINKS: usize = 40;

/// The path without any links, also where nothing stands there yet.
fn resolved(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(to) = std::fs::read_link(&path) else { break };
        path = folder_of(&path).join(to);
    }
    Some(folder_of(&path).canonicalize().ok()?.join(path.file_name()?))
}

fn wrong(path: &Path, what: Output, error: io::Error) -> CliError {
    CliError::new(Exit::Error, not_written(what, path)).because_of(error)
}
