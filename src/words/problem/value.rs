//! What is wrong with one value by itself.

use super::cloud;
use super::found::{NO_VARIABLES, did_you_mean, found, kind, subject};
use crate::manifest::{Found, Unfit, ValueFault, Written};
use crate::volume::Invalid;
use crate::words::excerpt::{bare, quoted, spelt};

/// What is wrong with it.
pub(super) fn reason(fault: &ValueFault) -> String {
    match fault {
        ValueFault::NotText { what, found } => format!("{} is text, not {}", subject(*what), kind(*found)),
        ValueFault::Unquoted { what, written, kind: of } => {
            format!("{} is text, and {} without quotes is {}", subject(*what), bare(written), kind(*of))
        }
        ValueFault::NotBoolean { what, found: it, .. } => {
            format!("{} is true or false, not {}", subject(*what), found(it))
        }
        ValueFault::NotNumber { what, found: it, .. } => {
            format!("{} is a number, not {}", subject(*what), found(it))
        }
        ValueFault::NotPlainDigits { what, written, .. } => {
            format!("{} is a number in plain digits, not {}", subject(*what), bare(written))
        }
        ValueFault::NotWhole { what, written } => {
            format!("{} is a whole number, not {}", subject(*what), bare(written))
        }
        ValueFault::OutOfRange { what, least, most, written } => {
            format!("{} is {least} to {most}, not {}", subject(*what), bare(written))
        }
        ValueFault::NotOneOf { what, legal, found: it, .. } => {
            format!("{} is {}, not {}", subject(*what), legal.join(" or "), found(it))
        }
        ValueFault::NotMapping { what, found: it } => {
            format!("{} is a mapping, not {}", subject(*what), found(it))
        }
        ValueFault::NotList { what, found: it } => format!("{} is a list, not {}", subject(*what), found(it)),
        // The fragment about a word of the cloud begins with its verb.
        ValueFault::Unfit { what, why: Unfit::Volume(invalid @ Invalid::Word(_)), .. } => {
            format!("{} {invalid}", subject(*what))
        }
        ValueFault::Unfit { why, .. } => unfit(why),
    }
}

fn unfit(why: &Unfit) -> String {
    match why {
        Unfit::Volume(invalid) => invalid.to_string(),
        Unfit::Region(text) => cloud::region(text),
        Unfit::ProjectId(text) => cloud::project_id(text),
        Unfit::ProjectName(text) => cloud::project_name(text),
        Unfit::KeyOrAddress(text) => format!("{} is neither a key nor an address", quoted(text)),
        Unfit::Day(text) => format!("{} is no day", quoted(text)),
        Unfit::Endpoint(fault) => cloud::endpoint(fault),
    }
}

/// What to write instead.
pub(super) fn hint(fault: &ValueFault) -> Option<String> {
    match fault {
        ValueFault::Unquoted { written, .. } => Some(format!("write {}", spelt(written))),
        ValueFault::NotBoolean { meant, .. } | ValueFault::NotNumber { meant, .. } => meant.as_ref().map(self::written),
        ValueFault::NotPlainDigits { decimal: Some(number), .. } => Some(format!("write {number}, in decimal")),
        ValueFault::NotPlainDigits { leading_zero: true, .. } => {
            Some("some readers take a leading zero as octal: drop it".to_owned())
        }
        ValueFault::NotPlainDigits { leading_zero: false, .. } => Some("write plain digits".to_owned()),
        ValueFault::NotOneOf { near, .. } => near.map(did_you_mean),
        ValueFault::NotList { found: it @ (Found::Text(_) | Found::Number(_)), .. } => {
            Some(format!("write [{}]", found(it)))
        }
        ValueFault::Unfit { variable: true, .. } => Some(NO_VARIABLES.to_owned()),
        ValueFault::Unfit { why, .. } => match why {
            Unfit::Volume(invalid) => invalid.hint(),
            Unfit::Region(_) | Unfit::ProjectName(_) => Some("as in cn-north-4".to_owned()),
            Unfit::ProjectId(_) => Some("a project's name goes into `project`".to_owned()),
            Unfit::KeyOrAddress(_) => Some("as in web, or web[3]".to_owned()),
            Unfit::Day(_) => Some("as in 2027-01-31".to_owned()),
            Unfit::Endpoint(_) => Some("as in https://evs.cn-north-4.myhuaweicloud.com".to_owned()),
        },
        ValueFault::NotText { .. }
        | ValueFault::NotWhole { .. }
        | ValueFault::OutOfRange { .. }
        | ValueFault::NotMapping { .. }
        | ValueFault::NotList { .. } => None,
    }
}

fn written(meant: &Written) -> String {
    match meant {
        Written::Boolean(flag) => format!("write {flag}, without quotes"),
        Written::Quoted { digits } => format!("write {digits}, without quotes"),
        Written::WithUnit { digits } => format!("write {digits}: it is a number of GB"),
        Written::Grouped { digits } => format!("write {digits}, in plain digits"),
        Written::Variable => NO_VARIABLES.to_owned(),
    }
}
