//! Answers to what people type out of habit, and to what a later version will know.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::settings::ColorWhen;
use clap::ValueEnum as _;
use std::ffi::OsString;

/// Commands that are promised and not made yet.
const LATER: [&str; 9] = ["destroy", "drift", "show", "import", "undelete", "history", "fmt", "completions", "man"];
/// The same, below `state`.
const LATER_STATE: [&str; 3] = ["mv", "pull", "push"];

/// What other tools call a thing, without its hyphens, and what to do here.
const HABITS: [(&str, &str); 22] = [
    ("auto-approve", "use --yes"),
    ("out", "use --out FILE"),
    ("target", "use --target ADDR"),
    ("exclude", "use --exclude ADDR"),
    ("detailed-exitcode", "use --detailed-exitcode"),
    ("destroy", "take the volumes out of the manifest; a destroy command is not in this version yet"),
    ("refresh", "use --offline on plan to leave the cloud out; apply always looks"),
    ("refresh-only", "plan shows drift by itself, and changes nothing"),
    ("replace", "volumes are replaced only where the manifest asks for it"),
    ("input", "leave it out: without a terminal nothing is ever asked"),
    ("parallelism", "use --parallelism N"),
    ("lock-timeout", "use --lock-timeout DUR, as in 30s"),
    ("lock", "leave it out: an apply always locks, a plan never does"),
    ("json", "use --format json"),
    ("no-color", "use --color never, or set NO_COLOR"),
    ("var", "there are no variables: a manifest is complete; share values by `defaults` and YAML anchors"),
    ("var-file", "there are no variables: a manifest is complete; share values by `defaults` and YAML anchors"),
    ("state", "name the folder by `state:` in the manifest"),
    ("chdir", "name the manifest as PATH: evsctl plan PATH"),
    ("version", "use --version"),
    ("help", "use --help"),
    ("dry-run", "use evsctl plan: it changes nothing"),
];

/// Commands of other tools, and what to do here.
const COMMANDS: [(&str, &str); 14] = [
    ("refresh", "evsctl plan always looks at the cloud; evsctl apply records what it sees"),
    ("output", "use evsctl state list --format json"),
    ("version", "use evsctl --version"),
    ("get", "use evsctl state list, or evsctl plan to look at the cloud"),
    ("list", "use evsctl state list"),
    ("status", "use evsctl plan"),
    ("diff", "use evsctl plan; with --manifest-diff it shows how the manifest has changed, too"),
    ("preview", "use evsctl plan"),
    ("up", "use evsctl apply"),
    ("create", "write the volume into the manifest, then evsctl apply"),
    ("delete", "take the volume out of the manifest; deleting is not in this version yet"),
    ("taint", "a volume is replaced only where the manifest asks for it"),
    ("workspace", "a stack is a manifest of its own: name it as PATH"),
    (
        "force-unlock",
        "a lock ends with its holder; as a last resort use evsctl unlock ID, as evsctl lock status shows it",
    ),
];

/// The words typed, without the program's name and without what follows `--`.
fn words(raw: &[OsString]) -> impl Iterator<Item = &str> {
    raw.iter().skip(1).map_while(|word| Some(word.to_str().unwrap_or_default()).filter(|word| *word != "--"))
}

/// What `--color` says, even where the rest cannot be read.
pub(super) fn typed_color(raw: &[OsString]) -> ColorWhen {
    let words: Vec<&str> = words(raw).collect();
    let after = words.iter().position(|word| *word == "--color").and_then(|at| words.get(at + 1)).copied();
    let value = after.or_else(|| words.iter().find_map(|word| word.strip_prefix("--color=")));
    value.and_then(|value| ColorWhen::from_str(value, false).ok()).unwrap_or_default()
}

/// The error for a command that a later version will know.
pub(super) fn not_yet(raw: &[OsString]) -> Option<CliError> {
    let mut commands = Vec::new();
    let mut words = words(raw);
    while let Some(word) = words.next() {
        match word {
            "--color" => drop(words.next()),
            _ if word.starts_with('-') => {}
            _ => commands.push(word),
        }
    }
    // `evsctl help drift` means the same.
    let commands = commands.strip_prefix(&["help"]).unwrap_or(&commands);
    match commands {
        [command, ..] if LATER.contains(command) => Some(later(command)),
        ["state", verb, ..] if LATER_STATE.contains(verb) => Some(later(&format!("state {verb}"))),
        _ => None,
    }
}

fn later(what: &str) -> CliError {
    CliError::new(Exit::Error, format!("`{what}` is not in this version yet"))
        .hint("`evsctl --help` lists what there is")
}

/// The error that answers every flag typed out of another tool's habit; `None` where there is none.
/// Asked only about a line that could not be read, so that a legal flag never ends here.
pub(super) fn habits(raw: &[OsString]) -> Option<CliError> {
    let mut flags: Vec<&str> = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    for word in words(raw) {
        let Some(name) = word.strip_prefix('-') else { continue };
        let (double, name) = name.strip_prefix('-').map_or((false, name), |name| (true, name));
        let (name, _) = name.split_once('=').unwrap_or((name, ""));
        let Some((habit, hint)) = HABITS.iter().find(|(habit, _)| *habit == name).or_else(|| slip(name)) else {
            continue;
        };
        if double && is_ours(habit) {
            continue;
        }
        let flag = if word.len() > 40 { &word[..word.find('=').unwrap_or(0)] } else { word };
        flags.push(flag);
        hints.push(format!("{}: {hint}", flag.split('=').next().unwrap_or_default()));
    }
    if flags.is_empty() {
        return None;
    }
    let noun = if flags.len() == 1 { "there is no flag" } else { "there are no flags" };
    let mut error = CliError::new(Exit::Error, format!("{noun} {}", flags.join(", ")));
    error.hints = hints;
    Some(error)
}

/// The habit that a long word was meant for.
fn slip(name: &str) -> Option<&'static (&'static str, &'static str)> {
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
    let mut words = words(raw);
    let typed = loop {
        match words.next()? {
            "--color" => drop(words.next()),
            word if word.starts_with('-') => {}
            word => break word,
        }
    };
    let (_, hint) = COMMANDS.iter().find(|(command, _)| *command == typed)?;
    Some(CliError::new(Exit::Error, format!("there is no command `{typed}`")).hint(*hint))
}

/// Flags that exist with two hyphens: then something else is wrong with the line, and clap says what.
fn is_ours(name: &str) -> bool {
    const OURS: [&str; 9] =
        ["out", "target", "exclude", "detailed-exitcode", "parallelism", "lock-timeout", "version", "help", "color"];
    OURS.contains(&name)
}
