//! Where a volume is declared: its key and its slot, or a key alone.

use super::identity::{Key, Slot};
use std::fmt;
use std::str::FromStr;

/// Which declared volume: `key[slot]`. Sorted by key, then by slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// The volume's key in the manifest.
    pub key: Key,
    /// Its number among those of the key.
    pub slot: Slot,
}

/// A text that is not `key[slot]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidAddress(pub String);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.key, self.slot)
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Address, InvalidAddress> {
        let parse = || {
            let (key, slot) = text.strip_suffix(']')?.split_once('[')?;
            // "web[01]" and "web[+1]" would be second spellings of one address.
            let canonical = slot.bytes().all(|b| b.is_ascii_digit()) && !slot.starts_with('0');
            let number = canonical.then(|| slot.parse().ok())??;
            Some(Address { key: Key::new(key).ok()?, slot: Slot::new(number)? })
        };
        parse().ok_or_else(|| InvalidAddress(text.to_owned()))
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Address, InvalidAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

/// A key, which means all its slots, or one address: `key` or `key[slot]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeyOrAddress {
    /// All slots of a key.
    Key(Key),
    /// One.
    Address(Address),
}

impl KeyOrAddress {
    /// The key.
    pub fn key(&self) -> &Key {
        match self {
            KeyOrAddress::Key(key) => key,
            KeyOrAddress::Address(address) => &address.key,
        }
    }

    /// Whether there is an address that both mean.
    pub fn overlaps(&self, other: &KeyOrAddress) -> bool {
        match (self, other) {
            (KeyOrAddress::Address(one), KeyOrAddress::Address(other)) => one == other,
            (one, other) => one.key() == other.key(),
        }
    }

    /// Whether it means that address.
    pub fn means(&self, address: &Address) -> bool {
        match self {
            KeyOrAddress::Key(key) => *key == address.key,
            KeyOrAddress::Address(one) => one == address,
        }
    }
}

impl fmt::Display for KeyOrAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyOrAddress::Key(key) => key.fmt(f),
            KeyOrAddress::Address(address) => address.fmt(f),
        }
    }
}

impl FromStr for KeyOrAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<KeyOrAddress, InvalidAddress> {
        match Key::new(text) {
            Ok(key) => Ok(KeyOrAddress::Key(key)),
            Err(_) => text.parse().map(KeyOrAddress::Address),
        }
    }
}

impl TryFrom<String> for KeyOrAddress {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<KeyOrAddress, InvalidAddress> {
        text.parse()
    }
}

impl From<KeyOrAddress> for String {
    fn from(target: KeyOrAddress) -> String {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_or_an_address_reads_as_it_is_written() {
        let read = |text: &str| text.parse::<KeyOrAddress>();
        assert_eq!(read("web").unwrap(), KeyOrAddress::Key(Key::new("web").unwrap()));
        let one = read("web[2]").unwrap();
        assert_eq!((one.to_string().as_str(), one.key().as_str()), ("web[2]", "web"));
        assert!(one.means(&"web[2]".parse().unwrap()) && !one.means(&"web[1]".parse().unwrap()));
        for text in ["", "web[0]", "web[", "we b", "web[*]"] {
            assert_eq!(read(text), Err(InvalidAddress(text.to_owned())));
        }
    }

    #[test]
    fn an_address_reads_as_it_is_written() {
        for text in ["web[1]", "a.b_c-d[4294967295]"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in ["web", "web[0]", "web[01]", "web[+1]", "web[]", "[1]", "we b[1]", "web[1]x", "web[4294967296]"] {
            assert_eq!(text.parse::<Address>(), Err(InvalidAddress(text.to_owned())));
        }
    }

    #[test]
    fn addresses_sort_by_key_then_number() {
        let mut all: Vec<Address> = ["b[2]", "a[10]", "a[9]"].iter().map(|t| t.parse().unwrap()).collect();
        all.sort();
        assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a[9]", "a[10]", "b[2]"]);
    }
}
