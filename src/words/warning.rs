//! What is worth a look in a plan.

use super::drift::RECYCLE_BIN;
use super::number::{either, them};
use super::{problem, refusal};
use crate::plan::{Seemed, Warning};

/// The warning.
pub fn text(warning: &Warning) -> String {
    match warning {
        Warning::Manifest { place, what } => {
            let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
            let hint = problem::remark_hint(what).map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("{place}{}{hint}", problem::remark_reason(what))
        }
        Warning::Unchecked { what, cause } => format!("pre-flight: {}: {cause}", refusal::unchecked(what)),
        Warning::MarkLost { address, id, tag } => format!(
            "{address} ({id}) does not carry the ownership tag {tag:?} that marks it as this stack's, and it carries too many others \
             for that to be set; take one off in the console"
        ),
        Warning::ExpiresSoon { key, slots, day } => {
            let (expire, them) = (either(slots.len(), "expires", "expire"), either(slots.len(), "it", "them"));
            format!("{key}[{slots}] {expire} on {day}: from that day on, the manifest does not ask for {them}")
        }
        Warning::ImportOfKubernetes { address, id, mark } => format!(
            "{address} ({id}) is a volume of Kubernetes, marked by {mark:?}: while a cluster uses it, its driver grows and deletes it \
             too; take the line out of `import` unless the cluster is gone"
        ),
        Warning::KnownDriftPast { place, address, field, until } => format!(
            "{place}: the day of the known drift of `{}` of {address} is past ({until}), so that it counts as drift: take the item \
             out, or give it a later day",
            field.word()
        ),
        Warning::KnownDriftIdle { place, address, field } => format!(
            "{place}: of the known drift of `{}` of {address} nothing is left: no volume differs by that value; take the item out",
            field.word()
        ),
        Warning::Recycled { key, slots } => {
            let n = slots.len();
            format!(
                "{key}[{slots}] {} {RECYCLE_BIN}: restore {} in the console or by the API and plan again, or let apply put {}; \
                 both take quota and are billed until the bin gives {} up",
                either(n, "is", "are"),
                them(n),
                either(n, "a new volume in its place", "new volumes in their places"),
                either(n, "the old one", "the old ones"),
            )
        }
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
