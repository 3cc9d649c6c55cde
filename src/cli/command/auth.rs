//! `evsctl auth status`: which credentials a stack's requests show, without showing them.

use crate::cli::cloud::{Access, Address};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, PlaceArgs, ReportArgs};
use crate::cli::render::auth::{self as render, Status};
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::words::command::auth as words;

/// `evsctl auth …`
#[derive(Debug, Clone, clap::Subcommand)]
pub(in crate::cli) enum AuthCommand {
    /// Says which credentials are used for a stack and where they were found. Sends nothing and shows no secret.
    #[command(after_help = "Exits with 6 where there are none, or a part of them is missing.")]
    Status(ReportArgs),
}

pub(in crate::cli) fn status(ui: &Ui, args: &ReportArgs) -> Result<Exit, CliError> {
    let records = Records::load(ui, &args.path, &PlaceArgs::default())?;
    let access = Access::of(records.head()?)?;
    let status = match &access.address {
        Address::Embedded => Status { kind: "none", source: None, endpoint: words::EMBEDDED.to_owned(), iam: None },
        Address::Service { url, .. } => {
            let found = access.credentials()?;
            // Told even where it cannot be: that is what would be refused.
            let iam = found.and_then(|found| found.what.asks()).map(|(service, named)| service.address(named, url));
            Status {
                iam: iam.transpose()?.map(|url| url.to_string()),
                kind: found.map_or("none", |found| found.what.word()),
                source: found.map(|found| found.place.to_string()),
                endpoint: url.as_str().trim_end_matches('/').to_owned(),
            }
        }
    };
    match args.format {
        Format::Human => ui.data(&render::status(&status)),
        Format::Json => ui.json(&render::status_json(&status)),
    }
    Ok(Exit::Success)
}
