//! The text of a stack's files, and how a byte in it becomes a line and a column.

use super::{Place, SourceFile};
use std::sync::Arc;

/// Where something stands: bytes `start..end` of the file of that number.
///
/// A manifest of 100,000 volumes has more than a million of these, hence the narrow integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct At {
    /// The file's number in the order given.
    pub(super) file: u16,
    /// First byte.
    pub(super) start: u32,
    /// First byte behind it.
    pub(super) end: u32,
}

/// One file as text: UTF-8, without a byte order mark.
#[derive(Debug)]
pub(super) struct Text<'s> {
    /// The name in messages.
    pub(super) name: Arc<str>,
    /// The text.
    pub(super) text: &'s str,
    /// Where each line begins.
    lines: Vec<u32>,
}

/// The part of a line that a message shows.
#[derive(Debug)]
pub(super) struct Shown {
    /// The characters, control characters replaced one for one.
    pub(super) text: String,
    /// The column of its first character.
    pub(super) column: u32,
    /// How many characters are meant, within what is shown.
    pub(super) width: u32,
}

/// The most characters of a line that a message shows.
const SHOWN: usize = 160;
/// How many of them stand before the place, where a line must be cut.
const BEFORE: usize = 60;

impl<'s> Text<'s> {
    /// Takes the file as text.
    ///
    /// # Errors
    /// With the number of bytes that are valid UTF-8, where not all are.
    pub(super) fn new(file: &'s SourceFile) -> (Text<'s>, Option<usize>) {
        let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
        let (text, broken_at) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = error.valid_up_to();
                (std::str::from_utf8(&bytes[..valid]).unwrap_or_default(), Some(valid))
            }
        };
        (Text { name: file.name.as_str().into(), text, lines: line_starts(text.as_bytes()) }, broken_at)
    }

    /// Line and column of a byte, both from 1; a byte beyond the end counts as the end.
    pub(super) fn place(&self, byte: u32) -> Place {
        let (line, start) = self.line_of(byte);
        let before = self.text.get(start..self.clamp(byte)).unwrap_or_default();
        let column = before.chars().count();
        Place { file: Arc::clone(&self.name), line: to_u32(line + 1), column: to_u32(column + 1) }
    }

    /// What to show of the line in which a stretch begins.
    pub(super) fn shown(&self, at: At) -> Shown {
        let (_, start) = self.line_of(at.start);
        let rest = self.text.get(start..).unwrap_or_default();
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let first = self.text.get(start..self.clamp(at.start)).unwrap_or_default().chars().count();
        let meant = line.get(self.clamp(at.start).saturating_sub(start)..).unwrap_or_default();
        let bytes = at.end.saturating_sub(at.start) as usize;
        let width = meant.char_indices().take_while(|(byte, _)| *byte < bytes).take(SHOWN).count().max(1);
        let skip = if line.chars().nth(SHOWN).is_none() { 0 } else { first.saturating_sub(BEFORE) };
        let text: String = line.chars().skip(skip).take(SHOWN).map(harmless).collect();
        let room = (text.chars().count() + skip).saturating_sub(first).max(1);
        Shown { text, column: to_u32(skip + 1), width: to_u32(width.min(room)) }
    }

    /// The index of the line that holds a byte, and where that line begins.
    fn line_of(&self, byte: u32) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start <= byte).saturating_sub(1);
        (line, self.lines.get(line).copied().unwrap_or(0) as usize)
    }

    /// The byte itself, drawn back to the end of the text and to the start of its character.
    fn clamp(&self, byte: u32) -> usize {
        self.text.floor_char_boundary(byte as usize)
    }
}

/// A character as a terminal may safely show it: what moves the cursor or turns the writing
/// direction would make a line look like another one.
fn harmless(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Where the lines begin; a line ends with LF, CR LF or CR, as YAML has it.
fn line_starts(bytes: &[u8]) -> Vec<u32> {
    let mut starts = vec![0];
    for (index, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
            starts.push(to_u32(index + 1));
        }
    }
    starts
}

/// Narrows a length; files are cut off far below the limit.
pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
