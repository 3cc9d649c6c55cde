//! What a refusal means to a caller: by this, and never by its text, it is decided what is done about one.

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The thing is not there.
    NotFound,
    /// The job is not known, or not any more: the API says that with 400.
    JobUnknown,
    /// Credentials are missing, wrong, or lack a right.
    Denied,
    /// Too many requests: this one was not executed.
    Throttled,
    /// A quota or a capacity does not allow it.
    Exhausted,
    /// The state of a volume or source does not allow it now.
    Conflict,
    /// The same create call is still being worked on.
    InProgress,
    /// The request itself is wrong: sending it again is of no use.
    Invalid,
    /// The client token is no UUID.
    TokenMalformed,
    /// The client token was used before: the first call with it may have been done.
    TokenUsed,
    /// Client tokens are switched off here.
    TokensOff,
    /// Trouble inside the service: it may have been done.
    Trouble,
}
