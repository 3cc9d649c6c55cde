//! evsctl keeps the block volumes of a Huawei Cloud EVS project equal to what a Git repository says.
//!
//! Three facts go into one pure function and come out as a plan: what is *desired* ([`manifest`]), what
//! is *recorded* ([`state`]) and what is *observed* ([`observed`]) go into [`plan::make`]. The plan goes into
//! one loop ([`apply`]) and comes out as events; events are folded into the recorded state ([`store`])
//! and shown to the reader ([`cli`]).
//!
//! Who may know whom is in `ARCHITECTURE.md`, and a test holds the code to it.

pub mod boundary;
pub mod text;
pub mod volume;

pub mod supply;

pub mod manifest;
pub mod observed;
pub mod operation;
pub mod state;

pub mod plan;

pub mod edit;
pub mod import;

pub mod document;
pub mod words;

pub mod evs;
pub mod http;
pub mod signing;
pub mod store;

pub mod doctor;

pub mod apply;
pub mod simulator;

pub mod cli;

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
