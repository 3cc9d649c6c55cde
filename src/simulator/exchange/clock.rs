//! The service's clock: the machine's, or as far ahead of it as `POST /_sim/clock` says, so that hours pass at once.

use hyper::header::HeaderValue;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, in microseconds since 1970.
pub(super) fn wall_clock() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// How far ahead of the machine's clock the service's is, in microseconds.
#[derive(Debug, Default)]
pub(super) struct Clock(AtomicI64);

impl Clock {
    /// Microseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        wall_clock().saturating_add(self.0.load(Ordering::SeqCst))
    }

    /// Reads `{"ahead_ms":3600000}`. The volumes' own time never goes back: with less than before it
    /// goes on from where it was.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(super) fn set(&self, body: &[u8]) -> Result<(), String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ahead {
            ahead_ms: u32,
        }
        let Ahead { ahead_ms } = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        self.0.store(i64::from(ahead_ms) * 1000, Ordering::SeqCst);
        Ok(())
    }

    /// What the control answers.
    pub(super) fn show(&self) -> Value {
        json!({ "ahead_ms": self.0.load(Ordering::SeqCst) / 1000 })
    }

    /// The `Date` of answers, where the server's own would be another.
    pub(super) fn date(&self) -> Option<HeaderValue> {
        if self.0.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let now = jiff::Timestamp::from_microsecond(self.now()).ok()?;
        let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok()?;
        HeaderValue::try_from(text).ok()
    }
}
