//! Text for people, made of plans, states, problems and events. Nothing here prints.

pub mod auth;
pub mod codes;
pub mod doctor;
pub mod drift;
pub mod human;
pub mod import;
mod items;
pub(crate) mod line;
pub mod lock;
pub mod markdown;
pub mod orphans;
pub mod problem;
pub mod progress;
mod rows;
pub mod state;
mod table;
pub mod textdiff;

pub use crate::cli::style::Look;

#[cfg(test)]
mod fixture;
