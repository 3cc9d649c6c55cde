//! What is wrong with a snapshot, and what to do next.

use crate::state::format::{FORMAT, Malformed, SnapshotError};
use std::fmt;

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::Empty => f.write_str("the file is empty"),
            SnapshotError::Conflict { line } => write!(f, "line {line} holds a merge-conflict mark of Git"),
            SnapshotError::LineEnds => f.write_str("its lines end in CR LF, as after a conversion by Git or an editor"),
            SnapshotError::Torn { line, column } => {
                write!(f, "it is not whole: JSON ends or breaks at line {line}, column {column}")
            }
            SnapshotError::Digest => {
                f.write_str("its digest does not fit: it was changed or damaged after it was written")
            }
            SnapshotError::Newer { format } => {
                write!(f, "it has format {format}, and this version reads formats up to {FORMAT}")
            }
            SnapshotError::OtherStack { found, wanted } => {
                write!(f, "it is the state of stack {found}, not of {wanted}")
            }
            SnapshotError::Malformed { line, flaw } => write!(f, "line {line}: {}", malformed(flaw)),
        }
    }
}

fn malformed(flaw: &Malformed) -> String {
    let text = match flaw {
        Malformed::UnknownFormat(format) => return format!("no version has written format {format}"),
        Malformed::Missing => "a line is missing",
        Malformed::TooMuch => "something follows the volumes",
        Malformed::NotField(name) => return format!("no {name:?} here"),
        Malformed::NoComma => "no comma at the end",
        Malformed::NotList(name) => return format!("{name:?} does not open a list"),
        Malformed::NotMap(name) => return format!("{name:?} does not open a map"),
        Malformed::NotEntry => "neither an entry nor an end",
        Malformed::Later(name) => {
            return format!("`{name}` is written by later versions of evsctl, and this one would lose it");
        }
        Malformed::Unread(words) => words,
        Malformed::MostApproved => "more slots were approved than a stack has",
        Malformed::MostEnded => "with this one, the calls had more slots than a stack has",
        Malformed::NoBrace => "the line does not end in }",
        Malformed::NoSpec => "there is no specification",
        Malformed::UnknownSpec(short) => return format!("no specification {short:?} stands above"),
        Malformed::UnknownOrigin(short) => return format!("no origin {short:?} stands above"),
        Malformed::NoSize => "no size was seen, and none was asked for",
    };
    text.to_owned()
}

impl SnapshotError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            SnapshotError::Conflict { .. } => {
                "do not edit it by hand, its digest would not fit: take one side whole (`git checkout --ours` or \
                 `--theirs` on the file), the one with the higher serial if both ran against the cloud; what only \
                 the other side knew is not recorded then: `evsctl state rebuild PATH` adds it from tags and names"
            }
            SnapshotError::LineEnds => {
                "restore it with `-text` set for *.json in .gitattributes, so that Git leaves its bytes alone"
            }
            SnapshotError::Newer { .. } => "use the version of evsctl that wrote it, or a later one",
            SnapshotError::OtherStack { .. } => {
                "give each stack its own state file, and never copy one to another stack's name"
            }
            SnapshotError::Empty
            | SnapshotError::Torn { .. }
            | SnapshotError::Digest
            | SnapshotError::Malformed { .. } => {
                "put a whole one in its place: the generations before it stand beside it as STACK.json.1 to \
                 STACK.json.3, and Git may hold others; without any, move it away: `evsctl state rebuild PATH` restores what \
                 tags and names tell"
            }
        }
    }
}
