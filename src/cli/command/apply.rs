//! `evsctl apply`: plans, shows, asks, does, and looks again.

mod again;
mod consent;
mod rounds;
mod shown;

use crate::apply::event::Event;
use crate::apply::{self, Doubts, Report, Telling};
use crate::cli::cloud::Effort;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::{fresh, holder};
use crate::cli::options::{Format, LockWait, ScopeArgs, value};
use crate::cli::planning::{make, observe, select};
use crate::cli::render::progress::{self, Reporter};
use crate::cli::runtime::block_on;
use crate::cli::signal::{Signal, endure, signals};
use crate::cli::stack::{Stack, store_error};
use crate::cli::ui::Ui;
use crate::cli::{cloud, render};
use crate::observed::Observed;
use crate::plan::{self, Plan, Scope, Selection};
use crate::state::{Approved, Change, CloudId, State};
use crate::store::Lease;
use clap::ValueEnum;
use consent::{Approval, ConsentArgs};
use rounds::{Begun, Done};
use shown::{Shown, show};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
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
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
    /// Waits that long for each action; what is not done by then is left to the next run, exit 7.
    ///
    /// An order that somebody has to pay is looked for a minute at most while nothing of it shows.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "30m")]
    pub(in crate::cli) timeout: Duration,
    /// What to do about a create call whose answer was lost and of which nothing shows.
    ///
    /// wait: until time has proved that it never happened, then create anew. hold: look for a minute, conclude nothing.
    /// fail: look once. Whatever stays open exits with 7, and the next run goes on. Without the flag: wait where the
    /// service honours client tokens or access keys sign, else hold. A call that may have made an order is held whatever
    /// is said here.
    #[arg(long, value_name = "HOW")]
    pub(in crate::cli) in_doubt: Option<InDoubt>,
    /// Has at most N requests under way at once, from 1 to 256.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) parallelism: u16,
    /// How to write what happens; with json, one event a line.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
    /// Which part of the stack.
    #[command(flatten)]
    pub(in crate::cli) scope: ScopeArgs,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: ApplyArgs) -> Result<Exit, CliError> {
    let scope =
        if args.scope.target.is_empty() && args.scope.exclude.is_empty() { Scope::All } else { Scope::Targeted };
    match attempt(ui, &args, scope) {
        Ok(end) => Ok(tell(ui, args.format, end)),
        Err(Abandoned { error, calls }) => {
            // People read the error itself; whoever reads the stream is told how it ended, as always.
            if args.format == Format::Json {
                tell(ui, args.format, End { calls, ..End::early(error.exit, Some(error.message.clone()), scope) });
            }
            Err(error)
        }
    }
}

/// How long one request of an apply bears trouble: work that is half done is worth some patience.
const PATIENCE: Duration = Duration::from_secs(120);

/// How an apply ends.
struct End {
    exit: Exit,
    reason: Option<String>,
    converged: bool,
    scope: Scope,
    report: Report,
    calls: BTreeMap<String, u64>,
    /// The command that goes on with it, where the same one would not.
    next: Option<String>,
}

impl End {
    /// Before anything was done.
    fn early(exit: Exit, reason: Option<String>, scope: Scope) -> End {
        End { exit, reason, converged: false, scope, report: Report::default(), calls: BTreeMap::new(), next: None }
    }
}

/// An apply that ended by an error before anything was done.
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

