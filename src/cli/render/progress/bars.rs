//! A bar on a terminal.

use super::tally::Tally;
use crate::apply::event::Event;
use crate::cli::ui::Ui;
use crate::words::progress::{self, BAR_NOUN};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// One bar: volumes done of those wanted, jobs that run, time.
pub(super) struct Bars(ProgressBar);

impl Bars {
    /// Puts the bar below whatever is printed from now on.
    pub(super) fn new(ui: &Ui) -> Bars {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) =
            ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {BAR_NOUN}  {{msg}}  {{elapsed}}"))
        {
            bar.set_style(style.progress_chars("=> "));
        }
        // The clock goes on between events, so that nobody takes waiting for hanging.
        bar.enable_steady_tick(Duration::from_millis(500));
        ui.attach(bar.clone());
        Bars(bar)
    }

    pub(super) fn show(&self, seen: &Tally) {
        let done = seen.done.len() as u64;
        self.0.set_length(seen.volumes.max(done));
        self.0.set_position(done);
        self.0.set_message(progress::bar(seen.jobs.len() as u64, seen.failed.len() as u64));
    }
}

/// Whether an event gets a line of its own above the bar.
pub(super) fn must_be_read(event: &Event) -> bool {
    matches!(
        event,
        Event::FormatChanged { .. }
            | Event::Failed { .. }
            | Event::Ordered { .. }
            | Event::Unfinished { .. }
            | Event::Retrying { .. }
            | Event::NotOurs { .. }
    )
}
