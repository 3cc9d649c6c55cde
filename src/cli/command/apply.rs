//! `evsctl apply`: plans, shows, asks, does, and looks again.

mod consent;
mod signal;

pub(in crate::cli) use signal::signals;

use super::init::{fresh, holder};
use super::plan::{make, observe, select};
use crate::apply::event::{Event, Listener};
use crate::apply::{self, Finished, Report, Settings};
use crate::cli::args::{ApplyArgs, Format};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::progress::{self, Reporter};
use crate::cli::stack::{Stack, store_error};
use crate::cli::ui::Ui;
use crate::cli::{block_on, cloud, look, look_aside, render};
use crate::plan::{Plan, Scope, Selection, allowed_steps};
use crate::state::{Approved, CloudId};
use crate::store::Lease;
use consent::Approval;
use signal::Signal;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: ApplyArgs) -> Result<Exit, CliError> {
    let approval = Approval::of(&args, ui)?;
    let stack = Stack::load(ui, &args.path)?;
    let cloud = cloud::identify(&stack.manifest)?;
    // Locked before anything is read, so that the basis holds until the end.
    let lease = stack.store.lock(holder("apply"), args.lock_timeout).map_err(|error| store_error(&error))?;
    cloud::same(lease.state(), &cloud)?;
    let selection = match approval.selection() {
        Some(selection) => selection,
        None => select(&args.scope, &stack, lease.state())?,
    };
    block_on(async {
        let stop = CancellationToken::new();
        let signal = signals(stop.clone())?;
        let link = cloud::connect(&stack.manifest, &cloud, &stack.store, args.parallelism, stop.clone()).await?;
        let session =
            Session { ui, args: &args, stack: &stack, cloud: &cloud, selection: &selection, link: &link, stop, signal };
        session.run(lease, approval).await
    })
}

/// One apply, with everything that does not change while it goes on.
struct Session<'a> {
    ui: &'a Arc<Ui>,
    args: &'a ApplyArgs,
    stack: &'a Stack,
    cloud: &'a CloudId,
    selection: &'a Selection,
    link: &'a cloud::Link,
    stop: CancellationToken,
    signal: Signal,
}

/// How it ends.
struct End {
    exit: Exit,
    reason: Option<String>,
    converged: bool,
    report: Report,
}

