//! Whether answers carry what every answer must: the service's time, and the id by which its support finds a request.

use super::clock::date_of;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// What the answers so far carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conformance {
    /// How many there were.
    pub answers: u64,
    /// How many had no `Date` that reads.
    pub undated: u64,
    /// How many had no `X-Request-Id`.
    pub unnamed: u64,
    /// By how much the service's clock is ahead of the local one at the least; below zero where it is behind. The
    /// largest that was seen, since the nodes of a service may differ; `None` where no answer told the time.
    pub ahead: Option<SignedDuration>,
}

/// How far the local clock is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockOff {
    /// By how much the service's clock is ahead of it; below zero where it is behind.
    pub ahead: SignedDuration,
}

/// No network and no cut second explains more than this between two clocks.
const NOTABLE: SignedDuration = SignedDuration::from_secs(60);

impl Conformance {
    /// How far the local clock is off, where that is more than a slow answer explains.
    pub fn off(&self) -> Option<ClockOff> {
        self.ahead.filter(|ahead| ahead.abs() > NOTABLE).map(|ahead| ClockOff { ahead })
    }

    pub(super) fn note(&mut self, headers: &HeaderMap, sent: Timestamp, came: Timestamp) {
        self.answers += 1;
        if headers.get("x-request-id").is_none_or(|id| id.is_empty()) {
            self.unnamed += 1;
        }
        let Some(date) = date_of(headers) else {
            self.undated += 1;
            return;
        };
        let ahead = ahead(date, sent, came);
        if self.ahead.is_none_or(|known| ahead.abs() > known.abs()) {
            self.ahead = Some(ahead);
        }
    }
}

/// By how much a clock that showed `date` at some time between `sent` and `came` is surely ahead. A date is cut to
/// whole seconds.
fn ahead(date: Timestamp, sent: Timestamp, came: Timestamp) -> SignedDuration {
    let second = SignedDuration::from_secs(1);
    let (least, most) = (date.duration_since(came), date.duration_since(sent).saturating_add(second));
    if least.is_positive() {
        least
    } else if most.is_negative() {
        most
    } else {
        SignedDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{DATE, HeaderName, HeaderValue};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn only_what_the_way_cannot_explain_is_a_difference() {
        let seconds = |date, sent, came| ahead(at(date), at(sent), at(came)).as_secs();
        assert_eq!(seconds(5, 0, 9), 0);
        assert_eq!(seconds(0, 0, 0), 0);
        assert_eq!(seconds(-1, 0, 0), 0, "it may have been cut by almost a second");
        assert_eq!(seconds(100, 0, 9), 91);
        assert_eq!(seconds(-100, 0, 9), -99);
    }

    #[test]
    fn the_largest_difference_is_kept_and_what_lacks_is_counted() {
        let dated = |second: i64| {
            let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at(second)).unwrap();
            HeaderMap::from_iter([
                (DATE, HeaderValue::from_str(&text).unwrap()),
                (HeaderName::from_static("x-request-id"), HeaderValue::from_static("r")),
            ])
        };
        let mut conformance = Conformance::default();
        for second in [3, -900, 60] {
            conformance.note(&dated(second), at(0), at(1));
        }
        assert_eq!(conformance.ahead, Some(SignedDuration::from_secs(-899)));
        assert_eq!(conformance.off(), Some(ClockOff { ahead: SignedDuration::from_secs(-899) }));
        let close = Conformance { ahead: Some(SignedDuration::from_secs(60)), ..conformance };
        assert_eq!((close.off(), Conformance::default().off()), (None, None));
        conformance.note(&HeaderMap::new(), at(0), at(1));
        assert_eq!((conformance.answers, conformance.undated, conformance.unnamed), (4, 1, 1));
    }
}
