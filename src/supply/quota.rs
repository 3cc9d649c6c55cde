//! A quota: limit and use of one entry.

/// Limit and use of one entry, in volumes or in GB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// A negative one is unlimited.
    pub limit: i64,
    /// What there is.
    pub in_use: i64,
    /// What is being made.
    pub reserved: i64,
}

impl Quota {
    /// How much of it is left; `None` where it is unlimited.
    pub fn left(&self) -> Option<i64> {
        (self.limit >= 0).then(|| self.limit.saturating_sub(self.in_use).saturating_sub(self.reserved))
    }
}
