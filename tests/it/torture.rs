//! The promise, put to the proof: the real binary is killed, stopped, starved of disk and lied to at random
//! instants, many times, and after each of them the cloud holds exactly the volumes asked for.
//!
//! Every proof stands here twice: small, as a part of `cargo test`, and in full, which takes minutes:
//!
//! ```sh
//! cargo test --release --test it torture:: -- --ignored --nocapture --test-threads 1
//! ```
//!
//! Each full one prints a line with its figures. The environment sets their size:
//!
//! | variable | what | when not set |
//! |---|---|---|
//! | `EVSCTL_KILLS` | how often an apply is killed | 1000 |
//! | `EVSCTL_GROWN` | how often an apply of prepaid extensions is killed | 100 |
//! | `EVSCTL_REVERTED` | how many histories of an extension in doubt are played | 400 |
//! | `EVSCTL_SIGNALS` | how often one is ended by SIGTERM or SIGINT | 1000 |
//! | `EVSCTL_ROUNDS` | how often eight of them start together | 50 |
//! | `EVSCTL_STOPS` | how often one is stopped while another takes over | 200 |
//! | `EVSCTL_STEP` | by how many bytes the limit of a file's size grows | 50 |
//! | `EVSCTL_THROWN` | how often a state is thrown away | 200 |
//! | `EVSCTL_HISTORIES` | how many histories of unlucky runners are played | 200 |
//! | `EVSCTL_OUTAGES` | how often the cloud is killed | 200 |
//! | `EVSCTL_COMMITTED` | how often a killed job is committed and cloned, half of them without the journal | 200 |
//! | `EVSCTL_DELETES` | how often a delete is lost and its run ended (`delete::doubt::`) | 300 |
//! | `EVSCTL_SEED` | what the random instants follow from | 1 |
//! | `EVSCTL_TRIAL` | the one trial to make, to see a failure again | all of them |
//! | `EVSCTL_WORKERS` | how many trials are made at once | 2 |
//! | `EVSCTL_MUTANT` | the mutants to try, by their files' names, with commas between | all of them |
//!
//! An instant is a time after the start, so a failure that hangs on one may take a few tries to show again.

#![expect(clippy::print_stdout, reason = "the figures are what the full proofs are for")]

mod committed;
mod eight;
mod full;
mod grown;
mod kills;
mod lost;
mod mutants;
mod outage;
mod promises;
mod stopped;
mod thrown;
pub(crate) mod trials;
mod unlucky;
pub(crate) mod world;
