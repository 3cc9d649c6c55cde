//! Pure: when jobs are looked at again, and by which calls, so that many jobs cost little more calls than few.

use crate::plan::summary::FEW_JOBS;
use jiff::SignedDuration;
use std::time::Duration;

/// The pauses before a job that is one of few is looked at again: a share of the time that it has taken, within these.
const OF_FEW: Share = Share { of: 0.15, least: Duration::from_millis(100), most: Duration::from_secs(10) };
/// The same for a look that stands for many jobs.
const OF_MANY: Share = Share { of: 0.5, least: Duration::from_millis(200), most: Duration::from_secs(3) };
/// The shortest pause before a job that is about to end.
const SOON: Duration = Duration::from_millis(100);
/// However many they are: the longest pause grows with the time that they take.
const LONG: f64 = 1.0 / 12.0;
/// While no job has ended yet, every so many looks one is at the list: a job that hangs may be the one that is asked.
const LISTED: u32 = 10;
/// Lists follow one another no sooner than this share of the time that jobs take, for each page.
const BETWEEN: f64 = 1.0 / 15.0;
const BETWEEN_WITHIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Of how many jobs it is remembered how long they took.
const REMEMBERED: usize = 9;

#[derive(Debug, Clone, Copy)]
struct Share {
    of: f64,
    least: Duration,
    most: Duration,
}

impl Share {
    fn pause(self, age: Duration) -> Duration {
        age.mul_f64(self.of).clamp(self.least, self.most.max(age.mul_f64(LONG)))
    }
}

/// How the jobs that are due are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Each of them by itself.
    Jobs,
    /// One of them stands for all.
    Sample,
    /// By the list of the project: it shows which of their volumes have come to an end.
    List,
}

/// What the jobs of a run have shown of the time that they take.
#[derive(Debug, Default)]
pub(super) struct Pace {
    taken: Vec<Duration>,
    looks: u32,
}

impl Pace {
    /// A job has ended, after so long.
    pub(super) fn ended(&mut self, taken: Duration) {
        self.taken.push(taken);
        if self.taken.len() > REMEMBERED {
            self.taken.remove(0);
        }
    }

    /// How long jobs take: the middle of those that ended last.
    pub(super) fn expected(&self) -> Option<Duration> {
        let mut taken = self.taken.clone();
        taken.sort_unstable();
        taken.get(taken.len() / 2).copied()
    }

    /// How a look is made where so many jobs are under way, so many of them are due, and the list has so many pages.
    pub(super) fn way(&mut self, jobs: usize, due: usize, pages: usize) -> Way {
        if Pace::is_few(jobs, pages) {
            return Way::Jobs;
        }
        self.looks = self.looks.wrapping_add(1);
        match self.expected() {
            None if self.looks.is_multiple_of(LISTED) => Way::List,
            None => Way::Sample,
            Some(_) if due <= pages => Way::Jobs,
            Some(_) => Way::List,
        }
    }

    /// Whether so many jobs are few: each of them is followed by itself.
    pub(super) fn is_few(jobs: usize, pages: usize) -> bool {
        jobs <= FEW_JOBS.max(pages)
    }

    /// The pause before a job of that age is looked at again.
    pub(super) fn pause(&self, age: Duration, few: bool) -> Duration {
        let share = if few { OF_FEW } else { OF_MANY };
        let Some(expected) = self.expected() else { return share.pause(age) };
        match age.checked_sub(expected) {
            // It may take less than others did: of few it costs little to look.
            None if few => share.pause(age).min(expected - age),
            None => expected - age,
            // Shortly after the time it is due any moment.
            Some(over) => over.mul_f64(0.5).clamp(share.least, share.pause(age)),
        }
    }

    /// The pause before a job is looked at again whose sub-jobs say that it takes so long still. Most of that time is
    /// waited for; where it is over already, half as long as it has been over.
    pub(super) fn pause_before(left: SignedDuration) -> Duration {
        let share = if left.is_negative() { 0.5 } else { 0.8 };
        left.unsigned_abs().mul_f64(share) + SOON
    }

    /// The least time between two lists of so many pages, where the oldest job that is followed has that age.
    pub(super) fn between(&self, pages: usize, oldest: Duration) -> Duration {
        let (least, most) = BETWEEN_WITHIN;
        let page = self.expected().unwrap_or(oldest).mul_f64(BETWEEN).clamp(least, most);
        page.saturating_mul(u32::try_from(pages).unwrap_or(u32::MAX)).min(most * 2)
    }

