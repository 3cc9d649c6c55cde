//! The arguments as typed. A command's doc comment is its help text.

mod auth;
mod doctor;
mod explain;
mod habit;
mod lock;
mod log;
mod report;
mod state;
mod value;

pub use auth::AuthCommand;
pub use doctor::DoctorArgs;
pub use explain::ExplainArgs;
pub use lock::{LockCommand, LockWait, UnlockArgs};
pub use log::{LogArgs, LogFormat};
pub use report::ReportArgs;
pub use state::{StateCommand, StateRebuildArgs, StateRmArgs, StateShowArgs};
pub use value::FileOrKey;

use super::exit::Exit;
use super::settings::ColorWhen;
use crate::plan::Pattern;
use crate::volume::Digest;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Keeps Huawei Cloud EVS volumes equal to what a Git repository says.
///
/// A stack is one manifest: a YAML file, or a folder of them. PATH names it, comes first, and is
/// the current folder where it is left out.
#[derive(Debug, Clone, Parser)]
#[command(name = "evsctl", version, after_help = EXAMPLES, after_long_help = LONG_EXAMPLES, propagate_version = false)]
#[command(subcommand_required = true, disable_help_subcommand = false)]
pub struct Args {
    /// When to colour what is printed.
    ///
    /// `auto` colours on a terminal only, and obeys NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", alias = "colour", display_order = 900)]
    pub color: ColorWhen,

    /// What is logged.
    #[command(flatten)]
    pub log: LogArgs,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  evsctl init                 begins a stack in this folder
  evsctl plan                 shows what would be done
  evsctl apply                shows it, asks, and does it
  evsctl plan prod --out p.json && evsctl apply prod --plan p.json";

const LONG_EXAMPLES: &str = "\
Examples:
  evsctl init                 begins a stack in this folder
  evsctl plan                 shows what would be done
  evsctl apply                shows it, asks, and does it
  evsctl plan prod --out p.json && evsctl apply prod --plan p.json

Exit codes:
    0  no changes; for apply: converged, proved by a last look
    1  error before anything was done
    2  there is something to do (plan --detailed-exitcode)
    3  some steps failed
    4  refused: by the plan, for want of consent, by the answer no
    5  the state is locked by another run; `lock status` shows which
    6  credentials or a permission are missing
    7  not converged yet: jobs still run, or an error cut it short; resume it
  130  interrupted (143: terminated); safe to run again";

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Begins a stack: writes a first manifest and a `.gitignore`, overwriting nothing.
    Init(InitArgs),
    /// Checks a manifest without network, and reports every problem at once with its line.
    Validate(ValidateArgs),
    /// Shows what apply would do. Changes nothing, takes no lock.
    Plan(PlanArgs),
    /// Makes the cloud equal to the manifest: plans, shows, asks, does, and looks again.
    Apply(ApplyArgs),
    /// Lists volumes of the project that carry this stack's tag and that nothing records.
    ///
    /// Reads only: takes no lock and writes nothing.
    Orphans(ReportArgs),
    /// Shows what is recorded, or restores it.
    #[command(subcommand)]
    State(StateCommand),
    /// Shows who holds the lock. Needs no network, takes no lock and writes nothing.
    #[command(subcommand)]
    Lock(LockCommand),
    /// Breaks the lock of the holder with that id: it can write nothing more. Needs no network.
    Unlock(UnlockArgs),
    /// Says which credentials are used, and where they come from.
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Looks whether everything that plan and apply rest on is as it must be. Reads only, unless --probe is given.
    Doctor(DoctorArgs),
    /// Says what an error code of the cloud means, and what to do. Needs no network.
    Explain(ExplainArgs),
    /// Prints the JSON Schema of the manifest, for editors.
    Schema,
    /// Serves the EVS API from this machine, for rehearsals without an account.
    Simulator(SimulatorArgs),
}

/// For a person or for a program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text to read.
    #[default]
    Human,
    /// JSON, on stdout and alone there.
    Json,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Text to read.
    #[default]
    Human,
    /// One JSON document: the plan file itself.
    Json,
    /// Markdown for a pull request, at most 60,000 bytes.
    Markdown,
}

/// What to do about a call in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InDoubt {
    /// Until its absence is proved.
    Wait,
    /// Conclude nothing.
    Hold,
    /// Look once.
    Fail,
}

/// `evsctl init`
#[derive(Debug, Clone, clap::Args)]
pub struct InitArgs {
    /// The folder to begin in; it is made where it is not there.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
}

