//! What stands in a file where something else must, and what that is the place of.

use super::fields;
use crate::volume::Excerpt;

/// What a value of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing, `null` or `~`.
    Nothing,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// Text, quoted or not.
    Text,
    /// A list.
    List,
    /// A mapping.
    Mapping,
}

/// A value of a file as a message shows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Found {
    /// A text, which is quoted.
    Text(Excerpt),
    /// A number, as it is written.
    Number(Excerpt),
    /// A boolean, as it is written.
    Boolean(Excerpt),
    /// Of anything else only what it is.
    Kind(Kind),
}

/// What a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A manifest.
    Manifest,
    /// A volume.
    Volume,
    /// A volume's key.
    Key,
    /// The size of a volume, in GB.
    Size,
    /// A slot to retire.
    Slot,
    /// A field whose changes are ignored.
    Ignored,
    /// What is moved or given up, or where it moves to.
    Address,
    /// The id of a volume that is taken over.
    VolumeId,
    /// A value of the metadata.
    MetadataValue,
    /// The field of that name, which is one of the manifest's.
    Field(&'static str),
}

impl Subject {
    /// Its word in JSON.
    fn word(self) -> &'static str {
        match self {
            Subject::Manifest => "a_manifest",
            Subject::Volume => "a_volume",
            Subject::Key => "volume_key",
            Subject::Size => "size",
            Subject::Slot => "slot",
            Subject::Ignored => "ignored_field",
            Subject::Address => "address",
            Subject::VolumeId => "volume_id",
            Subject::MetadataValue => "metadata_value",
            Subject::Field(name) => name,
        }
    }
}

impl serde::Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Subject, D::Error> {
        use serde::de::Error as _;
        let word = String::deserialize(from)?;
        let others = [
            Subject::Manifest,
            Subject::Volume,
            Subject::Key,
            Subject::Size,
            Subject::Slot,
            Subject::Ignored,
            Subject::Address,
            Subject::VolumeId,
            Subject::MetadataValue,
        ];
        let other = others.into_iter().find(|subject| subject.word() == word);
        let subject = other.or_else(|| fields::known(&word).map(Subject::Field));
        subject.ok_or_else(|| D::Error::unknown_variant(&word, &[]))
    }
}
