//! How many requests the gateway lets through (evs-api, throttling and quotas): a token bucket.

use std::num::NonZeroU32;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// A bucket that holds a second's worth of requests and fills at that rate. Its clock is handed in.
///
/// It is one for everybody: the reference tells of limits by user, by address and by API, and publishes no rates.
#[derive(Debug)]
pub(super) struct Throttle {
    limit: i64,
    /// Millionths of a request, so that nothing is lost by rounding.
    left: i64,
    filled: i64,
}

impl Throttle {
    /// A full one that lets so many through in a second.
    pub(super) fn new(limit: NonZeroU32) -> Throttle {
        let limit = i64::from(limit.get());
        Throttle { limit, left: limit * SECOND, filled: i64::MIN }
    }

    /// Whether one more request may pass now. A clock that goes back fills nothing.
    pub(super) fn passes(&mut self, now: i64) -> bool {
        // Whoever was away for longer than a second finds it full, and no product can grow beyond its type.
        let since = now.saturating_sub(self.filled).clamp(0, SECOND);
        self.filled = self.filled.max(now);
        self.left = (self.left + since * self.limit).min(self.limit * SECOND);
        let passes = self.left >= SECOND;
        if passes {
            self.left -= SECOND;
        }
        passes
    }

    /// What the gateway says to those who may not pass. The form is recorded, limit and window can be read from it.
    pub(super) fn message(&self) -> String {
        let limit = self.limit;
        format!("The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 second")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(throttle: &mut Throttle, now: i64) -> usize {
        (0..1000).take_while(|_| throttle.passes(now)).count()
    }

    #[test]
    fn a_second_s_worth_passes_at_once_and_then_as_it_fills() {
        let mut throttle = Throttle::new(NonZeroU32::new(10).unwrap());
        let start = 1_704_164_645_000_000;
        assert_eq!(passed(&mut throttle, start), 10);
        assert_eq!(passed(&mut throttle, start + SECOND / 20), 0);
        assert_eq!(passed(&mut throttle, start + SECOND / 10), 1, "halves add up");
        assert_eq!(passed(&mut throttle, start - 5 * SECOND), 0, "a clock that went back");
        assert_eq!(passed(&mut throttle, start + SECOND / 2), 4);
        assert_eq!(passed(&mut throttle, start + 3600 * SECOND), 10, "no more than it holds");
        let mut large = Throttle::new(NonZeroU32::MAX);
        assert!(large.passes(i64::MAX) && large.passes(0));
    }
}
