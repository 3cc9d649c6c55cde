//! How much trouble a run may give to a service that is down. What fails costs, what is answered gives a part of it
//! back. When all of it is spent one request a second finds out whether the service is there again, and the others
//! wait: however many tasks a run has, they do not multiply the load of a service that bears none.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How many requests may fail in a row before the others wait.
const MOST: f64 = 20.0;
/// The share of each answer that is given back: so many may fail of those that are answered, for ever.
const GIVEN_BACK: f64 = 0.2;
/// How often one leaves while the others wait.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// Shared by all requests of one kind of a client.
#[derive(Debug)]
pub(super) struct Budget {
    state: Mutex<State>,
    refilled: Notify,
}

/// Pure: the time is handed in.
#[derive(Debug, Clone, Copy)]
struct State {
    /// How many may still fail; below 1 it is spent.
    left: f64,
    /// When the next may leave that finds out.
    probe_at: Option<Instant>,
    /// Until when the service has asked to be left alone.
    held_until: Option<Instant>,
}

/// Whether a request may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// As one of many.
    Leave,
    /// As the one that finds out whether the service is there again.
    Probe,
    /// Not before that, unless the service is there again earlier.
    Wait(Instant),
    /// Not before that.
    Held(Instant),
}

/// How a request got past the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The service is well, as far as known.
    Free,
    /// It is to find out whether the service is there again.
    Probe,
}

impl State {
    fn new() -> State {
        State { left: MOST, probe_at: None, held_until: None }
    }

    fn may(&mut self, now: Instant) -> May {
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return May::Held(until);
        }
        if self.left >= 1.0 {
            return May::Leave;
        }
        match self.probe_at.filter(|at| *at > now) {
            Some(at) => May::Wait(at),
            None => {
                self.probe_at = Some(now + PROBE_EVERY);
                May::Probe
            }
        }
    }

    /// A request came to nothing, and its answer may have asked for a pause.
    fn failed(&mut self, now: Instant, asked: Option<Duration>) {
        if let Some(until) = asked.and_then(|pause| now.checked_add(pause)) {
            self.held_until = Some(self.held_until.map_or(until, |known| known.max(until)));
        }
        let before = self.left;
        self.left = (self.left - 1.0).max(0.0);
        if before >= 1.0 && self.left < 1.0 {
            self.probe_at = Some(now + PROBE_EVERY);
        }
    }

    /// The service is there. Says whether that ends the waiting of others.
    fn answered(&mut self) -> bool {
        let spent = self.left < 1.0;
        self.left = (self.left.max(1.0) + GIVEN_BACK).min(MOST);
        spent
    }
}

impl Budget {
    pub(super) fn new() -> Budget {
        Budget { state: Mutex::new(State::new()), refilled: Notify::new() }
    }

