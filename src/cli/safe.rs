//! Text of others, made safe to show: to a terminal, to a reader, and to the log of a CI runner.

use crate::text::misleads;
use std::borrow::Cow;

/// The text with everything spelt out that could steer a terminal or a CI runner, or mislead a
/// reader: control characters, line ends, direction marks, what takes no room but hides in words,
/// and the marks by which runners find commands in a log.
///
/// Whatever came from the cloud or out of a file passes through here before it is shown.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(misleads) && next_command(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut command = next_command(text);
    for (at, c) in text.char_indices() {
        match c {
            // The second character of the mark: what stands before it is no mark any more.
            _ if command == Some(at) => {
                safe.extend(c.escape_unicode());
                let rest = at + c.len_utf8();
                command = next_command(&text[rest..]).map(|found| rest + found);
            }
            '\n' | '\r' | '\t' => safe.extend(c.escape_default()),
            _ if misleads(c) => safe.extend(c.escape_unicode()),
            _ => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// Whether two texts, harmless each, make a mark of [`plain`]'s together.
pub(crate) fn joins(before: &str, after: &str) -> bool {
    if !before.ends_with(|c: char| matches!(c, '#' | ':') || c.is_ascii_alphanumeric()) {
        return false;
    }
    // No mark is longer than that on either side.
    let from = before.char_indices().rev().nth(LONGEST_WORD + 2).map_or(0, |(at, _)| at);
    let to = after.char_indices().nth(LONGEST_WORD + 2).map_or(after.len(), |(at, _)| at);
    next_command(&format!("{}{}", &before[from..], &after[..to])).is_some()
}

/// The longest word that is looked for behind `##`.
const LONGEST_WORD: usize = 16;

/// Where the second character stands of what a CI runner takes for a command: `##[`, `##vso[` and
/// their like anywhere, and `::word` at a line's start, which wrapping may make of any place.
fn next_command(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..bytes.len()).find(|&at| match &bytes[at - 1..=at] {
        b"::" => bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic),
        b"##" => {
            let behind = &bytes[at + 1..];
            let word = behind.iter().take(LONGEST_WORD).take_while(|b| b.is_ascii_alphanumeric()).count();
            behind.get(word) == Some(&b'[')
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_spells_out_what_steers_a_terminal() {
        assert_eq!(plain("卷 web-0001 é"), "卷 web-0001 é");
        assert_eq!(plain("a\u{1b}[31mb\r\n\t\u{7}"), "a\\u{1b}[31mb\\r\\n\\t\\u{7}");
        assert_eq!(plain("\u{202e}evil\u{2066}\u{9b}"), "\\u{202e}evil\\u{2066}\\u{9b}");
        assert_eq!(plain("a\u{200b}b\u{2028}"), "a\\u{200b}b\\u{2028}");
        assert_eq!(plain("a\u{200d}\u{2800}\u{34f}\u{fe0f}"), "a\\u{200d}\\u{2800}\\u{34f}\\u{fe0f}");
    }

    #[test]
    fn plain_spells_out_what_a_ci_runner_takes_for_a_command() {
        for (text, safe) in [
            ("##[command]x", "#\\u{23}[command]x"),
            ("a ##vso[task.setvariable]x ##VSO[b]", "a #\\u{23}vso[task.setvariable]x #\\u{23}VSO[b]"),
            ("###[x", "##\\u{23}[x"),
            ("::set-output name=a::b", ":\\u{3a}set-output name=a:\\u{3a}b"),
            (":::error", "::\\u{3a}error"),
            ("\n::error\u{1b}", "\\n:\\u{3a}error\\u{1b}"),
        ] {
            assert_eq!(plain(text), safe);
            assert_eq!(next_command(&plain(text)), None, "{text}");
        }
        for harmless in ["# # [x]", "a::1", "http://[::1]:80", "##", "## x", "a: :b", "key[1]"] {
            assert_eq!(plain(harmless), harmless);
        }
    }

    #[test]
    fn marks_that_come_in_pieces_are_seen() {
        for (before, after) in [("#", "#[a"), ("##", "[a"), ("##vs", "o[a"), (":", ":set"), ("a::", "set")] {
            assert!(joins(before, after), "{before} {after}");
        }
        for (before, after) in [("#", " #["), ("", "##["), ("a", "[1]"), (":", ":1"), ("卷#", "卷[")] {
            assert!(!joins(before, after), "{before} {after}");
        }
    }
}
