//! `evsctl validate`: everything that can be known about a manifest without asking the cloud.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, ReportArgs};
use crate::cli::render::problem::Head;
use crate::cli::ui::Ui;
use crate::cli::{render, stack};
use crate::manifest::{self, SourceFile, Target};
use crate::words::command::validate as words;
use std::path::Path;

/// `evsctl validate`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  evsctl validate prod\n  evsctl validate prod/volumes.yaml --format json")]
pub(in crate::cli) struct ValidateArgs {
    /// Which stack, and how to write it.
    #[command(flatten)]
    report: ReportArgs,
}

pub(in crate::cli) fn run(ui: &Ui, args: &ValidateArgs) -> Result<Exit, CliError> {
    let (folder, files) = stack::read_files(&args.report.path)?;
    let (problems, valid) = match manifest::parse(&files) {
        Ok(manifest) => {
            if args.report.format == Format::Human {
                let slots: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
                let keys = manifest.volumes.len() as u64;
                ui.data(&format!("{}\n", words::valid(&manifest.stack, slots as u64, keys)));
            }
            (manifest.warnings, true)
        }
        Err(problems) => (problems.0, false),
    };
    match args.report.format {
        Format::Json => ui.json(&render::problem::json(&head(&folder, &files), &problems)),
        Format::Human if problems.is_empty() => {}
        Format::Human => ui.talk(&render::problem::human(&problems, ui.look_aside())),
    }
    Ok(if valid { Exit::Success } else { Exit::Error })
}

/// What the head says, also where the rest is wrong.
fn head(folder: &Path, files: &[SourceFile]) -> Head {
    let Ok(manifest) = manifest::parse_head(files) else { return Head::default() };
    Head {
        stack: Some(manifest.stack.to_string()),
        state: Some(folder.join(&manifest.state).display().to_string()),
        simulator: Some(manifest.cloud.target == Target::Simulator),
    }
}