fn attempt(ui: &Arc<Ui>, args: &ApplyArgs, scope: Scope) -> Result<End, Abandoned> {
    let approval = Approval::of(&args.consent, ui)?;
    endure()?;
    let stack = Stack::load(ui, &args.path)?;
    let cloud = stack.cloud(ui)?;
    // Locked before anything is read, so that the basis holds until the end.
    let lease = stack.store.lock(holder("apply"), args.lock.lock_timeout).map_err(|error| store_error(&error))?;
    stack.warn_of_hidden_journal(ui);
    cloud::same(lease.state(), &cloud)?;
    approval.check_basis(&stack.manifest, &cloud, lease.state())?;
    let selection = match approval.selection() {
        Some(selection) => selection,
        None => select(&args.scope, &stack, lease.state())?,
    };
    block_on(async {
        let stop = CancellationToken::new();
        let signal = signals(stop.clone())?;
        let effort = Effort { parallelism: args.parallelism, patience: PATIENCE };
        let link = cloud::connect(&stack.manifest, &cloud, &stack.store, effort, stop.clone()).await?;
        link.tell(ui.clone());
        let policy = args.in_doubt.map(|how| match how {
            InDoubt::Wait => apply::InDoubt::Wait,
            InDoubt::Hold => apply::InDoubt::Hold,
            InDoubt::Fail => apply::InDoubt::Fail,
        });
        let doubts = cloud::doubts(&stack.manifest, policy)?;
        let session = Session {
            ui,
            doubts,
            args,
            stack: &stack,
            cloud: &cloud,
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

/// Tells the last event and gives the exit.
fn tell(ui: &Arc<Ui>, format: Format, end: End) -> Exit {
    let End { exit, reason, converged, scope, report, calls, next } = end;
    let finished = Event::Finished {
        exit: exit.code(),
        reason,
        converged,
        scope,
        created: report.created,
        updated: report.updated,
        replaced: 0,
        deleted: report.deleted,
        adopted: report.adopted,
        forgotten: report.forgotten,
        resumed: report.resumed,
        failed: report.failed,
        calls,
        unfinished: report.unfinished,
        orders: report.orders,
        next: next.filter(|_| exit != Exit::Success),
    };
    match format {
        Format::Json => Reporter::new(ui.clone(), Format::Json).event(&finished),
        Format::Human => progress::report(&finished).iter().for_each(|line| ui.talk(line)),
    }
    exit
}

/// What was not seen to end. An order that somebody has to pay does not end by running again alone.
fn unfinished(report: &Report) -> String {
    let orders = report.orders.len() as u64;
    let jobs = report.unfinished.saturating_sub(orders);
    let (job, order) = (render::count(jobs, "job"), render::count(orders, "order"));
    match (jobs, orders) {
        (_, 0) => format!("{job} not seen to end"),
        (0, _) => format!("{order} not seen to be done; pay what is yours to pay"),
        (_, _) => format!("{job} and {order} not seen to end; pay what is yours to pay"),
    }
}

/// One apply, with everything that does not change while it goes on.
struct Session<'a> {
    ui: &'a Arc<Ui>,
    args: &'a ApplyArgs,
    doubts: Doubts,
    stack: &'a Stack,
    cloud: &'a CloudId,
    selection: &'a Selection,
    link: &'a cloud::Link,
    stop: CancellationToken,
    signal: Signal,
    scope: Scope,
}

impl Session<'_> {
    async fn run(&self, lease: Lease, approval: Approval) -> Result<End, CliError> {
        let looked = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(self.interrupted()),
            looked = self.plan(&lease) => looked,
        };
        if self.stop.is_cancelled() {
            return Ok(self.interrupted());
        }
        let (plan, observed) = looked?;
        let mut lease = lease;
        self.note_sightings(&mut lease, &observed)?;
        let plan = approval.check_steps(plan, lease.state())?;
        let ended = self.may_begin(&plan, &lease, &approval);
        // Where somebody is asked or nothing is done the plan is shown here and now. Else the work does not wait
        // for whoever reads the plan.
        let shown = approval.asks() || !matches!(ended, Ok(None));
        if shown {
            show(self.ui, self.args.format, &plan);
        }
        if let Some(end) = ended? {
            return Ok(end);
        }
        if approval.asks() && !self.ask().await {
            if self.stop.is_cancelled() {
                return Ok(self.interrupted());
            }
            return Err(CliError::new(Exit::Refused, "the answer was no; nothing was done"));
        }
        let approved = approval.approves(&plan, lease.state());
        let next = again::command(&self.args.path, &self.args.consent, self.selection, &approved.changes);
        let begun = self.begin(&mut lease, &plan, approved).and_then(|()| self.refresh(&mut lease, &plan, &observed));
        let state = match begun {
            Ok(state) => state,
            Err(error) if lease.has_written() => return Ok(self.cut_short(&error, next)),
            Err(error) => return Err(error),
        };
        let unseen = (!shown).then(|| plan.clone());
        let refused = !plan.refusals.is_empty();
        let begun = Begun::new(state, plan, observed);
        Ok(End { next, ..self.carry_out(lease, begun, refused, unseen).await })
    }

    /// Whether the plan may be carried out as far as it alone says: gives the end where there is nothing to do.
    fn may_begin(&self, plan: &Plan, lease: &Lease, approval: &Approval) -> Result<Option<End>, CliError> {
        let refused = !plan.refusals.is_empty();
        if refused && !self.args.consent.skip_refused {
            let refusals = render::count(plan.refusals.len() as u64, "refusal");
            return Err(CliError::new(Exit::Refused, format!("the plan holds {refusals}; nothing was done"))
                .hint("lift what is refused, or carry out the rest with --skip-refused"));
        }
        if plan.is_empty() {
            let (exit, reason) = match refused {
                true => (Exit::Refused, Some("the plan holds refusals".to_owned())),
                false => (Exit::Success, None),
            };
            return Ok(Some(End { converged: !refused, ..End::early(exit, reason, self.scope) }));
        }
        approval.can_begin()?;
        Approval::consents(plan, lease.state(), &self.args.consent)?;
        Ok(None)
    }

    fn interrupted(&self) -> End {
        End::early(self.signal.exit(), Some("interrupted before anything was done".to_owned()), self.scope)
    }

    async fn plan(&self, lease: &Lease) -> Result<(Plan, Observed), CliError> {
        let observed = observe(&self.link.client, lease.state()).await?;
        Ok((make(self.stack, self.cloud, lease.state(), Some(&observed), self.selection), observed))
    }

    /// Records which volumes that may be taken for leftovers later are seen used now, whatever becomes of this run.
    fn note_sightings(&self, lease: &mut Lease, observed: &Observed) -> Result<(), CliError> {
        let ids = lease.state().map(|state| plan::sightings(state, observed)).unwrap_or_default();
        if !ids.is_empty() {
            lease.note(vec![Change::Used { ids }]).map_err(|error| store_error(&error))?;
        }
        Ok(())
    }

    async fn ask(&self) -> bool {
        let ui = self.ui.clone();
        let asked = tokio::task::spawn_blocking(move || ui.ask("Carry this out?"));
        tokio::select! {
            answer = asked => answer.unwrap_or(false),
            () = self.stop.cancelled() => false,
        }
    }

    /// Writes down that a run begins, what it was allowed, and which calls it may send.
    fn begin(&self, lease: &mut Lease, plan: &Plan, approved: Approved) -> Result<(), CliError> {
        if lease.state().is_none() {
            let state = fresh(self.stack.manifest.stack.clone(), self.cloud.clone());
            lease.create(state).map_err(|error| store_error(&error))?;
        }
        let at = self.link.client.service_now();
        let begun = lease.state().map(|state| apply::begun(plan, state, at));
        let begun = begun.ok_or_else(|| CliError::new(Exit::Error, "the state that was just made is not there"))?;
        lease.begin_run(approved, begun).map_err(|error| store_error(&error))?;
        lease.keep_manifest(&self.stack.text).map_err(|error| store_error(&error))
    }

    /// Brings the record up to date with what was seen, now that it is written anyway.
    fn refresh(&self, lease: &mut Lease, plan: &Plan, observed: &Observed) -> Result<State, CliError> {
        let recorded = lease.state().map(|state| plan::refreshed(plan, &self.stack.manifest, state, observed));
        let changes = recorded.unwrap_or_default();
        if !changes.is_empty() {
            lease.append(changes).map_err(|error| store_error(&error))?;
        }
        lease.state().cloned().ok_or_else(|| CliError::new(Exit::Error, "the state that was just begun is not there"))
    }

    /// The run is recorded as begun, and could not go on before it sent anything.
    fn cut_short(&self, error: &CliError, next: Option<String>) -> End {
        self.ui.error(error);
        End { next, ..End::early(Exit::NotConverged, Some(error.message.clone()), self.scope) }
    }

    /// Does it, and proves it. A plan that is `unseen` is shown first, by the one who tells what happens.
    async fn carry_out(&self, lease: Lease, begun: Begun, refused: bool, unseen: Option<Plan>) -> End {
        let telling = Telling::start(Box::new(Shown::new(self.ui.clone(), self.args.format, unseen)));
        let Done { report, mut lease, telling, error } = self.rounds(lease, begun, telling).await;
        // All is safe now, and what is left to say changes none of it.
        self.signal.work_is_over();
        let mut end = End { report, ..End::early(Exit::Success, None, self.scope) };
        if let Some(error) = &error {
            // Not an error before anything was done: the run was recorded, and calls that it sent may be open.
            (end.exit, end.reason) = (Exit::NotConverged, Some(error.message.clone()));
            let open = lease.state().map_or(0, |state| state.calls.len() as u64);
            end.report.unfinished = end.report.unfinished.max(open);
        }
        self.judge(&mut end, refused);
        // What has not succeeded has not converged, and need not be looked at to be told so.
        let unproved = match end.exit == Exit::Success {
            true => self.last_look(&mut end, &mut lease).await,
            false => None,
        };
        // The next run need not wait until everything is read. And the bars go before anything else is said.
        drop(lease);
        drop(telling.end());
        error.iter().chain(&unproved).for_each(|error| self.ui.error(error));
        end
    }

    /// What the report alone says about the end.
    fn judge(&self, end: &mut End, refused: bool) {
        let report = &end.report;
        let found = [
            (report.interrupted, self.signal.exit(), "the run was interrupted".to_owned()),
            (report.denied, Exit::Denied, "credentials or a permission are missing".to_owned()),
            (refused, Exit::Refused, "the plan holds refusals".to_owned()),
            (report.failed > 0, Exit::StepsFailed, format!("{} failed", render::count(report.failed, "volume"))),
            (report.unfinished > 0, Exit::NotConverged, unfinished(report)),
        ];
        for (_, exit, reason) in found.into_iter().filter(|(holds, ..)| *holds) {
            if exit > end.exit {
                (end.exit, end.reason) = (exit, Some(reason));
            }
        }
    }

    /// Planning again must find nothing: only that is convergence. Gives what kept it from looking.
    async fn last_look(&self, end: &mut End, lease: &mut Lease) -> Option<CliError> {
        let looked = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            looked = self.plan(lease) => Some(looked),
        };
        let Some(looked) = looked.filter(|_| !self.stop.is_cancelled()) else {
            end.exit = self.signal.exit();
            end.reason = Some("interrupted before the last look".to_owned());
            return None;
        };
        match looked {
            Ok((again, observed)) => {
                if let Err(error) = self.note_sightings(lease, &observed) {
                    (end.exit, end.reason) = (Exit::NotConverged, Some(error.message.clone()));
                    return Some(error);
                }
                end.converged = again.is_empty() && again.refusals.is_empty();
                let (exit, reason) = match (again.is_empty(), again.refusals.is_empty()) {
                    (true, true) => return None,
                    (_, false) => (Exit::Refused, "the last look found what is refused; `evsctl plan` tells it"),
                    (false, true) => (Exit::NotConverged, "the last look found more to do"),
                };
                (end.exit, end.reason) = (exit, Some(reason.to_owned()));
                None
            }
            Err(error) => {
                end.exit = if error.exit == Exit::Denied { Exit::Denied } else { Exit::NotConverged };
                end.reason = Some("the last look failed, so nothing proves convergence".to_owned());
                Some(error)
            }
        }
    }
}