    /// Waits until a request may leave; `None` where that would take longer than `within`. Giving up while waiting
    /// takes nothing away from others.
    pub(super) async fn pass(&self, within: Duration) -> Option<Pass> {
        let begun = Instant::now();
        loop {
            // Asked for before the look, so that no refill between the two is missed.
            let refilled = self.refilled.notified();
            let now = Instant::now();
            let left = within.saturating_sub(begun.elapsed());
            let at = match self.lock().may(now) {
                May::Leave => return Some(Pass::Free),
                May::Probe => return Some(Pass::Probe),
                // Nothing shortens it: who cannot wait so long need not wait at all.
                May::Held(until) if until > now + left => return None,
                May::Held(at) | May::Wait(at) => at,
            };
            if left.is_zero() {
                return None;
            }
            let pause = at.saturating_duration_since(now).min(left);
            tokio::select! {
                () = refilled => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Whether nothing is left of it, or the service is to be left alone.
    pub(super) fn is_closed(&self) -> bool {
        self.held_for().is_some() || self.lock().left < 1.0
    }

    /// For how long the service is to be left alone from now on.
    pub(super) fn held_for(&self) -> Option<Duration> {
        let until = self.lock().held_until?;
        until.checked_duration_since(Instant::now()).filter(|pause| !pause.is_zero())
    }

    /// A request came to trouble, or to nothing; its answer may have `asked` for a pause.
    pub(super) fn failed(&self, asked: Option<Duration>) {
        self.lock().failed(Instant::now(), asked);
    }

    /// An answer came that was no trouble.
    pub(super) fn answered(&self) {
        if self.lock().answered() {
            self.refilled.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain numbers: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_a_second_finds_out_when_all_is_spent() {
        let (mut state, now) = (State::new(), Instant::now());
        for _ in 0..20 {
            assert_eq!(state.may(now), May::Leave);
            state.failed(now, None);
        }
        let second = now + PROBE_EVERY;
        assert_eq!(state.may(now), May::Wait(second), "the last of them was a try, too");
        assert_eq!(state.may(second), May::Probe);
        assert_eq!(state.may(second), May::Wait(second + PROBE_EVERY), "one, and not each that waits");
        state.failed(second, None);
        assert_eq!(state.may(second), May::Wait(second + PROBE_EVERY));
        assert!(state.answered(), "who waits is told");
        assert_eq!(state.may(second), May::Leave);
        assert!(!state.answered());
    }

    #[tokio::test]
    async fn nobody_leaves_while_the_service_asks_to_be_left_alone() {
        let (mut state, now) = (State::new(), Instant::now());
        let minute = Duration::from_secs(60);
        state.failed(now, Some(minute));
        state.failed(now, Some(Duration::from_secs(1)));
        assert!(!state.answered(), "an answer from before changes nothing");
        assert_eq!(state.may(now + minute / 2), May::Held(now + minute));
        assert_eq!(state.may(now + minute), May::Leave);
        let budget = Budget::new();
        budget.failed(Some(minute));
        assert!(budget.is_closed() && budget.held_for() > Some(minute / 2));
        let begun = Instant::now();
        assert_eq!(budget.pass(minute / 2).await, None);
        assert!(begun.elapsed() < Duration::from_secs(5), "nobody waits for what will not be");
    }

    #[test]
    fn a_service_that_fails_now_and_then_holds_up_nobody() {
        let (mut state, now) = (State::new(), Instant::now());
        for _ in 0..1000 {
            for _ in 0..5 {
                assert_eq!(state.may(now), May::Leave);
                state.answered();
            }
            state.failed(now, None);
        }
    }

    proptest! {
        /// The figure that is promised: whatever is answered and whenever, so many fail and no more.
        #[test]
        fn no_more_fail_than_was_allowed(
            answers in proptest::collection::vec((proptest::bool::weighted(0.1), 0u64..400), 0..2000),
        ) {
            let begun = Instant::now();
            let (mut state, mut now) = (State::new(), begun);
            let (mut failed, mut well, mut probes) = (0.0, 0.0, 0.0);
            for (answered, millis) in answers {
                now += Duration::from_millis(millis);
                match state.may(now) {
                    May::Wait(at) => {
                        prop_assert!(at <= now + PROBE_EVERY);
                        continue;
                    }
                    May::Held(_) => unreachable!("nobody asked for a pause"),
                    May::Probe => probes += 1.0,
                    May::Leave => {}
                }
                if answered {
                    well += 1.0;
                    state.answered();
                } else {
                    failed += 1.0;
                    state.failed(now, None);
                }
            }
            let seconds = (now - begun).as_secs_f64();
            prop_assert!(probes <= seconds + 1.0);
            // A probe that is answered opens the way for one more at the least.
            prop_assert!(failed <= MOST + GIVEN_BACK * well + 2.0 * probes, "{failed} failed, {well} were answered");
        }
    }

    #[tokio::test]
    async fn who_waits_goes_on_when_the_service_is_there_again_and_not_for_ever_when_it_is_not() {
        let budget = Budget::new();
        for _ in 0..20 {
            budget.failed(None);
        }
        assert!(budget.is_closed());
        assert_eq!(budget.pass(Duration::from_millis(20)).await, None);
        let begun = Instant::now();
        let (passed, ()) = tokio::join!(budget.pass(Duration::from_secs(60)), async {
            tokio::task::yield_now().await;
            budget.answered();
        });
        assert_eq!(passed, Some(Pass::Free));
        assert!(begun.elapsed() < PROBE_EVERY, "{:?}", begun.elapsed());
    }
}
