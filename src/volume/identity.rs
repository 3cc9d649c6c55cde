//! Identities: of a stack, of a volume in it, of a volume in the cloud, of a call and its job or order.

use super::{Excerpt, Form, Invalid, checked_text};
use std::fmt;
use std::num::NonZeroU32;

checked_text! {
    /// The name of a stack: 1 to 22 of `[a-z0-9-]`, no `-` first, unique within a cloud project. It stands in the
    /// ownership tag, whose value may have 43 characters: hence 22.
    StackName, check_stack
}

checked_text! {
    /// A volume's key in the manifest: its identity there, never shown to the cloud.
    /// Letters, digits, `.`, `_` and `-`, at most 255 bytes.
    Key, check_key
}

checked_text! {
    /// The cloud's id of a volume, opaque but safe in a URL path.
    VolumeId, check_cloud_id
}

checked_text! {
    /// The cloud's id of a snapshot, opaque but safe in a URL path.
    SnapshotId, check_cloud_id
}

checked_text! {
    /// The cloud's id of a job: 32 hex digits or a UUID in samples, opaque to us but safe in a URL path.
    JobId, check_cloud_id
}

checked_text! {
    /// The cloud's id of an order: `CS1711152257C60TL` in a sample, opaque to us.
    OrderId, check_cloud_id
}

/// What the cloud gives for a create call that it has taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub enum Receipt {
    /// A job, which makes the volumes and can be asked how it is doing.
    #[serde(rename = "job_id")]
    Job(JobId),
    /// An order, which makes nothing before it is paid, and which cannot be asked.
    #[serde(rename = "order_id")]
    Order(OrderId),
}

impl Receipt {
    /// The job, where it is one.
    pub fn job(&self) -> Option<&JobId> {
        match self {
            Receipt::Job(id) => Some(id),
            Receipt::Order(_) => None,
        }
    }
}

checked_text! {
    /// Which recorded state this is: 8 lower-case base-32 characters, made once at random.
    Lineage, check_lineage
}

checked_text! {
    /// Which hold of a lock this is: 8 hex digits, made of who holds it and since when.
    LeaseId, check_lease
}

checked_text! {
    /// Which create call this is: 10 lower-case base-32 characters, derived from what it asks for.
    CallId, check_call
}

checked_text! {
    /// A SHA-256 written as `sha256:` and 64 hex digits.
    Digest, check_digest
}

fn check_stack(text: &str) -> Result<(), Invalid> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 22 || !text.chars().all(legal) {
        return Err(Invalid::StackName(Excerpt::of(text)));
    }
    // At the end of a name it confuses nobody.
    if text.starts_with('-') {
        return Err(Invalid::StackNameStart(Excerpt::of(text)));
    }
    Ok(())
}

fn check_key(text: &str) -> Result<(), Invalid> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.len() > 255 || !text.chars().all(legal) {
        return Err(Invalid::Key(Excerpt::of(text)));
    }
    Ok(())
}

fn check_cloud_id(text: &str) -> Result<(), Invalid> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.is_empty() || text.len() > 64 || !text.chars().all(legal) {
        return Err(Invalid::NoSuch(Form::CloudId, Excerpt::of(text)));
    }
    Ok(())
}

fn check_base32(text: &str, length: usize) -> bool {
    text.len() == length && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '2'..='7'))
}

fn check_lineage(text: &str) -> Result<(), Invalid> {
    if check_base32(text, 8) { Ok(()) } else { Err(Invalid::NoSuch(Form::Lineage, Excerpt::of(text))) }
}

fn check_lease(text: &str) -> Result<(), Invalid> {
    if text.len() == 8 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        Ok(())
    } else {
        Err(Invalid::NoSuch(Form::LeaseId, Excerpt::of(text)))
    }
}

fn check_call(text: &str) -> Result<(), Invalid> {
    if check_base32(text, 10) { Ok(()) } else { Err(Invalid::NoSuch(Form::CallId, Excerpt::of(text))) }
}

fn check_digest(text: &str) -> Result<(), Invalid> {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    if hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        Ok(())
    } else {
        Err(Invalid::NoSuch(Form::Digest, Excerpt::of(text)))
    }
}

/// Spells bytes in lower-case base-32 (RFC 4648 alphabet), as many characters as asked for.
fn base32(bytes: &[u8], characters: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |byte| (byte >> (7 - i % 8)) & 1);
    (0..characters)
        .map(|c| (0..5).fold(0u8, |value, i| (value << 1) | bit(c * 5 + i)))
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect()
}

impl Lineage {
    /// Makes a lineage of five random bytes.
    pub fn from_random(bytes: [u8; 5]) -> Lineage {
        Lineage(base32(&bytes, 8).into_boxed_str())
    }
}

impl CallId {
    /// Makes a call id of the first 50 bits of a hash.
    pub fn from_hash(hash: &[u8; 32]) -> CallId {
        CallId(base32(hash, 10).into_boxed_str())
    }
}

impl LeaseId {
    /// Makes an id of the first 32 bits of a hash.
    pub fn from_hash(hash: &[u8; 32]) -> LeaseId {
        LeaseId(hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>().into_boxed_str())
    }
}

impl Digest {
    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        use sha2::Digest as _;
        Digest::from_hash(&sha2::Sha256::digest(bytes).into())
    }

    /// Spells a finished SHA-256.
    pub fn from_hash(hash: &[u8; 32]) -> Digest {
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        // A state of many specifications makes many of them: not by way of a formatter.
        let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
        Digest(text.into_boxed_str())
    }
}

/// The number of one volume among those of its key, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Slot(NonZeroU32);

impl<'de> serde::Deserialize<'de> for Slot {
    /// Reads a number, and its text too: as a key of a JSON map a number is a text, and stays one where
    /// the map is buffered.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Slot, D::Error> {
        struct Number;
        impl serde::de::Visitor<'_> for Number {
            type Value = Slot;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a slot's number, from 1")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Slot, E> {
                let slot = u32::try_from(number).ok().and_then(Slot::new);
                slot.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Slot, E> {
                let slot = text.parse().ok().and_then(Slot::new);
                slot.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_any(Number)
    }
}

impl Slot {
    /// The first slot, the only one of a volume without `count`.
    pub const FIRST: Slot = Slot(NonZeroU32::MIN);

    /// The slot of that number; slot 0 does not exist.
    pub fn new(number: u32) -> Option<Slot> {
        NonZeroU32::new(number).map(Slot)
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_follows_rfc_4648() {
        assert_eq!(base32(b"fooba", 8), "mzxw6ytb");
        assert!(CallId::new(CallId::from_hash(&[0xa5; 32]).as_str()).is_ok());
    }

    #[test]
    fn a_stack_name_has_at_most_22_characters() {
        assert!(StackName::new("a".repeat(22)).is_ok());
        assert!(StackName::new("0-a-").is_ok());
        for bad in ["", "Kafka", "a_b", "-", "-a", "--help", &"a".repeat(23)] {
            assert!(StackName::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_digest_is_spelt_in_full() {
        let empty = Digest::of(b"");
        assert_eq!(empty.as_str(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert!(Digest::new("sha256:00").is_err());
    }
}
