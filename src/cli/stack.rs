//! From a PATH to a stack: its files read, its manifest understood, its state's place known.

mod files;
mod records;

use super::cloud::Cloud;
use super::error::CliError;
use super::exit::Exit;
use super::render;
use super::ui::Ui;
use crate::manifest::{self, Manifest, Problems, SourceFile};
use crate::state::{CloudId, State};
use crate::store::{Lease, Store};
use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::Path;

pub(super) use files::{folder_of, is_part, is_stream, is_yaml, read_files};
pub(super) use records::Records;

/// One stack as it stands on disk.
pub(super) struct Stack {
    /// What it asks for on the day that it is planned for.
    pub(super) manifest: Manifest,
    /// Where its state is kept.
    pub(super) store: Store,
    /// The manifest's text as it was read, for showing how it changes.
    pub(super) text: String,
    /// The day (UTC) that it is planned for.
    pub(super) as_of: Date,
    /// Its files as they were read.
    pub(super) files: Vec<SourceFile>,
}

impl Stack {
    /// Reads the manifest at PATH and tells its warnings.
    pub(super) fn load(ui: &Ui, path: &Path) -> Result<Stack, CliError> {
        let (folder, files) = read_files(path)?;
        let manifest = manifest::parse(&files).map_err(|problems| invalid(ui, &problems))?;
        tracing::Span::current().record("evsctl.stack", tracing::field::display(&manifest.stack));
        if !manifest.warnings.is_empty() {
            ui.talk(&render::problem::human(&manifest.warnings, ui.look_aside()));
        }
        let store = Store::new(folder.join(&manifest.state), manifest.stack.clone());
        let as_of = today();
        let manifest = manifest.for_day(as_of);
        Ok(Stack { manifest, store, text: text_of(&files), files, as_of })
    }

    /// The same for another day.
    #[must_use]
    pub(super) fn for_day(self, day: Option<Date>) -> Stack {
        let Some(as_of) = day else { return self };
        Stack { manifest: self.manifest.for_day(as_of), as_of, ..self }
    }

    /// Which cloud it is in. A project that is given by its name is looked up, so a command asks once.
    pub(super) fn cloud(&self) -> Result<Cloud, CliError> {
        Cloud::of(&self.manifest)
    }

    /// The states of other stacks beside this one's, of the same project of that cloud: a stack is known by its name, and
    /// under another one it begins with nothing, on the embedded cloud too. Those that do not read are none to compare with.
    pub(super) fn states_beside(&self, cloud: &CloudId, recorded: Option<&State>) -> Vec<State> {
        if recorded.is_some_and(|state| !state.records_nothing()) {
            return Vec::new();
        }
        let others = self.store.others(cloud).into_iter();
        others.filter_map(|name| Store::new(self.store.dir().to_owned(), name).read().ok().flatten()).collect()
    }

    /// Warns where Git would leave out the journal, which alone knows what a killed run has bought.
    pub(super) fn warn_of_hidden_journal(&self, ui: &Ui) {
        let Some((number, line)) = self.store.hides_journal() else { return };
        let path = self.store.dir().join(".gitignore");
        let journal = self.store.journal_path();
        ui.warn(&words::stack::journal_hidden(number, &path, &line, &journal));
    }

    /// Says that the next write changes the format of the recorded state, where it does. Gives the formats, from and to.
    pub(super) fn tell_format(ui: &Ui, lease: &Lease) -> Option<(u64, u64)> {
        let change = lease.changes_format();
        if let Some((from, to)) = change {
            ui.talk(&crate::words::progress::format_changed(from, to));
        }
        change
    }

    /// Reads the recorded state without a lock, and says so when an apply is running.
    pub(super) fn read_state(&self, ui: &Ui) -> Result<Option<State>, CliError> {
        read_state(ui, &self.store)
    }
}

/// The day that it is now (UTC).
pub(super) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// Reads a recorded state without a lock, and says so when an apply is running.
fn read_state(ui: &Ui, store: &Store) -> Result<Option<State>, CliError> {
    let state = store.read()?;
    if let Some(holder) = store.running() {
        ui.warn(&words::stack::changing(&holder));
    }
    Ok(state)
}

/// Tells the problems and gives the error that ends the command.
fn invalid(ui: &Ui, problems: &Problems) -> CliError {
    ui.talk(&render::problem::human(&problems.0, ui.look_aside()));
    CliError::new(Exit::Error, words::stack::invalid())
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
