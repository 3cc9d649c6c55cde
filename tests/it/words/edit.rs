//! Why a manifest is not edited, and what to do instead.

use super::is_kept;
use super::samples::{address, slot_set};
use evsctl::edit::{ByHand, NotEdited, NotWritten};
use evsctl::manifest::{Place, Problem, Problems, What};
use evsctl::volume::{Field, Invalid, Key};
use evsctl::words;
use std::fmt::Write as _;

#[test]
fn everything_that_is_not_edited_is_told() {
    let key = || Key::new("data").unwrap();
    let problem = Problem {
        what: What::Wrong(Invalid::NameEmpty.into()),
        place: None,
        source_line: None,
        source_column: 1,
        width: 1,
    };
    let written = samples!(NotWritten:
        NotWritten::NotWrittenOut => [NotWritten::NotWrittenOut],
        NotWritten::NotRead => [NotWritten::NotRead],
        NotWritten::Shared(_) => [NotWritten::Shared(vec![Key::new("web").unwrap(), Key::new("db").unwrap()])],
        NotWritten::Wrong(_) => [NotWritten::Wrong(Problems(vec![problem.clone()]))],
        NotWritten::Unsafe => [NotWritten::Unsafe],
    );
    let place = || Place { file: "prod/web.yaml".into(), line: 7, column: 3 };
    let by_hand = written
        .into_iter()
        .map(|why| NotEdited::ByHand(ByHand { key: key(), place: place(), line: "size: 80".to_owned(), why }.into()));
    let all = samples!(NotEdited:
        NotEdited::Gone { .. } => [NotEdited::Gone { address: address() }],
        NotEdited::Recycled { .. } => [NotEdited::Recycled { address: address() }],
        NotEdited::Mark { .. } => [NotEdited::Mark { address: address() }],
        NotEdited::Status { .. } => [NotEdited::Status { address: address() }],
        NotEdited::NotKnowable { .. } => [NotEdited::NotKnowable { address: address(), field: Field::Multiattach }],
        NotEdited::NoValue { .. } => [NotEdited::NoValue { address: address(), field: Field::Prepaid }],
        NotEdited::Illegal { .. } => {
            [NotEdited::Illegal { key: key(), field: Field::Size, why: Invalid::Size(40_000) }]
        },
        NotEdited::NotDesired { .. } => [NotEdited::NotDesired { key: key() }],
        NotEdited::NameOfSeveral { .. } => [NotEdited::NameOfSeveral { key: key(), count: 3 }],
        NotEdited::SomeSlots { .. } => [NotEdited::SomeSlots {
            key: key(),
            field: Field::Size,
            drifted: slot_set("2"),
            all: slot_set("1..3"),
        }],
        NotEdited::SlotsDiffer { .. } => [None, Some("team".to_owned())].map(|tag| NotEdited::SlotsDiffer {
            key: key(),
            field: if tag.is_some() { Field::Tags } else { Field::Size },
            tag,
        }),
        NotEdited::ByHand(_) => by_hand.collect::<Vec<_>>(),
    );
    let mut text = String::new();
    for why in all {
        let told = words::edit::not_edited(&why);
        writeln!(text, "{}\n  {}", told.message, told.hint.unwrap()).unwrap();
    }
    is_kept("edit.txt", &text);
}
