//! From a state to its file.

use super::{AFTER_DIGEST, ASKED, BEFORE_DIGEST, FORMAT, HEAD_LENGTH, SPEC};
use crate::state::{Approved, Begun, Call, Progress, Recorded, Seen, State, Taint};
use crate::volume::{CallId, CreateApi, Digest, OwnershipTag, Slot, VolumeId, VolumeName, VolumeSpec};
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;

/// Writes a state from the current position of `out` on; equal states give equal bytes.
///
/// The digest stands before what it covers, so `out` is sought back once.
///
/// # Errors
/// Those of `out`; what was written until then is worthless.
pub fn write(state: &State, out: &mut (impl Write + Seek)) -> io::Result<()> {
    let start = out.stream_position()?;
    out.write_all(&[b' '; HEAD_LENGTH])?;
    let mut hashed = Hashed { out, hash: sha2::Sha256::new() };
    write_body(state, &mut hashed)?;
    let digest = Digest::from_hash(&hashed.hash.finalize().into());
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

/// Passes bytes on and digests them on the way.
struct Hashed<'a, W> {
    out: &'a mut W,
    hash: sha2::Sha256,
}

impl<W: Write> Hashed<'_, W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

fn write_body(state: &State, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    // Taken apart in full: a field that is added and not saved would be lost in silence.
    let State {
        stack,
        lineage,
        serial,
        lease,
        cloud,
        tokens,
        volumes,
        calls,
        ended,
        used,
        approved,
        begun,
        journal_sequence,
    } = state;
    // Where it is empty it is left out, as earlier versions know no such line.
    let used = if used.is_empty() { String::new() } else { format!("  \"used\": {},\n", serde_json::to_string(used)?) };
    let head = format!(
        "  \"format\": {FORMAT},\n  \"stack\": {},\n  \"lineage\": {},\n  \"serial\": {serial},\n  \"lease\": {},\n  \"cloud\": {},\n  \"tokens\": {},\n  \
         \"journal_sequence\": {journal_sequence},\n{used}  \"approved\": ",
        serde_json::to_string(stack)?,
        serde_json::to_string(lineage)?,
        serde_json::to_string(lease)?,
        serde_json::to_string(cloud)?,
        serde_json::to_string(tokens)?,
    );
    out.put(head.as_bytes())?;
    write_approved(approved.as_ref(), out)?;
    let mut line = Vec::with_capacity(1024);
    let mut last = SpecText::default();
    if let Some(Begun { at, calls }) = begun {
        out.put(format!(",\n  \"begun\": {}", serde_json::to_string(at)?).as_bytes())?;
        write_calls("may_send", calls, &mut last, &mut line, out)?;
    }
    write_calls("calls", calls, &mut last, &mut line, out)?;
    out.put(b",\n  \"ended\": {")?;
    for (id, call) in ended {
        begin_line(&mut line, out)?;
        write!(line, "\n    \"{id}\": ")?;
        serde_json::to_writer(&mut line, call)?;
    }
    end_map(&mut line, out)?;
    out.put(b",\n  \"volumes\": {")?;
    for (address, volume) in volumes {
        begin_line(&mut line, out)?;
        write!(line, "\n    \"{address}\": ")?;
        write_volume(volume, &mut last, &mut line)?;
    }
    end_map(&mut line, out)?;
    out.put(b"\n}\n")
}

/// Writes a map of calls, a line each.
fn write_calls(
    name: &str,
    calls: &BTreeMap<CallId, Call>,
    last: &mut SpecText,
    line: &mut Vec<u8>,
    out: &mut Hashed<'_, impl Write>,
) -> io::Result<()> {
    out.put(format!(",\n  \"{name}\": {{").as_bytes())?;
    for (id, call) in calls {
        begin_line(line, out)?;
        write!(line, "\n    \"{id}\": ")?;
        write_call(call, last, line)?;
    }
    end_map(line, out)
}

