//! What is wrong with a line of `moved` or `removed`.

use crate::manifest::place::Place;
use crate::volume::KeyOrAddress;

/// Why a line that gives an address up, or gives it another name, does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MoveFault {
    /// `from` or `to` is missing.
    Incomplete {
        /// Which.
        field: &'static str,
    },
    /// A key moves to an address, or an address to a key.
    Mixed,
    /// A line moves an address to itself.
    Nowhere,
    /// What is moved or given up is still asked for.
    StillDesired {
        /// `moved` or `removed`.
        section: &'static str,
        /// What.
        from: KeyOrAddress,
        /// Where its volume stands.
        volume: Place,
    },
    /// Where it moves to is not asked for.
    NotDesired {
        /// Where.
        to: KeyOrAddress,
    },
    /// Two lines are about one address.
    Twice {
        /// What the second line names.
        what: KeyOrAddress,
        /// Where the first line names it, or what holds it.
        first: Place,
    },
}

impl MoveFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            MoveFault::Incomplete { .. } => "move_incomplete",
            MoveFault::Mixed => "move_mixed",
            MoveFault::Nowhere => "move_nowhere",
            MoveFault::StillDesired { .. } => "move_still_desired",
            MoveFault::NotDesired { .. } => "move_not_desired",
            MoveFault::Twice { .. } => "moved_twice",
        }
    }
}
