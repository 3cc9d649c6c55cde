//! Signals: the first asks the run to stop, the second ends the process. Only this file triggers a stop.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Which signal came first, once one has.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    terminated: Arc<AtomicBool>,
}

impl Signal {
    /// How the process ends because of it.
    pub(super) fn exit(&self) -> Exit {
        if self.terminated.load(Ordering::Relaxed) { Exit::Terminated } else { Exit::Interrupted }
    }
}

/// Listens from now on. The first Ctrl-C or SIGTERM cancels `stop`; the second leaves at once, which
/// loses nothing: all that happened is durable already.
pub(super) fn signals(stop: CancellationToken) -> Result<Signal, CliError> {
    let wrong =
        |error: std::io::Error| CliError::new(Exit::Error, "cannot listen for signals").because_of(Some(&error));
    let mut interrupts = signal(SignalKind::interrupt()).map_err(wrong)?;
    let mut terminations = signal(SignalKind::terminate()).map_err(wrong)?;
    let terminated = Arc::new(AtomicBool::new(false));
    let first = Signal { terminated: terminated.clone() };
    tokio::spawn(async move {
        loop {
            let by_term = tokio::select! {
                _ = interrupts.recv() => false,
                _ = terminations.recv() => true,
            };
            if stop.is_cancelled() {
                leave(if by_term { Exit::Terminated } else { Exit::Interrupted });
            }
            terminated.store(by_term, Ordering::Relaxed);
            stop.cancel();
        }
    });
    Ok(first)
}

#[expect(clippy::exit, reason = "the second signal asks for exactly that")]
fn leave(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}
