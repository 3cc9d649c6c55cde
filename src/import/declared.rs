//! Volumes that lines of `import` name already: whether their entries ask for what the cloud shows.

use super::draft::Draft;
use super::left::{Left, Reason};
use crate::observed::{Observed, ObservedVolume};
use crate::plan::{self, About, Inputs, Why};
use crate::volume::VolumeId;
use std::collections::BTreeMap;

impl Draft {
    /// Says of each volume that a line of `import` names already what keeps a plan with these inputs from taking it over: what
    /// its entry asks for and the cloud shows otherwise.
    pub fn compare(&mut self, volumes: &BTreeMap<VolumeId, ObservedVolume>, inputs: Inputs<'_>) {
        let is_declared = |left: &Left| matches!(left.reason, Reason::Declared { .. });
        if !self.left.iter().any(is_declared) {
            return;
        }
        let observed = Observed { volumes: volumes.clone(), ..Observed::default() };
        for refusal in plan::make(Inputs { observed: Some(&observed), ..inputs }).refusals {
            let (About::Address(of), Why::ImportUnlike { changes }) = (refusal.about, refusal.why) else { continue };
            for left in &mut self.left {
                if let Reason::Declared { address, unlike, .. } = &mut left.reason
                    && *address == of
                {
                    unlike.clone_from(&changes);
                }
            }
        }
    }
}