/// `evsctl validate`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  evsctl validate prod\n  evsctl validate prod/volumes.yaml --format json")]
pub struct ValidateArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}

/// Which part of a stack.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ScopeArgs {
    /// Plans these volumes only; may be given several times.
    ///
    /// ADDR is `key` for all volumes of a key, `key[3]`, `key[1..3,7]`, or either with `*` in it.
    #[arg(long, value_name = "ADDR")]
    pub target: Vec<Pattern>,
    /// Plans all volumes but these; may be given several times.
    ///
    /// Spelt as for --target, and stronger than it.
    #[arg(long, value_name = "ADDR")]
    pub exclude: Vec<Pattern>,
}

/// `evsctl plan`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl plan prod --detailed-exitcode
  evsctl plan prod --format markdown > comment.md
  evsctl plan prod --target 'web[1..3]' --exclude 'web[2]'")]
pub struct PlanArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Exits with 2 where there is something to do, and with 0 only where there is not.
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Writes the plan to FILE as well, for `apply --plan FILE`. It holds no secret.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: PlanFormat,
    /// Plans from what is recorded, without asking the cloud.
    #[arg(long)]
    pub offline: bool,
    /// Shows how the manifest's text has changed since the last apply.
    #[arg(long)]
    pub manifest_diff: bool,
    /// Which part of the stack.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// `evsctl apply`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl apply prod
  evsctl apply prod --plan p.json
  evsctl apply prod --approve sha256:3f0c... --format json
  evsctl apply prod --yes --allow-recreate 1

Without a terminal, one of --yes, --plan and --approve is needed: else exit 4, and nothing is sent.")]
pub struct ApplyArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Does not ask. Consent to destroy or to create again is given by number only.
    #[arg(long)]
    pub yes: bool,
    /// Does exactly what FILE holds, once, or refuses where the state has moved since.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["approve", "target", "exclude"])]
    pub plan: Option<PathBuf>,
    /// Plans again, and goes on only if the changes are the approved ones or what is left of them.
    #[arg(long, value_name = "DIGEST", value_parser = value::digest, conflicts_with = "yes")]
    pub approve: Option<Digest>,
    /// Consents to destroying exactly N volumes.
    #[arg(long, value_name = "N")]
    pub allow_destroy: Option<u64>,
    /// Consents to creating exactly N volumes again that are gone from the cloud.
    #[arg(long, value_name = "N")]
    pub allow_recreate: Option<u64>,
    /// Carries out the rest of a plan that holds refusals; still exits with 4.
    #[arg(long)]
    pub skip_refused: bool,
    /// How long it waits for another run.
    #[command(flatten)]
    pub lock: LockWait,
    /// Waits that long for each action; what is not done by then is left to the next run, exit 7.
    ///
    /// An order that somebody has to pay is looked for a minute at most while nothing of it shows.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "30m")]
    pub timeout: Duration,
    /// What to do about a create call whose answer was lost and of which nothing shows.
    ///
    /// wait: until time has proved that it never happened, then create anew. hold: look for a minute, conclude nothing.
    /// fail: look once. Whatever stays open exits with 7, and the next run goes on. Without the flag: wait where the
    /// service honours client tokens or access keys sign, else hold. A call that may have made an order is held whatever
    /// is said here.
    #[arg(long, value_name = "HOW")]
    pub in_doubt: Option<InDoubt>,
    /// Has at most N requests under way at once, from 1 to 256.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallelism: u16,
    /// How to write what happens; with json, one event a line.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Which part of the stack.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// Whether the embedded cloud knows client tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ClientTokens {
    /// A create call that is sent again with its token is answered as the first time.
    #[default]
    On,
    /// A create call with a token is refused, with EVS.2223.
    Off,
}

/// `evsctl simulator`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "The first line printed is `listening on http://ADDR`, with the real port where 0 was asked for.

Examples:
  evsctl simulator --listen 127.0.0.1:8080 --data cloud.json
  evsctl simulator --job-duration 50ms --faults faults.json
  evsctl simulator --credentials accounts.json --token-life 10m --rate-limit 20/s
  evsctl simulator --credentials REHEARSAL:not-a-real-secret

