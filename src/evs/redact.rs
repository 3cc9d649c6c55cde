//! What no answer may bring back: the secrets that this process has shown to a service. Where an answer holds one, or a
//! part of one, in whatever common coding, a mark stands in its place before anything shows or records it.
//!
//! There is one list for the process, since each service may have heard of any of the secrets. A secret joins it before
//! it leaves for the first time, so no answer can be earlier.
//!
//! A part counts from eight characters on. One that stands in a familiar text too (the manifest, the state, the
//! endpoint, evsctl's own words) tells nothing and stays; what is whole goes from everything that is read by people.

mod decoded;
mod document;
mod forms;
mod index;
mod shapes;
#[cfg(test)]
mod tests;
mod words;

use decoded::{Decoded, may_hold_escapes, pieces};
use document::Unit;
use index::{Coding, Found, Index, PART};
use memchr::memmem;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard};

/// What stands in its place.
const MARK: &str = "***";
/// Shorter ones cannot be told from ordinary words.
const LEAST: usize = 6;
/// How many characters of a request's id are kept.
const MOST_ID: usize = 100;
/// What a signature stands behind in a header.
const SIGNATURE: &str = "Signature=";
/// A secret that holds the mark may seem to come out of redacting: how often what is left is looked through again.
const ROUNDS: usize = 3;

static HELD: LazyLock<RwLock<Redactor>> = LazyLock::new(|| RwLock::new(Redactor::new()));

fn held() -> RwLockReadGuard<'static, Redactor> {
    // A list is whole after each push.
    HELD.read().unwrap_or_else(PoisonError::into_inner)
}

/// Takes in a secret that is about to be shown.
pub(super) fn hold(secret: &str) {
    if held().is_new(secret) {
        HELD.write().unwrap_or_else(PoisonError::into_inner).hold(secret);
    }
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

/// Takes in a text that is no secret: a part of a secret that stands in it too is not redacted where an answer says it.
pub(crate) fn familiar(text: String) {
    if held().familiar.contains(&text) {
        return;
    }
    HELD.write().unwrap_or_else(PoisonError::into_inner).familiar(text);
}

/// The words of others, without secrets of ours.
pub(super) fn redacted(text: &str) -> Cow<'_, str> {
    held().words(text)
}

/// The cloud's id of a request, for its support; of one that is no id the first characters.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(redacted(headers.get("x-request-id")?.to_str().ok()?).chars().take(MOST_ID).collect())
}

/// The body of a success without secrets of ours.
pub(super) fn taken(body: Vec<u8>) -> Vec<u8> {
    held().facts(body)
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// People read it.
    Words,
    /// Plans rest on it: what names a volume of ours stays, even where a secret is the same word.
    Facts,
}

/// Secrets, and the texts that are none.
#[derive(Debug)]
struct Redactor {
    secrets: Vec<SecretString>,
    /// Each secret as it may be spelled, in lower case.
    spellings: Vec<Vec<u8>>,
    index: Index,
    familiar: Vec<String>,
    /// The parts of secrets that stand in familiar texts, in lower case. None is a part of another.
    shared: Vec<Vec<u8>>,
}

impl Redactor {
    fn new() -> Redactor {
        Redactor {
            secrets: Vec::new(),
            spellings: Vec::new(),
            index: Index::default(),
            familiar: vec![words::own()],
            shared: Vec::new(),
        }
    }

    fn is_new(&self, secret: &str) -> bool {
        secret.len() >= LEAST && !self.secrets.iter().any(|it| it.expose_secret() == secret)
    }

    fn hold(&mut self, secret: &str) {
        if !self.is_new(secret) {
            return;
        }
        self.secrets.push(SecretString::from(secret));
        let mut spellings = forms::spellings(secret);
        spellings.retain(|spelling| spelling.len() >= LEAST);
        let mut forms = forms::encoded(secret);
        forms.extend(spellings.iter().map(|spelling| (Coding::Plain, spelling.clone())));
        self.spellings.extend(spellings);
        self.index.add(&forms);
        for text in std::mem::take(&mut self.familiar) {
            self.familiar(text);
        }
    }

    fn familiar(&mut self, text: String) {
        let mut parts = Vec::new();
        self.search(text.as_bytes(), &mut |found| parts.extend(found.said.map(<[u8]>::to_vec)));
        for part in parts {
            if !self.is_shared(&part) {
                self.shared.retain(|shared| memmem::find(&part, shared).is_none());
                self.shared.push(part);
            }
        }
        self.familiar.push(text);
    }

    fn is_shared(&self, part: &[u8]) -> bool {
        self.shared.iter().any(|shared| memmem::find(shared, part).is_some())
    }

