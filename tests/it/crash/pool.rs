//! Many histories at once: each of them mostly waits.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// Items that are to be worked on, and how many are being worked on: those may bring more.
#[derive(Debug)]
struct Queue<T> {
    items: VecDeque<T>,
    busy: usize,
}

/// Works on all items, `workers` at once, and on those that working brings.
pub(crate) fn work<T: Send>(workers: usize, items: impl IntoIterator<Item = T>, each: impl Fn(T) -> Vec<T> + Sync) {
    let queue = Mutex::new(Queue { items: items.into_iter().collect(), busy: 0 });
    let changed = Condvar::new();
    let next = || {
        let mut all = queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(item) = all.items.pop_front() {
                all.busy += 1;
                return Some(item);
            }
            if all.busy == 0 {
                return None;
            }
            all = changed.wait(all).unwrap_or_else(PoisonError::into_inner);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(item) = next() {
                    let more = each(item);
                    let mut all = queue.lock().unwrap_or_else(PoisonError::into_inner);
                    all.busy -= 1;
                    all.items.extend(more);
                    changed.notify_all();
                }
            });
        }
    });
}
