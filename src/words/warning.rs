//! What is worth a look in a plan.

use super::number::either;
use super::problem;
use crate::plan::{Noted, Seemed, Told, Warning};

/// The warning.
pub fn text(warning: &Warning) -> String {
    match warning {
        Warning::Manifest { place, what } => {
            let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
            let Told { reason, hint, .. } = noted(what);
            let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("{place}{reason}{hint}")
        }
        Warning::MarkLost { address, id, tag } => format!(
            "{address} ({id}) has lost the tag {tag:?} that marks it as this stack's; putting it back is not supported yet"
        ),
        Warning::RestMayShow { key, slots, call, seemed } => {
            let are = either(slots.len(), "is", "are");
            let seemed = match seemed {
                Seemed::NeverHappened => "which seemed never to have happened",
                Seemed::Refused => "which the cloud had refused",
                Seemed::GivenUp => "which was given up",
                Seemed::Done => "which seemed to have made no more",
            };
            format!(
                "{key}[{slots}] {are} not created yet: create call {call}, {seemed}, shows a volume after all, and may \
                 show more; plan again after this"
            )
        }
    }
}

/// What is worth a look in a manifest, in words.
pub fn noted(what: &Noted) -> Told {
    match what {
        Noted::Remark(remark) => Told::new(problem::remark_reason(remark), problem::remark_hint(remark)),
        Noted::Told(told) => told.clone(),
    }
}
