//! A text with its escapes resolved: percent-encoding, HTML entities, quoted-printable, and the escapes of JSON and of
//! programming languages. Each byte keeps the place in the source that it stands for.

use std::collections::VecDeque;

/// A byte, and the part of the source that it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The bytes of a text as they are.
pub(super) fn pieces(text: &[u8]) -> impl Iterator<Item = Piece> {
    text.iter().enumerate().map(|(at, byte)| Piece { byte: *byte, start: at, end: at + 1 })
}

/// Whether a text holds a byte that an escape may begin with.
pub(super) fn may_hold_escapes(text: &[u8]) -> bool {
    text.iter().any(|byte| begins(*byte))
}

fn begins(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'=' | b'\\')
}

/// The longest escape that is read: two halves of a pair, as in `\ud83d\ude00`.
const LONGEST: usize = 12;

/// Resolves one layer of escapes; what comes out of an escape is not read again. Another layer on top reads that.
pub(super) struct Decoded<I> {
    from: I,
    ahead: VecDeque<Piece>,
    due: VecDeque<Piece>,
    /// Whether an escape was found so far.
    pub(super) changed: bool,
}

impl<I: Iterator<Item = Piece>> Decoded<I> {
    pub(super) fn new(from: I) -> Decoded<I> {
        Decoded { from, ahead: VecDeque::new(), due: VecDeque::new(), changed: false }
    }
}

impl<I: Iterator<Item = Piece>> Iterator for Decoded<I> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.due.pop_front() {
                return Some(piece);
            }
            let first = self.ahead.pop_front().or_else(|| self.from.next())?;
            if !begins(first.byte) {
                return Some(first);
            }
            let mut bytes = [first.byte; LONGEST];
            let missing = (LONGEST - 1).saturating_sub(self.ahead.len());
            self.ahead.extend(self.from.by_ref().take(missing));
            for (byte, piece) in bytes[1..].iter_mut().zip(&self.ahead) {
                *byte = piece.byte;
            }
            let Some((length, meant)) = escape(&bytes[..=self.ahead.len().min(LONGEST - 1)]) else {
                return Some(first);
            };
            self.changed = true;
            let end = self.ahead.drain(..length - 1).next_back().map_or(first.end, |piece| piece.end);
            let mut utf8 = [0; 4];
            let meant: &[u8] = match meant {
                Meant::Nothing => &[],
                Meant::Byte(byte) => &[byte],
                Meant::Char(char) => char.encode_utf8(&mut utf8).as_bytes(),
            };
            self.due.extend(meant.iter().map(|byte| Piece { byte: *byte, start: first.start, end }));
        }
    }
}

/// What an escape stands for.
enum Meant {
    /// A line break that quoted-printable adds.
    Nothing,
    Byte(u8),
    Char(char),
}

/// The escape at the beginning, with its length.
fn escape(text: &[u8]) -> Option<(usize, Meant)> {
    match text {
        [b'%', rest @ ..] => Some((3, Meant::Byte(byte(rest)?))),
        [b'=', b'\r', b'\n', ..] => Some((3, Meant::Nothing)),
        [b'=', b'\n', ..] => Some((2, Meant::Nothing)),
        [b'=', rest @ ..] => Some((3, Meant::Byte(byte(rest)?))),
        [b'\\', b'x', rest @ ..] => Some((4, Meant::Byte(byte(rest)?))),
        [b'\\', b'u', rest @ ..] => {
            let first = number(rest.get(..4)?, 16)?;
            if let Some(char) = char::from_u32(first) {
                return Some((6, Meant::Char(char)));
            }
            let second = number(rest.get(4..)?.strip_prefix(b"\\u")?.get(..4)?, 16)?;
            let pair = char::decode_utf16([first, second].map(|half| half as u16)).next()?;
            Some((12, Meant::Char(pair.ok()?)))
        }
        [b'\\', kind, ..] => {
            let byte = match kind {
                b'"' | b'\'' | b'\\' | b'/' => *kind,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                _ => return None,
            };
            Some((2, Meant::Byte(byte)))
        }
        [b'&', rest @ ..] => {
            let length = rest.iter().position(|byte| *byte == b';')?;
            let name = &rest[..length];
            let char = match name {
                [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
                [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
                _ => ENTITIES.iter().find(|(known, _)| known.as_bytes() == name)?.1,
            };
            Some((length + 2, Meant::Char(char)))
        }
        _ => None,
    }
}

fn byte(digits: &[u8]) -> Option<u8> {
    u8::try_from(number(digits.get(..2)?, 16)?).ok()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    // `from_str_radix` would take a sign too.
    digits.iter().all(u8::is_ascii_alphanumeric).then_some(())?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// The names that HTML has for the characters of ASCII.
const ENTITIES: [(&str, char); 38] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
];
