//! Files that are whole or not there, and on the disk before anybody is told so.

use super::attempt::{Attempt, Safe};
use super::error::{At, StoreError};
use crate::boundary::Boundaries;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Which file it is, and which version of it as far as the system tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) device: u64,
    pub(super) inode: u64,
    changed: (i64, i64),
    size: u64,
}

impl From<&fs::Metadata> for Stamp {
    fn from(of: &fs::Metadata) -> Stamp {
        Stamp { device: of.dev(), inode: of.ino(), changed: (of.mtime(), of.mtime_nsec()), size: of.size() }
    }
}

impl Stamp {
    /// Whether both are one inode, whatever was written to it in between.
    pub(super) fn is_same_file(self, other: Stamp) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

fn missing_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The stamp of what stands at the path, be it a link.
pub(super) fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    Ok(missing_is_none(fs::symlink_metadata(path))?.as_ref().map(Stamp::from))
}

/// How often a file is looked at and opened again where a writer replaces it in between.
const OPENINGS: usize = 20;
/// What is reserved before a byte was read: a file's size is only what it claims.
const RESERVED: u64 = 16 << 20;

/// The whole file, which must be a regular one and have `most` bytes at the most. What stands in the directory
/// may be anybody's: a link could show what only this process may read, a pipe would never end.
pub(super) fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(file) = open(path)? else { return Ok(None) };
    let too_large = || StoreError::TooLarge { path: path.to_owned(), most };
    let size = file.metadata().at(Attempt::LookAt, path, Safe::Untouched)?.len();
    if size > most {
        return Err(too_large());
    }
    let mut text = Vec::with_capacity(usize::try_from(size.min(RESERVED)).unwrap_or(0).saturating_add(1));
    // It may grow meanwhile; one byte more tells that.
    file.take(most.saturating_add(1)).read_to_end(&mut text).at(Attempt::Read, path, Safe::Untouched)?;
    if text.len() as u64 > most { Err(too_large()) } else { Ok(Some(text)) }
}

/// The first bytes of a regular file, `most` at the most; nothing where it cannot be read.
pub(super) fn head(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    open(path).ok()??.take(most).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Opens a regular file, following no link.
fn open(path: &Path) -> Result<Option<File>, StoreError> {
    for _ in 0..OPENINGS {
        // Looked at first: merely opening a pipe waits for its writer.
        let Some(seen) = refuse_special(path)? else { return Ok(None) };
        let Some(file) = missing_is_none(File::open(path)).at(Attempt::Read, path, Safe::Untouched)? else { continue };
        let opened = file.metadata().at(Attempt::LookAt, path, Safe::Untouched)?;
        if opened.is_file() && seen.is_same_file(Stamp::from(&opened)) {
            return Ok(Some(file));
        }
    }
    Err(io::Error::from(ErrorKind::ResourceBusy)).at(Attempt::Read, path, Safe::Untouched)
}

/// Makes a directory with mode 0700, with its parents, unless it is there. What it made is there after a crash too.
pub(super) fn make_dir(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    refuse_dangling(path)?;
    let missing: Vec<&Path> = path.ancestors().take_while(|path| !is_here(path) && !path.is_dir()).collect();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| match error.kind() {
        // Something is there, and it is none.
        ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
        _ => error,
    });
    made.at(Attempt::Make, path, Safe::Untouched)?;
    missing.into_iter().try_for_each(sync_name)
}

/// Whether it is the folder in which the process works, as the parent of a bare name is.
fn is_here(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

/// Makes the name of a directory last, which stands in its parent. A parent that this process may use and not read
/// cannot be synced by it: that is no reason not to work.
pub(super) fn sync_name(of: &Path) -> Result<(), StoreError> {
    let Some(parent) = of.parent() else { return Ok(()) };
    let parent = if is_here(parent) { Path::new(".") } else { parent };
    match sync_dir(parent) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced.at(Attempt::Sync, parent, Safe::FolderMade),
    }
}

/// Refuses a link to a directory that is not there: what it leads to may only not be mounted, so that nothing can be
/// said of the state.
pub(super) fn refuse_dangling(dir: &Path) -> Result<(), StoreError> {
    match fs::read_link(dir) {
        Ok(to) if matches!(dir.try_exists(), Ok(false)) => Err(StoreError::Dangling { path: dir.to_owned(), to }),
        // Not a link, or one that leads somewhere.
        _ => Ok(()),
    }
}

/// Writes a small file, unless there is one; says whether it did.
pub(super) fn create_if_missing(path: &Path, text: &[u8]) -> io::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).mode(0o644).open(path) {
        Ok(mut file) => file.write_all(text).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Refuses to go on where anything but a regular file stands: whoever made a link decides what would be read or
/// overwritten. Gives the stamp of the file, where there is one.
pub(super) fn refuse_special(path: &Path) -> Result<Option<Stamp>, StoreError> {
    match missing_is_none(fs::symlink_metadata(path)).at(Attempt::LookAt, path, Safe::Untouched)? {
        Some(of) if of.file_type().is_symlink() => Err(StoreError::Symlink { path: path.to_owned() }),
        Some(of) if !of.is_file() => Err(StoreError::NotAFile { path: path.to_owned() }),
        of => Ok(of.as_ref().map(Stamp::from)),
    }
}

/// The name under which a file is written before it gets its own.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Removes a file; one that is not there is gone already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    missing_is_none(fs::remove_file(path)).map(drop)
}

/// Makes a new file with mode 0600; one that a crash left under that name goes first.
pub(super) fn create(path: &Path) -> io::Result<File> {
    remove(path)?;
    // A new file only: it follows no link that somebody puts there in between.
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Makes what happened to the names in a directory last.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Keeps the file that `path` names as `generation(1)`, the one that was there as 2, and so on up to `last`.
/// `path` itself keeps its name all the time.
pub(super) fn keep(
    path: &Path,
    generation: impl Fn(usize) -> PathBuf,
    last: usize,
    boundaries: &Boundaries,
) -> Result<(), StoreError> {
    let failed = |result: io::Result<()>| result.at(Attempt::Keep, path, Safe::SnapshotItself);
    if stamp(path).at(Attempt::LookAt, path, Safe::SnapshotItself)?.is_none() {
        return Ok(());
    }
    for number in (1..last).rev() {
        failed(missing_is_none(fs::rename(generation(number), generation(number + 1))).map(drop))?;
        boundaries.pass("a generation moved")?;
    }
    let first = generation(1);
    if fs::hard_link(path, &first).is_err() {
        // Not every file system has hard links. A copy may be torn by a crash; its digest would say so.
        let copy = || {
            let mut copy = create(&first)?;
            io::copy(&mut File::open(path)?, &mut copy)?;
            copy.sync_all()
        };
        failed(copy())?;
    }
    boundaries.pass("a generation kept")?;
    Ok(())
}
