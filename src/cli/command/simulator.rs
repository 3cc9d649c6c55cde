//! `evsctl simulator`: the embedded cloud as a server of its own.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::value;
use crate::cli::runtime::block_on;
use crate::cli::signal::signals;
use crate::cli::ui::Ui;
use crate::simulator::{AccountStyle, Config, Credentials, Opening, Partition, Simulator, StartError};
use crate::words::command::simulator as words;
use clap::ValueEnum;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use secrecy::SecretString;
use std::ffi::OsString;
use std::fmt;
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Whether the embedded cloud knows client tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ClientTokens {
    /// A create call that is sent again with its token is answered as the first time.
    #[default]
    On,
    /// A create call with a token is refused, with EVS.2223.
    Off,
}

/// How the account's volumes look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Style {
    /// `"false"` in lower case.
    #[default]
    A,
    /// `"False"` with a capital.
    B,
    /// The same, and `readonly` in the metadata.
    C,
}

impl From<Style> for AccountStyle {
    fn from(style: Style) -> AccountStyle {
        match style {
            Style::A => AccountStyle::A,
            Style::B => AccountStyle::B,
            Style::C => AccountStyle::C,
        }
    }
}

/// Which of the vendor's clouds it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Cloud {
    /// Huawei Cloud.
    #[default]
    Huawei,
    /// Open Telekom Cloud.
    Otc,
}

impl From<Cloud> for Partition {
    fn from(cloud: Cloud) -> Partition {
        match cloud {
            Cloud::Huawei => Partition::Huawei,
            Cloud::Otc => Partition::Otc,
        }
    }
}

/// `evsctl simulator`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:
  evsctl simulator --listen 127.0.0.1:8080 --data cloud.jsonl
  evsctl simulator --job-duration 50ms --faults faults.json
  evsctl simulator --credentials accounts.json --rate-limit 20/s

The first line printed is `listening on http://ADDR`, with the real port.",
    after_long_help = "The file of --credentials, which may also be one key, as in REHEARSAL:not-a-real-secret:
  {\"accounts\": [{\"domain\": \"example\",
    \"projects\": [{\"id\": \"0123456789abcdef0123456789abcdef\", \"name\": \"cn-north-4\"}],
    \"users\": [{\"name\": \"ops\", \"password\": \"...\"}],
    \"access_keys\": [{\"ak\": \"...\", \"sk\": \"...\"}]}]}
A key may have a \"security_token\", and \"projects\": the ids of those it may work in.
Identity tokens that are exchanged for keys stand beside them:
    \"identity_providers\": [{\"idp_id\": \"ci\", \"provider_urn\": \"iam::example:oidcProvider:ci\",
      \"agency_urn\": \"iam::example:agency:deploy\", \"id_tokens\": [\"...\"]}]"
)]
pub(in crate::cli) struct SimulatorArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(in crate::cli) listen: std::net::SocketAddr,
    /// Keeps the cloud in FILE.
    ///
    /// Without it the cloud ends with the process.
    /// GET /_sim/orders lists its orders; POST /_sim/orders/ORDER/pay pays one, and .../cancel cancels one.
    /// POST /_sim/volumes/ID edits a volume from outside: {"status":"error","attached_to":["SERVER"]}. Its fields are size,
    /// volume_type, iops, throughput, name, description, tags, status, enterprise_project_id, attached_to, server_status,
    /// locked_by, created_at, gone.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) data: Option<PathBuf>,
    /// Makes the ids come out the same each time.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) seed: Option<u64>,
    /// How long a job takes.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "2s")]
    pub(in crate::cli) job_duration: Duration,
    /// How long an answer takes.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "0s")]
    pub(in crate::cli) latency: Duration,
    /// Scripted trouble: the rules in FILE.
    ///
    /// They are those that POST /_sim/faults takes.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) faults: Option<PathBuf>,
    /// What the cloud has: zones, volume types, quotas, snapshots, images, backups.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) catalogue: Option<PathBuf>,
    /// Whether create calls may carry X-Client-Token.
    #[arg(long, value_name = "on|off", default_value = "on", hide_possible_values = true)]
    pub(in crate::cli) client_tokens: ClientTokens,
    /// Asks for credentials.
    ///
    /// FILE holds the accounts. It also serves the calls of IAM and STS that clients need.
    ///
    /// Every request must then be signed with a key of FILE or one that an identity token was exchanged for, or carry
    /// a token that POST /v3/auth/tokens issued. What lies below /_sim/ stays open.
    ///
    /// Where there is no file of that name, AK:SK is the only key, AK of letters and digits. It may work in every project,
    /// by its id. Others on the machine can see what is typed here: let it be a rehearsal's key, and none of the cloud's.
    #[arg(long, value_name = "FILE|AK:SK", value_parser = OsStringValueParser::new().map(FileOrKey::from))]
    pub(in crate::cli) credentials: Option<FileOrKey>,
    /// How long a token lives.
    ///
    /// A key that was issued lives as long at most.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "24h", requires = "credentials")]
    pub(in crate::cli) token_life: Duration,
    /// Lets so many requests a second through, as in 20/s.
    ///
    /// The others are answered with 429.
    #[arg(long, value_name = "N/s", value_parser = value::rate)]
    pub(in crate::cli) rate_limit: Option<NonZeroU32>,
    /// How the account's volumes look.
    ///
    /// Accounts of the real service differ in how they write booleans that are texts, which are bootable, shareable and
    /// hw:passthrough: "false" in a, "False" in b and c. In c every volume has readonly in its metadata too.
    #[arg(long, value_name = "a|b|c", default_value = "a", hide_possible_values = true, hide_short_help = true)]
    pub(in crate::cli) account_style: Style,
    /// Which of the vendor's clouds it is.
    ///
    /// Open Telekom Cloud answers calls that its documents do not have as its gateway does, with 404 and APIGW.0101; it has
    /// a volume type less, and allows fewer characters in tags.
    #[arg(
        long,
        value_name = "huawei|otc",
        default_value = "huawei",
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub(in crate::cli) partition: Cloud,
}

