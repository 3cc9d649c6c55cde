//! `evsctl apply`: plans, shows, asks, does, and looks again.

mod again;
mod consent;
mod course;
mod end;
mod question;
mod session;
mod shown;
mod work;

use crate::apply::why::Short;
use crate::cli::cloud::Effort;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::lock;
use crate::cli::options::{Format, LockWait, ScopeArgs, value};
use crate::cli::planning::{chosen, select};
use crate::cli::runtime::block_on;
use crate::cli::signal::{endure, signals};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::operation::settle;
use crate::plan::{Pattern, Scope, Selection};
use clap::ValueEnum;
use consent::Approval;
pub(super) use consent::ConsentArgs;
use end::End;
use session::Session;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What to do about a call in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InDoubt {
    /// Until its absence is proved.
    Wait,
    /// Conclude nothing.
    Hold,
    /// Look once.
    Fail,
}

/// How a run goes that changes volumes.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct RunArgs {
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
    /// Waits that long for each action.
    ///
    /// What is not done by then is left to the next run, exit 7.
    /// An order that somebody has to pay is looked for a minute at most while nothing of it shows.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "30m")]
    pub(in crate::cli) timeout: Duration,
    /// What to do about a call whose answer was lost.
    ///
    /// It is about create calls of which nothing shows.
    /// wait: until time has proved that it never happened, then create anew. hold: look for a minute, conclude nothing.
    /// fail: look once. Whatever stays open exits with 7, and the next run goes on. Without the flag: wait where the
    /// service honours client tokens or access keys sign, else hold. A call that may have made an order is held whatever
    /// is said here.
    #[arg(long, value_name = "HOW", hide_possible_values = true)]
    pub(in crate::cli) in_doubt: Option<InDoubt>,
    /// Sends at most N requests at once, 1 to 256.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) parallelism: u16,
    /// How to write what happens: human or json.
    ///
    /// With json, one event a line.
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_possible_values = true)]
    pub(in crate::cli) format: Format,
}

/// `evsctl apply`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl apply prod
  evsctl apply prod --plan p.json
  evsctl apply prod --approve sha256:3f0c... --format json
  evsctl apply prod --yes --allow-recreate 1

Without a terminal, one of --yes, --plan and --approve is needed: else exit 4, and nothing is sent.")]
pub(in crate::cli) struct ApplyArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// What is consented to.
    #[command(flatten)]
    pub(in crate::cli) consent: ConsentArgs,
    /// How it goes.
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
    /// Which part of the stack.
    #[command(flatten)]
    pub(in crate::cli) scope: ScopeArgs,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: ApplyArgs) -> Result<Exit, CliError> {
    run_as(ui, &args, Aim::Manifest)
}

/// What an apply makes the cloud equal to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'a> {
    /// The manifest.
    Manifest,
    /// The manifest without these addresses, or without any where none is named; nothing else is touched.
    Without(&'a [Pattern]),
}

/// Runs an apply with another aim than the manifest alone.
pub(super) fn run_as(ui: &Arc<Ui>, args: &ApplyArgs, aim: Aim<'_>) -> Result<Exit, CliError> {
    let since = Instant::now();
    let is_whole = match aim {
        Aim::Manifest => args.scope.target.is_empty() && args.scope.exclude.is_empty(),
        Aim::Without(addresses) => addresses.is_empty(),
    };
    let scope = if is_whole { Scope::All } else { Scope::Targeted };
    let tell = |end: End| {
        let destroys = matches!(aim, Aim::Without(_));
        end.tell(ui, args.run.format, since.elapsed(), destroys)
    };
    match attempt(ui, args, scope, aim) {
        Ok(end) => Ok(tell(end)),
        Err(Abandoned { error, calls }) => {
            // For people the error says it all; the stream of events ends with `finished` whatever happens.
            if args.run.format == Format::Json {
                let end = End::early(error.exit, Some(Short::Error(error.message.clone())), scope);
                tell(End { calls, ..end });
            }
            Err(error)
        }
    }
}

/// How long one request of an apply bears trouble: work that is half done is worth some patience.
const PATIENCE: Duration = Duration::from_secs(120);

/// An apply that ended by an error before anything was recorded; requests may have been sent.
struct Abandoned {
    error: CliError,
    /// What was sent all the same.
    calls: BTreeMap<String, u64>,
}

impl From<CliError> for Abandoned {
    fn from(error: CliError) -> Abandoned {
        Abandoned { error, calls: BTreeMap::new() }
    }
}

fn attempt(ui: &Arc<Ui>, args: &ApplyArgs, scope: Scope, aim: Aim<'_>) -> Result<End, Abandoned> {
    let approval = Approval::of(&args.consent, ui)?;
    endure()?;
    let mut stack = Stack::load(ui, &args.path)?;
    let cloud = stack.cloud()?;
    // Locked before anything is read, so that the basis holds until the end.
    let operation = if matches!(aim, Aim::Without(_)) { "destroy" } else { "apply" };
    let lease = lock(ui, &stack.store, operation, args.run.lock).map_err(CliError::from)?;
    stack.warn_of_hidden_journal(ui);
    cloud.check_state(lease.state())?;
    approval.check_basis(&stack.manifest, &cloud.id, lease.state())?;
    let selection = match (approval.selection(), aim) {
        (Some(selection), _) => selection,
        (None, Aim::Manifest) => select(&args.scope, &stack, lease.state())?,
        (None, Aim::Without(addresses)) => {
            chosen(Selection::new(addresses.to_vec(), Vec::new()), &stack.manifest, lease.state())?
        }
    };
    // What is destroyed counts as retired, for as long as this run takes.
    let written = match aim {
        Aim::Manifest => None,
        Aim::Without(_) => {
            let rest = stack.manifest.without(|key, slot| selection.holds(key, slot));
            Some(std::mem::replace(&mut stack.manifest, rest))
        }
    };
    block_on(async {
        let stop = CancellationToken::new();
        let signal = {
            let ui = Arc::clone(ui);
            signals(stop.clone(), move || ui.detach())?
        };
        let effort = Effort { parallelism: args.run.parallelism, patience: PATIENCE };
        let link = cloud.connect(ui, &stack.manifest, &stack.store, effort, stop.clone()).await?;
        let policy = args.run.in_doubt.map(|how| match how {
            InDoubt::Wait => settle::InDoubt::Wait,
            InDoubt::Hold => settle::InDoubt::Hold,
            InDoubt::Fail => settle::InDoubt::Fail,
        });
        let doubts = cloud.doubts(stack.manifest.cloud.settle, policy)?;
        let session = Session {
            ui,
            doubts,
            path: &args.path,
            consent: &args.consent,
            format: args.run.format,
            timeout: args.run.timeout,
            stack: &stack,
            written: written.as_ref(),
            cloud: &cloud.id,
            selection: &selection,
            link: &link,
            stop,
            signal: signal.clone(),
            scope,
        };
        let calls = || link.client.counts();
        let ended = session.run(lease, approval).await;
        signal.work_is_over();
        match ended {
            Ok(end) => Ok(End { calls: calls(), ..end }),
            Err(error) => Err(Abandoned { error, calls: calls() }),
        }
    })
}
