//! The metadata of a create call.

use super::{Excerpt, Invalid, MetadataFault, Source, checked_text};
use std::collections::BTreeMap;

checked_text! {
    /// The id of a key of the key service: 36 bytes.
    KeyId, check_key_id
}

fn check_key_id(text: &str) -> Result<(), Invalid> {
    if text.len() == 36 { Ok(()) } else { Err(Invalid::Metadata(MetadataFault::KeyId { bytes: text.len() })) }
}

/// The metadata that the create call allows: four keys, all values strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// `"0"` or `"1"`: encryption.
    pub const ENCRYPTED: &'static str = "__system__encrypted";
    /// The key id, 36 bytes.
    pub const CMK_ID: &'static str = "__system__cmkid";
    /// `"true"` for SCSI, `"false"` for VBD.
    pub const PASSTHROUGH: &'static str = "hw:passthrough";
    /// `"0"`: a linked clone of a snapshot.
    pub const FULL_CLONE: &'static str = "full_clone";
    /// Every key that the create call allows.
    pub const KEYS: [&'static str; 4] =
        [Metadata::CMK_ID, Metadata::ENCRYPTED, Metadata::FULL_CLONE, Metadata::PASSTHROUGH];

    /// Checks every pair; what the source forbids is checked by [`Metadata::check_source`].
    ///
    /// # Errors
    /// The first pair that breaks a rule.
    pub fn new(pairs: BTreeMap<String, String>) -> Result<Metadata, Invalid> {
        for (key, value) in &pairs {
            Metadata::check_pair(key, value)?;
        }
        Ok(Metadata(pairs))
    }

    /// Checks one pair by itself.
    ///
    /// # Errors
    /// An unknown key, or a value that the key does not allow.
    pub fn check_pair(key: &str, value: &str) -> Result<(), Invalid> {
        let one_of = |key: &'static str, legal: &'static [&'static str]| {
            if legal.contains(&value) {
                Ok(())
            } else {
                Err(Invalid::Metadata(MetadataFault::Value { key, legal, value: Excerpt::of(value) }))
            }
        };
        match key {
            Metadata::ENCRYPTED => one_of(Metadata::ENCRYPTED, &["0", "1"]),
            Metadata::CMK_ID => KeyId::new(value).map(drop),
            Metadata::PASSTHROUGH => one_of(Metadata::PASSTHROUGH, &["true", "false"]),
            Metadata::FULL_CLONE => one_of(Metadata::FULL_CLONE, &["0"]),
            _ => Err(Invalid::Metadata(MetadataFault::Key(Excerpt::of(key)))),
        }
    }

    /// Says why this source forbids this key, if it does.
    ///
    /// # Errors
    /// From a snapshot or an image, encryption and device type are inherited; only a snapshot can be
    /// cloned (EVS API reference, `metadata`).
    pub fn check_source(key: &str, source: &Source) -> Result<(), MetadataFault> {
        let inherited =
            [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH].into_iter().find(|it| *it == key);
        match (source, inherited) {
            (Source::Snapshot(_), Some(key)) => Err(MetadataFault::InheritedOfSnapshot { key }),
            (Source::Image(_), Some(key)) => Err(MetadataFault::FixedByImage { key }),
            (Source::Blank | Source::Image(_) | Source::Backup(_), None) if key == Metadata::FULL_CLONE => {
                Err(MetadataFault::CloneOfNoSnapshot)
            }
            _ => Ok(()),
        }
    }

    /// The pairs, sorted by key.
    pub fn pairs(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, String>> for Metadata {
    type Error = Invalid;

    fn try_from(pairs: BTreeMap<String, String>) -> Result<Metadata, Invalid> {
        Metadata::new(pairs)
    }
}

impl From<Metadata> for BTreeMap<String, String> {
    fn from(metadata: Metadata) -> BTreeMap<String, String> {
        metadata.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::SourceId;

    #[test]
    fn a_source_forbids_what_it_passes_on() {
        let id = || SourceId::new("x").unwrap();
        assert!(Metadata::check_source(Metadata::ENCRYPTED, &Source::Snapshot(id())).is_err());
        assert!(Metadata::check_source(Metadata::PASSTHROUGH, &Source::Image(id())).is_err());
        assert!(Metadata::check_source(Metadata::ENCRYPTED, &Source::Backup(id())).is_ok());
        assert!(Metadata::check_source(Metadata::FULL_CLONE, &Source::Blank).is_err());
        assert!(Metadata::check_source(Metadata::FULL_CLONE, &Source::Snapshot(id())).is_ok());
    }
}
