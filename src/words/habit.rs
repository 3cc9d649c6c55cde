//! Answers to what people type out of another tool's habit, and to what a later version will know.

use super::number::either;

/// A flag of other tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// `-auto-approve`
    AutoApprove,
    /// `-out`
    Out,
    /// `-target`
    Target,
    /// `-target` of a destroy
    Address,
    /// `-exclude`
    Exclude,
    /// `-detailed-exitcode`
    DetailedExitcode,
    /// `-destroy`
    Destroy,
    /// `-refresh`
    Refresh,
    /// `-refresh-only`
    RefreshOnly,
    /// `-replace`
    Replace,
    /// `-input`
    Input,
    /// `-parallelism`
    Parallelism,
    /// `-lock-timeout`
    LockTimeout,
    /// `-lock`
    Lock,
    /// `-json`
    Json,
    /// `-no-color`
    NoColor,
    /// `-var`, `-var-file`
    Var,
    /// `-state`
    State,
    /// `-chdir`
    Chdir,
    /// `-version`
    Version,
    /// `-help`
    Help,
    /// `-dry-run`
    DryRun,
    /// A flag that other commands have.
    Elsewhere,
    /// `-y`
    Yes,
    /// `-force`
    Force,
    /// `-f`, `--file`, `--filename`
    File,
    /// `-o`
    Format,
    /// `--port`
    Port,
    /// `-upgrade` and whatever else is about providers and modules
    Upgrade,
    /// `-backend-config` and what goes with it
    Backend,
    /// `-backup`, `-state-out`
    Backup,
    /// `-compact-warnings`, `-concise`
    Concise,
    /// `-generate-config-out`
    Generate,
    /// flags of `fmt`
    Fmt,
    /// `-raw`
    Raw,
    /// `-verbose`
    Verbose,
    /// flags of `test`
    Tests,
    /// flags of `graph`
    Graph,
    /// `-show-sensitive`
    Sensitive,
}

/// A command of other tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `refresh`
    Refresh,
    /// `output`
    Output,
    /// `version`
    Version,
    /// `get`
    Get,
    /// `list`
    List,
    /// `status`, `preview`
    Status,
    /// `diff`
    Diff,
    /// `up`
    Up,
    /// `create`
    Create,
    /// `delete`
    Delete,
    /// `taint`
    Taint,
    /// `workspace`
    Workspace,
    /// `force-unlock`
    ForceUnlock,
    /// `console`
    Console,
    /// `graph`
    Graph,
    /// `login`, `logout`
    Login,
    /// `test`
    Tests,
    /// `providers`
    Providers,
    /// `untaint`
    Untaint,
    /// `sync`, `reconcile`
    Sync,
    /// `rm`
    Remove,
    /// `mv`
    Move,
    /// `stack`
    Stack,
    /// `cancel`
    Cancel,
    /// `state replace-provider`
    ReplaceProvider,
    /// `state identities`
    Identities,
}

/// That there are no such flags; at least one is named.
pub fn no_flags(typed: &[&str]) -> String {
    let are = either(typed.len(), "there is no flag", "there are no flags");
    format!("{are} {}", typed.join(", "))
}

/// What to do here in place of a flag, after the flag as it was typed.
pub fn in_place_of_flag(typed: &str, flag: Flag) -> String {
    format!("{typed}: {}", instead_of_flag(flag))
}

fn instead_of_flag(flag: Flag) -> &'static str {
    match flag {
        Flag::AutoApprove => "use --yes",
        Flag::Out => "use --out FILE",
        Flag::Target => "use --target ADDR",
        Flag::Address => "name ADDR behind PATH: evsctl destroy PATH ADDR",
        Flag::Exclude => "use --exclude ADDR",
        Flag::DetailedExitcode => "use --detailed-exitcode",
        Flag::Destroy => {
            "use evsctl destroy PATH [ADDR...]; or take the volumes out of the manifest, then evsctl apply"
        }
        Flag::Refresh => "use --offline on plan to leave the cloud out; apply always looks",
        Flag::RefreshOnly => "plan shows drift by itself, and changes nothing",
        Flag::Replace => "volumes are replaced only where the manifest asks for it",
        Flag::Input => "leave it out: without a terminal nothing is ever asked",
        Flag::Parallelism => "use --parallelism N",
        Flag::LockTimeout => "use --lock-timeout DUR, as in 30s",
        Flag::Lock => "leave it out: an apply always locks, a plan never does",
        Flag::Json => "use --format json",
        Flag::NoColor => "use --color never, or set NO_COLOR",
        Flag::Var => "there are no variables: a manifest is complete; share values by `defaults` and YAML anchors",
        Flag::State => "name the folder by `state:` in the manifest",
        Flag::Chdir => "name the manifest as PATH: evsctl plan PATH",
        Flag::Version => "use --version",
        Flag::Help => "use --help",
        Flag::Elsewhere => "other commands have it; leave it out here",
        Flag::DryRun => "use evsctl plan: it changes nothing",
        Flag::Yes => "use --yes",
        Flag::Force => "there is nothing to force: --yes consents to a plan, and a number to what it destroys",
        Flag::File => {
            "name the manifest as PATH, without a flag; and where it was meant by -f, there is nothing to force"
        }
        Flag::Format => "use --format json; evsctl plan also has --out FILE",
        Flag::Port => "use --listen, as in --listen 127.0.0.1:8080",
        Flag::Upgrade => "leave it out: there are no providers and no modules",
        Flag::Backend => "leave it out: where the state lives is said by `state:` in the manifest",
        Flag::Backup => "leave it out: the former states are kept beside the state, as STACK.json.1 to STACK.json.3",
        Flag::Concise => "leave it out: alike items are one line anyway",
        Flag::Generate => "evsctl import PATH --id ID writes the entries of volumes that exist",
        Flag::Fmt => "formatting a manifest is not in this version yet",
        Flag::Raw => "use --format json",
        Flag::Verbose => "use -v, or -vv",
        Flag::Tests => "leave it out: evsctl validate checks a manifest",
        Flag::Graph => "leave it out: a plan says itself which steps wait for others",
        Flag::Sensitive => "leave it out: no secret is kept or shown",
    }
}

