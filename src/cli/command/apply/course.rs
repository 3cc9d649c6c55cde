//! The course of one apply: from its plan over consent and the work to the proof that nothing is left to do.

use super::again;
use super::consent::Approval;
use super::end::End;
use super::question::Question;
use super::session::Session;
use super::shown::{Shown, show};
use super::work::{Begun, Done};
use crate::apply::EventSink;
use crate::apply::why::Short;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::plan::{Plan, Step};
use crate::store::Lease;
use crate::volume::VolumeId;
use crate::words::consent as words;
use std::collections::BTreeSet;

/// Whether a plan may be carried out.
enum May {
    /// Once these questions are answered.
    Begin(Vec<Question>),
    /// There is nothing to do.
    End(End),
}

impl Session<'_> {
    /// Plans, shows, asks and does it. Ends with an error only where nothing was done.
    pub(super) async fn run(&self, lease: Lease, approval: Approval) -> Result<End, CliError> {
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
        let plan = approval.withhold(plan, self.consent);
        let plan = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(self.interrupted()),
            plan = self.preflight(plan, &observed) => plan,
        };
        let plan = if self.consent.skip_refused { plan.without_unmet() } else { plan };
        // Where there are steps, the run that begins records it: until then, what was approved is held against it. What is
        // refused is as if it had not been begun.
        if plan.is_empty() && (plan.refusals.is_empty() || self.consent.skip_refused) {
            self.note_agreements(&mut lease, &plan, &observed)?;
        }
        let may_begin = self.may_begin(&plan, &lease, &approval);
        // The plan is shown here only where the user is asked or nothing is done. Else the thread that shows events shows
        // it, so that the work does not wait for the output.
        let shown = approval.asks() || !matches!(may_begin, Ok(May::Begin(_)));
        if shown {
            show(self.ui, self.format, &plan);
            self.tell_asked_still(&plan);
        }
        let questions = match may_begin? {
            May::Begin(questions) => questions,
            May::End(end) => return Ok(end),
        };
        let agreed = self.ask(questions).await;
        if self.stop.is_cancelled() {
            return Ok(self.interrupted());
        }
        agreed?;
        self.can_still_import(&plan, &lease).await?;
        let approved = approval.approves(&plan, lease.state());
        let next = again::command(self.path, self.consent, self.selection, &approved.changes);
        let begun = self.begin(&mut lease, &plan, approved).and_then(|()| self.refresh(&mut lease, &plan, &observed));
        let state = match begun {
            Ok(state) => state,
            Err(error) if lease.has_written() => return Ok(self.cut_short(&error, next)),
            Err(error) => return Err(error),
        };
        let listener = Shown::new(self.ui.clone(), self.format, &plan, shown);
        let refused = !plan.refusals.is_empty();
        let begun = Begun::new(state, plan.clone(), observed);
        let end = self.carry_out(lease, begun, refused, listener).await;
        self.tell_asked_still(&plan);
        Ok(End { next, ..end })
    }

    /// Looks once more right before volumes are taken over: meanwhile another stack may have taken one, whose mark would be
    /// overwritten.
    async fn can_still_import(&self, plan: &Plan, lease: &Lease) -> Result<(), CliError> {
        let imports = |plan: &Plan| -> BTreeSet<VolumeId> {
            plan.steps.iter().filter_map(Step::as_import).map(|import| import.id.clone()).collect()
        };
        let wanted = imports(plan);
        if wanted.is_empty() {
            return Ok(());
        }
        let (now, _) = self.plan(lease).await?;
        let lost = wanted.difference(&imports(&now)).count();
        if lost == 0 {
            return Ok(());
        }
        Err(CliError::told(Exit::Refused, words::imports_lost(lost as u64)))
    }

    /// Whether the plan may be carried out, as far as nobody is asked.
    fn may_begin(&self, plan: &Plan, lease: &Lease, approval: &Approval) -> Result<May, CliError> {
        let refused = !plan.refusals.is_empty();
        if refused && !self.consent.skip_refused {
            return Err(CliError::new(Exit::Refused, words::refusals(plan)).hint(words::REFUSALS_HINT));
        }
        if plan.is_empty() {
            let (exit, why) = match refused {
                true => (Exit::Refused, Some(Short::Refusals)),
                false => (Exit::Success, None),
            };
            return Ok(May::End(End { converged: !refused, ..End::early(exit, why, self.scope) }));
        }
        let questions = approval.consents(plan, lease.state(), self.consent);
        // A number that is wrong is told before it is told that nobody can be asked.
        let gives_number = self.consent.allow_destroy.is_some() || self.consent.allow_recreate.is_some();
        if questions.is_ok() || !gives_number {
            approval.can_begin(self.written.is_some())?;
        }
        Ok(May::Begin(questions?))
    }

    fn interrupted(&self) -> End {
        End::early(self.signal.exit(), Some(Short::InterruptedFirst), self.scope)
    }

    /// Asks one question after another, until an answer is a no.
    async fn ask(&self, questions: Vec<Question>) -> Result<(), CliError> {
        if questions.is_empty() {
            return Ok(());
        }
        let no = || CliError::new(Exit::Refused, words::NO);
        let ui = self.ui.clone();
        let asked = tokio::task::spawn_blocking(move || questions.iter().try_for_each(|question| question.ask(&ui)));
        tokio::select! {
            answer = asked => answer.unwrap_or_else(|_| Err(no())),
            () = self.stop.cancelled() => {
                // The cursor still stands behind the question.
                self.ui.talk("");
                Err(no())
            }
        }
    }

    /// The run is recorded as begun, and could not go on before it sent anything.
    fn cut_short(&self, error: &CliError, next: Option<String>) -> End {
        self.ui.error(error);
        End { next, ..End::early(Exit::NotConverged, Some(Short::Error(error.message.clone())), self.scope) }
    }

    /// Does it, and proves it.
    async fn carry_out(&self, lease: Lease, begun: Begun, refused: bool, listener: Shown) -> End {
        let sink = EventSink::start(Box::new(listener));
        let Done { report, mut lease, sink, error } = self.work(lease, begun, sink).await;
        // All is safe now, and what is left to say changes none of it.
        self.signal.work_is_over();
        let mut end = End { report, ..End::early(Exit::Success, None, self.scope) };
        if let Some(error) = &error {
            // Not an error before anything was done: the run was recorded, and calls that it sent may be open.
            (end.exit, end.why) = (Exit::NotConverged, Some(Short::Error(error.message.clone())));
            let open = lease.state().map_or(0, |state| state.operations.len() as u64);
            end.report.unfinished = end.report.unfinished.max(open);
        }
        end.judge(refused, self.signal.exit());
        // What has not succeeded has not converged, and need not be looked at to be told so.
        let unproved = match end.exit == Exit::Success {
            true => self.last_look(&mut end, &mut lease).await,
            false => None,
        };
        // The next run need not wait until everything is read. And the bars go before anything else is said.
        drop(lease);
        drop(sink.end());
        error.iter().chain(&unproved).for_each(|error| self.ui.error(error));
        end
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
            end.why = Some(Short::InterruptedLast);
            return None;
        };
        match looked {
            Ok((again, observed)) => {
                if let Err(error) = self.note_sightings(lease, &observed) {
                    (end.exit, end.why) = (Exit::NotConverged, Some(Short::Error(error.message.clone())));
                    return Some(error);
                }
                end.converged = again.is_empty() && again.refusals.is_empty();
                let (exit, why) = match (again.is_empty(), again.refusals.is_empty()) {
                    (true, true) => return None,
                    (_, false) => (Exit::Refused, Short::LastRefused),
                    (false, true) => (Exit::NotConverged, Short::LastMore),
                };
                (end.exit, end.why) = (exit, Some(why));
                None
            }
            Err(error) => {
                end.exit = if error.exit == Exit::Denied { Exit::Denied } else { Exit::NotConverged };
                end.why = Some(Short::LastFailed);
                Some(error)
            }
        }
    }
}
