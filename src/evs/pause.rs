//! Pure: how long an answer asks to be left alone before the next try.

use super::clock::http_date;
use super::error::{Error, Kind};
use super::gate::Rate;
use super::meaning::Meaning;
use jiff::Timestamp;
use std::time::Duration;

/// The shortest pause: no answer makes requests follow each other at once.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest that a header may ask for.
const LONGEST: Duration = Duration::from_secs(600);
/// The longest that the end of a window is waited for: it began before this request, so its end is nearer than it is
/// long, and how near is not said.
const LONGEST_WINDOW: Duration = Duration::from_secs(60);

/// The pause that an answer asks for: `Retry-After` in seconds or as a date, and else, of a throttled request, the
/// window in the gateway's text. `now` is the service's time.
pub(super) fn asked(error: &Error, retry_after: Option<&str>, now: Timestamp) -> Option<Duration> {
    if let Some(pause) = retry_after.and_then(|text| by_header(text.trim(), now)) {
        return Some(pause.clamp(SHORTEST, LONGEST));
    }
    Some(said(error)?.pause())
}

/// The rate that the gateway's text says it allows, where it throttled.
pub(super) fn said(error: &Error) -> Option<Rate> {
    let Kind::Refused { meaning: Meaning::Throttled, message, .. } = &error.kind else { return None };
    Rate::read(message.words())
}

/// A date that has passed asks for no pause.
fn by_header(text: &str, now: Timestamp) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds ask for the longest pause, too.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(text)?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

impl Rate {
    /// The window up to its bound; and where it has room for so few requests that one may leave less often than that,
    /// as long as each of them has to itself.
    fn pause(self) -> Duration {
        let share =
            self.window.as_secs().checked_div(u64::from(self.requests)).map_or(self.window, Duration::from_secs);
        self.window.min(LONGEST_WINDOW).max(share).clamp(SHORTEST, LONGEST)
    }

    /// Reads the end of `… policy user over ratelimit,limit:200,time:5 minute` (EVS API reference, "Throttling and
    /// quotas"). Only both together are the gateway's: a text that speaks of some time is nothing to obey.
    fn read(text: &str) -> Option<Rate> {
        let (requests, rest) = number(text.split_once("limit:")?.1)?;
        let requests = u32::try_from(requests).ok()?;
        let (count, unit) = number(rest.strip_prefix(",time:")?)?;
        let seconds = match unit {
            unit if unit.starts_with("second") => 1,
            unit if unit.starts_with("minute") => 60,
            _ => return None,
        };
        Some(Rate { requests, window: Duration::from_secs(count.saturating_mul(seconds)) })
    }
}

/// The whole number that a text begins with, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(status: u16, message: &str) -> Error {
        let body = serde_json::json!({"error_msg": message, "error_code": "APIGW.0308"}).to_string();
        Error::refused("GET /", status, None, body.as_bytes())
    }

    fn throttled(message: &str, retry_after: Option<&str>) -> Option<Duration> {
        asked(&error(429, message), retry_after, "2026-11-24T07:00:00Z".parse().unwrap())
    }

    const FIVE_MINUTES: &str =
        "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute";

    #[test]
    fn limit_and_window_are_read_as_the_gateway_writes_them() {
        let of = |requests, seconds| Some(Rate { requests, window: Duration::from_secs(seconds) });
        assert_eq!(Rate::read(FIVE_MINUTES), of(200, 300));
        assert_eq!(Rate::read("policy ip over ratelimit,limit:5,time:5 second"), of(5, 5));
        assert_eq!(Rate::read("policy api over ratelimit,limit: 1 , time:1"), None);
        for odd in [
            "",
            "limit:",
            "limit:5",
            "limit:5,time:",
            "limit:5,time:5",
            "limit:5,time:5 year",
            "limit:x,time:5 second",
            "limit:5,time:-5 second",
            "time:5 minute",
            "the time: 5 minutes",
            "limit:99999999999999999999,time:1 second",
        ] {
            assert_eq!(Rate::read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_window_is_waited_for_and_not_for_ever() {
        assert_eq!(throttled("limit:5,time:5 second", None), Some(Duration::from_secs(5)));
        assert_eq!(throttled("limit:9,time:1 minute", None), Some(Duration::from_secs(60)));
        assert_eq!(throttled(FIVE_MINUTES, None), Some(Duration::from_secs(60)));
        assert_eq!(throttled("limit:5,time:0 second", None), Some(SHORTEST));
        assert_eq!(throttled("limit:1000000,time:1000000 minute", None), Some(Duration::from_secs(60)));
        // One in two minutes is not asked for every minute.
        assert_eq!(throttled("limit:2,time:4 minute", None), Some(Duration::from_secs(120)));
        assert_eq!(throttled("limit:0,time:4 minute", None), Some(Duration::from_secs(240)));
        assert_eq!(throttled("limit:1,time:18446744073709551615 minute", None), Some(LONGEST));
        assert_eq!(throttled("no window", None), None);
        // Of another refusal the same words say nothing.
        assert_eq!(asked(&error(403, FIVE_MINUTES), None, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn the_header_counts_before_the_text_in_both_its_forms() {
        let after = |text| throttled(FIVE_MINUTES, Some(text));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(after("7"), seconds(7));
        assert_eq!(after(" 7 "), seconds(7));
        assert_eq!(after("0"), Some(SHORTEST));
        assert_eq!(after("999999999"), Some(LONGEST));
        assert_eq!(after("99999999999999999999999"), Some(LONGEST));
        assert_eq!(after("Tue, 24 Nov 2026 07:01:30 GMT"), seconds(90));
        assert_eq!(after("Tue, 24 Nov 2026 06:00:00 GMT"), Some(SHORTEST), "it is over");
        assert_eq!(after("Wed, 24 Nov 2027 07:00:00 GMT"), Some(LONGEST));
        // What is neither is no header.
        for odd in ["", "soon", "-7", "7.5", "+7"] {
            assert_eq!(after(odd), seconds(60), "{odd}");
        }
        // It counts for trouble, too.
        assert_eq!(asked(&error(503, "no"), Some("7"), Timestamp::UNIX_EPOCH), seconds(7));
    }

    proptest! {
        #[test]
        fn no_text_panics(
            message in ".{0,40}",
            limit in "[0-9 ]{0,22}|.{0,4}",
            time in "[0-9 ]{0,22}|.{0,4}",
            unit in " ?(second|minute|hour)?s?.{0,4}",
            header in proptest::option::of("[0-9]{0,24}|.{0,40}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"),
            status in prop_oneof![Just(429u16), 100u16..600],
            second in -377_705_023_201i64..253_402_207_200,
        ) {
            let now = Timestamp::from_second(second).unwrap_or_default();
            for text in [message.clone(), format!("{message}limit:{limit},time:{time}{unit}")] {
                if let Some(pause) = asked(&error(status, &text), header.as_deref(), now) {
                    prop_assert!(pause >= SHORTEST && pause <= LONGEST);
                }
            }
        }

        #[test]
        fn every_window_is_waited_for_up_to_the_bound(limit: u32, count in 0u64..1 << 40, minutes: bool) {
            let (unit, seconds) = if minutes { ("minute", 60) } else { ("second", 1) };
            let pause = throttled(&format!("policy user over ratelimit,limit:{limit},time:{count} {unit}"), None);
            let window = Duration::from_secs(count * seconds);
            let pause = pause.unwrap_or_default();
            prop_assert!(pause >= window.clamp(SHORTEST, LONGEST_WINDOW) && pause <= window.clamp(SHORTEST, LONGEST));
        }
    }
}
