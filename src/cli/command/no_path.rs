//! A slip of the hand: PATH is left out, and an address stands in its place.

use crate::cli::error::CliError;
use crate::cli::shell::quoted;
use crate::plan::Pattern;
use crate::words::stack::path_left_out;
use std::path::Path;

/// The error of that command, with the command that was probably meant where there is no such file and its name reads as an
/// address.
pub(super) fn hinted(error: CliError, command: &str, path: &Path, addresses: &[Pattern]) -> CliError {
    let is_there = path.symlink_metadata().is_ok();
    let first = path.to_str().filter(|word| !is_there && word.parse::<Pattern>().is_ok());
    let Some(first) = first else { return error };
    let rest = addresses.iter().map(|address| quoted(&address.to_string()));
    let words: Vec<String> = std::iter::once(quoted(first)).chain(rest).collect();
    error.hint(path_left_out(command, &words.join(" ")))
}
