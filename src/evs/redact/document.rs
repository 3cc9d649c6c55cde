//! The texts of a JSON document, found without reading it: what is redacted in one of them leaves a document.

use memchr::memchr2;
use std::ops::Range;

/// A piece of a document that may hold a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// What stands between two quotes, escapes and all.
    Text(Range<usize>),
    /// A number; of what is no document anything else.
    Bare(Range<usize>),
}

/// The units of a document, in order.
pub(super) fn units(body: &[u8]) -> impl Iterator<Item = Unit> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_bare = |byte: &u8| !matches!(byte, b'"' | b'[' | b']' | b'{' | b'}' | b':' | b',') && !is_blank(*byte);
        let start = at + body[at..].iter().position(|byte| *byte == b'"' || is_bare(byte))?;
        if body[start] == b'"' {
            let end = closing(body, start + 1);
            at = (end + 1).min(body.len());
            return Some(Unit::Text(start + 1..end));
        }
        at = start + body[start..].iter().take_while(|byte| is_bare(byte)).count();
        Some(Unit::Bare(start..at))
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the quote stands that ends a text.
fn closing(body: &[u8], mut from: usize) -> usize {
    while let Some(found) = memchr2(b'"', b'\\', body.get(from..).unwrap_or_default()) {
        if body[from + found] == b'"' {
            return from + found;
        }
        from += found + 2;
    }
    body.len()
}

/// Makes a range of a text wider, so that it cuts no escape and no character.
pub(super) fn whole(text: &[u8], range: Range<usize>) -> Range<usize> {
    let begin = escape(text, range.start).map_or(range.start, |escape| escape.start);
    let end = escape(text, range.end - 1).map_or(range.end, |escape| escape.end.max(range.end));
    characters(text, begin..end)
}

/// Makes a range of a text wider, so that it cuts no character.
pub(super) fn characters(text: &[u8], Range { mut start, mut end }: Range<usize>) -> Range<usize> {
    let goes_on = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while start > 0 && goes_on(start) {
        start -= 1;
    }
    while goes_on(end) {
        end += 1;
    }
    start..end
}

/// The escape of a text that the byte there belongs to; both halves of a pair are one.
fn escape(text: &[u8], at: usize) -> Option<Range<usize>> {
    (at.saturating_sub(11)..=at).find_map(|start| {
        let before = text[..start].iter().rev().take_while(|byte| **byte == b'\\').count();
        let is_one = text[start] == b'\\' && before.is_multiple_of(2);
        let end = start
            + match &text[start..] {
                [b'\\', b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B', _, _, b'\\', b'u', ..] => 12,
                [b'\\', b'u', ..] => 6,
                _ => 2,
            };
        (is_one && end > at).then_some(start..end.min(text.len()))
    })
}
