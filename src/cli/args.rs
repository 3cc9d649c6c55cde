//! The command line as typed: the global flags and the commands. A doc comment is help text; the arguments of a
//! command stand beside what it does, in `command`.

mod habit;
mod log;

pub(super) use log::{LogArgs, LogFormat};

use super::command::apply::ApplyArgs;
use super::command::auth::AuthCommand;
use super::command::destroy::DestroyArgs;
use super::command::doctor::DoctorArgs;
use super::command::drift::DriftArgs;
use super::command::explain::ExplainArgs;
use super::command::import::ImportArgs;
use super::command::init::InitArgs;
use super::command::lock::LockCommand;
use super::command::plan::PlanArgs;
use super::command::simulator::SimulatorArgs;
use super::command::state::StateCommand;
use super::command::unlock::UnlockArgs;
use super::command::validate::ValidateArgs;
use super::error::CliError;
use super::exit::Exit;
use super::options::{GLOBAL, ReportArgs};
use super::settings::ColorWhen;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;

/// Keeps Huawei Cloud EVS volumes equal to what a Git repository says.
///
/// A stack is one manifest: a YAML file, or a folder of them. PATH names it, comes first, and is
/// the current folder where it is left out.
#[derive(Debug, Clone, Parser)]
#[command(name = "evsctl", version, after_help = EXAMPLES, after_long_help = EXIT_CODES, propagate_version = false)]
#[command(subcommand_required = true, disable_help_flag = true)]
pub(super) struct Args {
    /// When to colour what is printed.
    ///
    /// `auto` colours on a terminal only, and obeys NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", alias = "colour")]
    #[arg(help_heading = GLOBAL, display_order = 902, hide_short_help = true)]
    pub(super) color: ColorWhen,

    /// Prints help: -h on one screen, --help the whole.
    #[arg(short = 'h', long, global = true, action = clap::ArgAction::Help)]
    #[arg(help_heading = GLOBAL, display_order = 900)]
    help: Option<bool>,

    /// What is logged.
    #[command(flatten)]
    pub(super) log: LogArgs,

    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What a command is for, how it is typed, examples, its own options, and last the global ones.
const TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}{after-help}

{all-args}";

/// The commands and their arguments as they are parsed and as help shows them. What a command defines as its long help
/// comes below its short one.
pub(super) fn definitions() -> clap::Command {
    fn laid_out(command: clap::Command) -> clap::Command {
        let command = match (command.get_after_help(), command.get_after_long_help()) {
            (Some(short), Some(more)) => {
                let whole = format!("{short}\n\n{more}");
                command.after_long_help(whole)
            }
            _ => command,
        };
        command.help_template(TEMPLATE).mut_subcommands(laid_out)
    }
    laid_out(Args::command())
}

const EXAMPLES: &str = "\
Examples:
  evsctl init                 begins a stack in this folder
  evsctl plan                 shows what would be done
  evsctl apply                shows it, asks, and does it
  evsctl plan prod --out p.json && evsctl apply prod --plan p.json";

const EXIT_CODES: &str = "\
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
pub(super) enum Command {
    /// Begins a stack: writes a first manifest.
    ///
    /// A `.gitignore` for its state is written with it. Nothing is overwritten.
    Init(InitArgs),
    /// Checks a manifest without network.
    ///
    /// Every problem is reported at once, with its line.
    Validate(ValidateArgs),
    /// Shows what apply would do. Changes nothing, takes no lock.
    Plan(PlanArgs),
    /// Shows what was changed from outside.
    ///
    /// Changes nothing, takes no lock. Exits with 2 where something was changed that the manifest does not know of.
    Drift(DriftArgs),
    /// Makes the cloud equal to the manifest.
    ///
    /// It plans, shows, asks, does, and looks again.
    Apply(ApplyArgs),
    /// Deletes volumes, all or these.
    ///
    /// It plans, shows, asks for their number, does, and looks again. The manifest stays as it is.
    Destroy(DestroyArgs),
    /// Writes the entries of volumes that exist, to take them over.
    ///
    /// It changes the manifest's text alone: the next apply takes the volumes over, with consent as for any change.
    Import(ImportArgs),
    /// Lists volumes with this stack's tag that nothing records.
    ///
    /// It looks through the project. Reads only: takes no lock and writes nothing.
    Orphans(ReportArgs),
    /// Shows what is recorded, changes or restores it.
    #[command(subcommand)]
    State(StateCommand),
    /// Shows who holds the lock.
    ///
    /// Needs no network, takes no lock and writes nothing.
    #[command(subcommand)]
    Lock(LockCommand),
    /// Breaks the lock of the holder with that id.
    ///
    /// The holder can write nothing more. Needs no network.
    Unlock(UnlockArgs),
    /// Says which credentials are used, and where they come from.
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Checks all that plan and apply rest on.
    ///
    /// Reads only, unless --probe is given.
    Doctor(DoctorArgs),
    /// Says what an error code of the cloud means, and what to do.
    ///
    /// Needs no network.
    Explain(ExplainArgs),
    /// Prints the JSON Schema of the manifest, for editors.
    Schema,
    /// Serves the EVS API on this machine, for rehearsals.
    ///
    /// No account is needed.
    Simulator(SimulatorArgs),
}