/// A file of accounts, or one key as `AK:SK`. Which of them it is only the files tell; until then all of it may be secret.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::cli) struct FileOrKey(OsString);

impl FileOrKey {
    /// As a file.
    fn path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// As a key: its name, of letters and digits, and what it signs with.
    fn key(&self) -> Option<(String, SecretString)> {
        let (access, secret) = self.0.to_str()?.split_once(':')?;
        let sound = !access.is_empty() && access.bytes().all(|it| it.is_ascii_alphanumeric()) && !secret.is_empty();
        sound.then(|| (access.to_owned(), SecretString::from(secret)))
    }

    /// Whether a secret may stand in it.
    fn may_be_secret(&self) -> bool {
        self.0.as_encoded_bytes().contains(&b':')
    }
}

impl From<OsString> for FileOrKey {
    fn from(typed: OsString) -> FileOrKey {
        FileOrKey(typed)
    }
}

impl fmt::Debug for FileOrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileOrKey(..)")
    }
}

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
        account_style: args.account_style.into(),
        partition: args.partition.into(),
        ..Config::default()
    };
    block_on(async {
        let stop = CancellationToken::new();
        let signal = signals(stop.clone(), || {})?;
        let server = Simulator::start(config).await.map_err(unstarted)?;
        if !server.address().ip().is_loopback() {
            ui.warn(&words::reachable(&server.address().to_string(), args.credentials.is_some()));
        }
        // Programs wait for this line, which `--help` promises: it is no sentence.
        ui.data(&format!("listening on http://{}\n", server.address()));
        stop.cancelled().await;
        server.stop().await;
        drop(signal);
        Ok(Exit::Success)
    })
}

fn unstarted(error: StartError) -> CliError {
    let of_accounts = matches!(error, StartError::Credentials(_));
    let told = CliError::of(Exit::Error, error);
    if of_accounts { told.hint(words::FORM_OF_FILE) } else { told }
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
            return Err(CliError::new(Exit::Error, words::NO_FILE_AND_NO_KEY).hint(words::FORM_OF_FILE));
        }
    }
    let text = read(path)?;
    let open = std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o044 != 0);
    if open {
        ui.warn(&words::open_to_others(path));
    }
    Ok(Credentials::Accounts(SecretString::from(text)))
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path)
        .map_err(|error| CliError::new(Exit::Error, words::cannot_read(path)).because_of(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_name_and_a_secret_and_is_never_shown() {
        use secrecy::ExposeSecret as _;
        let typed = |text: &str| FileOrKey::from(OsString::from(text));
        for (text, access, secret) in [("AK1:a secret", "AK1", "a secret"), ("ak:a:b/c", "ak", "a:b/c")] {
            let (found, hidden) = typed(text).key().unwrap();
            assert_eq!((found.as_str(), hidden.expose_secret()), (access, secret));
            assert!(typed(text).may_be_secret() && !format!("{:?}", typed(text)).contains(secret));
        }
        for text in ["accounts.json", "", ":", "AK:", ":SK", "../a:b", "A K:SK"] {
            assert!(typed(text).key().is_none(), "{text}");
        }
        assert!(!typed("accounts.json").may_be_secret());
    }
}
