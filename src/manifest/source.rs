//! The text of a stack's files, and how a byte in it becomes a line and a column.

use super::SourceFile;
use super::place::Place;
use std::ops::Range;
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
    /// How many characters stand before every [`STRIDE`] bytes: a file of one long line, as JSON often
    /// is, would else be counted from its start for each of its volumes.
    characters: Vec<u32>,
}

/// Why a file is no text.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoText {
    /// It has more than [`MAX_BYTES`].
    TooLarge,
    /// It is not UTF-8 from that byte on.
    NotUtf8(u32),
}

/// The largest file, in bytes: far above any stack, far below what would hurt.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// How many bytes are counted at once.
const STRIDE: usize = 1024;

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
    /// Takes the file as text, as far as it is text, and says what is wrong with it.
    pub(super) fn new(file: &'s SourceFile) -> (Text<'s>, Option<NoText>) {
        let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
        let (text, trouble) = if bytes.len() > MAX_BYTES {
            ("", Some(NoText::TooLarge))
        } else {
            match std::str::from_utf8(bytes) {
                Ok(text) => (text, None),
                Err(error) => {
                    let valid = error.valid_up_to();
                    let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
                    (text, Some(NoText::NotUtf8(to_u32(valid))))
                }
            }
        };
        let mut sum = 0;
        let mut characters = vec![0];
        for chunk in text.as_bytes().chunks(STRIDE) {
            sum += count(chunk);
            characters.push(to_u32(sum));
        }
        let name: String = file.name.chars().map(harmless).collect();
        let text = Text { name: name.into(), text, lines: line_starts(text.as_bytes()), characters };
        (text, trouble)
    }

    /// Line and column of a byte, both from 1; a byte beyond the end counts as the end.
    pub(super) fn place(&self, byte: u32) -> Place {
        let byte = self.clamp(byte);
        let line = self.line_of(byte);
        let column = self.characters_before(byte) - self.characters_before(self.line_start(line));
        Place { file: Arc::clone(&self.name), line: to_u32(line + 1), column: to_u32(column + 1) }
    }

    /// What to show of the line in which a stretch begins.
    pub(super) fn shown(&self, at: At) -> Shown {
        let byte = self.clamp(at.start);
        let line = self.line_of(byte);
        let start = self.line_start(line);
        let end = self.lines.get(line + 1).map_or(self.text.len(), |&next| next as usize);
        let part = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        let whole = part(start..end).trim_end_matches(['\n', '\r']);
        let from = if whole.chars().nth(SHOWN).is_none() {
            start
        } else {
            part(start..byte).char_indices().rev().nth(BEFORE - 1).map_or(start, |(offset, _)| start + offset)
        };
        let text: String = part(from..start + whole.len()).chars().take(SHOWN).map(harmless).collect();
        let before = count(part(from..byte).as_bytes());
        let width = count(part(byte..self.clamp(at.end).max(byte)).as_bytes());
        let room = count(text.as_bytes()).saturating_sub(before);
        let column = self.characters_before(from) - self.characters_before(start) + 1;
        Shown { text, column: to_u32(column), width: to_u32(width.min(room).max(1)) }
    }

    fn characters_before(&self, byte: usize) -> usize {
        let whole = byte / STRIDE;
        let known = self.characters.get(whole).map_or(0, |&known| known as usize);
        known + count(self.text.as_bytes().get(whole * STRIDE..byte).unwrap_or_default())
    }

    /// The index of the line that holds a byte.
    fn line_of(&self, byte: usize) -> usize {
        self.lines.partition_point(|&start| start as usize <= byte).saturating_sub(1)
    }

    fn line_start(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |&start| start as usize)
    }

    /// The byte itself, drawn back to the end of the text and to the start of its character.
    fn clamp(&self, byte: u32) -> usize {
        self.text.floor_char_boundary(byte as usize)
    }
}

/// A character as a terminal may safely show it: what moves the cursor or turns the writing
/// direction would make a line look like another one.
pub(crate) fn harmless(c: char) -> char {
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

/// How many characters begin in these bytes of UTF-8.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// Narrows a length; files are cut off far below the limit.
pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
