//! What stands in a file, and what it is of.

use crate::manifest::{Found, Kind, Subject};
use crate::volume::{Excerpt, Key};
use crate::words::excerpt::{bare, quoted};

/// What to do about `${...}`.
pub(super) const NO_VARIABLES: &str =
    "there are no variables: write the value itself, and share values by `defaults` and YAML anchors";

/// What a value is.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Nothing => "nothing",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
        Kind::Text => "text",
        Kind::List => "a list",
        Kind::Mapping => "a mapping",
    }
}

/// A value.
pub(super) fn found(found: &Found) -> String {
    match found {
        Found::Text(text) => quoted(text),
        Found::Number(written) | Found::Boolean(written) => bare(written),
        Found::Kind(of) => kind(*of).to_owned(),
    }
}

/// What a value is of.
pub(super) fn subject(what: Subject) -> String {
    match what {
        Subject::Manifest => "a manifest".to_owned(),
        Subject::Volume => "a volume".to_owned(),
        Subject::Key => "a volume's key".to_owned(),
        Subject::Size => "`size`, in GB,".to_owned(),
        Subject::Slot => "a slot".to_owned(),
        Subject::Ignored => "a field to ignore".to_owned(),
        Subject::Address => "an address".to_owned(),
        Subject::VolumeId => "a volume's id".to_owned(),
        Subject::MetadataValue => "a metadata value".to_owned(),
        Subject::Field(name) => format!("`{name}`"),
    }
}

/// A volume, by its key.
pub(super) fn volume_key(key: &Key) -> String {
    quoted(&Excerpt::of(key.as_str()))
}

/// The word that was probably meant.
pub(super) fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}
