//! The recorded state of a stack, for commands that need no more of its manifest than the head: they work while volumes are
//! wrong, and with a manifest that cannot be read at all where somebody says where the state lies.

use super::{invalid, read_files};
use crate::cli::cloud::Cloud;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::PlaceArgs;
use crate::cli::ui::Ui;
use crate::manifest::{self, Manifest};
use crate::state::State;
use crate::store::Store;
use crate::volume::{Address, StackName};
use crate::words;
use std::path::Path;

/// What is recorded of a stack, and the head of its manifest.
pub(in crate::cli) struct Records {
    /// The stack's name.
    pub(in crate::cli) stack: StackName,
    /// Where its state is kept.
    pub(in crate::cli) store: Store,
    /// The head, as a manifest that asks for nothing; nothing where no manifest was read.
    head: Option<Manifest>,
    /// The whole as it is today, where nothing of it is wrong.
    whole: Option<Manifest>,
}

impl Records {
    /// Reads the head of the manifest at PATH, or takes what was said in its place. Says so where the rest has problems.
    pub(in crate::cli) fn load(ui: &Ui, path: &Path, place: &PlaceArgs) -> Result<Records, CliError> {
        if let (Some(dir), Some(stack)) = (&place.state_dir, &place.stack) {
            let store = Store::new(dir.clone(), stack.clone());
            if [store.snapshot_path(), store.journal_path()].iter().all(|file| file.symlink_metadata().is_err()) {
                return Err(CliError::told(Exit::Error, words::stack::no_such_state(stack, dir)));
            }
            return Ok(Records { stack: stack.clone(), store, head: None, whole: None });
        }
        let (folder, files) = read_files(path)?;
        let head = manifest::parse_head(&files)
            .map_err(|problems| invalid(ui, &problems).hint(words::stack::WITHOUT_MANIFEST))?;
        tracing::Span::current().record("evsctl.stack", tracing::field::display(&head.stack));
        let store = Store::new(folder.join(&head.state), head.stack.clone());
        let whole = match manifest::parse(&files) {
            Ok(manifest) => Some(manifest.for_day(super::today())),
            Err(problems) => {
                ui.warn(&words::stack::only_the_head(problems.errors().count() as u64, path));
                None
            }
        };
        Ok(Records { stack: head.stack.clone(), store, head: Some(head), whole })
    }

    /// Reads the recorded state without a lock, and says so when an apply is running.
    pub(in crate::cli) fn read_state(&self, ui: &Ui) -> Result<Option<State>, CliError> {
        super::read_state(ui, &self.store)
    }

    /// The head of the manifest, as one that asks for nothing.
    pub(in crate::cli) fn head(&self) -> Result<&Manifest, CliError> {
        self.head.as_ref().ok_or_else(|| CliError::told(Exit::Error, words::stack::needs_head()))
    }

    /// Which cloud it is in.
    pub(in crate::cli) fn cloud(&self) -> Result<Cloud, CliError> {
        Cloud::of(self.head()?)
    }

    /// Whether the manifest asks for a volume at that address; nothing where that cannot be said.
    pub(in crate::cli) fn asks_for(&self, address: &Address) -> Option<bool> {
        let whole = self.whole.as_ref()?;
        Some(whole.volumes.get(&address.key).is_some_and(|wish| wish.has(address.slot)))
    }
}
