//! Why a value is none of a type. Its words are in the catalogue.

use super::excerpt::Excerpt;

/// Why a text or a number is not a value of the type that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Invalid {
    /// A stack's name of another length, or with other characters than it may have.
    StackName(Excerpt),
    /// A stack's name that begins with a hyphen.
    StackNameStart(Excerpt),
    /// A volume's key of another length, or with other characters than it may have.
    Key(Excerpt),
    /// A text that is none of these.
    NoSuch(Form, Excerpt),
    /// A word of the cloud that is wrong, whatever it is used for: its words begin with their verb.
    Word(WordFault),
    /// What is wrong with metadata.
    Metadata(MetadataFault),
    /// What is wrong with tags.
    Tags(TagFault),
    /// An empty name.
    NameEmpty,
    /// A name of so many bytes.
    NameTooLong {
        /// How many.
        bytes: usize,
    },
    /// A name with a control character in it.
    NameControl(char),
    /// A description of so many bytes.
    DescriptionTooLong {
        /// How many.
        bytes: usize,
    },
    /// So many months, for which nothing is bought in advance.
    Months(u32),
    /// So many years.
    Years(u32),
    /// A size in GB that no disk has.
    Size(u32),
    /// A size in GB that no data disk has.
    SizeOfData(u32),
    /// A size in GB that no system disk has.
    SizeOfSystem(u32),
    /// More than one source.
    SeveralSources,
    /// No size, and no backup that supplies one.
    NoSize,
    /// Prepaid, and for a server.
    PrepaidForServer,
}

/// A text with a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// An id of the cloud.
    CloudId,
    /// A lineage.
    Lineage,
    /// The id of a lock's holder.
    LeaseId,
    /// A call id.
    CallId,
    /// A digest.
    Digest,
    /// The value of an ownership tag.
    OwnershipTag,
    /// A set of slots.
    SlotSet,
}

/// What is wrong with an opaque word of the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WordFault {
    /// It is empty.
    Empty,
    /// It has so many bytes.
    TooLong(usize),
    /// It holds white space or a control character.
    Character(char),
}

/// What is wrong with metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MetadataFault {
    /// A key that does not exist.
    Key(Excerpt),
    /// A value that its key does not take.
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        legal: &'static [&'static str],
        /// What it was given.
        value: Excerpt,
    },
    /// The id of a key of the key service, with so many bytes.
    KeyId {
        /// How many.
        bytes: usize,
    },
    /// What a volume from a snapshot inherits.
    InheritedOfSnapshot {
        /// The key.
        key: &'static str,
    },
    /// What a volume from an image cannot choose.
    FixedByImage {
        /// The key.
        key: &'static str,
    },
    /// How a snapshot is cloned, where there is none.
    CloneOfNoSnapshot,
}

/// What is wrong with tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TagFault {
    /// So many of them.
    TooMany(usize),
    /// A key of so many characters.
    KeyLength(usize),
    /// A value of so many characters.
    ValueLength {
        /// Its key.
        key: Excerpt,
        /// How many.
        length: usize,
    },
    /// A character that no key holds.
    KeyCharacter(char),
    /// A character that no value holds.
    ValueCharacter(char),
    /// A character that neither holds on Open Telekom Cloud.
    CharacterThere(char),
}

impl Invalid {
    /// What stands for the case in JSON: a promise to its readers, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            Invalid::StackName(_) => "stack_name_not_legal",
            Invalid::StackNameStart(_) => "stack_name_begins_with_hyphen",
            Invalid::Key(_) => "volume_key_not_legal",
            Invalid::NoSuch(form, _) => form.code(),
            Invalid::Word(fault) => fault.code(),
            Invalid::Metadata(fault) => fault.code(),
            Invalid::Tags(fault) => fault.code(),
            Invalid::NameEmpty => "name_empty",
            Invalid::NameTooLong { .. } => "name_too_long",
            Invalid::NameControl(_) => "name_control_character",
            Invalid::DescriptionTooLong { .. } => "description_too_long",
            Invalid::Months(_) | Invalid::Years(_) => "period_not_for_sale",
            Invalid::Size(_) => "size_out_of_range",
            Invalid::SizeOfData(_) => "data_disk_size_out_of_range",
            Invalid::SizeOfSystem(_) => "system_disk_size_out_of_range",
            Invalid::SeveralSources => "several_sources",
            Invalid::NoSize => "size_missing",
            Invalid::PrepaidForServer => "prepaid_for_server",
        }
    }
}

impl Form {
    fn code(self) -> &'static str {
        match self {
            Form::CloudId => "cloud_id_not_legal",
            Form::Lineage => "lineage_not_legal",
            Form::LeaseId => "lease_id_not_legal",
            Form::CallId => "call_id_not_legal",
            Form::Digest => "digest_not_legal",
            Form::OwnershipTag => "ownership_tag_not_legal",
            Form::SlotSet => "slots_not_legal",
        }
    }
}

impl WordFault {
    fn code(&self) -> &'static str {
        match self {
            WordFault::Empty => "word_empty",
            WordFault::TooLong(_) => "word_too_long",
            WordFault::Character(_) => "word_character_not_legal",
        }
    }
}

impl MetadataFault {
    /// As [`Invalid::code`].
    pub fn code(&self) -> &'static str {
        match self {
            MetadataFault::Key(_) => "metadata_key_unknown",
            MetadataFault::Value { .. } => "metadata_value_not_legal",
            MetadataFault::KeyId { .. } => "key_id_not_legal",
            MetadataFault::InheritedOfSnapshot { .. } => "metadata_inherited_from_snapshot",
            MetadataFault::FixedByImage { .. } => "metadata_fixed_by_image",
            MetadataFault::CloneOfNoSnapshot => "full_clone_without_snapshot",
        }
    }
}

impl TagFault {
    fn code(&self) -> &'static str {
        match self {
            TagFault::TooMany(_) => "too_many_tags",
            TagFault::KeyLength(_) => "tag_key_length",
            TagFault::ValueLength { .. } => "tag_value_too_long",
            TagFault::KeyCharacter(_) => "tag_key_character_not_legal",
            TagFault::ValueCharacter(_) => "tag_value_character_not_legal",
            TagFault::CharacterThere(_) => "tag_character_not_legal_there",
        }
    }
}
