//! Keys made from names.

use crate::volume::Key;
use std::collections::BTreeSet;

/// The most bytes of a key that is made from a name: room for a number behind it.
const LONGEST: usize = 200;
/// The key of a volume whose name has no character that a key may have.
const UNNAMED: &str = "volume";

/// Keys of one manifest, each of them given once.
#[derive(Debug, Default)]
pub(super) struct Keys {
    taken: BTreeSet<String>,
}

impl Keys {
    /// Keys beside those that stand for something already.
    pub(super) fn beside<'k>(taken: impl Iterator<Item = &'k Key>) -> Keys {
        Keys { taken: taken.map(|key| key.as_str().to_owned()).collect() }
    }

    /// A key that is not given yet: the name as far as a key can be called so, with a number where that is taken.
    pub(super) fn give(&mut self, name: &str) -> Key {
        let plain = spelt(name);
        let mut number = 1_u32;
        loop {
            let text = if number == 1 { plain.clone() } else { format!("{plain}-{number}") };
            if let Ok(key) = Key::new(text.as_str())
                && self.taken.insert(text)
            {
                return key;
            }
            number += 1;
        }
    }
}

/// The name with a hyphen for each run of characters that no key has.
fn spelt(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars() {
        let is_legal = c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if key.len() >= LONGEST {
            break;
        }
        if is_legal {
            key.push(c);
        } else if !key.ends_with('-') {
            key.push('-');
        }
    }
    match key.trim_matches('-') {
        "" => UNNAMED.to_owned(),
        key => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_name_as_far_as_it_can_be() {
        let web = Key::new("web").unwrap();
        let mut keys = Keys::beside([&web].into_iter());
        for (name, key) in [
            ("kafka-data", "kafka-data"),
            ("web", "web-2"),
            ("web", "web-3"),
            ("disk of Ann (old)", "disk-of-Ann-old"),
            ("数据盘", "volume"),
            ("数据盘 2", "2"),
            ("-", "volume-2"),
        ] {
            assert_eq!(keys.give(name).as_str(), key, "{name}");
        }
        assert!(keys.give(&"x".repeat(255)).as_str().len() <= LONGEST);
    }
}
