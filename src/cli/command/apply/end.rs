//! How an apply ends, and the last event, which tells it.

use crate::apply::Report;
use crate::apply::event::{Event, Total};
use crate::apply::why::Short;
use crate::cli::exit::Exit;
use crate::cli::options::Format;
use crate::cli::render::progress::{self, Reporter};
use crate::cli::ui::Ui;
use crate::plan::Scope;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How an apply ends.
pub(super) struct End {
    pub(super) exit: Exit,
    /// Why it is not a success.
    pub(super) why: Option<Short>,
    pub(super) converged: bool,
    pub(super) scope: Scope,
    pub(super) report: Report,
    pub(super) calls: BTreeMap<String, u64>,
    /// The command that goes on with it, where the same one would not.
    pub(super) next: Option<String>,
}

impl End {
    /// Before anything was done.
    pub(super) fn early(exit: Exit, why: Option<Short>, scope: Scope) -> End {
        End { exit, why, converged: false, scope, report: Report::default(), calls: BTreeMap::new(), next: None }
    }

    /// What the report alone says about the end; `interrupted` is how the process ends where that is the strongest.
    pub(super) fn judge(&mut self, refused: bool, interrupted: Exit) {
        let report = &self.report;
        let found = [
            (report.interrupted, interrupted, Short::Interrupted),
            (report.denied, Exit::Denied, Short::Denied),
            (refused, Exit::Refused, Short::Refusals),
            (report.failed > 0, Exit::StepsFailed, Short::Failed(report.failed)),
            (report.unfinished > 0, Exit::NotConverged, unfinished(report)),
        ];
        for (_, exit, why) in found.into_iter().filter(|(holds, ..)| *holds) {
            if exit > self.exit {
                (self.exit, self.why) = (exit, Some(why));
            }
        }
    }

    /// Tells the last event, of a command that took so long and may have been a destroy, and gives the exit.
    pub(super) fn tell(self, ui: &Arc<Ui>, format: Format, took: Duration, destroys: bool) -> Exit {
        let End { exit, why, converged, scope, report, calls, next } = self;
        let total = Total {
            exit: exit.code(),
            destroys,
            why,
            converged,
            scope,
            created: report.created,
            updated: report.updated,
            replaced: 0,
            deleted: report.deleted,
            adopted: report.adopted,
            imported: report.imported,
            forgotten: report.forgotten,
            resumed: report.resumed,
            failed: report.failed,
            calls,
            seconds: took.as_secs_f64(),
            unfinished: report.unfinished,
            orders: report.orders,
            next: next.filter(|_| exit != Exit::Success),
        };
        match format {
            Format::Json => Reporter::new(ui.clone(), Format::Json).event(&Event::Finished(total)),
            Format::Human => progress::report(&total).iter().for_each(|line| ui.talk(line)),
        }
        exit
    }
}

/// What was not seen to end.
fn unfinished(report: &Report) -> Short {
    let orders = report.orders.len() as u64;
    Short::Unfinished { jobs: report.unfinished.saturating_sub(orders), orders }
}
