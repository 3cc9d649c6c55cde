//! Times as the service writes them, and as the control of the embedded cloud reads them.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A job's time: milliseconds and a `Z`.
pub(super) fn job_time(micros: i64) -> String {
    timestamp(micros).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A volume's time: microseconds and no zone.
pub(super) fn volume_time(micros: i64) -> String {
    timestamp(micros).strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}

/// A time in digits alone, as names have it: `20240102030405`.
pub(super) fn compact_time(micros: i64) -> String {
    timestamp(micros).strftime("%Y%m%d%H%M%S").to_string()
}

fn timestamp(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

/// A time as volumes show theirs, without a zone, or with one.
pub(super) fn read(text: &str) -> Result<Timestamp, String> {
    let local = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse::<DateTime>()?);
    text.parse::<Timestamp>().or_else(|_| local()).map_err(|error: jiff::Error| error.to_string())
}
