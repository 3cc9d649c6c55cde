//! Which addresses a plan is about: `--target` and `--exclude`.

use crate::volume::{Address, Key, Slot};

/// Which addresses to look at.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    targets: Vec<Pattern>,
    excludes: Vec<Pattern>,
}

/// `key`, `key[slot]`, or either with `*` for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern(String);

impl Selection {
    /// Takes the patterns as typed; no target means every address.
    pub fn new(targets: Vec<String>, excludes: Vec<String>) -> Selection {
        let patterns = |texts: Vec<String>| texts.into_iter().map(Pattern).collect();
        Selection { targets: patterns(targets), excludes: patterns(excludes) }
    }

    /// Whether nothing is left out.
    pub fn is_all(&self) -> bool {
        self.targets.is_empty() && self.excludes.is_empty()
    }

    /// Whether this address is looked at.
    pub fn holds(&self, key: &Key, slot: Slot) -> bool {
        if self.is_all() {
            return true;
        }
        let address = Address { key: key.clone(), slot }.to_string();
        let hit = |pattern: &Pattern| pattern.matches(key, &address);
        (self.targets.is_empty() || self.targets.iter().any(hit)) && !self.excludes.iter().any(hit)
    }

    /// The patterns that hit none of these addresses: surely a slip.
    pub fn idle<'a>(&'a self, addresses: &[Address]) -> Vec<&'a str> {
        let spelt: Vec<(&Key, String)> = addresses.iter().map(|a| (&a.key, a.to_string())).collect();
        self.targets
            .iter()
            .chain(&self.excludes)
            .filter(|pattern| !spelt.iter().any(|(key, address)| pattern.matches(key, address)))
            .map(|pattern| pattern.0.as_str())
            .collect()
    }
}

impl Pattern {
    fn matches(&self, key: &Key, address: &str) -> bool {
        glob(self.0.as_bytes(), key.as_str().as_bytes()) || glob(self.0.as_bytes(), address.as_bytes())
    }
}

/// Matches with `*` alone, without backtracking further than the last star.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, hit) in [
            ("web", "web", true),
            ("web", "web1", false),
            ("w*b", "weeeb", true),
            ("*", "", true),
            ("web[*]", "web[12]", true),
            ("*[1]", "web[1]", true),
            ("*[1]", "web[11]", false),
            ("a*b*c", "aXbYbZc", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), hit, "{pattern} {text}");
        }
    }

    #[test]
    fn a_key_alone_means_all_its_slots() {
        let selection = Selection::new(vec!["web".into()], vec!["web[2]".into()]);
        let key = Key::new("web").unwrap();
        assert!(selection.holds(&key, Slot::FIRST));
        assert!(!selection.holds(&key, Slot::new(2).unwrap()));
        assert!(!selection.holds(&Key::new("db").unwrap(), Slot::FIRST));
        assert_eq!(selection.idle(&["web[1]".parse().unwrap()]), ["web[2]"]);
    }
}
