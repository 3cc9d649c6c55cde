//! Why a manifest is not edited, as values; their words are in the catalogue.

use crate::manifest::{Place, Problems};
use crate::volume::{Address, Field, Invalid, Key, SlotSet};

/// Why a manifest is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotEdited {
    /// The volume is gone: no field of it has a value.
    Gone {
        /// Which volume.
        address: Address,
    },
    /// The volume lies in the recycle bin: no field of it has a value.
    Recycled {
        /// Which volume.
        address: Address,
    },
    /// The field never changes, or the cloud does not show its value.
    NoValue {
        /// Which volume.
        address: Address,
        /// Which field.
        field: Field,
    },
    /// The ownership tag is not the manifest's: the next apply sets it again, or refuses to.
    Mark {
        /// Which volume.
        address: Address,
    },
    /// A volume in a status in which it cannot be used: no manifest asks for a status.
    Status {
        /// Which volume.
        address: Address,
    },
    /// `known_drift` has no such field.
    NotKnowable {
        /// Which volume.
        address: Address,
        /// Which field.
        field: Field,
    },
    /// No manifest may have the value that the cloud shows.
    Illegal {
        /// Whose field it is.
        key: Key,
        /// Which field.
        field: Field,
        /// Which rule the value breaks.
        why: Invalid,
    },
    /// The manifest does not ask for the key.
    NotDesired {
        /// Which key.
        key: Key,
    },
    /// The names of several volumes are made of one name and their slots, so none of them can be written.
    NameOfSeveral {
        /// Their key.
        key: Key,
        /// How many there are.
        count: u32,
    },
    /// The volumes of a key share their fields, and only some of them are to have the value.
    SomeSlots {
        /// Their key.
        key: Key,
        /// Which field.
        field: Field,
        /// Those that are to have it.
        drifted: SlotSet,
        /// All of the key.
        all: SlotSet,
    },
    /// The volumes of a key share their fields, and the cloud shows different values.
    SlotsDiffer {
        /// Their key.
        key: Key,
        /// Which field.
        field: Field,
        /// Which tag, or which entry of the metadata, where it is one.
        tag: Option<String>,
    },
    /// The text cannot be edited safely, and a person has to do it.
    ByHand(Box<ByHand>),
}

/// An edit that a person has to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// What it is about: the key of the volumes.
    pub key: Key,
    /// Where the manifest declares them.
    pub place: Place,
    /// What to write there.
    pub line: String,
    /// Why it is not written.
    pub why: NotWritten,
}

/// Why a text is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWritten {
    /// The volume is not written out below `volumes`: an alias or a merge key brings it in.
    NotWrittenOut,
    /// The text is YAML, but not as the editor reads it.
    NotRead,
    /// The value is shared: volumes of these keys would change too.
    Shared(Vec<Key>),
    /// The manifest would be wrong.
    Wrong(Problems),
    /// Something else than the one field would change.
    Unsafe,
}
