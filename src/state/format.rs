//! The saved form of a state and of its journal.
