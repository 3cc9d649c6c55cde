//! `evsctl simulator`: the embedded cloud as a server of its own.

use crate::cli::args::{ClientTokens, FileOrKey, SimulatorArgs};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::runtime::block_on;
use crate::cli::signal::signals;
use crate::cli::ui::Ui;
use crate::simulator::{Config, Credentials, Opening, Simulator, StartError};
use secrecy::SecretString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tokio_util::sync::CancellationToken;

pub(in crate::cli) fn run(ui: &Ui, args: &SimulatorArgs) -> Result<Exit, CliError> {
    let config = Config {
        listen: args.listen,
        data: args.data.clone(),
        opening: Opening::AtStart,
        seed: args.seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0),
        job_duration: args.job_duration,
        latency: args.latency,
        catalogue: args.catalogue.as_deref().map(read).transpose()?,
        faults: args.faults.as_deref().map(read).transpose()?,
        client_tokens: args.client_tokens == ClientTokens::On,
        credentials: args.credentials.as_ref().map(|given| secrets(ui, given)).transpose()?,
        token_life: args.token_life,
        rate_limit: args.rate_limit,
        ..Config::default()
    };
    block_on(async {
        let stop = CancellationToken::new();
        let signal = signals(stop.clone())?;
        let server = Simulator::start(config).await.map_err(unstarted)?;
        if !server.address().ip().is_loopback() {
            let what = if args.credentials.is_some() {
                "can use the controls of this cloud, below /_sim/, and what is sent can be read on its way"
            } else {
                "can use this cloud and its controls: it asks for no credentials"
            };
            let address = server.address();
            ui.warn(&format!("whoever reaches {address} {what}; --listen 127.0.0.1:PORT keeps it to this machine"));
        }
        ui.data(&format!("listening on http://{}\n", server.address()));
        stop.cancelled().await;
        server.stop().await;
        drop(signal);
        Ok(Exit::Success)
    })
}

fn unstarted(error: StartError) -> CliError {
    let told = CliError::of(Exit::Error, &error);
    match error {
        StartError::Credentials(_) => told.hint("`evsctl simulator --help` shows the form of the file"),
        _ => told,
    }
}

/// The accounts, or one key where no file has that name. That others can read them is said and no more: the secrets are
/// those of a rehearsal.
fn secrets(ui: &Ui, given: &FileOrKey) -> Result<Credentials, CliError> {
    let path = given.path();
    if !path.exists() {
        if let Some((access, secret)) = given.key() {
            return Ok(Credentials::Key { access, secret });
        }
        if given.may_be_secret() {
            let message = "what --credentials says names no file, and is no AK:SK with an AK of letters and digits";
            return Err(
                CliError::new(Exit::Error, message).hint("`evsctl simulator --help` shows the form of the file")
            );
        }
    }
    let text = read(path)?;
    let open = std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o044 != 0);
    if open {
        let path = path.display();
        ui.warn(&format!("others on this machine can read the secrets in {path}; `chmod 600 {path}` keeps them out"));
    }
    Ok(Credentials::Accounts(SecretString::from(text)))
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path)
        .map_err(|error| CliError::new(Exit::Error, format!("cannot read {}", path.display())).because_of(Some(&error)))
}
