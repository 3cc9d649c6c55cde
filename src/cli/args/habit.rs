//! Answers to what people type out of habit, and to what a later version will know.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::settings::ColorWhen;
use crate::words::habit::{self as words, Command, Flag};
use clap::ValueEnum as _;
use std::ffi::OsString;

/// Commands that are promised and not made yet.
const LATER: [&str; 6] = ["show", "undelete", "history", "fmt", "completions", "man"];
/// The same, below `state`.
const LATER_STATE: [&str; 2] = ["pull", "push"];

/// What other tools call a thing, without its hyphens.
const HABITS: [(&str, Flag); 76] = [
    ("auto-approve", Flag::AutoApprove),
    ("out", Flag::Out),
    ("target", Flag::Target),
    ("exclude", Flag::Exclude),
    ("detailed-exitcode", Flag::DetailedExitcode),
    ("destroy", Flag::Destroy),
    ("refresh", Flag::Refresh),
    ("refresh-only", Flag::RefreshOnly),
    ("replace", Flag::Replace),
    ("input", Flag::Input),
    ("parallelism", Flag::Parallelism),
    ("lock-timeout", Flag::LockTimeout),
    ("lock", Flag::Lock),
    ("json", Flag::Json),
    ("no-color", Flag::NoColor),
    ("var", Flag::Var),
    ("var-file", Flag::Var),
    ("state", Flag::State),
    ("chdir", Flag::Chdir),
    ("version", Flag::Version),
    ("help", Flag::Help),
    ("dry-run", Flag::DryRun),
    ("y", Flag::Yes),
    ("yes", Flag::Yes),
    ("assume-yes", Flag::Yes),
    ("force", Flag::Force),
    ("f", Flag::File),
    ("file", Flag::File),
    ("filename", Flag::File),
    ("o", Flag::Format),
    ("port", Flag::Port),
    ("upgrade", Flag::Upgrade),
    ("plugin-dir", Flag::Upgrade),
    ("get", Flag::Upgrade),
    ("from-module", Flag::Upgrade),
    ("lockfile", Flag::Upgrade),
    ("get-plugins", Flag::Upgrade),
    ("verify-plugins", Flag::Upgrade),
    ("plugin-cache", Flag::Upgrade),
    ("fs-mirror", Flag::Upgrade),
    ("net-mirror", Flag::Upgrade),
    ("platform", Flag::Upgrade),
    ("backend", Flag::Backend),
    ("backend-config", Flag::Backend),
    ("migrate-state", Flag::Backend),
    ("reconfigure", Flag::Backend),
    ("force-copy", Flag::Backend),
    ("ignore-remote-version", Flag::Backend),
    ("backup", Flag::Backup),
    ("backup-out", Flag::Backup),
    ("state-out", Flag::Backup),
    ("compact-warnings", Flag::Concise),
    ("concise", Flag::Concise),
    ("generate-config-out", Flag::Generate),
    ("config", Flag::Generate),
    ("id", Flag::Generate),
    ("allow-missing", Flag::Generate),
    ("check", Flag::Fmt),
    ("write", Flag::Fmt),
    ("diff", Flag::Fmt),
    ("recursive", Flag::Fmt),
    ("list", Flag::Fmt),
    ("raw", Flag::Raw),
    ("output", Flag::Raw),
    ("verbose", Flag::Verbose),
    ("debug", Flag::Verbose),
    ("trace", Flag::Verbose),
    ("filter", Flag::Tests),
    ("junit-xml", Flag::Tests),
    ("test-directory", Flag::Tests),
    ("no-tests", Flag::Tests),
    ("cloud-run", Flag::Tests),
    ("draw-cycles", Flag::Graph),
    ("module-depth", Flag::Graph),
    ("type", Flag::Graph),
    ("show-sensitive", Flag::Sensitive),
];

