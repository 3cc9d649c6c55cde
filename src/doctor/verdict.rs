//! How a check came out.

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it must be.
    Ok,
    /// It works, and not as well as it could.
    Warn,
    /// It does not work.
    Fail(Fault),
    /// It was not looked at.
    Skipped,
}

impl Verdict {
    /// The word for it that stays.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail(_) => "fail",
            Verdict::Skipped => "skipped",
        }
    }
}

/// Of what kind a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Something is not as it must be.
    Wrong,
    /// Credentials or a permission are missing.
    Denied,
    /// It would not be right to go on.
    Refused,
    /// Somebody else holds the lock.
    Locked,
    /// It is not over.
    Unfinished,
}
