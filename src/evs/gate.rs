//! How many requests may be under way at once: as many as asked for, fewer while the gateway throttles.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Shared by all requests of a client. A 429 halves the number and holds everyone back for the pause
/// that the gateway asked for; every answer after that raises it again a little.
#[derive(Debug)]
pub(super) struct Gate {
    most: f64,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    limit: f64,
    running: u32,
    closed_until: Option<Instant>,
}

/// The right to have one request under way; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit<'a>(&'a Gate);

impl Gate {
    pub(super) fn new(most: u32) -> Gate {
        let most = f64::from(most.max(1));
        Gate { most, state: Mutex::new(State { limit: most, running: 0, closed_until: None }), freed: Notify::new() }
    }

    /// Waits for room.
    pub(super) async fn enter(&self) -> Permit<'_> {
        loop {
            let freed = self.freed.notified();
            let wait = {
                let mut state = self.lock();
                let now = Instant::now();
                match state.closed_until.filter(|until| *until > now) {
                    Some(until) => Some(until - now),
                    None if f64::from(state.running) < state.limit.floor() => {
                        state.running += 1;
                        // One waiter is woken at a time; each passes the word on while there is room.
                        if f64::from(state.running) < state.limit.floor() {
                            self.freed.notify_one();
                        }
                        return Permit(self);
                    }
                    None => None,
                }
            };
            match wait {
                Some(pause) => tokio::time::sleep(pause).await,
                None => freed.await,
            }
        }
    }

    /// The gateway throttled: fewer at once, and nobody before the pause is over.
    pub(super) fn throttled(&self, pause: Duration) {
        let mut state = self.lock();
        state.limit = (state.limit / 2.0).max(1.0);
        let until = Instant::now() + pause;
        state.closed_until = Some(state.closed_until.map_or(until, |before| before.max(until)));
    }

    /// An answer came that was no 429.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
        let before = state.limit.floor();
        state.limit = (state.limit + 1.0 / state.limit).min(self.most);
        if state.limit.floor() > before {
            self.freed.notify_one();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is plain numbers: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_throttle_halves_and_answers_restore() {
        let gate = Gate::new(16);
        gate.throttled(Duration::ZERO);
        assert!((gate.lock().limit - 8.0).abs() < 1e-9);
        for _ in 0..200 {
            gate.answered();
        }
        assert!((gate.lock().limit - 16.0).abs() < 1e-9);
        for _ in 0..10 {
            gate.throttled(Duration::ZERO);
        }
        let held = gate.enter().await;
        assert_eq!(gate.lock().running, 1);
        drop(held);
        assert_eq!(gate.lock().running, 0);
    }
}
