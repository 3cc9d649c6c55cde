//! The catalogue of words: from typed values to English sentences. Every function is pure, and nothing compares or searches
//! what it gives.
//!
//! A sentence is asked for with the number of volumes that it is about, where it is about one or about several alike.

mod api;
pub mod cloud;
pub mod codes;
pub mod command;
pub mod consent;
pub mod credentials;
pub mod destroy;
pub mod doctor;
pub mod doubt;
pub mod drift;
pub mod edit;
pub mod evidence;
mod excerpt;
pub mod failure;
pub mod field;
pub mod files;
pub mod habit;
pub mod heading;
mod identity;
mod invalid;
pub mod item;
pub mod label;
mod number;
pub mod overview;
mod pattern;
pub mod plan_file;
pub mod problem;
pub mod process;
pub mod progress;
pub mod rebuild;
pub mod refusal;
pub mod stack;
mod state;
mod store;
mod told;
pub mod traces;
mod unwanted;
pub mod values;
pub mod warning;

pub use number::{count, second};
pub use told::Told;
