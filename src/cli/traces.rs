//! Traces: the command as a span, exported over OTLP where the variables of OpenTelemetry ask for that.

#[cfg(feature = "otel")]
mod otlp;

use super::exit::Exit;
use super::log::Listeners;
use super::ui::Ui;
use tracing::Span;
use tracing::field::Empty;

#[cfg(feature = "otel")]
use otlp::Traces;

/// Without the feature there are none.
#[cfg(not(feature = "otel"))]
#[derive(Debug)]
pub(super) enum Traces {}

/// Makes ready to export, where the environment asks for it. What is wrong with that is a warning.
#[cfg(feature = "otel")]
pub(super) fn start(ui: &Ui, listeners: &mut Listeners) -> Option<Traces> {
    otlp::start(&super::settings::set, listeners).unwrap_or_else(|why| {
        ui.warn(&crate::words::traces::no_export(&why));
        None
    })
}

/// Without the feature nothing is exported.
#[cfg(not(feature = "otel"))]
pub(super) fn start(_: &Ui, _: &mut Listeners) -> Option<Traces> {
    None
}

/// The span that all others of a command are in; `words` is the command as it is typed.
pub(super) fn root(words: &'static str) -> Span {
    let span = tracing::info_span!(
        "command",
        otel.name = format!("evsctl {words}"),
        otel.status_code = Empty,
        process.executable.name = "evsctl",
        process.pid = i64::from(std::process::id()),
        process.exit.code = Empty,
        error.r#type = Empty,
        evsctl.command = words,
        evsctl.stack = Empty,
    );
    #[cfg(feature = "otel")]
    otlp::continues(&span, &super::settings::set);
    span
}

/// Tells how the command ended, and waits a little until the collector knows.
pub(super) fn end(ui: &Ui, traces: Option<Traces>, root: Span, exit: Exit) {
    root.record("process.exit.code", i64::from(exit.code()));
    if !matches!(exit, Exit::Success | Exit::Changes) {
        root.record("error.type", tracing::field::display(exit.code()));
        root.record("otel.status_code", "error");
    }
    #[cfg(feature = "otel")]
    if let Some(why) = traces.and_then(|traces| traces.end(root)) {
        ui.warn(&why);
    }
    #[cfg(not(feature = "otel"))]
    let _ = (ui, traces, root);
}
