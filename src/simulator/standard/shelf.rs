//! Things of one kind, found by id and kept in the order in which they came.

use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Things in the order in which they came.
#[derive(Debug)]
pub(in crate::simulator) struct Shelf<T> {
    things: BTreeMap<u64, T>,
    places: HashMap<Uuid, u64>,
    last: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { things: BTreeMap::new(), places: HashMap::new(), last: 0 }
    }
}

impl<T> Shelf<T> {
    /// Adds one behind all others.
    pub(in crate::simulator) fn put(&mut self, id: Uuid, thing: T) {
        self.last += 1;
        self.places.insert(id, self.last);
        self.things.insert(self.last, thing);
    }

    /// The one of that id.
    pub(in crate::simulator) fn get(&self, id: Uuid) -> Option<&T> {
        self.things.get(self.places.get(&id)?)
    }

    /// The same, to be changed.
    pub(in crate::simulator) fn get_mut(&mut self, id: Uuid) -> Option<&mut T> {
        self.things.get_mut(self.places.get(&id)?)
    }

    /// Takes the one of that id away.
    pub(in crate::simulator) fn take(&mut self, id: Uuid) -> Option<T> {
        self.things.remove(&self.places.remove(&id)?)
    }

    /// All of them, oldest first.
    pub(in crate::simulator) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.values()
    }
}
