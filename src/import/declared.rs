//! Volumes that lines of `import` name already: whether their entries ask for what the cloud shows.

use super::draft::Draft;
use super::left::{Left, Reason};
use crate::observed::{Observed, ObservedVolume};
use crate::plan::{self, About, FieldChange, Inputs, Why};
use crate::volume::{Address, VolumeId};
use std::collections::BTreeMap;

impl Draft {
    /// Says of each volume that a line of `import` names already what keeps a plan with these inputs from taking it over: what
    /// its entry asks for and the cloud shows otherwise.
    pub fn compare(&mut self, volumes: BTreeMap<VolumeId, ObservedVolume>, inputs: Inputs<'_>) {
        let is_declared = |left: &Left| matches!(left.reason, Reason::Declared { .. });
        if !self.left.iter().any(is_declared) {
            return;
        }
        let observed = Observed { volumes, ..Observed::default() };
        let refusals = plan::make(Inputs { observed: Some(&observed), ..inputs }).refusals;
        let unlike = refusals.into_iter().filter_map(|refusal| match (refusal.about, refusal.why) {
            (About::Address(address), Why::ImportUnlike { changes }) => Some((address, changes)),
            _ => None,
        });
        let mut of: BTreeMap<Address, Vec<FieldChange>> = unlike.collect();
        for left in &mut self.left {
            if let Reason::Declared { address, unlike, .. } = &mut left.reason
                && let Some(changes) = of.remove(address)
            {
                *unlike = changes;
            }
        }
    }
}
