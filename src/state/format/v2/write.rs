//! From a state to the body of its file.

use super::call::{AllowedStep, EndedCall};
use super::saved::{CloudId, TokenSupport};
use super::table::{Origins, Specs};
use super::volume::Volume;
use super::{FORMAT, OpenCall};
use crate::operation::Operation;
use crate::state::format::hashed::Hashed;
use crate::state::{Approved, Begun, State};
use crate::volume::CallId;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Writes all that the digest covers.
pub(in crate::state::format) fn write_body(state: &State, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    // Taken apart in full: a field that is added and not saved would be lost in silence.
    let State {
        stack,
        lineage,
        serial,
        lease,
        cloud,
        tokens,
        volumes,
        operations,
        ended,
        used,
        protected,
        released,
        approved,
        begun,
        journal_sequence,
    } = state;
    let (specs, origins) = (Specs::of(state)?, Origins::of(state));
    let head = format!(
        "  \"format\": {FORMAT},\n  \"stack\": {},\n  \"lineage\": {},\n  \"serial\": {serial},\n  \"lease\": {},\n  \"cloud\": {},\n  \"tokens\": {},\n  \
         \"journal_sequence\": {journal_sequence}",
        serde_json::to_string(stack)?,
        serde_json::to_string(lineage)?,
        serde_json::to_string(lease)?,
        serde_json::to_string(&CloudId::from(cloud))?,
        serde_json::to_string(&tokens.map(TokenSupport::from))?,
    );
    out.put(head.as_bytes())?;
    let mut lines = Lines { line: Vec::with_capacity(1024), out };
    write_list("used", used, &mut lines)?;
    write_list("protected", protected, &mut lines)?;
    write_list("released", released, &mut lines)?;
    lines.out.put(b",\n  \"approved\": ")?;
    write_approved(approved.as_ref(), lines.out)?;
    write_table("specs", specs.entries(), &mut lines)?;
    write_table("origins", origins.entries(), &mut lines)?;
    if let Some(Begun { at, operations }) = begun {
        lines.out.put(format!(",\n  \"begun\": {}", serde_json::to_string(at)?).as_bytes())?;
        write_calls("may_send", operations, &specs, &mut lines)?;
    }
    write_calls("calls", operations, &specs, &mut lines)?;
    lines.open("ended", '{')?;
    for (id, call) in ended {
        lines.begin()?;
        write!(lines.line, "\"{id}\": ")?;
        serde_json::to_writer(&mut lines.line, &EndedCall::of(call, origins.short(&call.made)))?;
    }
    lines.close('}')?;
    lines.open("volumes", '{')?;
    for (address, volume) in volumes {
        lines.begin()?;
        write!(lines.line, "\"{address}\": ")?;
        serde_json::to_writer(&mut lines.line, &Volume::of(volume, address, specs.short(&volume.base.spec)))?;
    }
    lines.close('}')?;
    out.put(b"\n}\n")
}

/// Writes a list, a line an entry, where there is any.
fn write_list<W: Write>(
    name: &str,
    entries: &BTreeSet<impl serde::Serialize>,
    lines: &mut Lines<'_, '_, W>,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    lines.open(name, '[')?;
    for entry in entries {
        lines.begin()?;
        serde_json::to_writer(&mut lines.line, entry)?;
    }
    lines.close(']')
}

/// Writes a table of what other lines name, a line each.
fn write_table<'t, W: Write>(
    name: &str,
    entries: impl Iterator<Item = (&'t str, impl std::fmt::Display)>,
    lines: &mut Lines<'_, '_, W>,
) -> io::Result<()> {
    lines.open(name, '{')?;
    for (short, text) in entries {
        lines.begin()?;
        write!(lines.line, "\"{short}\": {text}")?;
    }
    lines.close('}')
}

/// Writes a map of calls, a line each.
fn write_calls<W: Write>(
    name: &str,
    operations: &BTreeMap<CallId, Operation>,
    specs: &Specs,
    lines: &mut Lines<'_, '_, W>,
) -> io::Result<()> {
    lines.open(name, '{')?;
    for (id, call) in operations {
        lines.begin()?;
        write!(lines.line, "\"{id}\": ")?;
        serde_json::to_writer(&mut lines.line, &OpenCall::of(call, |spec| specs.short(spec)))?;
    }
    lines.close('}')
}

/// Writes one line a step: a plan of many keys would else be one line that no diff can show.
fn write_approved(approved: Option<&Approved>, out: &mut Hashed<'_, impl Write>) -> io::Result<()> {
    let Some(Approved { changes, recreate, destroy, as_of, steps }) = approved else { return out.put(b"null") };
    let destroy = if *destroy == 0 { String::new() } else { format!(",\"destroy\":{destroy}") };
    let as_of = as_of.map(|as_of| format!(",\"as_of\":\"{as_of}\"")).unwrap_or_default();
    out.put(format!("{{\"changes\":\"{changes}\",\"recreate\":{recreate}{destroy}{as_of},\"steps\":[").as_bytes())?;
    for (index, step) in steps.iter().enumerate() {
        out.put(if index == 0 { b"\n    " } else { b",\n    " })?;
        out.put(&serde_json::to_vec(&AllowedStep::from(step))?)?;
    }
    out.put(if steps.is_empty() { b"]}" } else { b"\n  ]}" })
}

/// The lines of a map or a list. A line is written out when the next one begins, with the comma that it then needs.
struct Lines<'l, 'o, W> {
    line: Vec<u8>,
    out: &'l mut Hashed<'o, W>,
}

impl<W: Write> Lines<'_, '_, W> {
    fn open(&mut self, name: &str, bracket: char) -> io::Result<()> {
        self.out.put(format!(",\n  \"{name}\": {bracket}").as_bytes())
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.line.push(b',');
            self.out.put(&self.line)?;
            self.line.clear();
        }
        self.line.extend_from_slice(b"\n    ");
        Ok(())
    }

    fn close(&mut self, bracket: char) -> io::Result<()> {
        if !self.line.is_empty() {
            self.line.extend_from_slice(b"\n  ");
            self.out.put(&self.line)?;
            self.line.clear();
        }
        self.out.put(&[u8::try_from(bracket).unwrap_or_default()])
    }
}
