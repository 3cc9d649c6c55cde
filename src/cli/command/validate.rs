//! `evsctl validate`: everything that can be known about a manifest without asking the cloud.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, ReportArgs};
use crate::cli::render::problem::Head;
use crate::cli::ui::Ui;
use crate::cli::{render, stack};
use crate::manifest::{self, Manifest, Target};
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
    let (head, problems, valid) = match manifest::parse(&files) {
        Ok(manifest) => {
            if args.report.format == Format::Human {
                let slots: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
                let keys = manifest.volumes.len() as u64;
                ui.data(&format!("{}\n", words::valid(&manifest.stack, slots as u64, keys)));
            }
            (head(&folder, &manifest), manifest.warnings, true)
        }
        // What the head says holds also where the rest is wrong.
        Err(problems) => {
            let head = manifest::parse_head(&files).map(|manifest| head(&folder, &manifest)).unwrap_or_default();
            (head, problems.0, false)
        }
    };
    match args.report.format {
        Format::Json => ui.json(&render::problem::json(&head, &problems)),
        Format::Human if problems.is_empty() => {}
        Format::Human => ui.talk(&render::problem::human(&problems, ui.look_aside())),
    }
    Ok(if valid { Exit::Success } else { Exit::Error })
}

fn head(folder: &Path, manifest: &Manifest) -> Head {
    Head {
        stack: Some(manifest.stack.to_string()),
        state: Some(folder.join(&manifest.state).display().to_string()),
        simulator: Some(manifest.cloud.target == Target::Simulator),
    }
}
