//! The plan and what happens, as an apply shows them.

use crate::apply::event::{Event, Listener};
use crate::cli::options::Format;
use crate::cli::render;
use crate::cli::render::progress::Reporter;
use crate::cli::ui::Ui;
use crate::plan::Plan;
use std::sync::Arc;
use std::time::Instant;

/// Shows a plan: on stdout, or beside the stream of events.
pub(super) fn show(ui: &Ui, format: Format, plan: &Plan) {
    match format {
        Format::Human => ui.data(&render::human::plan(plan, ui.look())),
        Format::Json => ui.talk(&render::human::plan(plan, ui.look_aside())),
    }
}

/// The reporter as the loop's listener.
pub(super) struct Shown {
    ui: Arc<Ui>,
    format: Format,
    /// The plan, until it is shown.
    unseen: Option<Plan>,
    reporter: Reporter,
    since: Instant,
}

impl Shown {
    /// Time is counted from now on. A plan that was not shown yet comes before the first event.
    pub(super) fn new(ui: Arc<Ui>, format: Format, plan: &Plan, is_shown: bool) -> Shown {
        let reporter = Reporter::new(ui.clone(), format).counting(plan);
        Shown { ui, format, unseen: (!is_shown).then(|| plan.clone()), reporter, since: Instant::now() }
    }
}

impl Listener for Shown {
    fn hear(&mut self, event: &Event) {
        if let Some(plan) = self.unseen.take() {
            show(&self.ui, self.format, &plan);
        }
        self.reporter.event(event);
    }

    fn tick(&mut self) {
        self.reporter.tick(self.since.elapsed());
    }
}
