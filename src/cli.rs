//! The command line: what is typed, what is shown, and which code the process ends with.
//!
//! Everything that a person or a script sees goes through [`ui`]; [`render`] only makes text.

pub mod args;
pub mod error;
pub mod exit;
pub mod render;
pub mod settings;
pub mod ui;
