//! What an apply shows while it works: bars, plain lines, or one JSON line for each event.

mod bars;
mod lines;
mod tally;

pub use lines::report;

use crate::apply::event::Event;
use crate::cli::options::Format;
use crate::cli::ui::Ui;
use crate::document;
use crate::plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tally::Tally;

/// How often a pipe hears that there is still something to wait for.
const STILL_WAITING: Duration = Duration::from_secs(10);

/// Shows events as they come. Told of each by [`Reporter::event`], and by [`Reporter::tick`] how
/// time goes by. It never fails and never stops the work.
pub struct Reporter {
    ui: Arc<Ui>,
    form: Form,
    seen: Tally,
    /// When it was last said that there is something to wait for.
    said: Duration,
    /// The codes whose next step was told: a hundred volumes fail alike, and one step helps them all.
    explained: BTreeSet<&'static str>,
}

enum Form {
    /// One event a line on stdout, and nothing else there.
    Json,
    /// A bar on a terminal's stderr, and the lines that must not be missed above it.
    Bars(bars::Bars),
    /// Lines on stderr.
    Lines,
}

impl Reporter {
    /// Chooses the form: JSON where it is asked for, a bar on a terminal, lines elsewhere.
    pub(in crate::cli) fn new(ui: Arc<Ui>, format: Format) -> Reporter {
        let form = match format {
            Format::Json => Form::Json,
            Format::Human if ui.settings().stderr_is_terminal => Form::Bars(bars::Bars::new(&ui)),
            Format::Human => Form::Lines,
        };
        Reporter { ui, form, seen: Tally::default(), said: Duration::ZERO, explained: BTreeSet::new() }
    }

    /// Counts against this plan: a volume of which it has several steps is done when all of them are over.
    pub(in crate::cli) fn counting(mut self, plan: &Plan) -> Reporter {
        self.seen = Tally::of(plan);
        self
    }

    /// Shows one event.
    pub fn event(&mut self, event: &Event) {
        self.seen.take(event);
        match &self.form {
            Form::Json => self.ui.json(&document::event::line(event)),
            Form::Bars(bars) => {
                bars.show(&self.seen);
                if bars::must_be_read(event) {
                    self.talk(event);
                }
            }
            Form::Lines => self.talk(event),
        }
    }

    /// Says the event's line, and below it what to do, where that was not said before.
    fn talk(&mut self, event: &Event) {
        let Some(mut line) = lines::line(event) else { return };
        if let Some(code) = lines::explained(event).filter(|code| self.explained.insert(code.code)) {
            line.push_str(&format!("\n  {}", crate::words::progress::next(crate::words::codes::next(code))));
        }
        self.ui.talk(&line);
    }

    /// Says how long the run has taken so far. Call it about once a second; more often does no harm.
    pub fn tick(&mut self, elapsed: Duration) {
        match &self.form {
            Form::Json => {}
            Form::Bars(bars) => bars.show(&self.seen),
            Form::Lines => {
                if elapsed.saturating_sub(self.said) < STILL_WAITING {
                    return;
                }
                self.said = elapsed;
                if !self.seen.jobs.is_empty() || !self.seen.orders.is_empty() {
                    self.ui.talk(&lines::still_waiting(&self.seen, elapsed));
                }
            }
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if let Form::Bars(_) = self.form {
            self.ui.detach();
        }
    }
}

#[cfg(test)]
mod tests;
