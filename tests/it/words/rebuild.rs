//! The words of a rebuild.

use super::is_kept;
use super::samples::{address, call, lineage, text, volume_id};
use evsctl::plan::{InvalidPattern, Unclear, Unplaced};
use evsctl::state::FoldError;
use evsctl::words;
use std::fmt::Write as _;

fn unplaced() -> Vec<Unplaced> {
    samples!(Unplaced:
        Unplaced::OtherState { .. } => [Unplaced::OtherState { lineage: lineage("zyxw7654") }],
        Unplaced::NameUnreadable { .. } => [Unplaced::NameUnreadable { name: text("a\u{1b}b") }],
        Unplaced::NameOfSeveral { .. } => [Unplaced::NameOfSeveral { first: address() }],
        Unplaced::NameOfNone => [Unplaced::NameOfNone],
        Unplaced::Recorded { .. } => [Unplaced::Recorded { address: address(), id: volume_id() }],
        Unplaced::UnderWay { .. } => [Unplaced::UnderWay { address: address() }],
        Unplaced::Claimed { .. } => [Unplaced::Claimed { address: address(), volumes: 2 }],
        Unplaced::OtherZone { .. } => [Unplaced::OtherZone { address: address(), zones: vec![text("az-1").try_into().unwrap(), text("az-2").try_into().unwrap()] }],
        Unplaced::OtherType { .. } => {
            [Unplaced::OtherType { address: address(), volume_type: text("SSD").try_into().unwrap() }]
        },
        Unplaced::NotPrepaid { .. } => [Unplaced::NotPrepaid { address: address() }],
        Unplaced::Unfit { .. } => [Unplaced::Unfit { error: FoldError::IntendedTwice { call: call() } }],
    )
}

#[test]
fn everything_that_a_rebuild_leaves_is_told() {
    let found = |many: usize| {
        ["abcd2345", "zyxw7654"].into_iter().take(many).zip(1..).map(|(it, n)| (lineage(it), n)).collect()
    };
    let unclear = samples!(Unclear:
        Unclear::Lineages { .. } => [Unclear::Lineages { stack: text("shop"), found: found(2) }],
        Unclear::NoSuch { .. } => [0, 1, 2].map(|many| Unclear::NoSuch {
            stack: text("shop"),
            lineage: lineage("aaaa2222"),
            found: found(many),
        }),
        Unclear::Recorded { .. } => {
            [Unclear::Recorded { recorded: lineage("abcd2345"), lineage: lineage("zyxw7654") }]
        },
    );
    let mut told = String::new();
    for why in unplaced() {
        writeln!(told, "{}: {}", why.code(), words::rebuild::unplaced(&why)).unwrap();
    }
    unclear.iter().for_each(|why| writeln!(told, "{why}").unwrap());
    writeln!(told, "{InvalidPattern}").unwrap();
    is_kept("rebuild.txt", &told);
}
