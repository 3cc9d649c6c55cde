//! How many requests may be under way at once, and how fast they may follow one another: as many as asked for, fewer
//! while the gateway throttles or the service is in trouble, none while the gateway has asked for a pause, and no faster
//! than it has said that it allows.

use super::log::millis;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Shared by all requests of a client. A 429 halves the number and holds everyone back for the pause
/// that the gateway asked for; trouble halves it too; every answer after that raises it again a little.
#[derive(Debug)]
pub(super) struct Gate {
    most: f64,
    room: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How many may be under way; the whole part counts.
    limit: f64,
    /// Permits that are out and shall not come back, since the limit fell while they were.
    surplus: usize,
    closed_until: Option<Instant>,
    /// Until when more trouble counts as the same.
    troubled_until: Option<Instant>,
    pace: Option<Pace>,
}

/// How fast requests may follow one another.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// As slow as was said at the least.
    said: Duration,
    /// As slow as it takes, since others may share the limit.
    spacing: Duration,
    /// When the next one may leave.
    next: Instant,
}

/// How many requests the gateway allows in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many.
    pub requests: u32,
    /// In this time.
    pub window: Duration,
}

/// The share by which requests stay below an allowed rate: clocks differ a little.
const BELOW: f64 = 1.01;
/// By how much the pace slows when even that was too fast, and how far at the most.
const SLOWER: f64 = 1.2;
const SLOWEST: u32 = 16;
/// For how long trouble counts as the same: what was under way together fails together.
const SAME_TROUBLE: Duration = Duration::from_secs(1);
/// How many answers it takes until the pace is as it was said again.
const RECOVERS_IN: u32 = 100;

impl Pace {
    fn new(rate: Rate) -> Pace {
        let spacing = (rate.window / rate.requests.max(1)).mul_f64(BELOW);
        Pace { said: spacing, spacing, next: Instant::now() }
    }
}

/// The right to have one request under way; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    gate: &'a Gate,
    permit: Option<SemaphorePermit<'a>>,
}

impl Gate {
    /// For so many at once; no faster than that from the beginning, where somebody has said so.
    pub(super) fn new(most: u32, rate: Option<Rate>) -> Gate {
        let most = most.max(1);
        let room = Semaphore::new(usize::try_from(most).unwrap_or(1));
        Gate {
            most: f64::from(most),
            room,
            state: Mutex::new(State {
                limit: f64::from(most),
                surplus: 0,
                closed_until: None,
                troubled_until: None,
                pace: rate.map(Pace::new),
            }),
        }
    }

