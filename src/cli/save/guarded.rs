//! What a stack rests on, and nothing is written over: the files of its manifest, and those of its state.

use crate::cli::stack::{is_yaml, read_files};
use crate::manifest;
use crate::store::{self, Store};
use crate::words::files as words;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The files of one stack, as far as they can be told: a manifest that is wrong is one too.
pub(super) struct Guarded {
    /// PATH, without links.
    path: PathBuf,
    store: Option<Store>,
    /// The manifest's files: device and inode.
    files: Vec<(u64, u64)>,
}

impl Guarded {
    /// Those of the stack at PATH.
    pub(super) fn of(path: &Path) -> Guarded {
        let read = read_files(path).ok();
        let files = read.iter().flat_map(|(_, files)| files).filter_map(|file| std::fs::metadata(&file.name).ok());
        let files = files.map(|of| (of.dev(), of.ino())).collect();
        let store = read.and_then(|(folder, files)| {
            let manifest = manifest::parse(&files).ok()?;
            Some(Store::new(folder.join(&manifest.state), manifest.stack))
        });
        Guarded { path: path.canonicalize().unwrap_or_else(|_| path.to_owned()), store, files }
    }

    /// Why a file may not be written; its path has no links.
    pub(super) fn why(&self, real: &Path) -> Option<words::Guarded> {
        let is_manifest = std::fs::metadata(real).is_ok_and(|of| self.files.contains(&(of.dev(), of.ino())));
        if is_manifest || real == self.path {
            return Some(words::Guarded::Manifest);
        }
        if is_yaml(real) && real.parent() == Some(&self.path) {
            return Some(words::Guarded::PartOfManifest);
        }
        let is_kept = self.store.as_ref().is_some_and(|store| store.keeps(real));
        (is_kept || store::is_of_a_state(real)).then_some(words::Guarded::State)
    }
}
