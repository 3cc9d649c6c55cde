//! Which characters a reader must not be shown as they are, and JSON that holds none of them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A JSON document with everything written as an escape that steers a terminal or a CI runner,
/// or misleads a reader: it reads back as the same value. Outside of its strings JSON has nothing of the kind but line ends.
pub fn legible(text: &str) -> Cow<'_, str> {
    let escaped = |c: char| c != '\n' && misleads(c);
    if !text.chars().any(escaped) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars() {
        if escaped(c) || (c == '#' && before == '#') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
        before = c;
    }
    Cow::Owned(safe)
}

/// Whether a character steers a terminal, or hides from a reader what the text is.
pub fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Direction: marks, embeddings, overrides, isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Nothing to see: soft hyphen, zero-width space and joiners, word joiner and its neighbours, the mark of
            // byte order, the empty pattern of Braille.
            | '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{feff}'
            // Selectors of a variant, which change the width of what stands before them.
            | '\u{fe00}'..='\u{fe0f}'
            // Fillers, which look like a space and are none.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            // Line ends by another name, annotations, tags.
            | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_legible_already_stays_as_it_is() {
        let text = legible("{\"a\": \"\u{202e}##[x]卷\"}\n").into_owned();
        assert_eq!(text, "{\"a\": \"\\u202e#\\u0023[x]卷\"}\n");
        assert!(matches!(legible(&text), Cow::Borrowed(_)));
    }
}
