//! The volume types of a region, and where they can be had.

use std::collections::BTreeSet;

/// A volume type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Type {
    /// Its name, as in a create call.
    pub name: String,
    /// The zones where it exists; empty is all of them.
    pub zones: BTreeSet<String>,
    /// The zones where nothing is left of it.
    pub sold_out: BTreeSet<String>,
}

/// Whether a volume type can be had in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// It can.
    There,
    /// It exists there, and there is nothing left.
    SoldOut,
    /// It does not exist there.
    Elsewhere,
}

impl Type {
    /// Whether it can be had in that zone.
    pub fn stock(&self, zone: &str) -> Stock {
        if self.sold_out.contains(zone) {
            Stock::SoldOut
        } else if self.zones.is_empty() || self.zones.contains(zone) {
            Stock::There
        } else {
            Stock::Elsewhere
        }
    }
}

/// What is wrong with a volume type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeTrouble {
    /// There is none of this name.
    Unknown(String),
    /// It does not exist in that zone.
    Elsewhere {
        /// The type.
        volume_type: String,
        /// The zone.
        zone: String,
    },
    /// It is sold out in that zone.
    SoldOut {
        /// The type.
        volume_type: String,
        /// The zone.
        zone: String,
    },
}

/// What is wrong with the type of that name in that zone.
pub fn type_trouble(types: &[Type], name: &str, zone: &str) -> Option<TypeTrouble> {
    let (volume_type, zone) = (name.to_owned(), zone.to_owned());
    match types.iter().find(|it| it.name == name).map(|it| it.stock(&zone)) {
        Some(Stock::There) => None,
        Some(Stock::SoldOut) => Some(TypeTrouble::SoldOut { volume_type, zone }),
        Some(Stock::Elsewhere) => Some(TypeTrouble::Elsewhere { volume_type, zone }),
        None => Some(TypeTrouble::Unknown(volume_type)),
    }
}
