//! What is wrong with recorded state: with a snapshot, with a journal, and with a change that does not fit.

mod fold;
mod journal;
mod snapshot;
