//! Whether the cloud has what the manifest asks for.

use super::verdict::{Fault, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the zones, or the volume types, that the manifest names are to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supply<Trouble> {
    /// All of them are; their names.
    There(BTreeSet<String>),
    /// Some are not.
    Missing {
        /// Each trouble with the keys of the manifest that have it.
        troubles: BTreeMap<Trouble, Vec<String>>,
        /// Whether volumes of these keys are still to be made.
        needed: bool,
        /// What there is instead.
        instead: BTreeSet<String>,
    },
}

impl<Trouble> Supply<Trouble> {
    pub(super) fn graded(&self, there: &'static str, missing: &'static str) -> (Verdict, &'static str) {
        match self {
            Supply::There(_) => (Verdict::Ok, there),
            Supply::Missing { needed: true, .. } => (Verdict::Fail(Fault::Wrong), missing),
            Supply::Missing { needed: false, .. } => (Verdict::Warn, missing),
        }
    }
}

/// Whether the quota is enough for what is left to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quotas {
    /// Nothing is left to make.
    NothingToMake,
    /// The answer tells no limits.
    NoLimits,
    /// It is.
    Enough {
        /// What is needed of each.
        limits: Vec<Enough>,
        /// How many volumes have the size of their source, which is not counted.
        unsized_volumes: u64,
    },
    /// It is not.
    Short {
        /// What is short.
        limits: Vec<Short>,
        /// How many volumes have the size of their source, which is not counted.
        unsized_volumes: u64,
    },
}

/// A quota that is enough. Numbers are of volumes or of GB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enough {
    /// Its name in the API.
    pub entry: String,
    /// How much is needed.
    pub need: i64,
    /// How much is left; `None` where it has no limit.
    pub left: Option<i64>,
}

/// A quota that is not enough. Numbers are of volumes or of GB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Its name in the API.
    pub entry: String,
    /// How much is needed.
    pub need: i64,
    /// How much is left.
    pub left: i64,
    /// How much there is in all.
    pub limit: i64,
}

impl Quotas {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Quotas::NothingToMake => (Verdict::Ok, "quota-not-needed"),
            Quotas::NoLimits => (Verdict::Warn, "quota-unknown"),
            Quotas::Enough { .. } => (Verdict::Ok, "quota-enough"),
            Quotas::Short { .. } => (Verdict::Fail(Fault::Wrong), "quota-short"),
        }
    }
}
