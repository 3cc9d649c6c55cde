//! The metadata of a create call.

use super::{Invalid, Source, checked_text};
use std::collections::BTreeMap;

checked_text! {
    /// The id of a key of the key service: 36 bytes.
    KeyId, check_key_id
}

fn check_key_id(text: &str) -> Result<(), Invalid> {
    if text.len() == 36 {
        Ok(())
    } else {
        Err(Invalid::new(format!("a key id has 36 bytes, this one has {}", text.len())))
    }
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
        let one_of = |legal: &[&str]| {
            if legal.contains(&value) {
                Ok(())
            } else {
                let legal: Vec<String> = legal.iter().map(|word| format!("{word:?}")).collect();
                Err(Invalid::new(format!("{key} is {}, not {value:?}", legal.join(" or "))))
            }
        };
        match key {
            Metadata::ENCRYPTED => one_of(&["0", "1"]),
            Metadata::CMK_ID => KeyId::new(value).map(drop),
            Metadata::PASSTHROUGH => one_of(&["true", "false"]),
            Metadata::FULL_CLONE => one_of(&["0"]),
            _ => Err(Invalid::new(format!("the create call does not know the metadata key {key:?}"))
                .hint(format!("it knows {}", Metadata::KEYS.join(", ")))),
        }
    }

    /// Says why this source forbids this key, if it does.
    ///
    /// # Errors
    /// From a snapshot or an image, encryption and device type are inherited; only a snapshot can be
    /// cloned (EVS API reference, `metadata`).
    pub fn check_source(key: &str, source: &Source) -> Result<(), Invalid> {
        let inherited = matches!(key, Metadata::ENCRYPTED | Metadata::CMK_ID | Metadata::PASSTHROUGH);
        match source {
            Source::Snapshot(_) if inherited => {
                Err(Invalid::new(format!("a volume from a snapshot inherits {key}")).hint("leave it out"))
            }
            Source::Image(_) if inherited => {
                Err(Invalid::new(format!("a volume from an image cannot choose {key}")).hint("leave it out"))
            }
            Source::Blank | Source::Image(_) | Source::Backup(_) if key == Metadata::FULL_CLONE => {
                Err(Invalid::new("full_clone goes with a snapshot only").hint("leave it out, or name a snapshot_id"))
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
