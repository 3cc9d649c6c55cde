//! Signals: the first asks the run to stop, the second ends the process. Only this file triggers a stop.

use crate::cli::descriptors;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::words::process::{Part, cannot};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// What the system says when a file becomes larger than the process may write: Linux, macOS and the BSDs agree
/// on its number.
const FILE_TOO_LARGE: i32 = 25;
/// Within five seconds of the first signal the process leaves, read or not: a little less, for leaving itself.
const LEAVE_WITHIN: Duration = Duration::from_millis(4800);
/// How long what is to be put right on the terminal may take: the output may be what hangs.
const TIDY_WITHIN: Duration = Duration::from_millis(50);
/// How long the last words may take all the same, once the work is over.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Which signal came first, once one has.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    terminated: Arc<AtomicBool>,
    over: CancellationToken,
}

impl Signal {
    /// How the process ends because of it.
    pub(super) fn exit(&self) -> Exit {
        exit(self.terminated.load(Ordering::Relaxed))
    }

    /// Says that all is done and safe, and only telling it is left: from now on a signal ends the process in
    /// time even if nobody reads what is told.
    pub(super) fn work_is_over(&self) {
        self.over.cancel();
    }
}

fn exit(terminated: bool) -> Exit {
    if terminated { Exit::Terminated } else { Exit::Interrupted }
}

/// Keeps a command that writes the state from being ended by what concerns only its surroundings: a terminal
/// that was closed takes no more output and that is all, and a file that may not grow is an error of that
/// write, which then says so itself.
pub(super) fn endure() -> Result<(), CliError> {
    descriptors::enough()?;
    let runtime = runtime().map_err(wrong)?;
    let _inside = runtime.enter();
    for kind in [SignalKind::hangup(), SignalKind::from_raw(FILE_TOO_LARGE)] {
        // To have listened once takes the signal its force for as long as the process lives.
        drop(signal(kind).map_err(wrong)?);
    }
    Ok(())
}

/// Listens from now on. The first Ctrl-C or SIGTERM cancels `stop`; the second leaves at once, which
/// loses nothing: all that happened is durable already. On a thread of its own, and until the process ends:
/// whatever else hangs, this does not. Where it ends the process itself, it has what is on the terminal put right by
/// `tidy` first.
pub(super) fn signals(stop: CancellationToken, tidy: impl FnOnce() + Send + 'static) -> Result<Signal, CliError> {
    let runtime = runtime().map_err(wrong)?;
    let inside = runtime.enter();
    let mut interrupts = signal(SignalKind::interrupt()).map_err(wrong)?;
    let mut terminations = signal(SignalKind::terminate()).map_err(wrong)?;
    drop(inside);
    let first = Signal { terminated: Arc::default(), over: CancellationToken::new() };
    let Signal { terminated, over } = first.clone();
    let mut next = async move || {
        tokio::select! {
            _ = interrupts.recv() => false,
            _ = terminations.recv() => true,
        }
    };
    let listen = async move {
        let by_term = next().await;
        terminated.store(by_term, Ordering::Relaxed);
        stop.cancel();
        let until = Instant::now() + LEAVE_WITHIN;
        let told = async {
            over.cancelled().await;
            sleep_until(until.max(Instant::now() + LAST_WORDS)).await;
        };
        let by_term = tokio::select! {
            again = next() => again,
            () = told => by_term,
        };
        within(TIDY_WITHIN, tidy);
        leave(exit(by_term))
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(listen)).map_err(wrong)?;
    Ok(first)
}

fn runtime() -> io::Result<Runtime> {
    super::runtime::build(&mut Builder::new_current_thread())
}

fn wrong(error: io::Error) -> CliError {
    CliError::new(Exit::Error, cannot(Part::Signals)).because_of(error)
}

/// Does something that may never end, and waits no longer than that for it.
fn within(time: Duration, work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = std::sync::mpsc::channel();
    let worker = std::thread::Builder::new().spawn(move || {
        work();
        let _ = done.send(());
    });
    if worker.is_ok() {
        let _ = is_done.recv_timeout(time);
    }
}

#[expect(clippy::exit, reason = "the second signal asks for exactly that")]
fn leave(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_not_waited_for() {
        let (done, is_done) = std::sync::mpsc::channel();
        within(Duration::from_secs(60), move || done.send(1).unwrap());
        assert_eq!(is_done.try_recv(), Ok(1), "it was waited for");
        let (hold, held) = std::sync::mpsc::channel::<()>();
        within(Duration::from_millis(1), move || held.recv().unwrap_or_default());
        drop(hold);
    }
}
