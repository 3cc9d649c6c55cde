//! Why a value is none of a type, and what to write instead.

use super::excerpt::spelt;
use crate::volume::{
    Description, Form, Invalid, InvalidAddress, Metadata, MetadataFault, PeriodUnit, SizeGb, TagFault, Tags,
    VolumeName, WordFault,
};
use std::fmt::{Display, Formatter, Result};

/// A lower-case fragment that says what is wrong. For a word of the cloud, which does not know what it is used for, it
/// begins with its verb, as in "may not be empty": whoever knows puts that in front.
impl Display for Invalid {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Invalid::StackName(text) => {
                write!(f, "a stack's name has 1 to 22 of a-z, 0-9 and -, this one is {}", spelt(text))
            }
            Invalid::StackNameStart(text) => {
                write!(f, "a stack's name begins with a letter or a digit, this one is {}", spelt(text))
            }
            Invalid::Key(text) => {
                let legal = "letters, digits, '.', '_' or '-'";
                write!(f, "a volume's key has 1 to 255 {legal}, this one is {}", spelt(text))
            }
            Invalid::NoSuch(form, text) => write!(f, "{} is {}", spelt(text), other(*form)),
            Invalid::Word(fault) => word(fault, f),
            Invalid::Metadata(fault) => metadata(fault, f),
            Invalid::Tags(fault) => tags(fault, f),
            Invalid::NameEmpty => f.write_str("a volume's name may not be empty"),
            Invalid::NameTooLong { bytes } => {
                write!(f, "a name has at most {} bytes, this one has {bytes}", VolumeName::MAX)
            }
            Invalid::NameControl(c) => {
                write!(f, "a name may not hold the control character U+{:04X}", u32::from(*c))
            }
            Invalid::DescriptionTooLong { bytes } => {
                write!(f, "a description has at most {} bytes, this one has {bytes}", Description::MAX)
            }
            Invalid::Months(number) => {
                write!(f, "a volume is prepaid for 1 to {} months, not {number}", PeriodUnit::Month.most())
            }
            Invalid::Years(number) => {
                write!(f, "a volume is prepaid for {} year, not {number}", PeriodUnit::Year.most())
            }
            Invalid::Size(gb) => write!(f, "a size is {} to {} GB, not {gb}", SizeGb::SYSTEM.0, SizeGb::DATA.1),
            Invalid::SizeOfData(gb) => {
                let (least, most) = SizeGb::DATA;
                write!(f, "a data disk has {least} to {most} GB, not {gb}")
            }
            Invalid::SizeOfSystem(gb) => {
                let (least, most) = SizeGb::SYSTEM;
                write!(f, "a system disk (from an image) has {least} to {most} GB, not {gb}")
            }
            Invalid::SeveralSources => f.write_str("more than one of backup_id, snapshot_id and imageRef"),
            Invalid::NoSize => f.write_str("no size, which only a backup can supply"),
            Invalid::PrepaidForServer => f.write_str("prepaid, and for a server, as which it is paid"),
        }
    }
}

/// What a text is not.
fn other(form: Form) -> &'static str {
    match form {
        Form::CloudId => "not an id of the cloud",
        Form::Lineage => "not a lineage",
        Form::LeaseId => "not the id of a lock's holder",
        Form::CallId => "not a call id",
        Form::Digest => "not a digest",
        Form::OwnershipTag => "no value of an ownership tag",
        Form::SlotSet => "not a set of slots such as 1..3,7",
    }
}

fn word(fault: &WordFault, f: &mut Formatter<'_>) -> Result {
    match fault {
        WordFault::Empty => f.write_str("may not be empty"),
        WordFault::TooLong(bytes) => write!(f, "has {bytes} bytes, which no id or name of the cloud has"),
        WordFault::Character(c) => write!(f, "may not hold {c:?}"),
    }
}

fn metadata(fault: &MetadataFault, f: &mut Formatter<'_>) -> Result {
    match fault {
        MetadataFault::Key(key) => write!(f, "the create call does not know the metadata key {}", spelt(key)),
        MetadataFault::Value { key, legal, value } => {
            let legal: Vec<String> = legal.iter().map(|word| format!("{word:?}")).collect();
            write!(f, "{key} is {}, not {}", legal.join(" or "), spelt(value))
        }
        MetadataFault::KeyId { bytes } => write!(f, "a key id has 36 bytes, this one has {bytes}"),
        MetadataFault::InheritedOfSnapshot { key } => write!(f, "a volume from a snapshot inherits {key}"),
        MetadataFault::FixedByImage { key } => write!(f, "a volume from an image cannot choose {key}"),
        MetadataFault::CloneOfNoSnapshot => f.write_str("full_clone goes with a snapshot only"),
    }
}

fn tags(fault: &TagFault, f: &mut Formatter<'_>) -> Result {
    match fault {
        TagFault::TooMany(number) => write!(f, "a volume has at most {} tags, these are {number}", Tags::MAX),
        TagFault::KeyLength(length) => write!(f, "a tag's key has 1 to 36 characters, this one has {length}"),
        TagFault::ValueLength { key, length } => {
            write!(f, "the value of tag {} has at most 43 characters, this one has {length}", spelt(key))
        }
        TagFault::KeyCharacter(c) => write!(f, "a tag's key may not hold {c:?}"),
        TagFault::ValueCharacter(c) => write!(f, "a tag's value may not hold {c:?}"),
        TagFault::CharacterThere(c) => write!(f, "a tag on Open Telekom Cloud may not hold {c:?}"),
    }
}

impl Invalid {
    /// What to write instead, where that can be said.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Invalid::StackName(_) => {
                "write it in lower case, with - in the place of _ and other signs, and no longer than that"
            }
            Invalid::StackNameStart(_) => {
                "leave the - at its beginning out: files and arguments that begin so are taken for options"
            }
            Invalid::Key(_) => "the key is evsctl's own; what the cloud shall show goes into `name`",
            Invalid::NoSuch(Form::LeaseId, _) => "it has 8 of 0-9 and a-f",
            Invalid::NoSuch(Form::Digest, _) => "it is `sha256:` and 64 hex digits",
            Invalid::Metadata(MetadataFault::Key(_)) => {
                return Some(format!("it knows {}", Metadata::KEYS.join(", ")));
            }
            Invalid::Metadata(MetadataFault::InheritedOfSnapshot { .. } | MetadataFault::FixedByImage { .. }) => {
                "leave it out"
            }
            Invalid::Metadata(MetadataFault::CloneOfNoSnapshot) => "leave it out, or name a snapshot_id",
            Invalid::Tags(TagFault::KeyCharacter(_)) => "legal are letters, digits, '_', '-' and Chinese characters",
            Invalid::Tags(TagFault::ValueCharacter(_)) => {
                "legal are letters, digits, '_', '-', '.' and Chinese characters"
            }
            Invalid::Tags(TagFault::CharacterThere(_)) => "legal are letters, digits, '_' and '-'",
            Invalid::NameTooLong { .. } | Invalid::DescriptionTooLong { .. } => "a Chinese character takes 3 bytes",
            Invalid::Months(_) => "a year is period_type: year, period_num: 1",
            Invalid::Years(_) => "longer than that it only goes on by being renewed: auto_renew: true",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl Display for InvalidAddress {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{:?} is not an address; one is written key[slot], as in web[1]", self.0)
    }
}
