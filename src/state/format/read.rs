//! From a file to a state, or to what is wrong with it.

use super::lines::Lines;
use super::{AFTER_DIGEST, BEFORE_DIGEST, DIGEST_LENGTH, FORMAT, Malformed, SnapshotError, v1, v2};
use crate::state::{CloudId, State};
use crate::volume::{Digest, LeaseId, Lineage, StackName};

/// Reads a state, of that stack and no other.
///
/// # Errors
/// Any text but exactly what [`write`](super::write()) writes, or what a version wrote that landed; see
/// [`SnapshotError`].
pub fn read(bytes: &[u8], stack: &StackName) -> Result<State, SnapshotError> {
    let Some((digest, body)) = split_head(bytes) else { return Err(diagnose(bytes)) };
    if Digest::of(body).as_str().as_bytes() != digest {
        return Err(diagnose(bytes));
    }
    let mut lines = Lines::of(body);
    let format: u64 = lines.field("format")?;
    if format > FORMAT {
        return Err(SnapshotError::Newer { format });
    }
    let read_body = match format {
        1 => v1::read,
        2 => v2::read,
        _ => return Err(lines.malformed(Malformed::UnknownFormat(format))),
    };
    let found: StackName = lines.field("stack")?;
    if found != *stack {
        return Err(SnapshotError::OtherStack { found, wanted: stack.clone() });
    }
    read_body(lines, found)
}

/// The number of the format that a snapshot names, whatever else it holds.
pub fn number(head: &[u8]) -> Option<u64> {
    let (_, body) = split_head(head)?;
    Lines::of(body).field("format").ok()
}

/// Whose state it is and of which cloud, from its first lines alone. The rest may be missing or damaged.
pub fn peek(head: &[u8]) -> Option<(StackName, CloudId)> {
    let (_, body) = split_head(head)?;
    let mut lines = Lines::of(body);
    let _: u64 = lines.field("format").ok()?;
    let stack = lines.field("stack").ok()?;
    let _: Lineage = lines.field("lineage").ok()?;
    let _: u64 = lines.field("serial").ok()?;
    let _: Option<LeaseId> = lines.field("lease").ok()?;
    // All formats begin alike.
    let cloud: v2::CloudId = lines.field("cloud").ok()?;
    Some((stack, cloud.into()))
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(BEFORE_DIGEST)?;
    let (digest, rest) = rest.split_at_checked(DIGEST_LENGTH)?;
    Some((digest, rest.strip_prefix(AFTER_DIGEST)?))
}

/// Says what is wrong with bytes that are not a snapshot.
fn diagnose(bytes: &[u8]) -> SnapshotError {
    #[derive(serde::Deserialize)]
    struct Probe {
        format: Option<u64>,
    }
    if bytes.trim_ascii().is_empty() {
        return SnapshotError::Empty;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n');
    // No line of a state begins like that, whatever the texts in it are.
    if let Some(index) = lines.position(|line| line.starts_with(b"<<<<<<<") || line.starts_with(b">>>>>>>")) {
        return SnapshotError::Conflict { line: index + 1 };
    }
    if bytes.starts_with(b"{\r\n") {
        return SnapshotError::LineEnds;
    }
    match serde_json::from_slice::<Probe>(bytes) {
        Ok(Probe { format: Some(format) }) if format > FORMAT => SnapshotError::Newer { format },
        Err(error) if !error.is_data() => SnapshotError::Torn { line: error.line(), column: error.column() },
        _ => SnapshotError::Digest,
    }
}