    /// Whether a job has taken far longer than others did.
    pub(super) fn is_overdue(&self, age: Duration) -> bool {
        self.expected().is_some_and(|expected| age > expected.mul_f64(1.5) + Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// How many looks it takes to see the end of a job, and how long after it that is.
    fn looks(pace: &Pace, taken: f64, few: bool) -> (u32, Duration) {
        let (mut age, mut looks) = (Duration::ZERO, 0);
        loop {
            age += pace.pause(age, few);
            looks += 1;
            if age >= seconds(taken) {
                return (looks, age - seconds(taken));
            }
        }
    }

    #[test]
    fn few_jobs_are_seen_to_end_within_a_sixth_of_their_time_and_many_take_few_looks() {
        for taken in [0.05, 0.3, 2.0, 30.0, 600.0] {
            let (_, late) = looks(&Pace::default(), taken, true);
            assert!(late <= seconds(taken * 0.16 + 0.1), "{taken}: {late:?}");
            let (number, late) = looks(&Pace::default(), taken, false);
            assert!(
                number <= 60 && late <= seconds((taken * 0.51 + 0.2).min(3.1_f64.max(taken / 11.0))),
                "{taken}: {number} {late:?}"
            );
        }
        let (number, late) = looks(&Pace::default(), 27.0, false);
        assert!(number <= 17 && late <= seconds(3.0), "{number} {late:?}");
    }

    #[test]
    fn what_earlier_jobs_took_says_when_the_next_ones_end() {
        let mut pace = Pace::default();
        [31.0, 30.0, 90.0].iter().for_each(|taken| pace.ended(seconds(*taken)));
        assert_eq!(pace.expected(), Some(seconds(31.0)));
        assert_eq!(looks(&pace, 31.0, false), (1, Duration::ZERO));
        let (number, late) = looks(&pace, 33.0, false);
        assert!(number <= 8 && late <= seconds(1.0), "{number} {late:?}");
        // One of few that takes less is seen all the same.
        assert!(looks(&pace, 2.0, true).1 <= seconds(0.4));
        assert!(pace.is_overdue(seconds(48.0)) && !pace.is_overdue(seconds(47.0)));
        assert!(!Pace::default().is_overdue(seconds(9999.0)));
    }

    #[test]
    fn a_job_that_is_about_to_end_is_looked_at_soon_and_the_rarer_the_longer_it_is_late() {
        let pause = |millis: i64| Pace::pause_before(SignedDuration::from_millis(millis));
        assert_eq!((pause(10_000), pause(0), pause(-1000)), (seconds(8.1), seconds(0.1), seconds(0.6)));
        let (mut late, mut looks) = (Duration::ZERO, 0);
        while late < seconds(60.0) {
            late += Pace::pause_before(-SignedDuration::try_from(late).unwrap());
            looks += 1;
        }
        assert!(looks <= 16, "{looks}");
    }

    #[test]
    fn each_look_takes_what_costs_least() {
        let mut pace = Pace::default();
        assert_eq!(pace.way(1, 1, 20), Way::Jobs, "one volume beside many others");
        assert_eq!(pace.way(20, 20, 20), Way::Jobs);
        let ways: Vec<Way> = (0..20).map(|_| pace.way(200, 200, 1)).collect();
        assert_eq!(ways.iter().filter(|way| **way == Way::List).count(), 2, "{ways:?}");
        assert!(ways.iter().all(|way| *way != Way::Jobs));
        pace.ended(seconds(30.0));
        assert_eq!((pace.way(200, 1, 1), pace.way(200, 2, 1)), (Way::Jobs, Way::List));
    }

    #[test]
    fn the_more_pages_the_rarer_the_lists() {
        let mut pace = Pace::default();
        assert_eq!(pace.between(1, seconds(1.0)), seconds(0.1));
        pace.ended(seconds(30.0));
        assert_eq!((pace.between(1, seconds(1.0)), pace.between(2, seconds(90.0))), (seconds(2.0), seconds(4.0)));
        assert_eq!(pace.between(20, seconds(1.0)), seconds(10.0));
    }
}
