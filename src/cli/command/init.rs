//! `evsctl init`: the beginning of a stack.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::{fresh, holder};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::volume::StackName;
use crate::words::command::{init as words, next_plan};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `evsctl init`
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct InitArgs {
    /// The folder to begin in; it is made where it is not there.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
}

pub(in crate::cli) fn run(ui: &Ui, args: &InitArgs) -> Result<Exit, CliError> {
    if !has_manifest(&args.path)? {
        first_manifest(ui, &args.path)?;
    }
    let next = || ui.talk(&next_plan(&args.path));
    let stack = Stack::load(ui, &args.path)?;
    let cloud = stack.cloud()?;
    let gitignore = stack.store.dir().join(".gitignore");
    let ignored_before = gitignore.symlink_metadata().is_ok();
    let mut lease = stack.store.lock(holder("init"), Duration::ZERO)?;
    stack.warn_of_hidden_journal(ui);
    if let Some(state) = lease.state() {
        cloud.check_state(Some(state))?;
        ui.talk(&words::is_recorded(state));
        next();
        return Ok(Exit::Success);
    }
    let state = fresh(stack.manifest.stack.clone(), cloud.id);
    let lineage = state.lineage.clone();
    lease.create(state)?;
    ui.talk(&words::began(&stack.manifest.stack, &lineage, &stack.store.snapshot_path()));
    if !ignored_before {
        ui.talk(&words::wrote_gitignore(&gitignore));
    }
    next();
    Ok(Exit::Success)
}

/// What is there and cannot be read is no reason to write another beside it.
fn has_manifest(path: &Path) -> Result<bool, CliError> {
    if path.try_exists().is_ok_and(|there| !there) {
        return Ok(false);
    }
    Ok(!crate::cli::stack::read_files(path)?.1.is_empty())
}

/// Writes a manifest to begin with, which the embedded cloud carries out without an account.
fn first_manifest(ui: &Ui, folder: &Path) -> Result<(), CliError> {
    let wrong = |error: std::io::Error| CliError::new(Exit::Error, words::cannot_write(folder)).because_of(error);
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let called = folder.canonicalize().ok().and_then(|full| Some(full.file_name()?.to_string_lossy().into_owned()));
    let called = called.unwrap_or_else(|| "/".to_owned());
    let name = StackName::new(called.to_ascii_lowercase()).map_or_else(|_| "my-stack".to_owned(), String::from);
    let path = folder.join("evsctl.yaml");
    let text = format!(
        "stack: {name}
cloud: {{ simulator: true }}   # later: {{ region: cn-north-4, project_id: ... }}
defaults:
  availability_zone: az-dc-1
  volume_type: SAS
volumes:
  data:
    size: 10
"
    );
    let mut file = std::fs::File::create_new(&path).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    ui.talk(&words::wrote(&path));
    if name != called {
        ui.warn(&words::named_otherwise(&name, &called, &path));
    }
    Ok(())
}
