//! The files of a manifest, read from a folder where anybody may have put anything.
//!
//! What a file holds is shown where it is wrong. So only a regular file is read, and only one that lies in the
//! stack's own folder once all links are followed: a pull request that adds a link must not show what only the
//! runner may read, and a pipe must not hold it up. Links inside the folder are fine, as Kubernetes mounts them.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::manifest::SourceFile;
use std::fs::{File, FileType};
use std::io::Read as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

/// The most bytes that a manifest's files may have together.
const MAX_MANIFEST: u64 = 64 << 20;

/// Reads the file, or the folder's `*.yaml` and `*.yml` in name order. Gives the folder too, since the
/// state's place is relative to it.
pub(in crate::cli) fn read_files(path: &Path) -> Result<(PathBuf, Vec<SourceFile>), CliError> {
    let meta = std::fs::metadata(path).map_err(|error| wrong("read", path, error))?;
    let (folder, paths) = if meta.is_dir() {
        (path.to_owned(), list(path)?)
    } else {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        (folder.unwrap_or(Path::new(".")).to_owned(), vec![path.to_owned()])
    };
    let root = folder.canonicalize().map_err(|error| wrong("read", &folder, error))?;
    let mut files = Vec::new();
    let mut total = 0;
    for path in paths {
        let file = open(&root, &path)?;
        let mut bytes = Vec::new();
        // One byte more than is allowed tells a file that is just large enough from one that is too large.
        file.take(MAX_MANIFEST + 1 - total).read_to_end(&mut bytes).map_err(|error| wrong("read", &path, error))?;
        total += bytes.len() as u64;
        if total > MAX_MANIFEST {
            let message = format!("{} makes the manifest larger than 64 MiB", path.display());
            return Err(CliError::new(Exit::Error, message)
                .hint("split the stack; `count` makes many equal volumes of one entry"));
        }
        files.push(SourceFile { name: path.display().to_string(), bytes });
    }
    Ok((folder, files))
}

fn wrong(what: &str, path: &Path, error: std::io::Error) -> CliError {
    CliError::new(Exit::Error, format!("cannot {what} {}", path.display()))
        .because_of(error)
        .hint("PATH is a manifest: a YAML file, or a folder of them")
}

/// All that is called like a manifest's file in the folder, folders aside.
fn list(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| wrong("list", folder, error))? {
        let found = entry.map_err(|error| wrong("list", folder, error))?.path();
        let is_yaml = found.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let hidden = found.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_yaml && !hidden && !found.is_dir() {
            paths.push(found);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Opens a regular file below `root`, and nothing else.
fn open(root: &Path, path: &Path) -> Result<File, CliError> {
    let real = path.canonicalize().map_err(|error| wrong("read", path, error))?;
    if !real.starts_with(root) {
        let message = format!("{} is a link that leads out of the stack's folder", path.display());
        return Err(CliError::new(Exit::Error, message).hint("put the file itself there, or remove the link"));
    }
    let meta = std::fs::symlink_metadata(&real).map_err(|error| wrong("read", path, error))?;
    if !meta.is_file() {
        let message = format!("{} is {}, not a regular file", path.display(), kind(meta.file_type()));
        return Err(CliError::new(Exit::Error, message).hint("a manifest is read from regular files only: remove it"));
    }
    File::open(&real).map_err(|error| wrong("read", path, error))
}

fn kind(of: FileType) -> &'static str {
    if of.is_fifo() {
        "a named pipe"
    } else if of.is_socket() {
        "a socket"
    } else if of.is_char_device() || of.is_block_device() {
        "a device"
    } else {
        "something else"
    }
}
