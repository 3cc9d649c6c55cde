//! One volume: which fields differ, and what that would take.