impl Command {
    /// The command as it is typed.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Command::Init(_) => "init",
            Command::Validate(_) => "validate",
            Command::Plan(_) => "plan",
            Command::Drift(_) => "drift",
            Command::Apply(_) => "apply",
            Command::Destroy(_) => "destroy",
            Command::Import(_) => "import",
            Command::Orphans(_) => "orphans",
            Command::State(StateCommand::List(_)) => "state list",
            Command::State(StateCommand::Show(_)) => "state show",
            Command::State(StateCommand::Rebuild(_)) => "state rebuild",
            Command::State(StateCommand::Mv(_)) => "state mv",
            Command::State(StateCommand::RenameStack(_)) => "state rename-stack",
            Command::State(StateCommand::Rm(_)) => "state rm",
            Command::Lock(LockCommand::Status(_)) => "lock status",
            Command::Unlock(_) => "unlock",
            Command::Auth(AuthCommand::Status(_)) => "auth status",
            Command::Doctor(_) => "doctor",
            Command::Explain(_) => "explain",
            Command::Schema => "schema",
            Command::Simulator(_) => "simulator",
        }
    }
}

/// Why there is nothing to run: help was asked for, or what was typed cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    /// How the process ends: never 2.
    pub(super) exit: Exit,
    /// Whether the text is what was asked for, and goes to stdout.
    pub(super) to_stdout: bool,
    /// The text, styled.
    pub(super) text: String,
    /// When to colour it, as far as that was typed.
    pub(super) color: ColorWhen,
}

/// Reads the arguments, the program's name first.
///
/// # Errors
/// When help or the version was asked for, and for every error of usage.
pub(super) fn parse(raw: &[OsString]) -> Result<Args, Stop> {
    let color = habit::typed_color(raw);
    let wrong = |error: CliError| Stop { exit: error.exit, to_stdout: false, text: error.render(), color };
    if let Some(error) = habit::not_yet(raw) {
        return Err(wrong(error));
    }
    let matches = definitions().try_get_matches_from(raw);
    matches.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches)).map_err(|error| {
        use clap::error::ErrorKind::{DisplayHelp, DisplayVersion, InvalidSubcommand, UnknownArgument};
        let asked = matches!(error.kind(), DisplayHelp | DisplayVersion);
        if error.kind() == InvalidSubcommand
            && let Some(error) = habit::command(raw)
        {
            return wrong(error);
        }
        let unknown = match error.get(clap::error::ContextKind::InvalidArg) {
            Some(clap::error::ContextValue::String(flag)) if error.kind() == UnknownArgument => Some(flag.as_str()),
            _ => None,
        };
        if let Some(word) = unknown.filter(|word| !word.starts_with('-'))
            && let Some(error) = habit::one_too_many(raw, word)
        {
            return wrong(error);
        }
        if !asked && let Some(error) = habit::habits(raw, unknown, &definitions()) {
            return wrong(error);
        }
        let exit = if asked { Exit::Success } else { Exit::Error };
        Stop { exit, to_stdout: asked, text: near(error).render().ansi().to_string(), color }
    })
}

/// Takes out what clap suggests where it is not near what was typed: a flag that does something else is no help.
fn near(mut error: clap::Error) -> clap::Error {
    use clap::error::{ContextKind as Kind, ContextValue};
    let pairs = [(Kind::InvalidArg, Kind::SuggestedArg), (Kind::InvalidSubcommand, Kind::SuggestedSubcommand)];
    for (typed, suggested) in pairs {
        let Some(ContextValue::String(typed)) = error.get(typed) else { continue };
        let is_near = |word: &String| strsim::damerau_levenshtein(word, typed) <= 1 + word.len() / 5;
        let near = match error.get(suggested) {
            Some(ContextValue::String(word)) => is_near(word),
            Some(ContextValue::Strings(words)) => words.iter().any(is_near),
            _ => true,
        };
        if !near {
            // Its usage is that with the flag which was suggested.
            error.remove(suggested);
            error.remove(Kind::Usage);
        }
    }
    // Nothing that begins with a hyphen is meant as a value here.
    error.remove(Kind::Suggested);
    error
}

#[cfg(test)]
mod tests;
