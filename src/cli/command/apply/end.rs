//! How an apply ends, and the last event, which tells it.

use crate::apply::Report;
use crate::apply::event::Event;
use crate::cli::exit::Exit;
use crate::cli::options::Format;
use crate::cli::render::progress::{self, Reporter};
use crate::cli::ui::Ui;
use crate::plan::Scope;
use crate::words;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How an apply ends.
pub(super) struct End {
    pub(super) exit: Exit,
    pub(super) reason: Option<String>,
    pub(super) converged: bool,
    pub(super) scope: Scope,
    pub(super) report: Report,
    pub(super) calls: BTreeMap<String, u64>,
    /// The command that goes on with it, where the same one would not.
    pub(super) next: Option<String>,
}

impl End {
    /// Before anything was done.
    pub(super) fn early(exit: Exit, reason: Option<String>, scope: Scope) -> End {
        End { exit, reason, converged: false, scope, report: Report::default(), calls: BTreeMap::new(), next: None }
    }

    /// What the report alone says about the end; `interrupted` is how the process ends where that is the strongest.
    pub(super) fn judge(&mut self, refused: bool, interrupted: Exit) {
        let report = &self.report;
        let found = [
            (report.interrupted, interrupted, "the run was interrupted".to_owned()),
            (report.denied, Exit::Denied, "credentials or a permission are missing".to_owned()),
            (refused, Exit::Refused, "the plan holds refusals".to_owned()),
            (report.failed > 0, Exit::StepsFailed, format!("{} failed", words::count(report.failed, "volume"))),
            (report.unfinished > 0, Exit::NotConverged, unfinished(report)),
        ];
        for (_, exit, reason) in found.into_iter().filter(|(holds, ..)| *holds) {
            if exit > self.exit {
                (self.exit, self.reason) = (exit, Some(reason));
            }
        }
    }

    /// Tells the last event and gives the exit.
    pub(super) fn tell(self, ui: &Arc<Ui>, format: Format) -> Exit {
        let End { exit, reason, converged, scope, report, calls, next } = self;
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
}

/// What was not seen to end. An order that somebody has to pay does not end by running again alone.
fn unfinished(report: &Report) -> String {
    let orders = report.orders.len() as u64;
    let jobs = report.unfinished.saturating_sub(orders);
    let (job, order) = (words::count(jobs, "job"), words::count(orders, "order"));
    match (jobs, orders) {
        (_, 0) => format!("{job} not seen to end"),
        (0, _) => format!("{order} not seen to be done; pay what is yours to pay"),
        (_, _) => format!("{job} and {order} not seen to end; pay what is yours to pay"),
    }
}
