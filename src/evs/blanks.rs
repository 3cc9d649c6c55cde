//! What no answer may bring back: the secrets that this process has shown to somebody. Where the words of others hold
//! one, a mark stands in its place before anybody sees or records them.
//!
//! There is one list for the process, since whoever answers may have heard of any of them. A secret joins it before it
//! leaves for the first time, so no answer can be earlier.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::{memchr, memmem};
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// What stands in its place.
const MARK: &str = "***";
/// Shorter ones cannot be told from ordinary words.
const LEAST: usize = 6;
/// From this length on no word is one by chance, so that even what plans rest on may be altered.
const LONG: usize = 16;
/// How many characters of a request's id are kept.
const MOST_ID: usize = 100;
/// What a signature stands behind in a header.
const SIGNATURE: &str = "Signature=";

/// Every form of every secret, the longest first.
static HELD: RwLock<Held> = RwLock::new(Held { whole: Vec::new(), forms: Vec::new() });

struct Held {
    whole: Vec<SecretString>,
    forms: Vec<SecretString>,
}

fn held() -> RwLockReadGuard<'static, Held> {
    // A list is whole after each push.
    HELD.read().unwrap_or_else(PoisonError::into_inner)
}

/// Takes in a secret that is about to be shown.
pub(super) fn hold(secret: &str) {
    if secret.len() < LEAST || held().whole.iter().any(|it| it.expose_secret() == secret) {
        return;
    }
    let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
    held.whole.push(SecretString::from(secret));
    held.forms.extend(forms(secret).into_iter().map(SecretString::from));
    // One that holds another goes first, so that nothing of it is left.
    held.forms.sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
}

/// Takes in what a body shows, at the places where the calls of IAM and STS have secrets (EVS API reference, "Token";
/// STS API reference, "AssumeAgencyWithOIDC").
pub(super) fn hold_body(body: &[u8]) {
    const PLACES: [&str; 4] =
        ["/auth/identity/password/user/password", "/auth/identity/token/id", "/auth/id_token/id", "/id_token"];
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        PLACES.iter().filter_map(|place| body.pointer(place)?.as_str()).for_each(hold);
    }
}

/// The words of others, without secrets of ours.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for form in &held().forms {
        if text.contains(form.expose_secret()) {
            text = Cow::Owned(text.replace(form.expose_secret(), MARK));
        }
    }
    without_signatures(text)
}

/// The cloud's id of a request, for its support; of one that is no id the first characters.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(blanked(headers.get("x-request-id")?.to_str().ok()?).chars().take(MOST_ID).collect())
}

/// The body of a success without secrets of ours. What names volumes stays as it is unless it holds a long one, which
/// nothing does by chance.
pub(super) fn taken(mut body: Vec<u8>) -> Vec<u8> {
    let held = held();
    if held.forms.is_empty() {
        return body;
    }
    // An escape may hide any character.
    if memmem::find(&body, b"\\u00").is_some() {
        body = unescaped(&body);
    }
    let long = held.forms.iter().map(|form| form.expose_secret().as_bytes()).filter(|form| form.len() >= LONG);
    for form in long {
        if memmem::find(&body, form).is_some() {
            body = replaced(&body, form);
        }
    }
    match memmem::find(&body, SIGNATURE.as_bytes()) {
        // It is text wherever it is JSON, and what is none is not read.
        Some(_) => String::from_utf8(body).map_or_else(
            |error| error.into_bytes(),
            |text| without_signatures(Cow::Owned(text)).into_owned().into_bytes(),
        ),
        None => body,
    }
}

/// The same document with the characters themselves where they are escaped by their numbers for no need.
fn unescaped(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr(b'\\', rest) {
        let (before, from) = rest.split_at(at);
        plain.extend_from_slice(before);
        let digits = from.strip_prefix(b"\\u00").and_then(|it| std::str::from_utf8(it.get(..2)?).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.filter(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
            Some(byte) => {
                plain.push(byte);
                rest = &from[6..];
            }
            // The character behind belongs to it: a backslash there begins nothing.
            None => {
                let end = from.len().min(2);
                plain.extend_from_slice(&from[..end]);
                rest = &from[end..];
            }
        }
    }
    plain.extend_from_slice(rest);
    plain
}

fn replaced(body: &[u8], form: &[u8]) -> Vec<u8> {
    let (mut blank, mut from) = (Vec::with_capacity(body.len()), 0);
    for at in memmem::find_iter(body, form) {
        // An escape is one character: it goes whole, or what is left is no document any more.
        let begin = escape(body, at).map_or(at, |escape| escape.start);
        let end = escape(body, at + form.len() - 1).map_or(at + form.len(), |escape| escape.end.max(at + form.len()));
        if begin >= from {
            blank.extend_from_slice(&body[from..begin]);
            blank.extend_from_slice(MARK.as_bytes());
        }
        from = from.max(end).min(body.len());
    }
    blank.extend_from_slice(&body[from..]);
    blank
}

/// The escape of a document's text that the byte there belongs to.
fn escape(body: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    (at.saturating_sub(5)..=at).rev().find_map(|start| {
        let before = body[..start].iter().rev().take_while(|byte| **byte == b'\\').count();
        let is_one = body[start] == b'\\' && before.is_multiple_of(2);
        let end = start + if body.get(start + 1) == Some(&b'u') { 6 } else { 2 };
        (is_one && end > at).then_some(start..end.min(body.len()))
    })
}

/// Each signature is another one, so none is in the list: they are known by what stands before them.
fn without_signatures(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(SIGNATURE) {
        return text;
    }
    let mut pieces = text.split(SIGNATURE);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(SIGNATURE);
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        kept.push_str(if rest.len() < piece.len() { MARK } else { "" });
        kept.push_str(rest);
    }
    Cow::Owned(kept)
}

