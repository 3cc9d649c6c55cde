//! The command line: arguments, surroundings, commands, and everything that prints.

mod args;
mod cloud;
mod command;
mod core_dumps;
mod credentials;
mod descriptors;
pub mod error;
pub mod exit;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod holder;
mod log;
mod options;
mod plan_file;
mod planning;
mod preflight;
pub mod render;
mod rewrite;
mod runtime;
pub(crate) mod safe;
mod save;
pub mod settings;
mod several;
mod shell;
mod signal;
mod stack;
pub(crate) mod style;
mod traces;
pub mod ui;

use args::{Command, Stop};
use command::auth::AuthCommand;
use command::lock::LockCommand;
use settings::Settings;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use ui::Ui;

/// Runs one command; the program's name comes first in `raw`.
pub fn run(raw: Vec<OsString>) -> ExitCode {
    core_dumps::disable();
    let args = match args::parse(&raw) {
        Ok(args) => args,
        Err(stop) => {
            show(&Ui::new(Settings::read(stop.color)), &stop);
            return stop.exit.into();
        }
    };
    let ui = Arc::new(Ui::new(Settings::read(args.color)));
    let mut listeners = log::Listeners::new();
    let log = log::start(&ui, args.log, &mut listeners);
    // A server has no end that its span could be told at.
    let traces = match args.command {
        Command::Simulator(_) => None,
        _ => traces::start(&ui, &mut listeners),
    };
    log::listen(listeners);
    let root = traces::root(args.command.words());
    let inside = root.enter();
    // An apply has done its work even if its output could not be written; other commands have not.
    let output_is_the_work = !matches!(args.command, Command::Apply(_) | Command::Destroy(_));
    let ended = match args.command {
        Command::Init(args) => command::init::run(&ui, &args),
        Command::Validate(args) => command::validate::run(&ui, &args),
        Command::Plan(args) => command::plan::run(&ui, &args),
        Command::Drift(args) => command::drift::run(&ui, &args),
        Command::Apply(args) => command::apply::run(&ui, args),
        Command::Destroy(args) => command::destroy::run(&ui, args),
        Command::State(command) => command::state::run(&ui, &command),
        Command::Import(args) => command::import::run(&ui, &args),
        Command::Orphans(args) => command::orphans::run(&ui, &args),
        Command::Lock(LockCommand::Status(args)) => command::lock::status(&ui, &args),
        Command::Unlock(args) => command::unlock::run(&ui, &args),
        Command::Auth(AuthCommand::Status(args)) => command::auth::status(&ui, &args),
        Command::Doctor(args) => command::doctor::run(&ui, &args),
        Command::Explain(args) => command::explain::run(&ui, &args),
        Command::Schema => command::schema::run(&ui),
        Command::Simulator(args) => command::simulator::run(&ui, &args),
    };
    // The work is over, and what it logged belongs before the last words.
    if let Some(log) = log {
        log.end();
    }
    let exit = ended.unwrap_or_else(|error| {
        ui.error(&error);
        error.exit
    });
    let exit = match ui.finish() {
        Ok(()) => exit,
        Err(error) => {
            ui.error(&error);
            if output_is_the_work { exit.strongest(error.exit) } else { exit }
        }
    };
    drop(inside);
    // All is done and told: whatever becomes of the traces changes nothing any more.
    traces::end(&ui, traces, root, exit);
    exit.into()
}

/// Prints the text of a stop where it belongs.
fn show(ui: &Ui, stop: &Stop) {
    if stop.to_stdout { ui.data(&stop.text) } else { ui.talk(&stop.text) }
}
