//! From a PATH to a stack: its files read, its manifest understood, its state's place known.

use super::error::CliError;
use super::exit::Exit;
use super::ui::Ui;
use super::{look_aside, render};
use crate::manifest::{self, Manifest, Problems, SourceFile};
use crate::state::State;
use crate::store::{Store, StoreError};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most bytes that a manifest's files may have together.
const MAX_MANIFEST: u64 = 64 << 20;

/// One stack as it stands on disk.
pub(super) struct Stack {
    /// What it asks for.
    pub(super) manifest: Manifest,
    /// Where its state is kept.
    pub(super) store: Store,
    /// The manifest's text as it was read, for showing how it changes.
    pub(super) text: String,
}

impl Stack {
    /// Reads the manifest at PATH and tells its warnings.
    pub(super) fn load(ui: &Ui, path: &Path) -> Result<Stack, CliError> {
        let (folder, files) = read_files(path)?;
        let manifest = manifest::parse(&files).map_err(|problems| invalid(ui, &problems))?;
        if !manifest.warnings.is_empty() {
            ui.talk(&render::problem::human(&manifest.warnings, look_aside(ui)));
        }
        let store = Store::new(folder.join(&manifest.state), manifest.stack.clone());
        Ok(Stack { manifest, store, text: text_of(&files) })
    }

    /// Reads the recorded state without a lock, and says so when an apply is running.
    pub(super) fn read_state(&self, ui: &Ui) -> Result<Option<State>, CliError> {
        let state = self.store.read().map_err(|error| store_error(&error))?;
        if let Some(holder) = self.store.running() {
            ui.warn(&format!("the state is being changed by {holder}; what is shown may be old in a moment"));
        }
        Ok(state)
    }
}

/// Tells the problems and gives the error that ends the command.
fn invalid(ui: &Ui, problems: &Problems) -> CliError {
    ui.talk(&render::problem::human(&problems.0, look_aside(ui)));
    CliError::new(Exit::Error, "the manifest cannot be used")
}

/// An error of the store as the command's own.
pub(super) fn store_error(error: &StoreError) -> CliError {
    let exit = if matches!(error, StoreError::Locked { .. }) { Exit::Locked } else { Exit::Error };
    let told = CliError::of(exit, error);
    match error.hint() {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

/// Reads the file, or the folder's `*.yaml` and `*.yml` in name order. Gives the folder too, since the
/// state's place is relative to it.
pub(super) fn read_files(path: &Path) -> Result<(PathBuf, Vec<SourceFile>), CliError> {
    let wrong = |what: &str, path: &Path, error: &std::io::Error| {
        CliError::new(Exit::Error, format!("cannot {what} {}", path.display()))
            .because_of(Some(error))
            .hint("PATH is a manifest: a YAML file, or a folder of them")
    };
    let meta = std::fs::metadata(path).map_err(|error| wrong("read", path, &error))?;
    let (folder, mut paths) = if meta.is_dir() {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| wrong("list", path, &error))? {
            let found = entry.map_err(|error| wrong("list", path, &error))?.path();
            let is_yaml = found.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
            let hidden = found.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if is_yaml && !hidden && found.is_file() {
                paths.push(found);
            }
        }
        (path.to_owned(), paths)
    } else {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        (folder.unwrap_or(Path::new(".")).to_owned(), vec![path.to_owned()])
    };
    paths.sort();
    let mut files = Vec::new();
    let mut total = 0;
    for path in paths {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(|error| wrong("read", &path, &error))?;
        // One byte more than is allowed tells a file that is just large enough from one that is too large.
        file.take(MAX_MANIFEST + 1 - total).read_to_end(&mut bytes).map_err(|error| wrong("read", &path, &error))?;
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

/// The files' text one after another, each under its bare name.
fn text_of(files: &[SourceFile]) -> String {
    let mut text = String::new();
    for file in files {
        let name = file.name.rsplit('/').next().unwrap_or_default();
        text.push_str(&format!("# {name}\n"));
        text.push_str(&String::from_utf8_lossy(&file.bytes));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}
