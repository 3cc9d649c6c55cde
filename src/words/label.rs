//! The words before a message.

/// Before what went wrong.
pub const ERROR: &str = "error:";
/// Before what lies behind it.
pub const CAUSED_BY: &str = "caused by:";
/// Before what to do about it.
pub const HINT: &str = "hint:";
/// Before what is worth a look.
pub const WARNING: &str = "warning:";
