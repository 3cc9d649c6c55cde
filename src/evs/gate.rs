//! How many requests may be under way at once: as many as asked for, fewer while the gateway throttles.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Shared by all requests of a client. A 429 halves the number and holds everyone back for the pause
/// that the gateway asked for; every answer after that raises it again a little.
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
}

/// The right to have one request under way; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    gate: &'a Gate,
    permit: Option<SemaphorePermit<'a>>,
}

impl Gate {
    pub(super) fn new(most: u32) -> Gate {
        let most = most.max(1);
        let room = Semaphore::new(usize::try_from(most).unwrap_or(1));
        Gate {
            most: f64::from(most),
            room,
            state: Mutex::new(State { limit: f64::from(most), surplus: 0, closed_until: None }),
        }
    }

    /// Waits for room, in the order of asking. Giving up while waiting takes nothing away from others.
    pub(super) async fn enter(&self) -> Permit<'_> {
        // The semaphore is never closed; without a permit the request would merely not be counted.
        let permit = Permit { gate: self, permit: self.room.acquire().await.ok() };
        loop {
            let pause = self.lock().closed_until.and_then(|until| until.checked_duration_since(Instant::now()));
            match pause.filter(|pause| !pause.is_zero()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return permit,
            }
        }
    }

    /// The gateway throttled: fewer at once, and nobody before the pause is over. Requests that were
    /// throttled together count as one.
    pub(super) fn throttled(&self, pause: Duration) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.closed_until.is_none_or(|until| until <= now) {
            let (before, after) = (state.limit.floor(), (state.limit / 2.0).max(1.0));
            state.limit = after;
            // Both are whole numbers of at most a few hundred.
            let fewer = (before - after.floor()) as usize;
            state.surplus += fewer - self.room.forget_permits(fewer);
        }
        state.closed_until = Some(state.closed_until.map_or(now + pause, |until| until.max(now + pause)));
    }

    /// An answer came that was no 429.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
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
        let gate = Gate::new(2);
        let (first, second) = (enters(&gate).unwrap(), enters(&gate));
        assert!(second.is_some() && enters(&gate).is_none());
        drop(first);
        assert!(enters(&gate).is_some());
    }

    #[test]
    fn a_throttle_halves_once_and_answers_restore() {
        let gate = Gate::new(8);
        let held: Vec<_> = (0..8).map(|_| enters(&gate).unwrap()).collect();
        gate.throttled(Duration::from_millis(1));
        gate.throttled(Duration::from_millis(1));
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
    fn one_is_always_let_through() {
        let gate = Gate::new(3);
        for _ in 0..10 {
            gate.throttled(Duration::ZERO);
        }
        let first = enters(&gate);
        assert!(first.is_some() && enters(&gate).is_none());
    }

    #[tokio::test]
    async fn whoever_gives_up_takes_nothing_away() {
        let gate = Gate::new(1);
        let first = enters(&gate).unwrap();
        assert!(enters(&gate).is_none());
        drop(first);
        gate.throttled(Duration::from_secs(600));
        // Let in and held back by the pause, then given up.
        assert!(enters(&gate).is_none());
        gate.lock().closed_until = None;
        assert!(enters(&gate).is_some());
    }
}
