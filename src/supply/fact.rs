//! What was asked of the services about what a plan needs, and what could not be.

/// What came of asking for something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// Nothing needs it, so nobody asked.
    #[default]
    Unneeded,
    /// It is known.
    Known(T),
    /// It could not be asked: a right is missing, nothing serves the call, or no sense could be made of the answer.
    Unasked {
        /// What kept it from being asked.
        cause: String,
    },
}

impl<T> Fact<T> {
    /// It, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(it) => Some(it),
            Fact::Unneeded | Fact::Unasked { .. } => None,
        }
    }

    /// The same of what is made of it.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Fact::Unneeded => Fact::Unneeded,
            Fact::Known(it) => Fact::Known(make(it)),
            Fact::Unasked { cause } => Fact::Unasked { cause },
        }
    }

    /// What kept it from being asked.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Fact::Unasked { cause } => Some(cause),
            Fact::Unneeded | Fact::Known(_) => None,
        }
    }
}
