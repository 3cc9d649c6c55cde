//! What is to be written for drift: one setting for each field of a key that has drifted.

use super::not_edited::NotEdited;
use super::setting::{NoSetting, Setting};
use crate::manifest::Manifest;
use crate::plan::{Drift, Drifted};
use crate::volume::{Field, Key, Slot, SlotSet};
use std::collections::BTreeMap;

/// A field of a key, with the value that the manifest is to say of all volumes of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key.
    pub key: Key,
    /// The field and its value.
    pub setting: Setting,
}

/// Which field of a key: each tag and each entry of the metadata by itself.
type Part = (Field, Option<String>);

impl Change {
    /// The edits by which a manifest says what the cloud shows of volumes that drifted. A key's volumes share their fields:
    /// where only some of them drifted, or to different values, there is none.
    ///
    /// # Errors
    /// All drift that no edit can follow.
    pub fn of<'d>(
        drift: impl IntoIterator<Item = &'d Drift>,
        manifest: &Manifest,
    ) -> Result<Vec<Change>, Vec<NotEdited>> {
        let mut parts: BTreeMap<(Key, Part), BTreeMap<Slot, Setting>> = BTreeMap::new();
        let mut not_edited = Vec::new();
        for Drift { address, id: _, change } in drift {
            let (field, recorded, observed) = match change {
                Drifted::Field { field, recorded, observed } => (field, recorded, observed),
                Drifted::Status { .. } => {
                    not_edited.push(NotEdited::Status { address: address.clone() });
                    continue;
                }
                Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } => {
                    not_edited.push(NotEdited::Mark { address: address.clone() });
                    continue;
                }
                Drifted::Gone => {
                    not_edited.push(NotEdited::Gone { address: address.clone() });
                    continue;
                }
                Drifted::Recycled { .. } => {
                    not_edited.push(NotEdited::Recycled { address: address.clone() });
                    continue;
                }
            };
            match Setting::all(*field, recorded.as_ref(), observed.as_ref()) {
                Ok(settings) => {
                    for setting in settings {
                        let part = (*field, setting.pair().map(|(key, _)| key.to_owned()));
                        parts.entry((address.key.clone(), part)).or_default().insert(address.slot, setting);
                    }
                }
                Err(NoSetting::NoValue) => {
                    not_edited.push(NotEdited::NoValue { address: address.clone(), field: *field });
                }
                Err(NoSetting::Illegal(why)) => {
                    not_edited.push(NotEdited::Illegal { key: address.key.clone(), field: *field, why });
                }
            }
        }
        let mut changes = Vec::new();
        for ((key, (field, pair)), slots) in parts {
            match of_all(&key, field, pair, slots, manifest) {
                Ok(setting) => changes.push(Change { key, setting }),
                Err(why) if !not_edited.contains(&why) => not_edited.push(why),
                Err(_) => {}
            }
        }
        if not_edited.is_empty() { Ok(changes) } else { Err(not_edited) }
    }
}

/// The setting that all volumes of the key share.
fn of_all(
    key: &Key,
    field: Field,
    tag: Option<String>,
    slots: BTreeMap<Slot, Setting>,
    manifest: &Manifest,
) -> Result<Setting, NotEdited> {
    let key = || key.clone();
    let Some(volume) = manifest.volumes.get(&key()) else { return Err(NotEdited::NotDesired { key: key() }) };
    if field == Field::Name && volume.count > 1 {
        return Err(NotEdited::NameOfSeveral { key: key(), count: volume.count });
    }
    if volume.slots().any(|slot| !slots.contains_key(&slot)) {
        let (drifted, all): (SlotSet, SlotSet) = (slots.keys().copied().collect(), volume.slots().collect());
        return Err(NotEdited::SomeSlots { key: key(), field, drifted, all });
    }
    let mut settings = slots.into_values();
    let same = settings.next().filter(|first| settings.all(|other| other == *first));
    same.ok_or_else(|| NotEdited::SlotsDiffer { key: key(), field, tag })
}
