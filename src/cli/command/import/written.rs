//! Where the entries go.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::Format;
use crate::cli::rewrite::Rewrite;
use crate::cli::save::{self, Saving};
use crate::cli::stack::{folder_of, is_part, is_stream};
use crate::cli::ui::Ui;
use crate::import::{Draft, Known, Note, fragment, insert, with_file};
use crate::manifest::SourceFile;
use crate::words::command::import as words;
use crate::words::files::Output;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where they shall go.
pub(super) enum Target<'a> {
    /// Into the manifest.
    Manifest,
    /// To stdout.
    Stdout,
    /// To a file.
    File(&'a Path),
}

/// Where they went.
pub(super) enum Written {
    /// To these files.
    Files(Vec<PathBuf>),
    /// To stdout.
    Stdout,
    /// Nowhere, since there are none.
    Nothing,
}

impl Written {
    /// The files, as they are named in JSON.
    pub(super) fn files(&self) -> Vec<String> {
        match self {
            Written::Files(files) => files.iter().map(|file| file.display().to_string()).collect(),
            Written::Stdout | Written::Nothing => Vec::new(),
        }
    }
}

fn told(note: Note) -> String {
    words::note(note).to_owned()
}

impl<'a> Target<'a> {
    /// The one that `--output` names.
    pub(super) fn of(output: Option<&'a Path>, format: Format) -> Result<Target<'a>, CliError> {
        match output {
            None => Ok(Target::Manifest),
            Some(path) if path == Path::new("-") => match format {
                Format::Json => Err(CliError::told(Exit::Error, words::two_documents())),
                Format::Human => Ok(Target::Stdout),
            },
            Some(path) => Ok(Target::File(path)),
        }
    }

    /// Makes sure, before anything is asked, that something can be written there.
    pub(super) fn check(&self, path: &Path) -> Result<(), CliError> {
        match self {
            Target::Manifest if is_stream(path) => Err(CliError::told(Exit::Error, words::from_a_stream())),
            Target::File(file) if !is_part_to_be(file, path) => save::check(file, Output::Entries, path),
            Target::Manifest | Target::Stdout | Target::File(_) => Ok(()),
        }
    }

    /// Writes them, for the stack at PATH.
    pub(super) fn write(&self, ui: &Ui, known: Known<'_>, draft: &Draft, path: &Path) -> Result<Written, CliError> {
        if draft.entries.is_empty() {
            return Ok(Written::Nothing);
        }
        let not = |why| CliError::told(Exit::Error, words::not_inserted(&why));
        match self {
            Target::Stdout => {
                ui.data(&fragment(draft, &told));
                Ok(Written::Stdout)
            }
            Target::Manifest => {
                let mut edited = insert(known, draft, &told).map_err(not)?;
                // Entries without their lines of `import` would be bought: should only some files be written, the lines are.
                let id = draft.entries.first().and_then(|entry| entry.volumes.values().next()).map(ToString::to_string);
                let has_lines = |file: &SourceFile| {
                    id.as_ref().is_some_and(|id| String::from_utf8_lossy(&file.bytes).contains(id.as_str()))
                };
                edited.sort_by_key(|file| !has_lines(file));
                let folder = if path.is_dir() { path } else { folder_of(path) };
                Rewrite::prepare(folder, known.files, edited.iter())?.carry_out()?;
                Ok(Written::Files(edited.iter().map(|file| PathBuf::from(&file.name)).collect()))
            }
            Target::File(file) if is_part_to_be(file, path) => {
                let text = with_file(known, draft, &told, &file.display().to_string()).map_err(not)?;
                let made = File::create_new(file).and_then(|mut made| {
                    made.write_all(text.as_bytes())?;
                    made.sync_all()
                });
                let wrong = |error| CliError::new(Exit::Error, words::not_rewritten(file)).because_of(error);
                made.map_err(wrong)?;
                Ok(Written::Files(vec![file.to_path_buf()]))
            }
            Target::File(file) => {
                Saving::begin(file, Output::Entries, path)?.end(&fragment(draft, &told))?;
                Ok(Written::Files(vec![file.to_path_buf()]))
            }
        }
    }
}

/// Whether a file that is not there yet will be read as a part of the manifest at PATH.
fn is_part_to_be(file: &Path, path: &Path) -> bool {
    let in_it = folder_of(file).canonicalize().is_ok_and(|folder| path.canonicalize().is_ok_and(|path| folder == path));
    is_part(file) && in_it && file.symlink_metadata().is_err()
}
