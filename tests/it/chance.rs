//! Chance that can be had again: splitmix64, the same numbers everywhere and for ever.

use std::time::Duration;

/// By how much the state grows with each number.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The chance of one trial of many that share a seed.
    pub(crate) fn of_trial(seed: u64, trial: u64) -> Chance {
        let mut chance = Chance(seed ^ trial.wrapping_mul(STEP));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// Any instant up to this one.
    pub(crate) fn within(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap().max(1)))
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}
