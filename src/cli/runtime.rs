//! What carries asynchronous work.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use tokio::runtime::{Builder, Runtime};

/// Builds a runtime with everything in it. Where the system gives no descriptor for its signals, the library below
/// panics instead of saying so: nothing was done by then, and that is an error like any other.
pub(super) fn build(builder: &mut Builder) -> io::Result<Runtime> {
    let told = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(AssertUnwindSafe(|| builder.enable_all().build()));
    panic::set_hook(told);
    built.unwrap_or_else(|_| Err(io::Error::other("the system gives this process no descriptors for its signals")))
}
