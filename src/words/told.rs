//! What went wrong, with what to do about it.

/// A message of an error, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What went wrong: a lower-case fragment.
    pub message: String,
    /// What to do next, where that can be said.
    pub hint: Option<String>,
}

impl Told {
    pub(super) fn new(message: impl Into<String>) -> Told {
        Told { message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Told {
        Told { hint: Some(hint.into()), ..self }
    }
}