/// Commands of other tools.
const COMMANDS: [(&str, Command); 43] = [
    ("refresh", Command::Refresh),
    ("output", Command::Output),
    ("version", Command::Version),
    ("get", Command::Get),
    ("list", Command::List),
    ("status", Command::Status),
    ("diff", Command::Diff),
    ("preview", Command::Status),
    ("up", Command::Up),
    ("create", Command::Create),
    ("delete", Command::Delete),
    ("taint", Command::Taint),
    ("workspace", Command::Workspace),
    ("force-unlock", Command::ForceUnlock),
    ("console", Command::Console),
    ("graph", Command::Graph),
    ("login", Command::Login),
    ("logout", Command::Login),
    ("test", Command::Tests),
    ("lint", Command::Tests),
    ("check", Command::Tests),
    ("providers", Command::Providers),
    ("modules", Command::Providers),
    ("metadata", Command::Providers),
    ("query", Command::Providers),
    ("stacks", Command::Providers),
    ("install", Command::Providers),
    ("upgrade", Command::Providers),
    ("untaint", Command::Untaint),
    ("sync", Command::Sync),
    ("reconcile", Command::Sync),
    ("deploy", Command::Sync),
    ("run", Command::Sync),
    ("rm", Command::Remove),
    ("remove", Command::Remove),
    ("unmanage", Command::Remove),
    ("mv", Command::Move),
    ("move", Command::Move),
    ("rename", Command::Move),
    ("stack", Command::Stack),
    ("env", Command::Stack),
    ("cancel", Command::Cancel),
    ("stop", Command::Cancel),
];

/// The same, below `state`.
const STATE_COMMANDS: [(&str, Command); 2] =
    [("replace-provider", Command::ReplaceProvider), ("identities", Command::Identities)];

/// The words typed, without the program's name and without what follows `--`.
fn typed_words(raw: &[OsString]) -> impl Iterator<Item = &str> {
    raw.iter().skip(1).map_while(|word| Some(word.to_str().unwrap_or_default()).filter(|word| *word != "--"))
}

/// What `--color` says, even where the rest cannot be read.
pub(super) fn typed_color(raw: &[OsString]) -> ColorWhen {
    let typed: Vec<&str> = typed_words(raw).collect();
    let after = typed.iter().position(|word| *word == "--color").and_then(|at| typed.get(at + 1)).copied();
    let value = after.or_else(|| typed.iter().find_map(|word| word.strip_prefix("--color=")));
    value.and_then(|value| ColorWhen::from_str(value, false).ok()).unwrap_or_default()
}

/// The error for a command that a later version will know.
pub(super) fn not_yet(raw: &[OsString]) -> Option<CliError> {
    let commands = typed_commands(raw);
    // `evsctl help drift` means the same.
    let commands = commands.strip_prefix(&["help"]).unwrap_or(&commands);
    match commands {
        [command, ..] if LATER.contains(command) => Some(later(command)),
        ["state", verb, ..] if LATER_STATE.contains(verb) => Some(later(&format!("state {verb}"))),
        _ => None,
    }
}

fn later(what: &str) -> CliError {
    let hint = if what == "show" { words::STATE_SHOW } else { words::WHAT_THERE_IS };
    CliError::new(Exit::Error, words::not_yet(what)).hint(hint)
}

