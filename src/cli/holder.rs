//! What a run brings with it when it takes a lock: who it is, and a state to begin with.

use super::options::LockWait;
use super::settings::set;
use super::ui::Ui;
use crate::state::{CloudId, State};
use crate::store::{Holder, Lease, Store, StoreError};
use crate::volume::{Lineage, StackName};
use crate::words;

/// A state that owns nothing, with a lineage of its own.
pub(super) fn fresh(stack: StackName, cloud: CloudId) -> State {
    let [a, b, c, d, e, ..] = *uuid::Uuid::new_v4().as_bytes();
    State::new(stack, Lineage::from_random([a, b, c, d, e]), cloud)
}

/// Takes the lock of a state, and says who is waited for where somebody else holds it.
///
/// # Errors
/// Those of [`Store::lock`].
pub(super) fn lock(ui: &Ui, store: &Store, operation: &str, wait: LockWait) -> Result<Lease, StoreError> {
    let timeout = wait.lock_timeout;
    if !timeout.is_zero()
        && let Some(other) = store.running()
    {
        ui.talk(&words::process::waits_for(&other, timeout));
    }
    store.lock(holder(operation), timeout)
}

/// Who is about to hold the lock, for those who find it held.
pub(super) fn holder(operation: &str) -> Holder {
    let github = || {
        let run = format!(
            "{}/{}/actions/runs/{}",
            set("GITHUB_SERVER_URL")?,
            set("GITHUB_REPOSITORY")?,
            set("GITHUB_RUN_ID")?
        );
        Some(run)
    };
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned());
    Holder {
        who: set("USER").or_else(|| set("LOGNAME")).unwrap_or_else(|| words::process::somebody().to_owned()),
        host: host.ok().or_else(|| set("HOSTNAME")).unwrap_or_else(|| words::process::some_machine().to_owned()),
        pid: std::process::id(),
        since: jiff::Timestamp::now(),
        run: github().or_else(|| set("CI_JOB_URL")).or_else(|| set("BUILD_URL")),
        operation: operation.to_owned(),
    }
}
