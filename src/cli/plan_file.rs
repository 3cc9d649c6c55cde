//! A plan as a file: read with a bound, and held while it is carried out.

use super::error::CliError;
use super::exit::Exit;
use crate::document;
use crate::plan::Plan;
use crate::words::files::{self as words, NotAFile, not_a_file};
use std::fs::{File, TryLockError};
use std::io::{self, Read as _};
use std::ops::Deref;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::time::Duration;

/// The most bytes of a plan that are read: it is far more than one of a hundred thousand volumes has.
const MOST: u64 = 256 << 20;
/// How often, and how long each time, somebody is waited for who is writing the file.
const TRIES: usize = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// A plan, and its file for as long as this lives: nobody's `--out` writes over it.
pub(super) struct PlanFile {
    plan: Plan,
    _held: File,
}

impl Deref for PlanFile {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

/// Reads a plan from a file or a pipe.
///
/// # Errors
/// Where it cannot be read, or is none.
pub(super) fn read(path: &Path) -> Result<PlanFile, CliError> {
    let (bytes, held) =
        bytes(path).map_err(|error| CliError::new(Exit::Error, words::plan_not_read(path)).because_of(error))?;
    let plan = document::from_json(&bytes)
        .map_err(|error| CliError::told(Exit::Refused, words::no_plan(path)).because_of(error))?;
    Ok(PlanFile { plan, _held: held })
}

fn bytes(path: &Path) -> io::Result<(Vec<u8>, File)> {
    // Looked at first: some devices do something when they are opened.
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        return Err(io::Error::other(not_a_file(NotAFile::Device)));
    }
    let file = File::open(path)?;
    for _ in 0..TRIES {
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            // Not every file system has locks: then the file is read without.
            Ok(()) | Err(TryLockError::Error(_)) => break,
        }
    }
    let too_large = || io::Error::other(not_a_file(NotAFile::TooLarge(MOST >> 20)));
    if file.metadata()?.len() > MOST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // A pipe tells no length, and a file may grow meanwhile; one byte more tells that.
    (&file).take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST { Err(too_large()) } else { Ok((bytes, file)) }
}

/// Whether an apply holds that file as its plan.
pub(super) fn is_carried_out(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}
