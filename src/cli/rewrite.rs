//! The files of a manifest written anew: each whole or not at all, with the mode that it has, and only as long as it says what
//! was read.

use super::error::CliError;
use super::exit::Exit;
use crate::manifest::SourceFile;
use crate::words::command::accept;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Files that lie beside those which they are to replace.
pub(super) struct Rewrite {
    files: Vec<(tempfile::NamedTempFile, PathBuf)>,
}

impl Rewrite {
    /// Writes each edited file beside the one that it is to replace. None of them is replaced yet.
    ///
    /// # Errors
    /// Where a file has changed since it was read, lies outside of the stack's folder, or cannot be written.
    pub(super) fn prepare<'f>(
        folder: &Path,
        read: &[SourceFile],
        edited: impl Iterator<Item = &'f SourceFile>,
    ) -> Result<Rewrite, CliError> {
        let mut files = Vec::new();
        for after in edited {
            let path = Path::new(&after.name);
            let cannot = |error: io::Error| CliError::new(Exit::Error, accept::cannot_write(path)).because_of(error);
            // What a link leads to is replaced, and not the link.
            let real = path.canonicalize().map_err(cannot)?;
            if !real.starts_with(folder.canonicalize().map_err(cannot)?) {
                return Err(CliError::told(Exit::Error, accept::leads_out(path)));
            }
            let now = std::fs::read(&real).map_err(cannot)?;
            let before = read.iter().find(|before| before.name == after.name);
            if before.is_none_or(|before| before.bytes != now) {
                return Err(CliError::told(Exit::Error, accept::changed(path)));
            }
            let beside = written(&real, &after.bytes).map_err(cannot)?;
            files.push((beside, real));
        }
        Ok(Rewrite { files })
    }

    /// Puts each file in its place.
    ///
    /// # Errors
    /// Where one cannot be put there; those before it are.
    pub(super) fn carry_out(self) -> Result<(), CliError> {
        let mut done: Vec<PathBuf> = Vec::new();
        for (beside, real) in self.files {
            let placed = beside.persist(&real).map_err(|error| error.error).and_then(|_| synced(&real));
            if let Err(error) = placed {
                let told = CliError::new(Exit::Error, accept::cannot_write(&real)).because_of(error);
                return Err(if done.is_empty() { told } else { told.hint(accept::written_before(&done)) });
            }
            done.push(real);
        }
        Ok(())
    }
}

/// A file beside another one, with its mode.
fn written(real: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut beside = tempfile::NamedTempFile::new_in(folder(real))?;
    beside.write_all(bytes)?;
    beside.as_file().set_permissions(std::fs::metadata(real)?.permissions())?;
    beside.as_file().sync_all()?;
    Ok(beside)
}

/// Makes the name in the folder durable.
fn synced(real: &Path) -> io::Result<()> {
    File::open(folder(real))?.sync_all()
}

/// The folder of a path without links, which has one.
fn folder(real: &Path) -> &Path {
    real.parent().unwrap_or(Path::new("/"))
}
