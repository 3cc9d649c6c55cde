//! What a plan is about: `--target` and `--exclude`, and `--new-stack`.

use super::Pattern;
use crate::volume::{Address, Key, Slot};

/// Which addresses to look at, and whether they are of a stack that is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    targets: Vec<Pattern>,
    excludes: Vec<Pattern>,
    /// Whether the stack is taken for a new one, though it looks like one that was renamed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    new_stack: bool,
}

impl Selection {
    /// Takes the patterns; no target means every address.
    pub fn new(targets: Vec<Pattern>, excludes: Vec<Pattern>) -> Selection {
        Selection { targets, excludes, new_stack: false }
    }

    /// The same of a stack that somebody says is new.
    #[must_use]
    pub fn of_new_stack(self, new_stack: bool) -> Selection {
        Selection { new_stack, ..self }
    }

    /// Whether somebody says that the stack is new.
    pub fn is_of_new_stack(&self) -> bool {
        self.new_stack
    }

    /// Whether nothing of it was said.
    pub fn is_usual(&self) -> bool {
        *self == Selection::default()
    }

    /// The patterns of what is looked at; none where that is everything.
    pub fn targets(&self) -> &[Pattern] {
        &self.targets
    }

    /// The patterns of what is left out.
    pub fn excludes(&self) -> &[Pattern] {
        &self.excludes
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
        let address = Address { key: key.clone(), slot };
        let hit = |pattern: &Pattern| pattern.matches(&address);
        (self.targets.is_empty() || self.targets.iter().any(hit)) && !self.excludes.iter().any(hit)
    }

    /// Whether what has the one address moves to the other: where one of them is looked at, and neither left out.
    pub fn holds_move(&self, from: &Address, to: &Address) -> bool {
        let hits = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(from) || pattern.matches(to));
        (self.targets.is_empty() || hits(&self.targets)) && !hits(&self.excludes)
    }

    /// The first pattern that means none of these addresses: surely a slip.
    pub fn idle(&self, addresses: &[Address]) -> Option<&Pattern> {
        let means_none = |pattern: &&Pattern| !addresses.iter().any(|address| pattern.matches(address));
        self.targets.iter().chain(&self.excludes).find(means_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_alone_means_all_its_slots() {
        let pattern = |text: &str| text.parse::<Pattern>().unwrap();
        let selection = Selection::new(vec![pattern("web")], vec![pattern("web[2]")]);
        let key = Key::new("web").unwrap();
        assert!(selection.holds(&key, Slot::FIRST));
        assert!(!selection.holds(&key, Slot::new(2).unwrap()));
        assert!(!selection.holds(&Key::new("db").unwrap(), Slot::FIRST));
        assert_eq!(selection.idle(&["web[1]".parse().unwrap()]), Some(&pattern("web[2]")));
    }
}