    /// Waits for room, in the order of asking. Giving up while waiting takes nothing away from others.
    pub(super) async fn enter(&self) -> Permit<'_> {
        // The semaphore is never closed; without a permit the request would merely not be counted.
        let permit = Permit { gate: self, permit: self.room.acquire().await.ok() };
        self.turn().await;
        permit
    }

    /// Waits until one more may leave by the pace, and not in a pause.
    pub(super) async fn turn(&self) {
        loop {
            let pause = self.lock().pause();
            let Some(pause) = pause.filter(|pause| !pause.is_zero()) else { return };
            tracing::debug!(pause_ms = millis(pause), "waits for its turn");
            tokio::time::sleep(pause).await;
        }
    }

    /// The gateway throttled: fewer at once, or slower where it has `said` how fast, and nobody before the pause is
    /// over. Requests that were throttled together count as one.
    pub(super) fn throttled(&self, pause: Duration, said: Option<Rate>) {
        let mut state = self.lock();
        let now = Instant::now();
        let first = state.closed_until.is_none_or(|until| until <= now);
        let pace = state.pace.or_else(|| said.map(Pace::new));
        if let Some(mut pace) = pace {
            let known = state.pace.is_some();
            if let Some(slower) = said.map(Pace::new).filter(|said| said.said > pace.said) {
                pace = slower;
            } else if known && first {
                pace.spacing = pace.spacing.mul_f64(SLOWER).min(pace.said * SLOWEST);
            }
            pace.next = pace.next.max(now + pause);
            state.pace = Some(pace);
        } else if first {
            self.halve(&mut state);
        }
        state.closed_until = Some(state.closed_until.map_or(now + pause, |until| until.max(now + pause)));
        let (at_once, spacing_ms) = (state.limit, state.pace.map(|pace| millis(pace.spacing)));
        tracing::debug!(pause_ms = millis(pause), at_once, spacing_ms, "throttled");
    }

    /// The service is in trouble, or gave no answer: fewer at once.
    pub(super) fn troubled(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.troubled_until.is_none_or(|until| until <= now) {
            state.troubled_until = Some(now + SAME_TROUBLE);
            self.halve(&mut state);
        }
        tracing::debug!(at_once = state.limit, "trouble");
    }

    /// For how long everyone is held back from now on.
    pub(super) fn closed_for(&self) -> Option<Duration> {
        self.lock().closed_for(Instant::now())
    }

    /// Half as many at once, and one at the least.
    fn halve(&self, state: &mut State) {
        let (before, after) = (state.limit.floor(), (state.limit / 2.0).max(1.0));
        state.limit = after;
        // Both are whole numbers of at most a few hundred.
        let fewer = (before - after.floor()) as usize;
        state.surplus += fewer - self.room.forget_permits(fewer);
    }

    /// An answer came that was neither a 429 nor trouble.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
        if let Some(pace) = &mut state.pace {
            let excess = pace.spacing.saturating_sub(pace.said);
            pace.spacing = pace.spacing.saturating_sub(excess / RECOVERS_IN);
        }
        let before = state.limit.floor();
        state.limit = (state.limit + 1.0 / state.limit).min(self.most);
        if state.limit.floor() > before {
            match state.surplus.checked_sub(1) {
                Some(left) => state.surplus = left,
                None => self.room.add_permits(1),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain numbers: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn closed_for(&self, now: Instant) -> Option<Duration> {
        self.closed_until?.checked_duration_since(now).filter(|pause| !pause.is_zero())
    }

    /// How long the next request has to wait; without a wait, its turn is taken.
    fn pause(&mut self) -> Option<Duration> {
        let now = Instant::now();
        if let Some(closed) = self.closed_for(now) {
            return Some(closed);
        }
        let pace = self.pace.as_mut()?;
        match pace.next.checked_duration_since(now).filter(|pause| !pause.is_zero()) {
            Some(pause) => Some(pause),
            None => {
                // Time in which nobody came is not made up for: a gateway counts short windows too.
                pace.next = now + pace.spacing;
                None
            }
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        if let (Some(left), Some(permit)) = (state.surplus.checked_sub(1), self.permit.take()) {
            state.surplus = left;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// Whether there is room right now.
    fn enters(gate: &Gate) -> Option<Permit<'_>> {
        match pin!(gate.enter()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(permit) => Some(permit),
            Poll::Pending => None,
        }
    }

    #[test]
    fn as_many_as_asked_for_may_enter() {
        let gate = Gate::new(2, None);
        let (first, second) = (enters(&gate).unwrap(), enters(&gate));
        assert!(second.is_some() && enters(&gate).is_none());
        drop(first);
        assert!(enters(&gate).is_some());
    }

    #[test]
    fn a_throttle_halves_once_and_answers_restore() {
        let gate = Gate::new(8, None);
        let held: Vec<_> = (0..8).map(|_| enters(&gate).unwrap()).collect();
        gate.throttled(Duration::from_millis(1), None);
        gate.throttled(Duration::from_millis(1), None);
        drop(held);
        std::thread::sleep(Duration::from_millis(2));
        let held: Vec<_> = std::iter::from_fn(|| enters(&gate)).collect();
        assert_eq!(held.len(), 4, "two that were throttled together count as one");
        for _ in 0..200 {
            gate.answered();
        }
        let more: Vec<_> = std::iter::from_fn(|| enters(&gate)).collect();
        assert_eq!(held.len() + more.len(), 8);
    }

    #[test]
    fn trouble_halves_once_a_second() {
        let gate = Gate::new(8, None);
        gate.troubled();
        gate.troubled();
        let held: Vec<_> = std::iter::from_fn(|| enters(&gate)).collect();
        assert_eq!(held.len(), 4);
        drop(held);
        gate.lock().troubled_until = Some(Instant::now());
        gate.troubled();
        let held: Vec<_> = std::iter::from_fn(|| enters(&gate)).collect();
        assert_eq!((held.len(), gate.closed_for()), (2, None));
    }

    #[test]
    fn one_is_always_let_through() {
        let gate = Gate::new(3, None);
        for _ in 0..10 {
            gate.throttled(Duration::ZERO, None);
        }
        let first = enters(&gate);
        assert!(first.is_some() && enters(&gate).is_none());
    }

    #[tokio::test]
    async fn whoever_gives_up_takes_nothing_away() {
        let gate = Gate::new(1, None);
        let first = enters(&gate).unwrap();
        assert!(enters(&gate).is_none());
        drop(first);
        gate.throttled(Duration::from_secs(600), None);
        // Let in and held back by the pause, then given up.
        assert!(enters(&gate).is_none());
        gate.lock().closed_until = None;
        assert!(enters(&gate).is_some());
    }

    /// How many enter one after another within that time.
    async fn entering(gate: &Gate, within: Duration) -> usize {
        let begun = Instant::now();
        let mut entered = 0;
        while begun.elapsed() < within {
            if tokio::time::timeout(within.saturating_sub(begun.elapsed()), gate.enter()).await.is_ok() {
                entered += 1;
            }
        }
        entered
    }

    #[tokio::test]
    async fn nobody_is_faster_than_was_said() {
        let gate = Gate::new(16, Some(Rate { requests: 100, window: Duration::from_secs(1) }));
        let entered = entering(&gate, Duration::from_millis(300)).await;
        assert!((15..=31).contains(&entered), "{entered} in 0.3 s at 100 a second");
    }

    #[tokio::test]
    async fn a_limit_that_the_gateway_tells_is_kept_from_then_on() {
        let gate = Gate::new(16, None);
        let said = Rate { requests: 50, window: Duration::from_secs(1) };
        gate.throttled(Duration::from_millis(100), Some(said));
        let entered = entering(&gate, Duration::from_millis(500)).await;
        assert!((8..=21).contains(&entered), "{entered} in 0.5 s, of which 0.1 were a pause, at 50 a second");
    }

    #[test]
    fn too_fast_all_the_same_is_slower_for_a_while() {
        let gate = Gate::new(16, None);
        let said = Rate { requests: 10, window: Duration::from_secs(1) };
        let spacing = |gate: &Gate| gate.lock().pace.unwrap().spacing;
        gate.throttled(Duration::ZERO, Some(said));
        let first = spacing(&gate);
        assert!(first > Duration::from_millis(100) && first < Duration::from_millis(102), "{first:?}");
        gate.throttled(Duration::ZERO, Some(said));
        assert!(spacing(&gate) > first);
        for _ in 0..2000 {
            gate.answered();
        }
        assert!(spacing(&gate) < first + Duration::from_millis(1));
        gate.throttled(Duration::ZERO, Some(Rate { requests: 1, window: Duration::from_secs(1) }));
        assert!(spacing(&gate) > Duration::from_secs(1), "a stricter limit counts at once");
    }
}
