//! Values that are more than text: durations, rates, digests, ids.

use crate::import::TagPattern;
use crate::volume::{CallId, Digest, Field, KeyOrAddress, LeaseId, Lineage, StackName, VolumeId};
use crate::words::drift::STATUS;
use crate::words::values::{NoValue, form};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use std::num::NonZeroU32;
use std::time::Duration;

/// Longer than anybody waits, and short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A duration as people write it: `30m`, `1h 30m`, `2s`, `50ms`, or `0`.
pub(in crate::cli) fn duration(text: &str) -> Result<Duration, &'static str> {
    if text.trim() == "0" {
        return Ok(Duration::ZERO);
    }
    let parsed: jiff::SignedDuration = text.parse().map_err(|_| form(NoValue::Duration))?;
    let duration = Duration::try_from(parsed).map_err(|_| form(NoValue::Negative))?;
    if duration > LONGEST {
        return Err(form(NoValue::TooLong));
    }
    Ok(duration)
}

/// So many a second: `20/s`.
pub(in crate::cli) fn rate(text: &str) -> Result<NonZeroU32, &'static str> {
    let number = text.strip_suffix("/s").and_then(|it| it.parse().ok());
    number.ok_or_else(|| form(NoValue::Rate))
}

/// A number of volumes that are consented to.
pub(in crate::cli) fn volumes(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| form(NoValue::Volumes))
}

/// A day, as in `2027-01-31`.
pub(in crate::cli) fn day(text: &str) -> Result<Date, &'static str> {
    crate::manifest::day(text).ok_or_else(|| form(NoValue::Day))
}

/// A reason, which says something.
pub(in crate::cli) fn reason(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err(form(NoValue::Reason)) } else { Ok(text.to_owned()) }
}

/// The word of a field that can drift; `status` is one.
pub(in crate::cli) fn field() -> impl TypedValueParser<Value = String> {
    let words = Field::ALL.into_iter().filter(|field| *field != Field::Source).map(Field::word);
    PossibleValuesParser::new(words.chain([STATUS]).map(PossibleValue::new))
}

/// A digest as a plan shows it.
pub(in crate::cli) fn digest(text: &str) -> Result<Digest, &'static str> {
    Digest::new(text).map_err(|_| form(NoValue::Digest))
}

/// A lineage as messages show it.
pub(in crate::cli) fn lineage(text: &str) -> Result<Lineage, &'static str> {
    Lineage::new(text).map_err(|_| form(NoValue::Lineage))
}

/// The id of a create call as messages show it.
pub(in crate::cli) fn call(text: &str) -> Result<CallId, &'static str> {
    CallId::new(text).map_err(|_| form(NoValue::Call))
}

/// A key or one address.
pub(in crate::cli) fn key_or_address(text: &str) -> Result<KeyOrAddress, &'static str> {
    text.parse().map_err(|_| form(NoValue::KeyOrAddress))
}

/// A tag, whatever its value is, or with one.
pub(in crate::cli) fn tag(text: &str) -> Result<TagPattern, &'static str> {
    text.parse().map_err(|_| form(NoValue::Tag))
}

/// The id of a volume.
pub(in crate::cli) fn volume_id(text: &str) -> Result<VolumeId, &'static str> {
    VolumeId::new(text).map_err(|_| form(NoValue::VolumeId))
}

/// The name of a stack.
pub(in crate::cli) fn stack(text: &str) -> Result<StackName, &'static str> {
    StackName::new(text).map_err(|_| form(NoValue::Stack))
}

/// The id of a lock's holder as `lock status` shows it.
pub(in crate::cli) fn lease(text: &str) -> Result<LeaseId, &'static str> {
    LeaseId::new(text).map_err(|_| form(NoValue::Lease))
}

#[cfg(any(test, fuzzing))]
pub(in crate::cli) mod fuzzing {
    //! The values of arguments as they are read, for the proof in `fuzzing`.

    pub(crate) fn values(text: &str) {
        let read = [super::digest(text).map(String::from), super::lineage(text).map(String::from)];
        let read = read.into_iter().chain([super::call(text).map(String::from), super::lease(text).map(String::from)]);
        for value in read.flatten() {
            assert_eq!(value, text);
        }
        if let Ok(rate) = super::rate(text) {
            assert!(text.ends_with("/s") && rate.get() > 0);
        }
    }

    pub(crate) fn duration(text: &str) -> Result<std::time::Duration, &'static str> {
        super::duration(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, millis) in [
            ("30m", 1_800_000),
            ("1h 30m", 5_400_000),
            ("1h30m", 5_400_000),
            ("2s", 2_000),
            ("50ms", 50),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "30", "-5s", "soon", "1x"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_is_so_many_a_second() {
        assert_eq!(rate("20/s").map(NonZeroU32::get), Ok(20));
        for text in ["", "20", "0/s", "-1/s", "20/m", "20 /s", "4294967296/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
