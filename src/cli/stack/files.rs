//! The files of a manifest, read from a folder where anybody may have put anything.
//!
//! What a file holds is shown where it is wrong. So only a regular file is read, and only one that lies in the
//! stack's own folder once all links are followed: a pull request that adds a link must not show what only the
//! runner may read, and a pipe must not hold it up. Links inside the folder are fine, as Kubernetes mounts them. A stream is
//! read where the user names one as PATH: `-`, `/dev/stdin`, or what a shell makes of `<(...)`. A base may lie outside the
//! folder, within bounds of its own.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::manifest::{self, Role, SourceFile};
use crate::words::stack::{NoBase, NotRead, Special, base_not_read, not_read};
use std::fs::{File, FileType};
use std::io::{self, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// The most bytes that a manifest's files may have together.
const MAX_MANIFEST: u64 = 64 << 20;

/// Reads the file, or the folder's `*.yaml` and `*.yml` in name order, and the bases that these name. Gives the folder too, since the
/// state's place is relative to it.
pub(in crate::cli) fn read_files(path: &Path) -> Result<(PathBuf, Vec<SourceFile>), CliError> {
    if let Some(stream) = Stream::of(path) {
        // It can be read once, and several parts of a command look at the manifest.
        static READ: OnceLock<SourceFile> = OnceLock::new();
        let file = match READ.get() {
            Some(file) => file.clone(),
            None => {
                let file = stream.read(path)?;
                READ.get_or_init(|| file).clone()
            }
        };
        let (folder, mut files) = (PathBuf::from("."), vec![file]);
        let total = files.iter().map(|file| file.bytes.len() as u64).sum();
        read_bases(&folder, &mut files, total)?;
        return Ok((folder, files));
    }
    stays_in_work_tree(path)?;
    let meta = std::fs::metadata(path).map_err(|error| unread(path, error))?;
    let (folder, paths) = if meta.is_dir() {
        (path.to_owned(), list(path)?)
    } else {
        (folder_of(path).to_owned(), vec![path.to_owned()])
    };
    let root = folder.canonicalize().map_err(|error| unread(&folder, error))?;
    let mut files = Vec::new();
    let mut total = 0;
    for path in paths {
        let read = whole(open(&root, &path)?, &mut total).map_err(|error| unread(&path, error))?;
        let bytes = read.ok_or_else(|| wrong(&path, NotRead::TooLarge(MAX_MANIFEST >> 20)))?;
        files.push(SourceFile::own(path.display().to_string(), bytes));
    }
    read_bases(&folder, &mut files, total)?;
    Ok((folder, files))
}

/// The bytes of a file, which it adds to the `total` of the manifest's; `None` where these are more than they may be.
fn whole(file: File, total: &mut u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is just large enough from one that is too large.
    file.take((MAX_MANIFEST + 1).saturating_sub(*total)).read_to_end(&mut bytes)?;
    *total += bytes.len() as u64;
    Ok((*total <= MAX_MANIFEST).then_some(bytes))
}

/// Makes sure that no link on the way to a stack leaves the Git work tree that holds the link: a pull request can add one, and
/// `stacks/*` names it like any other.
fn stays_in_work_tree(path: &Path) -> Result<(), CliError> {
    for link in path.ancestors().filter(|part| part.is_symlink()) {
        let holder = folder_of(link).canonicalize().map_err(|error| unread(path, error))?;
        let real = link.canonicalize().map_err(|error| unread(path, error))?;
        if work_tree_of(&holder).is_some_and(|root| !real.starts_with(root)) {
            return Err(wrong(link, NotRead::LeavesWorkTree));
        }
    }
    Ok(())
}

/// The Git work tree that a folder lies in.
fn work_tree_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// Reads the bases that the files name, which have so many bytes themselves.
fn read_bases(folder: &Path, files: &mut Vec<SourceFile>, mut total: u64) -> Result<(), CliError> {
    for base in manifest::bases(files) {
        let path = folder.join(&base.path);
        let not_read = |why| CliError::told(Exit::Error, base_not_read(&base.place, &path, why));
        let failed = |error: io::Error| not_read(NoBase::Unread).because_of(error);
        let real = path.canonicalize().map_err(failed)?;
        let own = folder.canonicalize().map_err(failed)?;
        may_be_base(&own, &real).map_err(not_read)?;
        let meta = std::fs::symlink_metadata(&real).map_err(failed)?;
        if !meta.is_file() {
            return Err(not_read(NoBase::NoFile));
        }
        let read = File::open(&real).and_then(|file| whole(file, &mut total)).map_err(failed)?;
        let bytes = read.ok_or_else(|| not_read(NoBase::TooLarge(MAX_MANIFEST >> 20)))?;
        files.push(SourceFile { name: path.display().to_string(), bytes, role: Role::Base(base.path) });
    }
    Ok(())
}

/// Whether a file may be read as a base of the stack in that folder; neither path has links. A pull request may name any file:
/// so it has to lie in the same Git work tree or, where there is none, below the folder that holds the stack's; to be called
/// like a YAML file, whatever link leads to it; and to lie in no hidden folder, where Git and other programs keep their own
/// files.
fn may_be_base(folder: &Path, real: &Path) -> Result<(), NoBase> {
    if !is_yaml(real) {
        return Err(NoBase::NotYamlFile);
    }
    let work_tree = work_tree_of(folder);
    let root = work_tree.or_else(|| folder.parent()).unwrap_or(folder);
    if !real.starts_with(root) {
        return Err(if work_tree.is_some() { NoBase::OutsideWorkTree } else { NoBase::OutsideParent });
    }
    // What is hidden above both of them hides neither from the other.
    let common = folder.components().zip(real.components()).take_while(|(one, other)| one == other).count();
    let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    if !real.starts_with(folder) && real.components().skip(common).any(is_hidden) {
        return Err(NoBase::Hidden);
    }
    Ok(())
}

/// Whether a PATH names a stream.
pub(in crate::cli) fn is_stream(path: &Path) -> bool {
    Stream::of(path).is_some()
}

/// A stream in place of a file. Its state lies relative to the working directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    /// Standard input.
    Stdin,
    /// An open file of this process.
    Descriptor,
}