/// Writes out the line before, if there is one, with the comma that it now needs.
fn begin_line(line: &mut Vec<u8>, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    if !line.is_empty() {
        line.push(b',');
        out.put(line)?;
        line.clear();
    }
    Ok(())
}

/// Writes out the last line, if there is one, and closes the map.
fn end_map(line: &mut Vec<u8>, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    if !line.is_empty() {
        line.extend_from_slice(b"\n  ");
        out.put(line)?;
        line.clear();
    }
    out.put(b"}")
}

/// Writes one line a step: a plan of many keys would else be one line that no diff can show.
fn write_approved(approved: Option<&Approved>, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    let Some(Approved { changes, recreate, destroy, as_of, steps }) = approved else { return out.put(b"null") };
    let destroy = if *destroy == 0 { String::new() } else { format!(",\"destroy\":{destroy}") };
    let as_of = as_of.map(|as_of| format!(",\"as_of\":\"{as_of}\"")).unwrap_or_default();
    out.put(format!("{{\"changes\":\"{changes}\",\"recreate\":{recreate}{destroy}{as_of},\"steps\":[").as_bytes())?;
    for (index, step) in steps.iter().enumerate() {
        out.put(if index == 0 { b"\n    " } else { b",\n    " })?;
        out.put(&serde_json::to_vec(step)?)?;
    }
    out.put(if steps.is_empty() { b"]}" } else { b"\n  ]}" })
}

/// A volume's line without what was asked for.
#[derive(serde::Serialize)]
struct VolumeOut<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tainted: Option<&'a Taint>,
    seen: &'a Seen,
}

/// A call's line without its specification.
#[derive(serde::Serialize)]
struct CallOut<'a> {
    key: &'a str,
    slots: &'a BTreeMap<Slot, VolumeName>,
    name: &'a str,
    #[serde(skip_serializing_if = "CreateApi::is_usual")]
    api: &'a CreateApi,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    gone: &'a BTreeMap<Slot, VolumeId>,
    tag: &'a OwnershipTag,
    token: &'a uuid::Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_sent: &'a Option<jiff::Timestamp>,
    progress: &'a Progress,
    at: &'a jiff::Timestamp,
}

/// The specification written last, and its text: neighbours mostly share theirs.
#[derive(Default)]
struct SpecText {
    spec: Option<Arc<VolumeSpec>>,
    text: Vec<u8>,
}

impl SpecText {
    /// Puts a specification at the end of an object that is closed already.
    fn write(&mut self, mark: &[u8], spec: &Arc<VolumeSpec>, line: &mut Vec<u8>) -> io::Result<()> {
        if !self.spec.as_ref().is_some_and(|last| Arc::ptr_eq(last, spec)) {
            self.text.clear();
            serde_json::to_writer(&mut self.text, spec)?;
            self.spec = Some(spec.clone());
        }
        line.pop();
        line.extend_from_slice(mark);
        line.extend_from_slice(&self.text);
        line.push(b'}');
        Ok(())
    }
}

fn write_volume(volume: &Recorded, last: &mut SpecText, line: &mut Vec<u8>) -> io::Result<()> {
    let Recorded { id, call, tainted, seen, asked } = volume;
    let call = call.as_ref().map(CallId::as_str);
    serde_json::to_writer(&mut *line, &VolumeOut { id: id.as_str(), call, tainted: tainted.as_ref(), seen })?;
    last.write(ASKED, asked, line)
}

fn write_call(call: &Call, last: &mut SpecText, line: &mut Vec<u8>) -> io::Result<()> {
    let Call { key, slots, name, spec, api, gone, tag, token, first_sent, progress, at } = call;
    let name = name.as_str();
    let head = CallOut { key: key.as_str(), slots, name, api, gone, tag, token, first_sent, progress, at };
    serde_json::to_writer(&mut *line, &head)?;
    last.write(SPEC, spec, line)
}