impl Session<'_> {
    async fn run(&self, lease: Lease, approval: Approval) -> Result<Exit, CliError> {
        let plan = tokio::select! {
            plan = self.plan(&lease) => plan?,
            () = self.stop.cancelled() => return Ok(self.signal.exit()),
        };
        let plan = approval.check(plan, lease.state())?;
        self.show(&plan);
        let refused = !plan.refusals.is_empty();
        if refused && !self.args.skip_refused {
            let message =
                format!("the plan holds {}; nothing was done", render::count(plan.refusals.len() as u64, "refusal"));
            let error =
                CliError::new(Exit::Refused, message).hint("lift them, or carry out the rest with --skip-refused");
            return self.refuse(&plan, error);
        }
        if plan.is_empty() {
            let reason = refused.then(|| "the plan holds refusals".to_owned());
            let exit = if refused { Exit::Refused } else { Exit::Success };
            return Ok(self.finish(plan.scope, End { exit, reason, converged: !refused, report: Report::default() }));
        }
        if let Err(error) = approval.consents(&plan, lease.state(), self.args) {
            return self.refuse(&plan, error);
        }
        if approval.asks() && !self.ask().await {
            if self.stop.is_cancelled() {
                return Ok(self.signal.exit());
            }
            return self.refuse(&plan, CliError::new(Exit::Refused, "the answer was no; nothing was done"));
        }
        let lease = self.begin(lease, &plan)?;
        self.carry_out(lease, plan).await
    }

    async fn plan(&self, lease: &Lease) -> Result<Plan, CliError> {
        let observed = observe(&self.link.client, lease.state()).await?;
        Ok(make(self.stack, self.cloud, lease.state(), Some(&observed), self.selection))
    }

    fn show(&self, plan: &Plan) {
        match self.args.format {
            Format::Human => self.ui.data(&render::human::plan(plan, look(self.ui))),
            Format::Json => self.ui.talk(&render::human::plan(plan, look_aside(self.ui))),
        }
    }

    /// Ends without having done anything, which the event stream hears too.
    fn refuse(&self, plan: &Plan, error: CliError) -> Result<Exit, CliError> {
        let end =
            End { exit: error.exit, reason: Some(error.message.clone()), converged: false, report: Report::default() };
        if self.args.format == Format::Json {
            self.finish(plan.scope, end);
        }
        Err(error)
    }

    async fn ask(&self) -> bool {
        let ui = self.ui.clone();
        let asked = tokio::task::spawn_blocking(move || ui.ask("Carry this out?"));
        tokio::select! {
            answer = asked => answer.unwrap_or(false),
            () = self.stop.cancelled() => false,
        }
    }

    /// Writes down that a run begins, and what it was allowed.
    fn begin(&self, mut lease: Lease, plan: &Plan) -> Result<Lease, CliError> {
        if lease.state().is_none() {
            lease.create(fresh(plan.stack.clone(), self.cloud.clone())).map_err(|error| store_error(&error))?;
        }
        let approved = Approved { changes: plan.changes(), recreate: plan.recreations(), steps: allowed_steps(plan) };
        lease.begin(approved).map_err(|error| store_error(&error))?;
        lease.keep_manifest(&self.stack.text).map_err(|error| store_error(&error))?;
        Ok(lease)
    }

    async fn carry_out(&self, lease: Lease, plan: Plan) -> Result<Exit, CliError> {
        let (scope, refused) = (plan.scope, !plan.refusals.is_empty());
        let listener =
            Box::new(Shown { reporter: Reporter::new(self.ui.clone(), self.args.format), since: Instant::now() });
        let settings = Settings { timeout: self.args.timeout };
        let ran = apply::run(plan, self.link.client.clone(), lease, self.stop.clone(), settings, listener).await;
        let Ok(Finished { report, mut lease, listener, error }) = ran else {
            return Err(CliError::new(Exit::Error, "the state vanished from under the run"));
        };
        // The bars go before anything else is said.
        drop(listener);
        let committed = lease.commit(jiff::Timestamp::now());
        let unrecorded = error.or(committed.err());
        let mut end = End { exit: Exit::Success, reason: None, converged: false, report };
        if let Some(error) = &unrecorded {
            let error = store_error(error);
            end.reason = Some(error.message.clone());
            end.exit = Exit::Error;
            self.ui.error(&error);
        }
        self.judge(&mut end, refused);
        if end.exit < Exit::Denied && unrecorded.is_none() {
            self.last_look(&mut end, &lease).await;
        }
        Ok(self.finish(scope, end))
    }

    /// What the report alone says about the end.
    fn judge(&self, end: &mut End, refused: bool) {
        let report = &end.report;
        let found = [
            (report.interrupted, self.signal.exit(), "the run was interrupted; it is safe to run it again".to_owned()),
            (report.denied, Exit::Denied, "credentials or a permission are missing".to_owned()),
            (refused, Exit::Refused, "the plan holds refusals".to_owned()),
            (report.failed > 0, Exit::StepsFailed, format!("{} failed", render::count(report.failed, "volume"))),
            (
                report.unfinished > 0,
                Exit::NotConverged,
                format!("{} not seen to end; run again to resume", render::count(report.unfinished, "job")),
            ),
        ];
        for (_, exit, reason) in found.into_iter().filter(|(holds, ..)| *holds) {
            if exit > end.exit {
                (end.exit, end.reason) = (exit, Some(reason));
            }
        }
    }

    /// Planning again must find nothing: only that is convergence.
    async fn last_look(&self, end: &mut End, lease: &Lease) {
        let looked = tokio::select! {
            looked = self.plan(lease) => looked,
            () = self.stop.cancelled() => {
                end.exit = end.exit.max(self.signal.exit());
                end.reason = Some("interrupted before the last look".to_owned());
                return;
            }
        };
        match looked {
            Ok(again) => {
                end.converged = again.is_empty() && again.refusals.is_empty();
                if !again.is_empty() && end.exit < Exit::NotConverged {
                    end.exit = Exit::NotConverged;
                    end.reason = Some("the last look found more to do; run again".to_owned());
                }
            }
            Err(error) => {
                self.ui.error(&error);
                end.exit = end.exit.max(if error.exit == Exit::Denied { Exit::Denied } else { Exit::NotConverged });
                end.reason.get_or_insert("the last look failed, so nothing proves convergence".to_owned());
            }
        }
    }

    /// Tells the last event and gives the exit.
    fn finish(&self, scope: Scope, end: End) -> Exit {
        let End { exit, reason, converged, report } = end;
        let calls: BTreeMap<String, u64> = self.link.client.counts();
        let finished = Event::Finished {
            exit: exit.code(),
            reason,
            converged,
            scope,
            created: report.created,
            updated: report.updated,
            replaced: 0,
            deleted: report.deleted,
            adopted: 0,
            forgotten: report.forgotten,
            resumed: report.resumed,
            failed: report.failed,
            calls,
        };
        match self.args.format {
            Format::Json => Reporter::new(self.ui.clone(), Format::Json).event(&finished),
            Format::Human => progress::report(&finished).iter().for_each(|line| self.ui.talk(line)),
        }
        exit
    }
}

/// The reporter as the loop's listener.
struct Shown {
    reporter: Reporter,
    since: Instant,
}

impl Listener for Shown {
    fn hear(&mut self, event: &Event) {
        self.reporter.event(event);
    }

    fn tick(&mut self) {
        self.reporter.tick(self.since.elapsed());
    }
}
