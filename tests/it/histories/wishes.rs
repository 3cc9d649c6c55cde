//! Manifests that are edited in every way, also in those that evsctl refuses so far.

use crate::crash::script::Dice;
use crate::support::parsed_with;
use evsctl::manifest::Manifest;
use std::fmt::Write as _;

/// One manifest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    cloud: String,
    volumes: String,
    /// How many volumes each key asks for.
    pub(super) counts: Vec<(&'static str, u64)>,
}

impl Text {
    pub(super) fn parsed(&self) -> Manifest {
        parsed_with(&self.cloud, &self.volumes)
    }
}

/// What one key asks for.
struct Wish {
    key: &'static str,
    there: bool,
    count: u64,
    /// The most that it ever asked for.
    most: u64,
    size: u64,
    name: Option<&'static str>,
    text: Option<&'static str>,
}

/// All keys, and the ownership tag's key.
pub(super) struct Wishes {
    keys: Vec<Wish>,
    tag: Option<&'static str>,
}

impl Wishes {
    pub(super) fn new(dice: &mut Dice) -> Wishes {
        let mut wishes = Wishes { keys: Vec::new(), tag: None };
        for _ in 0..1 + dice.below(2) {
            wishes.add(dice);
        }
        wishes
    }

    fn add(&mut self, dice: &mut Dice) {
        if let Some(key) = ["a", "b", "c", "d", "e", "f"].get(self.keys.len()) {
            let (count, size) = (1 + dice.below(3), 10 * (1 + dice.below(3)));
            let (there, most) = (true, count);
            self.keys.push(Wish { key, there, count, most, size, name: None, text: None });
        }
    }

    /// Changes something that can be carried out.
    pub(super) fn grow(&mut self, dice: &mut Dice) {
        match dice.below(6) {
            0 => self.add(dice),
            1 => self.tag = dice.of(&[None, Some("owner-of-this"), Some("team-evs")]),
            2 => self.any(dice).text = dice.of(&[None, Some("one"), Some("two")]),
            3 => {
                let wish = self.any(dice);
                wish.name = match (wish.name, wish.key) {
                    (None, "a") => Some("alpha"),
                    (None, "b") => Some("beta"),
                    _ => None,
                };
            }
            _ => self.more(dice),
        }
    }

    /// Asks for more volumes.
    pub(super) fn more(&mut self, dice: &mut Dice) {
        let more = 1 + dice.below(2);
        let wish = self.any(dice);
        wish.count += more;
        wish.most = wish.most.max(wish.count);
    }

    /// Changes something that a run without a number refuses, a volume too many or a key that is gone, or the size, which
    /// is not taken back: a volume never shrinks.
    pub(super) fn spoil(&mut self, dice: &mut Dice) {
        let more = dice.below(3);
        let alone = self.keys.iter().filter(|wish| wish.there).count() < 2;
        let wish = self.any(dice);
        match more {
            0 if wish.count > 1 => wish.count -= 1,
            1 if !alone => wish.there = false,
            _ => wish.size += 10,
        }
    }

    /// Puts back what was spoilt.
    pub(super) fn mend(&mut self) {
        for wish in &mut self.keys {
            (wish.there, wish.count) = (true, wish.most);
        }
    }

    fn any(&mut self, dice: &mut Dice) -> &mut Wish {
        let place = dice.place() % self.keys.len();
        &mut self.keys[place]
    }

    pub(super) fn text(&self) -> Text {
        let mut volumes = String::new();
        for Wish { key, count, size, name, text, .. } in self.keys.iter().filter(|wish| wish.there) {
            let name = name.map(|name| format!(", name: {name}")).unwrap_or_default();
            let text = text.map(|text| format!(", description: {text}")).unwrap_or_default();
            let _ = writeln!(volumes, "  {key}: {{ count: {count}, size: {size}{name}{text} }}");
        }
        let counts = self.keys.iter().filter(|wish| wish.there).map(|wish| (wish.key, wish.count)).collect();
        let cloud = self.tag.map(|tag| format!(", ownership_tag: {tag}")).unwrap_or_default();
        Text { cloud, volumes, counts }
    }
}
