//! The service's clock, read off the `Date` of its answers: what is concluded from lists is concluded by it, so
//! that no jump of the local clock can break a conclusion.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};

/// How far the service's clock is ahead of the local one, as far as known.
#[derive(Debug, Default)]
pub(super) struct ServiceClock(Mutex<Option<SignedDuration>>);

impl ServiceClock {
    /// Takes in the `Date` of an answer that has just come.
    pub(super) fn answered(&self, date: Timestamp) {
        // It is cut to whole seconds: the service may be almost one ahead of what it says.
        let ahead = date.duration_since(Timestamp::now()) + SignedDuration::from_secs(1);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
    }

    /// What the service's clock shows now, rather a second more than less; the local time before its first answer.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        ahead.and_then(|ahead| now.checked_add(ahead).ok()).unwrap_or(now)
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
}
