//! Whether the service has the call that extends several volumes: the first such call of a run finds that out for the others.

use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// For how long a call waits for the answer to the first one.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Batches(Mutex<Option<bool>>);

/// Whether a call that extends several volumes may leave.
#[derive(Debug)]
pub(super) enum Turn<'a> {
    /// It may.
    Free,
    /// It may, and the others wait until it is known what came of it.
    First(MutexGuard<'a, Option<bool>>),
    /// There is no such call.
    Unserved,
}

impl Batches {
    /// Waits until it is known whether there is such a call, or until it is the caller's turn to find out.
    pub(super) async fn turn(&self) -> Turn<'_> {
        match tokio::time::timeout(PATIENCE, self.0.lock()).await {
            Ok(known) => match *known {
                None => Turn::First(known),
                Some(true) => Turn::Free,
                Some(false) => Turn::Unserved,
            },
            // One whose answer is late keeps no other from growing.
            Err(_) => Turn::Free,
        }
    }
}

impl Turn<'_> {
    /// Takes in whether there is such a call, where the answer says so, and lets the others go on.
    pub(super) fn over(self, served: Option<bool>) {
        if let Turn::First(mut known) = self {
            *known = served;
        }
    }
}
