//! Why a value is none of a type.

use super::is_kept;
use evsctl::volume::{Excerpt, Form, Invalid, InvalidAddress, JobId, Metadata, MetadataFault, OrderId, Receipt};
use evsctl::volume::{TagFault, WordFault};
use std::fmt::Write as _;

fn excerpt() -> Excerpt {
    Excerpt::of("a \"b\"\u{202e}\n")
}

fn forms() -> Vec<Form> {
    samples!(Form:
        Form::CloudId => [Form::CloudId],
        Form::Lineage => [Form::Lineage],
        Form::LeaseId => [Form::LeaseId],
        Form::CallId => [Form::CallId],
        Form::Digest => [Form::Digest],
        Form::OwnershipTag => [Form::OwnershipTag],
        Form::SlotSet => [Form::SlotSet],
    )
}

fn word_faults() -> Vec<WordFault> {
    samples!(WordFault:
        WordFault::Empty => [WordFault::Empty],
        WordFault::TooLong(_) => [WordFault::TooLong(256)],
        WordFault::Character(_) => [WordFault::Character(' ')],
    )
}

pub(super) fn metadata_faults() -> Vec<MetadataFault> {
    let (key, legal) = (Metadata::ENCRYPTED, &["0", "1"][..]);
    samples!(MetadataFault:
        MetadataFault::Key(_) => [MetadataFault::Key(excerpt())],
        MetadataFault::Value { .. } => [MetadataFault::Value { key, legal, value: excerpt() }],
        MetadataFault::KeyId { .. } => [MetadataFault::KeyId { bytes: 35 }],
        MetadataFault::InheritedOfSnapshot { .. } => [MetadataFault::InheritedOfSnapshot { key }],
        MetadataFault::FixedByImage { .. } => [MetadataFault::FixedByImage { key }],
        MetadataFault::CloneOfNoSnapshot => [MetadataFault::CloneOfNoSnapshot],
    )
}

fn tag_faults() -> Vec<TagFault> {
    samples!(TagFault:
        TagFault::TooMany(_) => [TagFault::TooMany(11)],
        TagFault::KeyLength(_) => [TagFault::KeyLength(37)],
        TagFault::ValueLength { .. } => [TagFault::ValueLength { key: excerpt(), length: 44 }],
        TagFault::KeyCharacter(_) => [TagFault::KeyCharacter('.')],
        TagFault::ValueCharacter(_) => [TagFault::ValueCharacter(' ')],
        TagFault::CharacterThere(_) => [TagFault::CharacterThere('.')],
    )
}

fn invalids() -> Vec<Invalid> {
    let long = Excerpt::of(&"l".repeat(500));
    samples!(Invalid:
        Invalid::StackName(_) => [Invalid::StackName(excerpt()), Invalid::StackName(long)],
        Invalid::StackNameStart(_) => [Invalid::StackNameStart(excerpt())],
        Invalid::Key(_) => [Invalid::Key(excerpt())],
        Invalid::NoSuch(..) => forms().into_iter().map(|form| Invalid::NoSuch(form, excerpt())).collect::<Vec<_>>(),
        Invalid::Word(_) => word_faults().into_iter().map(Invalid::Word).collect::<Vec<_>>(),
        Invalid::Metadata(_) => metadata_faults().into_iter().map(Invalid::Metadata).collect::<Vec<_>>(),
        Invalid::Tags(_) => tag_faults().into_iter().map(Invalid::Tags).collect::<Vec<_>>(),
        Invalid::NameEmpty => [Invalid::NameEmpty],
        Invalid::NameTooLong { .. } => [Invalid::NameTooLong { bytes: 256 }],
        Invalid::NameControl(_) => [Invalid::NameControl('\n')],
        Invalid::DescriptionTooLong { .. } => [Invalid::DescriptionTooLong { bytes: 256 }],
        Invalid::Months(_) => [Invalid::Months(10)],
        Invalid::Years(_) => [Invalid::Years(2)],
        Invalid::Size(_) => [Invalid::Size(0)],
        Invalid::SizeOfData(_) => [Invalid::SizeOfData(9)],
        Invalid::SizeOfSystem(_) => [Invalid::SizeOfSystem(1025)],
        Invalid::SeveralSources => [Invalid::SeveralSources],
        Invalid::NoSize => [Invalid::NoSize],
        Invalid::PrepaidForServer => [Invalid::PrepaidForServer],
    )
}

#[test]
fn every_reason_why_a_value_is_none_of_its_type_is_told() {
    let mut text = String::new();
    for invalid in invalids() {
        writeln!(text, "{}: {invalid}", invalid.code()).unwrap();
        if let Some(hint) = invalid.hint() {
            writeln!(text, "  {hint}").unwrap();
        }
    }
    writeln!(text, "{}", InvalidAddress("web".to_owned())).unwrap();
    for receipt in [Receipt::Job(JobId::new("j-1").unwrap()), Receipt::Order(OrderId::new("CS1").unwrap())] {
        writeln!(text, "{receipt}").unwrap();
    }
    is_kept("invalid.txt", &text);
}
