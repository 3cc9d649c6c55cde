//! Manifests that somebody edits, in every way that a plan carries out or refuses.

use super::bench::World;
use super::script::Dice;
use evsctl::manifest::{Manifest, SourceFile};
use std::fmt::Write as _;

/// One manifest, apart from its stack and its cloud.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Text {
    pub(crate) defaults: String,
    pub(crate) volumes: String,
}

impl Text {
    pub(crate) fn parsed(&self) -> Manifest {
        let Text { defaults, volumes } = self;
        let volumes = if volumes.is_empty() { " {}".to_owned() } else { format!("\n{volumes}") };
        let text = format!(
            "stack: test\ncloud: {{ simulator: true }}\n\
             defaults: {{ availability_zone: az-dc-1, volume_type: SSD{defaults} }}\nvolumes:{volumes}\n"
        );
        let file = SourceFile::own("test.yaml", text.into_bytes());
        evsctl::manifest::parse(&[file]).unwrap()
    }
}

/// What one key asks for.
#[derive(Debug, Clone)]
struct Wish {
    key: &'static str,
    there: bool,
    count: u64,
    size: u64,
    /// The largest size that it ever asked for: no volume shrinks.
    largest: u64,
    text: Option<&'static str>,
    tags: Option<&'static str>,
    protected: bool,
}

/// All keys, and what holds for all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    keys: Vec<Wish>,
    tags: Option<&'static str>,
    delete_snapshots: bool,
}

impl Wishes {
    pub(super) fn add(&mut self, dice: &mut Dice) {
        let place = self.keys.len();
        let Some(key) = ["a", "b", "c", "d", "e", "f"].get(place).copied() else { return };
        let count = if dice.one_in(60) { 99 + dice.below(5) } else { 1 + dice.below(4) };
        // Keys of different sizes never look like one another's new name.
        let size = 10 * (1 + dice.below(3)) + place as u64;
        let (there, largest, text, tags, protected) = (true, size, None, None, false);
        self.keys.push(Wish { key, there, count, size, largest, text, tags, protected });
    }

    pub(super) fn change(&mut self, dice: &mut Dice) {
        if dice.one_in(6) {
            return self.add(dice);
        }
        match dice.below(20) {
            0 => return self.tags = dice.of(&[None, Some("one: d"), Some("two: d")]),
            1 => return self.delete_snapshots = !self.delete_snapshots,
            _ => {}
        }
        let place = dice.place() % self.keys.len();
        let wish = &mut self.keys[place];
        match dice.below(16) {
            0 => wish.text = dice.of(&[None, Some("one"), Some("two")]),
            1..4 => wish.tags = dice.of(&[None, Some(""), Some("one: x"), Some("one: y, two: x"), Some("two: y")]),
            4..8 => {
                wish.size += 10 * (1 + dice.below(2));
                wish.largest = wish.largest.max(wish.size);
            }
            // Refused, where a volume has that size.
            8 if dice.one_in(3) && wish.size > 20 => wish.size -= 10,
            8..10 => wish.count += 1 + dice.below(2),
            10..12 if wish.count > 1 => wish.count -= 1,
            // A hundred deletions take their time where calls are throttled.
            12 | 13 if wish.count < 20 => wish.there = !wish.there,
            14 => wish.protected = !wish.protected,
            _ => wish.there = true,
        }
    }

    /// What can be carried out whatever happened: all keys, none of them protected, none of them smaller than any of its
    /// volumes.
    pub(super) fn last(&self) -> Wishes {
        let mut last = self.clone();
        last.delete_snapshots = true;
        for wish in &mut last.keys {
            (wish.there, wish.protected, wish.size) = (true, false, wish.largest);
        }
        last
    }

    /// The same where hands have made volumes larger still, and where what is protected has to be asked for once more before
    /// anything can delete it.
    pub(super) fn follow(&mut self, world: &World) {
        let Ok(Some(state)) = world.store.read() else { return };
        let volumes = world.cloud.volumes();
        for (address, recorded) in &state.volumes {
            let size = volumes.get(recorded.id.as_str()).map_or(0, |volume| volume.size);
            if let Some(wish) = self.keys.iter_mut().find(|wish| wish.key == address.key.as_str()) {
                wish.size = wish.size.max(size);
                if state.protected.contains(address) {
                    wish.count = wish.count.max(u64::from(address.slot.number()));
                }
            }
        }
    }

    pub(super) fn text(&self) -> Text {
        let mut volumes = String::new();
        for Wish { key, count, size, text, tags, protected, .. } in self.keys.iter().filter(|wish| wish.there) {
            let text = text.map(|text| format!(", description: {text}")).unwrap_or_default();
            let tags = tags.map(|tags| format!(", tags: {{ {tags} }}")).unwrap_or_default();
            let protected = if *protected { ", lifecycle: { prevent_destroy: true }" } else { "" };
            let _ = writeln!(volumes, "  {key}: {{ count: {count}, size: {size}{text}{tags}{protected} }}");
        }
        let tags = self.tags.map(|tags| format!(", tags: {{ {tags} }}")).unwrap_or_default();
        let snapshots = if self.delete_snapshots { ", lifecycle: { delete_snapshots: true }" } else { "" };
        Text { defaults: format!("{tags}{snapshots}"), volumes }
    }
}