The file of --credentials:
  {\"accounts\": [{\"domain\": \"example\",
    \"projects\": [{\"id\": \"0123456789abcdef0123456789abcdef\", \"name\": \"cn-north-4\"}],
    \"users\": [{\"name\": \"ops\", \"password\": \"...\"}],
    \"access_keys\": [{\"ak\": \"...\", \"sk\": \"...\"}]}]}
A key may have a \"security_token\", and \"projects\": the ids of those it may work in.
Identity tokens that are exchanged for keys stand beside them:
    \"identity_providers\": [{\"idp_id\": \"ci\", \"provider_urn\": \"iam::example:oidcProvider:ci\",
      \"agency_urn\": \"iam::example:agency:deploy\", \"id_tokens\": [\"...\"]}]"
)]
pub struct SimulatorArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Keeps the cloud in FILE; without it the cloud ends with the process.
    ///
    /// GET /_sim/orders lists its orders, and POST /_sim/orders/ORDER/pay pays one.
    /// POST /_sim/volumes/ID edits a volume from outside: {"status":"error","attached_to":["SERVER"]}.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Makes the ids come out the same each time.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How long a job takes.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "2s")]
    pub job_duration: Duration,
    /// How long an answer takes.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "0s")]
    pub latency: Duration,
    /// Scripted trouble: the rules in FILE, as for POST /_sim/faults.
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// The zones, volume types and quotas that the cloud has.
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Whether create calls may carry X-Client-Token.
    #[arg(long, value_name = "SWITCH", default_value = "on")]
    pub client_tokens: ClientTokens,
    /// Asks for credentials: FILE holds the accounts. It also serves the calls of IAM and STS that clients need.
    ///
    /// Every request must then be signed with a key of FILE or one that an identity token was exchanged for, or carry
    /// a token that POST /v3/auth/tokens issued. What lies below /_sim/ stays open.
    ///
    /// Where there is no file of that name, AK:SK is the only key, AK of letters and digits. It may work in every project,
    /// by its id. Others on the machine can see what is typed here: let it be a rehearsal's key, and none of the cloud's.
    #[arg(long, value_name = "FILE|AK:SK", value_parser = OsStringValueParser::new().map(FileOrKey::from))]
    pub credentials: Option<FileOrKey>,
    /// How long a token lives, and a key that was issued at most.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "24h", requires = "credentials")]
    pub token_life: Duration,
    /// Lets so many requests a second through, as in 20/s; the others are answered with 429.
    #[arg(long, value_name = "N/s", value_parser = value::rate)]
    pub rate_limit: Option<NonZeroU32>,
}

/// Why there is nothing to run: help was asked for, or what was typed cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// How the process ends: never 2.
    pub exit: Exit,
    /// Whether the text is what was asked for, and goes to stdout.
    pub to_stdout: bool,
    /// The text, styled.
    pub text: String,
    /// When to colour it, as far as that was typed.
    pub color: ColorWhen,
}

/// Reads the arguments, the program's name first.
///
/// # Errors
/// When help or the version was asked for, and for every error of usage.
pub fn parse(raw: &[OsString]) -> Result<Args, Stop> {
    let color = habit::typed_color(raw);
    let wrong =
        |error: super::error::CliError| Stop { exit: error.exit, to_stdout: false, text: error.render(), color };
    if let Some(error) = habit::not_yet(raw) {
        return Err(wrong(error));
    }
    let matches = Args::command().try_get_matches_from(raw);
    matches.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches)).map_err(|error| {
        use clap::error::ErrorKind::{DisplayHelp, DisplayVersion, InvalidSubcommand};
        let asked = matches!(error.kind(), DisplayHelp | DisplayVersion);
        if error.kind() == InvalidSubcommand
            && let Some(error) = habit::command(raw)
        {
            return wrong(error);
        }
        if !asked && let Some(error) = habit::habits(raw) {
            return wrong(error);
        }
        let exit = if asked { Exit::Success } else { Exit::Error };
        Stop { exit, to_stdout: asked, text: error.render().ansi().to_string(), color }
    })
}

#[cfg(any(test, fuzzing))]
pub(super) mod readers {
    //! The values of arguments as they are read, for the proof in `readers`.

    use super::value;

    pub(crate) fn values(text: &str) {
        let read = [value::digest(text).map(String::from), value::lineage(text).map(String::from)];
        let read = read.into_iter().chain([value::call(text).map(String::from), value::lease(text).map(String::from)]);
        for value in read.flatten() {
            assert_eq!(value, text);
        }
        if let Ok(rate) = value::rate(text) {
            assert!(text.ends_with("/s") && rate.get() > 0);
        }
    }

    pub(crate) fn duration(text: &str) -> Result<std::time::Duration, String> {
        value::duration(text)
    }
}

#[cfg(test)]
mod tests;
