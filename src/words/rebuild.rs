//! A recorded state that is put together again: why a volume is left, and why nothing is put together.

use super::number::count;
use crate::plan::{Unclear, Unplaced};
use crate::volume::Lineage;
use std::collections::BTreeMap;
use std::fmt;

/// Why a tagged volume is not recorded.
pub fn unplaced(why: &Unplaced) -> String {
    match why {
        Unplaced::OtherState { lineage } => format!("it is of another state: lineage {lineage}"),
        Unplaced::NameUnreadable { name } => format!("its name, {name:?}, is no text that can be compared"),
        Unplaced::NameOfSeveral { first } => format!("its name is that of {first} and of others"),
        Unplaced::NameOfNone => "its name is that of no volume in the manifest".to_owned(),
        Unplaced::Recorded { address, id } => format!("{address} is recorded already, as volume {id}"),
        Unplaced::UnderWay { address } => format!("{address} is the business of a call that is not over"),
        Unplaced::Claimed { address, volumes } => format!("{volumes} volumes claim {address}"),
        Unplaced::OtherZone { address, zones } => {
            let zones: Vec<String> = zones.iter().map(ToString::to_string).collect();
            format!("{address} shall be in zone {}", zones.join(" or "))
        }
        Unplaced::OtherType { address, volume_type } => format!("{address} shall be of type {volume_type}"),
        Unplaced::NotPrepaid { address } => format!("{address} shall be prepaid, and it is paid by use"),
        Unplaced::Unfit { error } => error.to_string(),
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unclear::Lineages { stack, found } => {
                let states = count(found.len() as u64, "state");
                write!(f, "{states} have written stack {stack} in this project: {}", counted(found))
            }
            Unclear::NoSuch { stack, lineage, found } => {
                write!(f, "no volume of stack {stack} in this project is of lineage {lineage}")?;
                if found.is_empty() { Ok(()) } else { write!(f, "; there is {}", counted(found)) }
            }
            Unclear::Recorded { recorded, lineage } => {
                write!(f, "what is recorded is of lineage {recorded}, not of {lineage}")
            }
        }
    }
}

/// As in `lineage abcd2345 with 1 volume`.
fn counted(found: &BTreeMap<Lineage, u64>) -> String {
    let each = found.iter().map(|(lineage, n)| format!("lineage {lineage} with {}", count(*n, "volume")));
    each.collect::<Vec<_>>().join(", ")
}
