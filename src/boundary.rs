//! The boundaries of a run: the instants between two effects, at each of which a process may die.
//!
//! Whatever has an effect outside the process, on the disk or over the wire, passes a boundary before and another
//! after it. In the program that does nothing. A test numbers them and ends a run at the n-th: from then on nothing
//! has an effect any more, as if the process had been killed right there.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A handle on the boundaries of one run. The default counts nothing and never ends anything.
#[derive(Debug, Clone, Default)]
pub struct Boundaries(Option<Arc<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    names: Mutex<Vec<&'static str>>,
    die_at: Option<usize>,
    dies_at: Option<&'static str>,
    stops_at: Option<(&'static str, Duration)>,
    dead: AtomicBool,
    synced: AtomicU64,
}

/// The run is over at a boundary, as by a kill: nothing that it does has an effect any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the run was ended by its test")]
pub struct Died;

impl Boundaries {
    /// Counts, and ends the run at the boundary of that number, from 1.
    pub fn counted(die_at: Option<usize>) -> Boundaries {
        Boundaries(Some(Arc::new(Counted { die_at, ..Counted::default() })))
    }

    /// Counts, and ends the run at its first boundary of that name.
    pub fn dying(name: &'static str) -> Boundaries {
        Boundaries(Some(Arc::new(Counted { dies_at: Some(name), ..Counted::default() })))
    }

    /// Counts, and at each boundary of that name the whole process stands still for so long, like one that a signal
    /// has stopped.
    pub fn stopping(name: &'static str, pause: Duration) -> Boundaries {
        Boundaries(Some(Arc::new(Counted { stops_at: Some((name, pause)), ..Counted::default() })))
    }

    /// Whether a test looks on: then what is one write may be two, so that a run can end between them.
    pub fn is_counting(&self) -> bool {
        self.0.is_some()
    }

    /// Passes one boundary.
    ///
    /// # Errors
    /// [`Died`] at the chosen one, and at every one after it.
    pub fn pass(&self, name: &'static str) -> Result<(), Died> {
        let Some(counted) = &self.0 else { return Ok(()) };
        let mut names = counted.names.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.dead.load(Ordering::SeqCst) {
            return Err(Died);
        }
        names.push(name);
        if let Some((_, pause)) = counted.stops_at.filter(|(at, _)| *at == name) {
            std::thread::sleep(pause);
        }
        if counted.die_at == Some(names.len()) || counted.dies_at == Some(name) {
            counted.dead.store(true, Ordering::SeqCst);
            return Err(Died);
        }
        Ok(())
    }

    /// The boundaries passed so far, in order.
    pub fn passed(&self) -> Vec<&'static str> {
        self.0.as_ref().map_or_else(Vec::new, |it| it.names.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Whether the run was ended.
    pub fn died(&self) -> bool {
        self.0.as_ref().is_some_and(|it| it.dead.load(Ordering::SeqCst))
    }

    /// Says how many bytes of the journal at its path are surely on the disk; called with what was synced and
    /// nothing else.
    pub fn synced(&self, bytes: u64) {
        if let Some(counted) = &self.0 {
            counted.synced.store(bytes, Ordering::SeqCst);
        }
    }

    /// How many bytes of the journal are surely on the disk.
    pub fn durable(&self) -> u64 {
        self.0.as_ref().map_or(0, |it| it.synced.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_its_boundary_and_stays_ended() {
        let boundaries = Boundaries::counted(Some(2));
        assert_eq!(boundaries.pass("first"), Ok(()));
        assert_eq!(boundaries.pass("second"), Err(Died));
        assert_eq!(boundaries.pass("third"), Err(Died));
        assert_eq!(boundaries.passed(), ["first", "second"]);
        assert!(boundaries.died());
        let boundaries = Boundaries::dying("second");
        assert_eq!(
            [boundaries.pass("first"), boundaries.pass("second"), boundaries.pass("x")],
            [Ok(()), Err(Died), Err(Died)]
        );
        assert_eq!(Boundaries::default().pass("any"), Ok(()));
    }

    #[test]
    fn a_run_stands_still_at_one_boundary_and_goes_on() {
        let pause = Duration::from_millis(30);
        let boundaries = Boundaries::stopping("second", pause);
        let since = std::time::Instant::now();
        assert_eq!(boundaries.pass("first"), Ok(()));
        assert!(since.elapsed() < pause);
        assert_eq!(boundaries.pass("second"), Ok(()));
        assert!(since.elapsed() >= pause);
    }
}
