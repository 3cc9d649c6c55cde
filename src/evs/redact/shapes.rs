//! Ids and times hold so many digits that a short part of a secret stands in one by chance.

use std::ops::Range;

/// From this length on no part of a secret stands in an id by chance.
const LONG: usize = 16;
/// The characters of a UUID.
const UUID: usize = 36;
/// The digits of an id without dashes.
const DIGITS: usize = 32;
/// A time to the second, as in `2026-11-24T07:00:00`.
const TIME: &[u8] = b"0000-00-00T00:00:00";

/// Whether what was found is a short part of an id or of a time.
pub(super) fn is_by_chance(text: &[u8], found: &Range<usize>) -> bool {
    found.len() < LONG && (is_in_an_id(text, found) || is_in_a_time(text, found))
}

fn is_in_an_id(text: &[u8], found: &Range<usize>) -> bool {
    let uuid = |start: usize| {
        text.get(start..start + UUID).is_some_and(|word| {
            word.iter().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
        })
    };
    let digits =
        |from: &mut dyn Iterator<Item = &u8>| from.take(DIGITS + 1).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let all = text[found.clone()].iter().all(u8::is_ascii_hexdigit);
    (found.end.saturating_sub(UUID)..=found.start).any(uuid)
        || (all && digits(&mut text[..found.start].iter().rev()) + digits(&mut text[found.start..].iter()) == DIGITS)
}

/// Of the value of an ownership tag, `STACK_LINEAGE_CALL`: what was found of the stack's name, where it ends with
/// characters that only chance can have made like it.
pub(super) fn stack_in_a_tag<'t>(text: &'t [u8], found: &Range<usize>) -> Option<&'t [u8]> {
    const LINEAGE: usize = 8;
    const CALL: usize = 10;
    let bar = found.start + text[found.clone()].iter().rposition(|byte| *byte == b'_')?;
    let random = |from: usize, length: usize| {
        let word = text.get(from..from + length)?;
        word.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7')).then_some(from + length)
    };
    let end = random(bar + 1, LINEAGE)?;
    random(end + 1, CALL).filter(|_| text[end] == b'_' && found.end < end)?;
    Some(&text[found.start..bar])
}

fn is_in_a_time(text: &[u8], found: &Range<usize>) -> bool {
    // A fraction and the zone follow: `.000000Z`.
    let most = TIME.len() + 8;
    (found.end.saturating_sub(most)..=found.start).any(|start| {
        let Some(word) = text.get(start..start + TIME.len()) else { return false };
        let is_time = word.iter().zip(TIME).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            _ => byte == like,
        });
        let rest = &text[start + TIME.len()..];
        let behind = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'Z')).count();
        is_time && found.end <= start + TIME.len() + behind
    })
}
