//! Whether the process may open as many files as its work needs. Libraries below panic where they may not, so it is
//! found out before they are used.

use super::error::CliError;
use super::exit::Exit;
use crate::words;
use std::fs::File;
use std::io;

/// What a run has open at once at the least: the runtime and its signals, the files of the state, a connection or two,
/// and both ends of each where the embedded cloud is in the process.
const NEEDED: usize = 32;

/// Makes sure that there is room for what a run opens.
///
/// # Errors
/// Where there is not: nothing was done by then.
pub(super) fn enough() -> Result<(), CliError> {
    // The limit alone would not tell: whoever started this process may have left it files that are open.
    let opened: io::Result<Vec<File>> = (0..NEEDED).map(|_| File::open("/dev/null")).collect();
    opened.map(drop).map_err(|error| CliError::told(Exit::Error, words::process::no_descriptors()).because_of(error))
}