/// That there is no such command.
pub fn no_command(typed: &str) -> String {
    format!("there is no command `{typed}`")
}

/// What to do here in place of a command.
pub fn in_place_of_command(command: Command) -> &'static str {
    match command {
        Command::Refresh => "evsctl plan always looks at the cloud; evsctl apply records what it sees",
        Command::Output => "use evsctl state list --format json",
        Command::Version => "use evsctl --version",
        Command::Get => {
            "there are no modules to get; to see volumes, evsctl state list, or evsctl plan to look at the cloud"
        }
        Command::List => "use evsctl state list",
        Command::Status => "use evsctl plan",
        Command::Diff => "use evsctl plan; with --manifest-diff it shows how the manifest has changed, too",
        Command::Up => "use evsctl apply",
        Command::Create => "write the volume into the manifest, then evsctl apply",
        Command::Delete => "take the volume out of the manifest, then evsctl apply; or evsctl destroy PATH ADDR",
        Command::Taint => {
            "replacing is not in this version yet: give the slot up by `lifecycle.retire`, apply, then take that out again"
        }
        Command::Workspace => "a stack is a manifest of its own: name it as PATH",
        Command::ForceUnlock => {
            "a lock ends with its holder; as a last resort use evsctl unlock ID, as evsctl lock status shows it"
        }
        Command::Console => "evsctl state show says all that is recorded; there are no expressions",
        Command::Graph => "a plan says itself which steps wait for others: evsctl plan --format json",
        Command::Login => "credentials come from the environment and from files: evsctl auth status says which",
        Command::Tests => "evsctl validate checks a manifest; examples/quickstart runs on the embedded cloud",
        Command::Providers => "there are no providers and no modules: nothing has to be got",
        Command::Untaint => {
            "what is wrong with a volume is judged anew by each plan: mend it in the cloud, then evsctl plan"
        }
        Command::Sync => "use evsctl apply",
        Command::Remove => {
            "to delete, take it out of the manifest, then evsctl apply; to give it up, evsctl state rm PATH ADDR"
        }
        Command::Move => "use evsctl state mv PATH FROM TO, or `moved:` in the manifest",
        Command::Stack => "use evsctl state list; a stack is a manifest of its own, named as PATH",
        Command::Cancel => "end the apply by Ctrl-C, or by a signal: the next one goes on with its calls",
        Command::ReplaceProvider => "there are no providers",
        Command::Identities => "use evsctl state list: a volume is known by its id",
    }
}

/// That a command takes PATH and no other word.
pub fn one_too_many(command: &str, word: &str) -> String {
    format!("{word:?} is one word too many: evsctl {command} takes PATH alone")
}

/// What it may have meant.
pub const NO_SECOND_WORD_OF_APPLY: &str = "a plan file is given by --plan FILE, volumes by --target ADDR";
/// What it may have meant.
pub const NO_SECOND_WORD_OF_PLAN: &str = "volumes are given by --target ADDR; --out FILE keeps the plan";

/// What it may have meant.
pub const NO_SECOND_WORD_OF_IMPORT: &str = "evsctl import PATH --id ID writes an entry for a volume; for an address of your own write `import: { 'web[1]': ID }`";

/// That a command is promised and not made yet.
pub fn not_yet(command: &str) -> String {
    format!("`{command}` is not in this version yet")
}

/// What there is of `show`.
pub const STATE_SHOW: &str = "evsctl state show says all that is recorded; a plan file is JSON";

/// Where to look for the commands that there are.
pub const WHAT_THERE_IS: &str = "`evsctl --help` lists what there is";
