//! Keys that expire: from a day on the manifest asks for nothing of them.

use super::planner::Planner;
use super::warning::Warning;
use crate::manifest::DesiredVolume;
use crate::state::Recorded;
use crate::volume::{Address, Key, SlotSet};
use jiff::ToSpan as _;

/// How many days before it a key that expires is told of.
const TOLD_BEFORE: i64 = 14;

impl Planner<'_> {
    /// Notes that the plan depends on its day where the key has expired, and tells of one that is about to.
    pub(super) fn expires(&mut self, key: &Key, wish: &DesiredVolume, owned: &[(&Address, &Recorded)]) {
        let Some(day) = wish.lifecycle.expires else { return };
        let as_of = self.inputs.as_of;
        if wish.expired().is_some() {
            self.as_of = Some(as_of);
            return;
        }
        let is_near = day.checked_sub(TOLD_BEFORE.days()).is_ok_and(|first| first <= as_of);
        let goes = owned.iter().filter(|(at, _)| wish.has(at.slot) && self.inputs.selection.holds(key, at.slot));
        let slots: SlotSet = goes.map(|(at, _)| at.slot).collect();
        if is_near && !slots.is_empty() {
            self.as_of = Some(as_of);
            self.warnings.push(Warning::ExpiresSoon { key: key.clone(), slots, day });
        }
    }
}
