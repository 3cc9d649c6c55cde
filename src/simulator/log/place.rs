//! Where the data file lies: what may stand there, and how it is opened.

use super::replay::{Found, HEADER};
use crate::simulator::config::Opening;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why.into())
}

/// What stands there, following no link.
fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(of) => Ok(Some(of)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes sure that file and folder are such as may be used, or are not there and may be made.
///
/// # Errors
/// Says what is wrong with which.
pub(super) fn check(path: &Path, opening: Opening) -> io::Result<()> {
    let folder = folder_of(path);
    match opening {
        Opening::AtStart if !folder.is_dir() => {
            return Err(refused(format!("its folder {} is not there; make it first", folder.display())));
        }
        Opening::AtStart => {}
        Opening::AtChange => match look(folder)? {
            Some(of) if of.file_type().is_symlink() => {
                return Err(refused(format!("its folder {} is a symbolic link; remove it", folder.display())));
            }
            Some(of) if !of.is_dir() => {
                return Err(refused(format!("{} is not a folder; remove it", folder.display())));
            }
            _ => {}
        },
    }
    regular(path).map(drop)
}

/// What is known of the file, where there is one.
fn regular(path: &Path) -> io::Result<Option<Metadata>> {
    match look(path)? {
        Some(of) if of.file_type().is_symlink() => {
            Err(refused("it is a symbolic link, and none is followed; name the file itself"))
        }
        Some(of) if !of.is_file() => Err(refused("it is not a regular file")),
        of => Ok(of),
    }
}

/// Opens the file where it is there, and makes sure that it is the one that was looked at.
fn open(path: &Path, options: &OpenOptions) -> io::Result<Option<File>> {
    let Some(seen) = regular(path)? else { return Ok(None) };
    let file = options.open(path)?;
    let opened = file.metadata()?;
    if (opened.dev(), opened.ino()) != (seen.dev(), seen.ino()) {
        return Err(refused("it was replaced while it was being opened"));
    }
    Ok(Some(file))
}

/// Opens the file for reading, where it is there.
///
/// # Errors
/// When it cannot be, or is no regular file.
pub(super) fn read(path: &Path) -> io::Result<Option<File>> {
    open(path, OpenOptions::new().read(true))
}

/// Opens the file for reading and writing, made where it is missing, and locks it.
///
/// # Errors
/// When it cannot be, is no regular file, or another simulator has it.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    let file = match open(path, &options)? {
        Some(file) => file,
        // A new file only: it follows no link that somebody puts there in between.
        None => options.create_new(true).open(path)?,
    };
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("another simulator is writing it"),
        TryLockError::Error(error) => error,
    })?;
    Ok(file)
}

/// Opens and locks a file that was read before, for the first change; makes its folder, but none above it.
///
/// # Errors
/// Those of [`check`] and [`lock`], and when it has changed since it was read.
pub(super) fn open_for_writing(path: &Path, found: Found) -> io::Result<File> {
    check(path, Opening::AtChange)?;
    let folder = folder_of(path);
    if look(folder)?.is_none() {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => check(path, Opening::AtChange)?,
        }
    }
    let mut file = lock(path)?;
    go_on(&mut file, path, found)?;
    Ok(file)
}

/// Goes to the end of what is sound, and cuts off the rest.
///
/// # Errors
/// When it has changed since it was read.
pub(super) fn go_on(file: &mut File, path: &Path, found: Found) -> io::Result<()> {
    if file.metadata()?.len() != found.length {
        return Err(io::Error::other("it has changed since it was read"));
    }
    file.set_len(found.sound)?;
    file.seek(SeekFrom::End(0))?;
    if found.sound == 0 {
        file.write_all(HEADER.as_bytes())?;
        file.sync_all()?;
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}