impl Stream {
    /// The one that is named by a PATH as it is typed: a link to one, which a pull request could add, is none.
    fn of(path: &Path) -> Option<Stream> {
        match path.to_str()? {
            "-" | "/dev/stdin" => Some(Stream::Stdin),
            typed if typed.starts_with("/dev/fd/") || typed.starts_with("/proc/self/fd/") => Some(Stream::Descriptor),
            _ => None,
        }
    }

    fn read(self, path: &Path) -> Result<SourceFile, CliError> {
        let mut bytes = Vec::new();
        let read = match self {
            Stream::Stdin => io::stdin().lock().take(MAX_MANIFEST + 1).read_to_end(&mut bytes),
            Stream::Descriptor => File::open(path).and_then(|file| file.take(MAX_MANIFEST + 1).read_to_end(&mut bytes)),
        };
        if read.map_err(|error| unread(path, error))? as u64 > MAX_MANIFEST {
            return Err(wrong(path, NotRead::TooLarge(MAX_MANIFEST >> 20)));
        }
        // The number of a descriptor is another each time, and the manifest is the same.
        let name = if self == Stream::Stdin { "<stdin>" } else { "<stream>" };
        Ok(SourceFile::own(name.to_owned(), bytes))
    }
}

fn wrong(path: &Path, why: NotRead) -> CliError {
    CliError::told(Exit::Error, not_read(path, why))
}

fn unread(path: &Path, error: io::Error) -> CliError {
    wrong(path, NotRead::Unread).because_of(error)
}

/// The folder in which a path's last name stands.
pub(in crate::cli) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a path ends as a YAML file does.
pub(in crate::cli) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// Whether a file of that name in a stack's folder is a part of the manifest.
pub(in crate::cli) fn is_part(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    is_yaml(path) && !is_hidden
}

/// All that is called like a manifest's file in the folder, folders aside.
fn list(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| wrong(folder, NotRead::Unlisted).because_of(error))? {
        let found = entry.map_err(|error| wrong(folder, NotRead::Unlisted).because_of(error))?.path();
        if is_part(&found) && !found.is_dir() {
            paths.push(found);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Opens a regular file below `root`, and nothing else.
fn open(root: &Path, path: &Path) -> Result<File, CliError> {
    let real = path.canonicalize().map_err(|error| unread(path, error))?;
    if !real.starts_with(root) {
        return Err(wrong(path, NotRead::LeadsOut));
    }
    let meta = std::fs::symlink_metadata(&real).map_err(|error| unread(path, error))?;
    if !meta.is_file() {
        return Err(wrong(path, NotRead::Special(special(meta.file_type()))));
    }
    File::open(&real).map_err(|error| unread(path, error))
}

fn special(of: FileType) -> Special {
    if of.is_fifo() {
        Special::Pipe
    } else if of.is_socket() {
        Special::Socket
    } else if of.is_char_device() || of.is_block_device() {
        Special::Device
    } else {
        Special::Other
    }
}
