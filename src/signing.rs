//! Pure: the request signatures of the cloud, `SDK-HMAC-SHA256` (EVS API reference, "AK/SK request signing").
//!
//! What is signed is a request's own text: method, path and query as they are sent, headers, and the digest of the body.
//! The client signs with it and the embedded cloud verifies with it, over the headers that a signature names and no
//! others, since not every client signs the same ones.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The algorithm's name, as the `Authorization` header begins.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// The header that dates a signature: UTC, `YYYYMMDDTHHMMSSZ`.
pub const DATE: &str = "x-sdk-date";
/// The header that may stand in for the body's digest.
pub const CONTENT: &str = "x-sdk-content-sha256";
/// How [`DATE`] is written, for `strftime`.
pub const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// A request as it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As it is sent, without the query.
    pub path: &'a str,
    /// As it is sent, without the question mark; empty where there is none.
    pub query: &'a str,
    /// Names in small letters, and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// Its bytes.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// A header's first value, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.trim())
    }

    /// The `Authorization` header's value. Every header is signed whose name holds no underscore; [`DATE`] must be among
    /// them: without it no service accepts the signature.
    pub fn authorization(&self, access: &str, secret: &[u8]) -> String {
        let mut names: Vec<&str> =
            self.headers.iter().map(|(name, _)| *name).filter(|name| !name.contains('_')).collect();
        names.sort_unstable();
        names.dedup();
        let signature = hex(&self.mac(&names, secret).finalize().into_bytes());
        format!("{ALGORITHM} Access={access}, SignedHeaders={}, Signature={signature}", names.join(";"))
    }

    /// The text whose digest is signed.
    fn canonical(&self, names: &[&str]) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.method, canonical_path(self.path), canonical_query(self.query));
        for name in names {
            let _ = writeln!(text, "{name}:{}", self.header(name).unwrap_or_default());
        }
        let given = self.header(CONTENT).filter(|given| !given.is_empty() && !self.body.is_empty());
        let content = given.map_or_else(|| digest(self.body), str::to_owned);
        let _ = write!(text, "\n{}\n{content}", names.join(";"));
        text
    }

    fn mac(&self, names: &[&str], secret: &[u8]) -> Hmac<Sha256> {
        let canonical = digest(self.canonical(names).as_bytes());
        let date = self.header(DATE).unwrap_or_default();
        // A key of any length will do, so this cannot fail; one that did would match no signature.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default()));
        mac.update(format!("{ALGORITHM}\n{date}\n{canonical}").as_bytes());
        mac
    }
}

/// What an `Authorization` header claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Whose signature it is said to be.
    pub access: &'a str,
    signed: Vec<&'a str>,
    signature: Vec<u8>,
}

impl<'a> Claim<'a> {
    /// Reads the header; `None` where it is not of this algorithm, or of no sense.
    pub fn read(authorization: &'a str) -> Option<Claim<'a>> {
        let rest = authorization.trim().strip_prefix(ALGORITHM)?;
        let (mut access, mut signed, mut signature) = (None, None, None);
        for part in rest.split(',') {
            match part.trim().split_once('=')? {
                ("Access", value) => access = Some(value),
                ("SignedHeaders", value) => signed = Some(value),
                ("Signature", value) => signature = Some(value),
                _ => return None,
            }
        }
        let (signed, signature) = (signed?.split(';').collect(), unhex(signature?)?);
        Some(Claim { access: access?, signed, signature })
    }

    /// Whether the request was signed with that secret. Takes as long whatever differs.
    pub fn holds(&self, request: &Request<'_>, secret: &[u8]) -> bool {
        let dated = self.signed.contains(&DATE) && self.signed.contains(&"host");
        dated && request.mac(&self.signed, secret).verify_slice(&self.signature).is_ok()
    }
}

/// The path decoded and encoded again, each segment by itself, with a slash at its end that is not sent.
fn canonical_path(path: &str) -> String {
    let decoded = decode(path);
    let mut text: Vec<u8> = Vec::with_capacity(decoded.len() + 8);
    for (nth, segment) in decoded.split(|byte| *byte == b'/').enumerate() {
        if nth > 0 {
            text.push(b'/');
        }
        encode(segment, &mut text);
    }
    if text.last() != Some(&b'/') {
        text.push(b'/');
    }
    String::from_utf8(text).unwrap_or_default()
}

/// The parameters in the order of their names as they read, not as they are written.
fn canonical_query(query: &str) -> String {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query.split('&').filter(|text| !text.is_empty()).map(pair).collect();
    pairs.sort();
    let mut text = Vec::new();
    for (nth, (name, value)) in pairs.iter().enumerate() {
        if nth > 0 {
            text.push(b'&');
        }
        encode(name, &mut text);
        text.push(b'=');
        encode(value, &mut text);
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Percent-encodes a text as a signature wants a parameter, which is also how it is to be sent.
pub fn encoded(text: &str) -> String {
    let mut out = Vec::new();
    encode(text.as_bytes(), &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// All but RFC 3986's unreserved characters as `%XX`.
fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(*byte);
        } else {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

/// What is not a whole `%XX` stays as it is.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|two| unhex(str::from_utf8(two).ok()?)) {
            Some(one) => {
                out.extend(one);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// SHA-256 in small hex digits.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests;
