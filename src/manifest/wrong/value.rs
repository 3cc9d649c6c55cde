//! What is wrong with one value by itself.

use super::cloud::EndpointFault;
use crate::manifest::found::{Found, Kind, Subject};
use crate::volume::{Excerpt, Invalid};

/// Why a value is not what stands at its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ValueFault {
    /// It is not text.
    NotText {
        /// What it is of.
        what: Subject,
        /// What it is.
        found: Kind,
    },
    /// It is text only where it is quoted.
    Unquoted {
        /// What it is of.
        what: Subject,
        /// As it is written.
        written: Excerpt,
        /// What it is without quotes.
        kind: Kind,
    },
    /// It is neither true nor false.
    NotBoolean {
        /// What it is of.
        what: Subject,
        /// What it is.
        found: Found,
        /// What was probably meant.
        meant: Option<Written>,
    },
    /// It is not a number.
    NotNumber {
        /// What it is of.
        what: Subject,
        /// What it is.
        found: Found,
        /// What was probably meant.
        meant: Option<Written>,
    },
    /// It is a number in other than plain digits.
    NotPlainDigits {
        /// What it is of.
        what: Subject,
        /// As it is written.
        written: Excerpt,
        /// Whether it begins with a zero.
        leading_zero: bool,
        /// The number in decimal, where it is written in another base.
        decimal: Option<u32>,
    },
    /// It is a number with a fraction.
    NotWhole {
        /// What it is of.
        what: Subject,
        /// As it is written.
        written: Excerpt,
    },
    /// It is too small or too large.
    OutOfRange {
        /// What it is of.
        what: Subject,
        /// The smallest legal one.
        least: u32,
        /// The largest legal one.
        most: u32,
        /// As it is written.
        written: Excerpt,
    },
    /// It is none of a few words.
    NotOneOf {
        /// What it is of.
        what: Subject,
        /// The words.
        legal: Vec<&'static str>,
        /// What it is.
        found: Found,
        /// The word that was probably meant.
        near: Option<&'static str>,
    },
    /// It is not a mapping.
    NotMapping {
        /// What it is of.
        what: Subject,
        /// What it is.
        found: Found,
    },
    /// It is not a list.
    NotList {
        /// What it is of.
        what: Subject,
        /// What it is.
        found: Found,
    },
    /// It is a text that does not fit its type.
    Unfit {
        /// What it is of.
        what: Subject,
        /// Why.
        why: Unfit,
        /// Whether it was written for a tool that has variables.
        variable: bool,
    },
}

/// What somebody probably meant who wrote a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Written {
    /// That boolean.
    Boolean(bool),
    /// A number, which is quoted.
    Quoted {
        /// Its digits.
        digits: String,
    },
    /// A number with a unit behind it.
    WithUnit {
        /// The number in GB.
        digits: String,
    },
    /// A number, which has other characters among its digits.
    Grouped {
        /// Its digits.
        digits: String,
    },
    /// A variable of another tool.
    Variable,
}

/// Why a text does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unfit {
    /// A type of volumes.
    Volume(Invalid),
    /// No region.
    Region(Excerpt),
    /// No project id.
    ProjectId(Excerpt),
    /// No project's name.
    ProjectName(Excerpt),
    /// Neither a key nor an address.
    KeyOrAddress(Excerpt),
    /// No day.
    Day(Excerpt),
    /// No endpoint.
    Endpoint(EndpointFault),
}

impl From<Invalid> for Unfit {
    fn from(invalid: Invalid) -> Unfit {
        Unfit::Volume(invalid)
    }
}

impl ValueFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            ValueFault::NotText { .. } => "not_text",
            ValueFault::Unquoted { .. } => "not_quoted",
            ValueFault::NotBoolean { .. } => "not_boolean",
            ValueFault::NotNumber { .. } => "not_number",
            ValueFault::NotPlainDigits { .. } => "not_plain_digits",
            ValueFault::NotWhole { .. } => "not_whole",
            ValueFault::OutOfRange { .. } => "out_of_range",
            ValueFault::NotOneOf { .. } => "not_one_of",
            ValueFault::NotMapping { .. } => "not_mapping",
            ValueFault::NotList { .. } => "not_list",
            ValueFault::Unfit { why, .. } => why.code(),
        }
    }
}

impl Unfit {
    fn code(&self) -> &'static str {
        match self {
            Unfit::Volume(invalid) => invalid.code(),
            Unfit::Region(_) => "region_not_legal",
            Unfit::ProjectId(_) => "project_id_not_legal",
            Unfit::ProjectName(_) => "project_name_not_legal",
            Unfit::KeyOrAddress(_) => "address_not_legal",
            Unfit::Day(_) => "day_not_legal",
            Unfit::Endpoint(_) => "endpoint_not_legal",
        }
    }
}