/// A secret as it is, and as it is written in JSON, in an address, in hexadecimal and in base64: there also within a
/// longer text, whose beginning moves what it looks like.
fn forms(secret: &str) -> Vec<String> {
    let address = crate::signing::encoded(secret);
    let lower = address.split('%').enumerate().map(|(at, part)| match (at, part.get(..2), part.get(2..)) {
        (1.., Some(digits), Some(rest)) => format!("%{}{rest}", digits.to_ascii_lowercase()),
        _ => part.to_owned(),
    });
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped = |digits: &str| digits.as_bytes().chunks(2).map(|two| format!("%{}", two.escape_ascii())).collect();
    let upper = hex.to_ascii_uppercase();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('/', "\\/"),
        lower.collect(),
        address.clone(),
        escaped(&hex),
        escaped(&upper),
        upper,
        hex,
    ];
    for before in 0..3 {
        let within = [&b"\0\0"[..before], secret.as_bytes()].concat();
        // Characters that what stands before or behind it has a share in are not its own.
        let (first, last) = ((before * 8).div_ceil(6), within.len() * 8 / 6);
        for text in [STANDARD_NO_PAD.encode(&within), URL_SAFE_NO_PAD.encode(&within)] {
            forms.extend(text.get(first..last).map(str::to_owned));
        }
    }
    forms.retain(|form| form.len() >= LEAST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn a_secret_is_blanked_in_every_form() {
        let secret = "blanks-1/\"+ü=%";
        assert_eq!(blanked(secret), secret, "nobody has shown it yet");
        hold(secret);
        let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
        for form in [
            secret.to_owned(),
            serde_json::to_string(secret).unwrap(),
            crate::signing::encoded(secret),
            "blanks-1%2f%22%2b%c3%bc%3d%25".to_owned(),
            hex.to_ascii_lowercase(),
            hex,
        ] {
            let said = blanked(&format!("you sent {form}, twice: {form}")).into_owned();
            assert_eq!(said.matches(MARK).count(), 2, "{form} in {said}");
            assert!(!said.contains("blanks-1") && said.starts_with("you sent "), "{said}");
        }
        for before in ["", "a", "ab", "abc", "user:"] {
            for behind in ["", "z", ":z"] {
                let text = STANDARD.encode(format!("{before}{secret}{behind}"));
                let said = blanked(&text).into_owned();
                assert!(said.contains(MARK) && said.len() < MARK.len() + 14, "{before} {behind}: {text} is {said}");
            }
        }
        assert_eq!(blanked("nothing of it"), "nothing of it");
    }

    #[test]
    fn a_short_one_is_an_ordinary_word() {
        hold("ops");
        hold("");
        assert_eq!(blanked("user ops is not known"), "user ops is not known");
    }

    #[test]
    fn a_signature_is_blanked_whatever_it_is() {
        let said = blanked("SDK-HMAC-SHA256 Access=x, SignedHeaders=host, Signature=00ff1234 came; Signature= none");
        assert_eq!(said, "SDK-HMAC-SHA256 Access=x, SignedHeaders=host, Signature=*** came; Signature= none");
    }

    #[test]
    fn of_a_success_only_long_ones_are_blanked() {
        hold("blanks-2");
        hold("blanks-3-which-is-long");
        let same = br#"{ "name": "blanks-2", "n": 12345678901234567890123, "escaped": "\u000a" }"#;
        assert_eq!(taken(same.to_vec()), same);
        let body =
            br#"{"name": "a blanks-3-which-is-long", "b": [{"blanks-3-which-is-long": "blanks-3\u002dwhich-is-long"}],
            "h": "Signature=abcdef0123", "n": 1}"#;
        let read: Value = serde_json::from_slice(&taken(body.to_vec())).unwrap();
        let blank = serde_json::json!({"name": "a ***", "b": [{"***": "***"}], "h": "Signature=***", "n": 1});
        assert_eq!(read, blank);
        let hidden = br#"{"name": "blanks-3\u002dwhich-is-long"}"#;
        assert!(!String::from_utf8(taken(hidden.to_vec())).unwrap().contains("blanks"));
        let odd = br#"{"a": "\\u0041 \u0022 \u005c \u00e9 \n \/"}"#;
        assert_eq!(taken(odd.to_vec()), odd, "what has to be escaped, and what only looks so, stays as it is");
    }

    #[test]
    fn what_is_blanked_beside_an_escape_leaves_a_document() {
        hold("blanks-7-which-is-long\\");
        let hex: String = "blanks-7-which-is-long\\".bytes().map(|byte| format!("{byte:02x}")).collect();
        for body in [
            format!(r#"{{"a":"x\u{hex}y"}}"#),
            r#"{"a":"blanks-7-which-is-long\\"}"#.to_owned(),
            r#"{"a":"blanks-7-which-is-long\"b"}"#.to_owned(),
            r#"{"a":"\\blanks-7-which-is-long\\blanks-7-which-is-long\\"}"#.to_owned(),
        ] {
            let kept = String::from_utf8(taken(body.clone().into_bytes())).unwrap();
            let read: Value = serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{kept}: {error}"));
            assert!(kept.contains(MARK) && !read["a"].as_str().unwrap().contains("blanks"), "{body} is {kept}");
        }
    }

    #[test]
    fn what_a_login_sends_is_held() {
        let body = br#"{"auth": {"identity": {"password": {"user": {"name": "ops", "password": "blanks-4"}}}}}"#;
        hold_body(body);
        hold_body(br#"{"id_token": "blanks-5", "other": "blanks-6"}"#);
        hold_body(b"no JSON");
        assert_eq!(blanked("blanks-4 blanks-5 blanks-6"), "*** *** blanks-6");
    }
}
