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
    files: Vec<(tempfile::NamedTempFile, PathBuf, Vec<u8>)>,
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
            let cannot = |error: io::Error| CliError::told(Exit::Error, accept::cannot_write(path)).because_of(error);
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
            files.push((beside, real, now));
        }
        Ok(Rewrite { files })
    }

    /// Puts each file in its place.
    ///
    /// # Errors
    /// Where one cannot be put there; those before it are.
    pub(super) fn carry_out(self) -> Result<(), CliError> {
        let mut done: Vec<PathBuf> = Vec::new();
        for (beside, real, before) in self.files {
            // Somebody may have saved the file while the others were written.
            if std::fs::read(&real).is_ok_and(|now| now != before) {
                let told = CliError::told(Exit::Error, accept::changed(&real));
                return Err(if done.is_empty() { told } else { told.hint(accept::written_before(&done)) });
            }
            let placed = beside.persist(&real).map_err(|error| error.error).and_then(|_| synced(&real));
            if let Err(error) = placed {
                let told = CliError::told(Exit::Error, accept::cannot_write(&real)).because_of(error);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    /// A folder with one file, which says `old`.
    fn folder_with(name: &str) -> (tempfile::TempDir, SourceFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        File::create(&path).unwrap().write_all(b"old").unwrap();
        (folder, SourceFile::own(path.display().to_string(), b"old"))
    }

    fn edited(file: &SourceFile) -> SourceFile {
        SourceFile { bytes: b"new".to_vec(), ..file.clone() }
    }

    fn refused(folder: &Path, file: &SourceFile) -> String {
        let error = Rewrite::prepare(folder, std::slice::from_ref(file), [edited(file)].iter()).err().unwrap();
        error.line()
    }

    #[test]
    fn a_file_is_replaced_whole_with_its_mode_and_nothing_stays_beside_it() {
        let (folder, file) = folder_with("a.yaml");
        std::fs::set_permissions(&file.name, std::fs::Permissions::from_mode(0o604)).unwrap();
        let rewrite = Rewrite::prepare(folder.path(), std::slice::from_ref(&file), [edited(&file)].iter()).unwrap();
        assert_eq!(std::fs::read(&file.name).unwrap(), b"old");
        rewrite.carry_out().unwrap();
        assert_eq!(std::fs::read(&file.name).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&file.name).unwrap().permissions().mode() & 0o777, 0o604);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_was_changed_or_lies_elsewhere_is_left_alone() {
        let (folder, file) = folder_with("a.yaml");
        File::create(&file.name).unwrap().write_all(b"changed").unwrap();
        assert!(refused(folder.path(), &file).contains("was changed while"));
        assert_eq!(std::fs::read(&file.name).unwrap(), b"changed");

        let (elsewhere, outside) = folder_with("b.txt");
        let link = folder.path().join("b.yaml");
        symlink(&outside.name, &link).unwrap();
        let link = SourceFile::own(link.display().to_string(), b"old");
        assert!(refused(folder.path(), &link).contains("a link out of the stack's folder"));
        assert_eq!(std::fs::read(elsewhere.path().join("b.txt")).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
