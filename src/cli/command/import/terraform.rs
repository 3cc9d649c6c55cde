//! A Terraform state as a file: read with a bound.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::import::terraform::{self, Volumes};
use crate::words::command::import as words;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The most bytes of a state that are read: far more than one of ten thousand resources has.
const MOST: u64 = 256 << 20;

/// Reads the volumes of a state from a file or a pipe; `-` is standard input.
///
/// # Errors
/// Where it cannot be read, or is none.
pub(super) fn read(path: &Path) -> Result<Volumes, CliError> {
    let wrong = |error| CliError::new(Exit::Error, words::state_not_read(path)).because_of(error);
    let bytes = bytes(path).map_err(wrong)?;
    terraform::read(&bytes).map_err(|why| CliError::told(Exit::Error, words::no_state(path, &why)))
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match path.to_str() {
        Some("-") => io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes)?,
        _ => File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > MOST { Err(io::Error::other(words::state_too_large(MOST >> 20))) } else { Ok(bytes) }
}
