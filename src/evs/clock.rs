//! The service's clock, read off the `Date` of its answers: what is concluded from lists is concluded by it, so
//! that no jump of the local clock can break a conclusion.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The service's clock, as far as known.
#[derive(Debug, Default)]
pub(super) struct ServiceClock(Mutex<Option<Reading>>);

/// One reading of it, with what the local clocks showed then.
#[derive(Debug, Clone, Copy)]
struct Reading {
    service: Timestamp,
    wall: Timestamp,
    steady: Instant,
}

impl ServiceClock {
    /// Takes in the `Date` of an answer that has just come.
    pub(super) fn answered(&self, date: Timestamp) {
        // It is cut to whole seconds: the service may be almost one ahead of what it says.
        let service = date.checked_add(SignedDuration::from_secs(1)).unwrap_or(date);
        let reading = Reading { service, wall: Timestamp::now(), steady: Instant::now() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
    }

    /// What the service's clock shows now, rather a second more than less; the local time before its first answer.
    ///
    /// The wall clock may be set back, and the steady one stands still while the machine sleeps: the later of both
    /// counts, since nothing is concluded too early from a sending that is taken for younger than it is.
    pub(super) fn now(&self) -> Timestamp {
        let reading = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Reading { service, wall, steady }) = reading else { return Timestamp::now() };
        let by_steady = SignedDuration::try_from(steady.elapsed()).unwrap_or_default();
        let passed = by_steady.max(Timestamp::now().duration_since(wall));
        service.checked_add(passed).unwrap_or(service)
    }
}

/// Reads a `Date` header: `Tue, 24 Nov 2026 07:00:00 GMT`.
pub(super) fn date_of(headers: &reqwest::header::HeaderMap) -> Option<Timestamp> {
    let text = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{DATE, HeaderMap, HeaderValue};

    fn dated(text: &'static str) -> Option<Timestamp> {
        date_of(&HeaderMap::from_iter([(DATE, HeaderValue::from_static(text))]))
    }

    #[test]
    fn the_date_of_an_answer_reads() {
        assert_eq!(dated("Tue, 24 Nov 2026 07:00:00 GMT"), Some("2026-11-24T07:00:00Z".parse().unwrap()));
        assert_eq!(dated("yesterday"), None);
        assert_eq!(date_of(&HeaderMap::new()), None);
    }

    #[test]
    fn a_service_that_is_ahead_is_followed() {
        let clock = ServiceClock::default();
        let day = SignedDuration::from_hours(24);
        clock.answered(Timestamp::now() + day);
        let ahead = clock.now().duration_since(Timestamp::now());
        assert!(ahead > day && ahead < day + SignedDuration::from_secs(2), "{ahead}");
        clock.answered(Timestamp::now() - day);
        assert!(clock.now() < Timestamp::now());
    }

    #[test]
    fn a_local_clock_that_is_set_back_changes_nothing() {
        let now = Timestamp::now();
        // Read when the wall clock was a day ahead of what it shows now.
        let wall = now + SignedDuration::from_hours(24);
        let clock = ServiceClock(Mutex::new(Some(Reading { service: now, wall, steady: Instant::now() })));
        assert!(clock.now() >= now, "{}", clock.now());
    }
}