    /// Tells every part of a secret in a text: in the text itself, and where its escapes are resolved up to three times,
    /// as of what was percent-encoded twice and then put into JSON.
    fn search(&self, text: &[u8], tell: &mut dyn FnMut(Found<'_>)) {
        self.index.search(pieces(text), tell);
        if !may_hold_escapes(text) {
            return;
        }
        let once = || Decoded::new(pieces(text));
        let mut layer = once();
        self.index.search(&mut layer, tell);
        if !layer.changed {
            return;
        }
        let mut layer = Decoded::new(once());
        self.index.search(&mut layer, tell);
        if layer.changed {
            self.index.search(Decoded::new(Decoded::new(once())), tell);
        }
    }

    /// Whether what was found is to be redacted.
    fn tells(&self, text: &[u8], found: &Found<'_>, of: Use) -> bool {
        let Some(said) = found.said else { return true };
        if of == Use::Words
            && (found.whole || self.spellings.iter().any(|spelling| memmem::find(said, spelling).is_some()))
        {
            return true;
        }
        // A dash more or less tells nothing.
        let word = said.trim_ascii_punctuation();
        let familiar = |word: &[u8]| word.len() >= PART && self.is_shared(word);
        let in_a_tag =
            || shapes::stack_in_a_tag(text, &found.range).is_some_and(|stack| stack.len() < PART || familiar(stack));
        !self.is_shared(said) && !familiar(word) && !shapes::is_by_chance(text, &found.range) && !in_a_tag()
    }

    /// What is to be redacted of a text, in order.
    fn ranges(&self, text: &[u8], of: Use) -> Vec<Range<usize>> {
        let (mut ranges, mut room) = (Vec::new(), 1 << 16);
        self.search(text, &mut |found| {
            if self.tells(text, &found, of) {
                ranges.push(found.range);
            }
            // Each layer finds much of what the one before it has found.
            if ranges.len() > room {
                ranges = joined(std::mem::take(&mut ranges));
                room = ranges.len() * 3 / 2 + (1 << 16);
            }
        });
        joined(ranges)
    }

    fn words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for _ in 0..if self.index.is_empty() { 0 } else { ROUNDS } {
            let ranges = self.ranges(text.as_bytes(), Use::Words);
            if ranges.is_empty() {
                break;
            }
            let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
            for range in joined(ranges.into_iter().map(|range| document::characters(text.as_bytes(), range)).collect())
            {
                kept.push_str(&text[from..range.start]);
                kept.push_str(MARK);
                from = range.end;
            }
            kept.push_str(&text[from..]);
            text = Cow::Owned(kept);
        }
        without_signatures(text)
    }

    fn facts(&self, body: Vec<u8>) -> Vec<u8> {
        if self.index.is_empty() {
            return body;
        }
        let body = self.document(body);
        match memmem::find(&body, SIGNATURE.as_bytes()) {
            // It is text wherever it is JSON, and what is none is not read.
            Some(_) => String::from_utf8(body).map_or_else(
                |error| error.into_bytes(),
                |text| without_signatures(Cow::Owned(text)).into_owned().into_bytes(),
            ),
            None => body,
        }
    }

    /// What was a document still is one: texts lose what is redacted, and a number that holds any becomes a text.
    fn document(&self, body: Vec<u8>) -> Vec<u8> {
        let (mut kept, mut from) = (Vec::new(), 0);
        let mut blank = |range: Range<usize>, mark: &[&str]| {
            kept.extend_from_slice(&body[from..range.start]);
            mark.iter().for_each(|mark| kept.extend_from_slice(mark.as_bytes()));
            from = range.end;
        };
        for unit in document::units(&body) {
            match unit {
                Unit::Text(unit) => {
                    let text = &body[unit.clone()];
                    let ranges = self.ranges(text, Use::Facts).into_iter().map(|range| document::whole(text, range));
                    for range in joined(ranges.collect()) {
                        blank(unit.start + range.start..unit.start + range.end, &[MARK]);
                    }
                }
                Unit::Bare(unit) => {
                    if !self.ranges(&body[unit.clone()], Use::Facts).is_empty() {
                        blank(unit, &["\"", MARK, "\""]);
                    }
                }
            }
        }
        if from == 0 {
            return body;
        }
        kept.extend_from_slice(&body[from..]);
        kept
    }
}

trait Trimmed {
    fn trim_ascii_punctuation(&self) -> &Self;
}

impl Trimmed for [u8] {
    fn trim_ascii_punctuation(&self) -> &[u8] {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
        match (self.iter().position(is_word), self.iter().rposition(is_word)) {
            (Some(first), Some(last)) => &self[first..=last],
            _ => &[],
        }
    }
}

/// Ranges in order, those that touch made one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touch = next.start <= last.end;
        if touch {
            last.end = last.end.max(next.end);
        }
        touch
    });
    ranges
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
