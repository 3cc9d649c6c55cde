//! When a policy takes snapshots: on days of the week, or every so many days, at whole hours of UTC+8.

use super::snapshot::DAY;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far the clock of the time points is ahead of UTC, in microseconds.
const AHEAD: i64 = 8 * HOUR;
const HOUR: i64 = 3600 * 1_000_000;

/// On which days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::simulator) enum Days {
    /// On these days of the week; 1 is Monday.
    Week(BTreeSet<u8>),
    /// Every so many days, counted from a day: that one is the first.
    Every { days: u8, from: i64 },
}

/// On which days, and at which hours of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulator) struct Schedule {
    pub(super) days: Days,
    pub(super) hours: BTreeSet<u8>,
}

/// The number of the day at that time, in UTC+8; that of 1 January 1970 is 0.
pub(super) fn day_of(at: i64) -> i64 {
    at.saturating_add(AHEAD).div_euclid(DAY)
}

impl Days {
    fn hold(&self, day: i64) -> bool {
        match self {
            // The day with number 0 was a Thursday.
            Days::Week(days) => days.iter().any(|it| i64::from(*it) == (day + 3).rem_euclid(7) + 1),
            Days::Every { days, from } => day.saturating_sub(*from).rem_euclid(i64::from(*days).max(1)) == 0,
        }
    }
}

impl Schedule {
    /// The first time after that one; `None` where there is no hour or no day.
    pub(in crate::simulator) fn next(&self, after: i64) -> Option<i64> {
        let first = day_of(after);
        // No two days of a schedule lie further apart than 30 days.
        (first..=first.saturating_add(31)).filter(|day| self.days.hold(*day)).find_map(|day| {
            let hours = self.hours.iter().map(|hour| day * DAY + i64::from(*hour) * HOUR - AHEAD);
            hours.filter(|time| *time > after).min()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    fn times(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
        let mut at = micros(after);
        let next = std::iter::repeat_with(|| {
            at = schedule.next(at).unwrap();
            jiff::Timestamp::from_microsecond(at).unwrap().to_string()
        });
        next.take(count).collect()
    }

    #[test]
    fn days_of_the_week_and_hours_are_those_of_utc_plus_8() {
        // 2024-01-05 is a Friday, and in UTC+8 it begins at 16:00 of the day before.
        let schedule = Schedule { days: Days::Week([5].into()), hours: [0, 23].into() };
        let expected = ["2024-01-04T16:00:00Z", "2024-01-05T15:00:00Z", "2024-01-11T16:00:00Z"];
        assert_eq!(times(&schedule, "2024-01-02T03:04:05Z", 3), expected);
        assert_eq!(times(&schedule, "2024-01-04T16:00:00Z", 1), ["2024-01-05T15:00:00Z"], "the time itself is over");
    }

    #[test]
    fn intervals_are_counted_from_their_day() {
        let from = day_of(micros("2024-01-02T03:04:05Z"));
        let schedule = Schedule { days: Days::Every { days: 30, from }, hours: [1].into() };
        let expected = ["2024-01-31T17:00:00Z", "2024-03-01T17:00:00Z"];
        assert_eq!(times(&schedule, "2024-01-02T03:04:05Z", 2), expected, "its hour has passed on the first day");
        let daily = Schedule { days: Days::Every { days: 1, from }, hours: [12].into() };
        assert_eq!(times(&daily, "2024-01-02T03:04:05Z", 2), ["2024-01-02T04:00:00Z", "2024-01-03T04:00:00Z"]);
    }

    #[test]
    fn without_hours_there_is_no_time() {
        assert_eq!(Schedule { days: Days::Week([1].into()), hours: BTreeSet::new() }.next(0), None);
    }
}
