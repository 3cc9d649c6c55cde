//! Times that were measured.

use std::time::Duration;

/// A time to the hundredth of a second.
pub(super) fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
