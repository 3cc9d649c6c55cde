//! The availability zones of a region.

/// An availability zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name, an opaque text.
    pub name: String,
    /// Whether volumes can be made there; `None` where the service does not say.
    pub available: Option<bool>,
}

impl Zone {
    /// Whether nothing speaks against making volumes there.
    pub fn is_usable(&self) -> bool {
        self.available != Some(false)
    }
}

/// What is wrong with a zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZoneTrouble {
    /// The region has none of this name.
    Unknown(String),
    /// It is not available.
    Unavailable(String),
}

/// What is wrong with the zone of that name.
pub fn zone_trouble(zones: &[Zone], name: &str) -> Option<ZoneTrouble> {
    match zones.iter().find(|zone| zone.name == name) {
        None => Some(ZoneTrouble::Unknown(name.to_owned())),
        Some(zone) if !zone.is_usable() => Some(ZoneTrouble::Unavailable(name.to_owned())),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_usable_unless_the_service_says_otherwise() {
        let zone = |name: &str, available| Zone { name: name.to_owned(), available };
        let zones = [zone("a", Some(true)), zone("b", Some(false)), zone("c", None)];
        let trouble = |name| zone_trouble(&zones, name);
        assert_eq!((trouble("a"), trouble("c")), (None, None));
        assert_eq!(trouble("b"), Some(ZoneTrouble::Unavailable("b".to_owned())));
        assert_eq!(trouble("d"), Some(ZoneTrouble::Unknown("d".to_owned())));
    }
}
