//! Identities as people read them.

use crate::volume::Receipt;
use std::fmt::{Display, Formatter, Result};

/// As in `job 70a599e0` or `order CS1711152257C60TL`.
impl Display for Receipt {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Receipt::Job(id) => write!(f, "job {id}"),
            Receipt::Order(id) => write!(f, "order {id}"),
        }
    }
}
