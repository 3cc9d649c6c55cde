//! When a list that does not show a volume proves that it was never made. Pure.
//!
//! A list proves nothing by itself: a page may be missing from it, tags may not show in it, and a clock that is ahead
//! dates it later than it is. So it is taken for a proof only where it is whole, where it shows a tag of evsctl on some
//! other volume (the control), and where both clocks, the service's and the run's own, saw the time pass.

use super::owner::Owner;
use crate::observed::Listed;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// What has to have passed before the absence of a volume means anything.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// The last time at which the call may have left or been taken, by the service's clock.
    pub since: Timestamp,
    /// How long after that it may still make volumes, or not show them.
    pub lasts: Duration,
    /// How long a volume that was made may stay invisible.
    pub settle: Duration,
    /// How much of that the run's own clock has seen: since that time, or since the run began to look.
    pub watched: Duration,
}

/// Why a list proves nothing. What to say of it is for those to say that show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproved {
    /// The service does not date its answers.
    Undated,
    /// It is too early, by one of both clocks.
    Early,
    /// The list goes on behind its last page, or is shorter than the service says.
    NotWhole,
    /// It shows no tag of evsctl on any volume, so it may hide the call's own.
    NoControl,
}

impl Silence {
    /// From when on a list may prove something, by the service's clock.
    pub fn ends(&self) -> Option<Timestamp> {
        self.since.checked_add(SignedDuration::try_from(self.lasts).ok()?).ok()
    }

    /// How long the run's own clock must still look on.
    pub fn left_to_watch(&self) -> Duration {
        self.settle.saturating_sub(self.watched)
    }

    /// Whether it can have ended after that time, by both clocks: what the service's shows now is `now`.
    pub fn can_end_within(&self, left: Duration, now: Timestamp) -> bool {
        let by_service = SignedDuration::try_from(left).unwrap_or_default();
        let ends = self.ends().is_some_and(|ends| ends.duration_since(now) < by_service);
        ends && self.left_to_watch() < left
    }

    /// Whether a list shows all that the call can ever have made.
    ///
    /// # Errors
    /// Why it does not.
    pub fn is_proved_by(&self, listed: &Listed) -> Result<(), Unproved> {
        // First what waiting does not mend.
        if listed.dated.is_none() {
            return Err(Unproved::Undated);
        }
        if !listed.whole {
            return Err(Unproved::NotWhole);
        }
        if !shows_tags(listed) {
            return Err(Unproved::NoControl);
        }
        if self.watched < self.settle { Err(Unproved::Early) } else { self.is_over_in(listed) }
    }

    /// Whether the service dates a list later than its end: enough for a call of which it is known how it ended.
    ///
    /// # Errors
    /// Why it does not.
    pub fn is_over_in(&self, listed: &Listed) -> Result<(), Unproved> {
        let dated = listed.dated.ok_or(Unproved::Undated)?;
        if self.ends().is_none_or(|ends| dated <= ends) { Err(Unproved::Early) } else { Ok(()) }
    }
}

impl Unproved {
    /// Whether it passes by waiting alone.
    pub fn passes(self) -> bool {
        self == Unproved::Early
    }
}

/// Whether any volume of the list carries an ownership tag, of whatever stack.
fn shows_tags(listed: &Listed) -> bool {
    listed.volumes.values().any(|volume| volume.tags.values().any(|value| Owner::read(value).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::ObservedVolume;
    use crate::volume::VolumeId;

    fn listed(dated: Option<i64>, whole: bool, tag: &str) -> Listed {
        let tags = [("any".to_owned(), tag.to_owned())].into();
        let volume = ObservedVolume { tags, ..ObservedVolume::of(VolumeId::new("other").unwrap()) };
        let dated = dated.map(|seconds| Timestamp::from_second(seconds).unwrap());
        Listed { volumes: [(volume.id.clone(), volume)].into(), dated, whole, missing_of: None }
    }

    #[test]
    fn a_list_proves_absence_only_with_both_clocks_a_control_and_to_its_end() {
        let seconds = Duration::from_secs;
        let silence =
            Silence { since: Timestamp::UNIX_EPOCH, lasts: seconds(30), settle: seconds(10), watched: seconds(10) };
        let other = "shop_aaaaaaaa_bbbbbbbbbb";
        for (list, watched, proved) in [
            (listed(Some(31), true, other), 10, Ok(())),
            // At the very end is not after it.
            (listed(Some(30), true, other), 10, Err(Unproved::Early)),
            // The service's clock is ahead.
            (listed(Some(1200), true, other), 9, Err(Unproved::Early)),
            (listed(Some(31), false, other), 10, Err(Unproved::NotWhole)),
            (listed(Some(31), true, "data"), 10, Err(Unproved::NoControl)),
            (listed(None, true, other), 10, Err(Unproved::Undated)),
        ] {
            let silence = Silence { watched: seconds(watched), ..silence };
            assert_eq!(silence.is_proved_by(&list), proved, "{list:?} {watched}");
        }
        let never = Silence { lasts: Duration::MAX, ..silence };
        assert_eq!(never.is_proved_by(&listed(Some(31), true, other)), Err(Unproved::Early));
        assert_eq!(Silence { watched: seconds(4), ..silence }.left_to_watch(), seconds(6));
    }
}
