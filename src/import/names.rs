//! The names that a manifest gives, and whether a volume that is taken over may have one of them too.

use super::left::Reason;
use crate::manifest::{DesiredVolume, Manifest};
use crate::volume::{Key, Slot, VolumeName, slot_name};
use std::collections::HashMap;

/// The name of each slot that a manifest asks for, and the entry that gives it.
pub(super) struct Names<'m> {
    owners: HashMap<String, (&'m Key, &'m DesiredVolume)>,
}

impl<'m> Names<'m> {
    /// Those of that manifest; of an entry that has expired too, since it still stands there.
    pub(super) fn of(manifest: &'m Manifest) -> Names<'m> {
        let mut owners = HashMap::new();
        for (key, volume) in &manifest.volumes {
            let retire = &volume.lifecycle.retire;
            for slot in (1..=volume.count).filter_map(Slot::new).filter(|slot| !retire.contains(slot)) {
                owners.insert(slot_name(volume.name.as_str(), volume.count, slot), (key, volume));
            }
        }
        Names { owners }
    }

    /// Whether an entry has that name.
    ///
    /// # Errors
    /// Where the entry does not say that its name may repeat.
    pub(super) fn has(&self, name: &VolumeName) -> Result<bool, Reason> {
        match self.owners.get(name.as_str()) {
            None => Ok(false),
            Some((_, volume)) if volume.name_may_repeat => Ok(true),
            Some((key, volume)) => Err(Reason::NameTaken { key: (*key).clone(), place: volume.place.clone() }),
        }
    }
}
