//! Carrying a plan out.
pub mod event;
