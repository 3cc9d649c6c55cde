//! `evsctl validate`: everything that can be known about a manifest without asking the cloud.

use crate::cli::args::{Format, ValidateArgs};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ui::Ui;
use crate::cli::{render, stack};
use crate::manifest;

pub(in crate::cli) fn run(ui: &Ui, args: &ValidateArgs) -> Result<Exit, CliError> {
    let (_, files) = stack::read_files(&args.path)?;
    let (problems, valid) = match manifest::parse(&files) {
        Ok(manifest) => {
            if args.format == Format::Human {
                let slots: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
                ui.data(&format!(
                    "stack {} is valid: {} under {}\n",
                    manifest.stack,
                    render::count(slots as u64, "volume"),
                    render::count(manifest.volumes.len() as u64, "key")
                ));
            }
            (manifest.warnings, true)
        }
        Err(problems) => (problems.0, false),
    };
    match args.format {
        Format::Json => ui.json(&render::problem::json(&problems)),
        Format::Human if problems.is_empty() => {}
        Format::Human => ui.talk(&render::problem::human(&problems, ui.look_aside())),
    }
    Ok(if valid { Exit::Success } else { Exit::Error })
}
