//! Builds the asynchronous runtime, and runs a command's work on it.

use super::descriptors;
use super::error::CliError;
use super::exit::Exit;
use crate::words::process::{Part, cannot, none_for_signals};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use tokio::runtime::{Builder, Runtime};

/// Runs asynchronous work to its end. What is still under way then is not waited for.
///
/// # Errors
/// What the work ends with, and where the system gives no descriptors or no threads to begin it.
pub(super) fn block_on<T, E: From<CliError>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    descriptors::enough()?;
    let runtime = build(Builder::new_multi_thread().worker_threads(2))
        .map_err(|error| CliError::new(Exit::Error, cannot(Part::Runtime)).because_of(error))?;
    // On this thread, so what is told in here belongs to the command's span.
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

/// Builds a runtime with everything in it. Where the system gives no descriptor for its signals, the library below
/// panics instead of saying so: nothing was done by then, and that is an error like any other.
pub(super) fn build(builder: &mut Builder) -> io::Result<Runtime> {
    let told = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(AssertUnwindSafe(|| builder.enable_all().build()));
    panic::set_hook(told);
    built.unwrap_or_else(|_| Err(io::Error::other(none_for_signals())))
}
