//! Files that a flag names: written whole, or not at all.

use super::error::CliError;
use super::exit::Exit;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file that is going to be written, for its owner alone. It is begun beside its place, so that what keeps it from
/// being written shows before the work that it is to report.
pub(super) struct Saving {
    beside: tempfile::NamedTempFile,
    path: PathBuf,
    what: &'static str,
}

impl Saving {
    /// Begins it; `what` is named in errors.
    ///
    /// # Errors
    /// Where no file can be made there.
    pub(super) fn begin(path: &Path, what: &'static str) -> Result<Saving, CliError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = tempfile::NamedTempFile::new_in(folder).map_err(|error| wrong(path, what, &error))?;
        Ok(Saving { beside, path: path.to_owned(), what })
    }

    /// Fills it and gives it its name.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn end(self, text: &str) -> Result<(), CliError> {
        let Saving { mut beside, path, what } = self;
        let written = || {
            beside.write_all(text.as_bytes())?;
            beside.as_file().sync_all()?;
            beside.persist(&path).map_err(|error| error.error).map(drop)
        };
        written().map_err(|error| wrong(&path, what, &error))
    }
}

fn wrong(path: &Path, what: &str, error: &std::io::Error) -> CliError {
    CliError::new(Exit::Error, format!("cannot write {what} to {}", path.display())).because_of(Some(error))
}
