//! The catalogue of words: from typed values to English sentences. Every function is pure, and nothing compares or searches
//! what it gives.
//!
//! A sentence is asked for with the number of volumes that it is about, where it is about one or about several alike.

pub mod drift;
pub mod evidence;
mod excerpt;
pub mod field;
mod identity;
mod invalid;
mod number;
pub mod overview;
pub mod problem;
pub mod refusal;
mod state;
mod store;
pub mod warning;

pub use number::count;
