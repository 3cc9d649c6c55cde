//! The service's clock, read off the `Date` of its answers: what is concluded from lists is concluded by it, so
//! that no jump of the local clock can break a conclusion.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How far a reading may be ahead of everything else that is known of the time.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);

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
    /// Takes in the `Date` of an answer that has just come. Says whether it can be right.
    ///
    /// The nodes of a service may differ: only a later reading counts, since a sending that is taken for older than
    /// it is would be given up too early. One that nothing else comes near is nobody's clock.
    pub(super) fn answered(&self, date: Timestamp) -> bool {
        // It is cut to whole seconds: the service may be almost one ahead of what it says.
        let service = date.checked_add(SignedDuration::from_secs(1)).unwrap_or(date);
        let wall = Timestamp::now();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = known.map(Reading::now);
        let beyond = |clock: Timestamp| service.duration_since(clock) > BELIEVED;
        if expected.is_some_and(|expected| beyond(expected) && beyond(wall)) {
            return false;
        }
        if expected.is_none_or(|expected| service > expected) {
            *known = Some(Reading { service, wall, steady: Instant::now() });
        }
        true
    }

    /// What the service's clock shows now, rather a second more than less; the local time before its first answer.
    ///
    /// The wall clock may be set back, and the steady one stands still while the machine sleeps: the later of both
    /// counts, since nothing is concluded too early from a sending that is taken for younger than it is.
    pub(super) fn now(&self) -> Timestamp {
        let reading = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.map_or_else(Timestamp::now, Reading::now)
    }
}

impl Reading {
    /// What that clock shows now.
    fn now(self) -> Timestamp {
        let Reading { service, wall, steady } = self;
        let by_steady = SignedDuration::try_from(steady.elapsed()).unwrap_or_default();
        let passed = by_steady.max(Timestamp::now().duration_since(wall));
        service.checked_add(passed).unwrap_or(service)
    }
}

/// Reads a `Date` header.
pub(super) fn date_of(headers: &reqwest::header::HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(reqwest::header::DATE)?.to_str().ok()?)
}

/// Reads a date as headers have it: `Tue, 24 Nov 2026 07:00:00 GMT`.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
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
    }

    #[test]
    fn a_node_that_is_behind_makes_nothing_older_and_one_that_is_far_ahead_is_not_believed() {
        let clock = ServiceClock::default();
        let now = Timestamp::now();
        assert!(clock.answered(now));
        assert!(clock.answered(now - SignedDuration::from_hours(300)));
        assert!(clock.now() >= now, "{}", clock.now());
        assert!(!clock.answered(now + SignedDuration::from_hours(100_000)));
        assert!(clock.now() < now + SignedDuration::from_hours(1), "{}", clock.now());
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