/// The error that answers every flag typed out of another tool's habit; `None` where there is none.
/// Asked only about a line that could not be read, so that a legal flag never ends here; `unknown` is the flag that the command
/// does not have.
pub(super) fn habits(raw: &[OsString], unknown: Option<&str>, ours: &clap::Command) -> Option<CliError> {
    let mut flags: Vec<&str> = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    let destroys = typed_words(raw).find(|word| !word.starts_with('-')) == Some("destroy");
    for word in typed_words(raw) {
        let Some(name) = word.strip_prefix('-') else { continue };
        let (double, name) = name.strip_prefix('-').map_or((false, name), |name| (true, name));
        let (name, _) = name.split_once('=').unwrap_or((name, ""));
        let is_unknown = unknown == Some(&*format!("--{name}"));
        // A flag of ours that is nobody's habit is meant as it stands, and belongs to another command.
        let own = (name, Flag::Elsewhere);
        let habit = HABITS.iter().find(|(habit, _)| *habit == name).or_else(|| slip(name));
        let Some((habit, meant)) = habit.or_else(|| (is_unknown && has(ours, name)).then_some(&own)) else {
            continue;
        };
        let is_address = *meant == Flag::Target && destroys;
        let is_elsewhere = name == *habit && is_unknown;
        let is_ours = double && (matches!(*habit, "version" | "help") || has(ours, habit));
        if is_ours && !is_address && !is_elsewhere {
            continue;
        }
        let meant = match (is_address, is_ours && is_elsewhere) {
            (true, _) => Flag::Address,
            (_, true) => Flag::Elsewhere,
            _ => *meant,
        };
        let flag = if word.len() > 40 { &word[..word.find('=').unwrap_or(0)] } else { word };
        flags.push(flag);
        hints.push(words::in_place_of_flag(flag.split('=').next().unwrap_or_default(), meant));
    }
    if flags.is_empty() {
        return None;
    }
    let mut error = CliError::new(Exit::Error, words::no_flags(&flags));
    error.hints = hints;
    Some(error)
}

/// The error that answers a second word behind a command that takes PATH alone, where such a word is known to mean something.
pub(super) fn one_too_many(raw: &[OsString], word: &str) -> Option<CliError> {
    let command = *typed_commands(raw).first()?;
    let hint = match command {
        "apply" => words::NO_SECOND_WORD_OF_APPLY,
        "plan" => words::NO_SECOND_WORD_OF_PLAN,
        "import" => words::NO_SECOND_WORD_OF_IMPORT,
        _ => return None,
    };
    Some(CliError::new(Exit::Error, words::one_too_many(command, word)).hint(hint))
}

/// The habit that a long word was meant for.
fn slip(name: &str) -> Option<&'static (&'static str, Flag)> {
    const SHORT: usize = 6;
    let far = |habit: &str| strsim::damerau_levenshtein(habit, name);
    let long = HABITS.iter().filter(|(habit, _)| habit.len() >= SHORT && name.len() <= 2 * habit.len());
    long.map(|habit| (far(habit.0), habit))
        .filter(|(far, _)| *far <= 2)
        .min_by_key(|(far, _)| *far)
        .map(|found| found.1)
}

/// The error that answers a command of another tool. Asked only where clap knows no such command.
pub(super) fn command(raw: &[OsString]) -> Option<CliError> {
    let commands = typed_commands(raw);
    let known = |table: &[(&str, Command)], typed: &str| {
        table.iter().find(|(command, _)| *command == typed).map(|(_, meant)| *meant)
    };
    let (typed, meant) = match commands.as_slice() {
        ["state", verb, ..] => (format!("state {verb}"), known(&STATE_COMMANDS, verb)?),
        [typed, ..] => ((*typed).to_owned(), known(&COMMANDS, typed)?),
        [] => return None,
    };
    Some(CliError::new(Exit::Error, words::no_command(&typed)).hint(words::in_place_of_command(meant)))
}

/// The words typed that are no flags: the commands, and what stands behind them.
fn typed_commands(raw: &[OsString]) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut typed = typed_words(raw);
    while let Some(word) = typed.next() {
        match word {
            "--color" => drop(typed.next()),
            _ if word.starts_with('-') => {}
            _ => commands.push(word),
        }
    }
    commands
}

/// Whether `command` or one below it has a flag of that name: then something else is wrong with the line, and clap says
/// what.
fn has(command: &clap::Command, name: &str) -> bool {
    let long = |flag: &clap::Arg| flag.get_long() == Some(name);
    command.get_arguments().any(long) || command.get_subcommands().any(|below| has(below, name))
}
