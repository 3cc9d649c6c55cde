//! Why a recorded volume is not asked for.

use crate::manifest::{DesiredVolume, Manifest};
use crate::volume::Slot;
use jiff::civil::Date;

/// Why a recorded volume is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unwanted {
    /// Its key is gone from the manifest.
    KeyGone,
    /// Its slot is retired.
    Retired,
    /// `count` is this, and its slot is beyond.
    Count(u32),
    /// Its key expired on that day.
    Expired(Date),
    /// It is destroyed by command, and its key is in the manifest.
    Destroyed,
    /// It is destroyed by command, and its key is gone from the manifest.
    DestroyedKeyGone,
}

impl Unwanted {
    /// Why that slot is not asked for, of which the manifest says this.
    pub(super) fn of(desired: &Manifest, wish: Option<&DesiredVolume>, slot: Slot) -> Unwanted {
        match wish {
            None if desired.destroys => Unwanted::DestroyedKeyGone,
            Some(_) if desired.destroys => Unwanted::Destroyed,
            None => Unwanted::KeyGone,
            Some(wish) => match wish.expired() {
                Some(day) => Unwanted::Expired(day),
                None if slot.number() > wish.count => Unwanted::Count(wish.count),
                None => Unwanted::Retired,
            },
        }
    }

    /// Whether a command takes it away, whatever the manifest asks for.
    pub fn is_by_command(self) -> bool {
        matches!(self, Unwanted::Destroyed | Unwanted::DestroyedKeyGone)
    }

    /// Whether its key is gone from the manifest.
    pub fn is_key_gone(self) -> bool {
        matches!(self, Unwanted::KeyGone | Unwanted::DestroyedKeyGone)
    }
}
