//! Answers that are no JSON for one reason alone: a text with half of a surrogate pair (`"\ud800"`), which is no
//! character. A volume of somebody else may be named so, and must not keep everybody's list from being read.

/// The key that is put beside a name that was mended: the volume's name is not known.
pub(super) const UNREADABLE: &str = "evsctl:name_is_unreadable";

/// The answer with replacement characters in the place of such halves; `None` where it has none. Each `name` that was
/// mended gets the key [`UNREADABLE`] beside it. It takes one pass, and no more than twice the room.
pub(super) fn mended(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut any = false;
    // The text that came last, and whether what comes now is the value of a `name`.
    let (mut last, mut names) = (&body[..0], false);
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        if byte != b'"' {
            match byte {
                b':' => names = last == b"name",
                b' ' | b'\t' | b'\n' | b'\r' => {}
                _ => names = false,
            }
            out.push(byte);
            at += 1;
            continue;
        }
        let start = at + 1;
        let was_mended = text(body, &mut at, &mut out);
        any |= was_mended;
        if was_mended && names {
            out.extend_from_slice(format!(",\"{UNREADABLE}\":true").as_bytes());
        }
        last = body.get(start..at - 1).unwrap_or_default();
        names = false;
    }
    any.then_some(out)
}

/// Copies a text, which begins with its quote at `at`, up to behind its other quote. Says whether it was mended.
fn text(body: &[u8], at: &mut usize, out: &mut Vec<u8>) -> bool {
    let mut was_mended = false;
    out.push(b'"');
    *at += 1;
    while let Some(&byte) = body.get(*at) {
        let length = match (byte, unit(body, *at)) {
            (_, Some(0xD800..=0xDBFF)) if matches!(unit(body, *at + 6), Some(0xDC00..=0xDFFF)) => 12,
            (_, Some(0xD800..=0xDFFF)) => {
                was_mended = true;
                out.extend_from_slice(b"\\ufffd");
                *at += 6;
                continue;
            }
            (b'\\', _) => 2,
            _ => 1,
        };
        let end = body.len().min(*at + length);
        out.extend_from_slice(&body[*at..end]);
        *at = end;
        if byte == b'"' {
            break;
        }
    }
    was_mended
}

/// The UTF-16 unit of an escape (`\ud800`) that begins there.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    u16::from_str_radix(str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn halves_are_mended_and_nothing_else_is() {
        for whole in [r#"{"name":"\ud83d\ude00 \\ud800 \" a"}"#, "{}", "", r#""\u"#, r#"{"a":"\"#] {
            assert_eq!(mended(whole.as_bytes()), None, "{whole}");
        }
        for (text, read) in [
            (r#"{"id":"\uDC00","name":"a\ud800"}"#, r#"{"id":"�","name":"a�","evsctl:name_is_unreadable":true}"#),
            (r#"{"name" : "\ud800\ud83d\ude00","x":1}"#, r#"{"name":"�😀","evsctl:name_is_unreadable":true,"x":1}"#),
            (r#"[{"name":["\ud800"],"of":"name","\ud800":"\\\ud800"}]"#, r#"[{"name":["�"],"of":"name","�":"\\�"}]"#),
            (r#"{"name":"b","d":"\udfff"}"#, r#"{"name":"b","d":"�"}"#),
        ] {
            let read: Value = serde_json::from_str(read).unwrap();
            let mended = mended(text.as_bytes()).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&mended).unwrap(), read, "{text}");
        }
    }

    #[test]
    fn damaged_bytes_neither_panic_nor_take_long() {
        let long = format!(r#"{{"name":"{}"#, r"\ud800".repeat(200_000));
        assert!(mended(long.as_bytes()).is_some_and(|mended| mended.len() < 2 * long.len()));
        let text = br#"{"name":"a\ud83d\ude00\ud800\\"}"#;
        for at in 0..text.len() {
            let _ = mended(&text[..at]);
            let _ = mended(&text[at..]);
        }
    }
}
