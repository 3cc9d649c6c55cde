//! The whole set: desired, recorded and observed in, a plan out.
