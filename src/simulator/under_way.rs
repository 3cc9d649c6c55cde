//! The client tokens whose first request is being worked on.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The tokens under way. It is not part of the cloud: with the process, its requests end too.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashSet<Uuid>>>);

/// Keeps a token under way until it is dropped, however its request ends.
#[derive(Debug)]
pub(super) struct Mark {
    token: Uuid,
    all: UnderWay,
}

impl UnderWay {
    /// Marks the token; `None` where it is under way already.
    pub(super) fn enter(&self, token: Uuid) -> Option<Mark> {
        self.tokens().insert(token).then(|| Mark { token, all: self.clone() })
    }

    fn tokens(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.all.tokens().remove(&self.token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_goes_with_its_holder_even_by_a_panic() {
        let all = UnderWay::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mark = all.enter(one).unwrap();
        assert!(all.enter(one).is_none() && all.enter(other).is_some());
        drop(mark);
        let holder = all.clone();
        let panicked = std::thread::spawn(move || {
            let _mark = holder.enter(one).unwrap();
            panic!("as a request may");
        });
        assert!(panicked.join().is_err());
        assert!(all.enter(one).is_some());
    }
}
