//! From a state to its file.

use super::hashed::Hashed;
use super::{AFTER_DIGEST, BEFORE_DIGEST, HEAD_LENGTH, v2};
use crate::state::State;
use std::io::{self, Seek, SeekFrom, Write};

/// Writes a state from the current position of `out` on; equal states give equal bytes.
///
/// The digest stands before what it covers, so `out` is sought back once.
///
/// # Errors
/// Those of `out`; what was written until then is worthless.
pub fn write(state: &State, out: &mut (impl Write + Seek)) -> io::Result<()> {
    let start = out.stream_position()?;
    out.write_all(&[b' '; HEAD_LENGTH])?;
    let mut hashed = Hashed::new(out);
    v2::write_body(state, &mut hashed)?;
    let digest = hashed.digest();
    let end = out.stream_position()?;
    out.seek(SeekFrom::Start(start))?;
    out.write_all(BEFORE_DIGEST)?;
    out.write_all(digest.as_str().as_bytes())?;
    out.write_all(AFTER_DIGEST)?;
    out.seek(SeekFrom::Start(end)).map(drop)
}

/// The bytes that [`write()`] writes, for a state that does not go into a file.
pub fn to_bytes(state: &State) -> Vec<u8> {
    let mut out = io::Cursor::new(Vec::new());
    // Memory does not fail to be written to, and every type of a state has a JSON form.
    let written = write(state, &mut out);
    debug_assert!(written.is_ok(), "{written:?}");
    out.into_inner()
}
