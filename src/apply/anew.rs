//! Whether what surely never happened may be made anew in the same run. A purchase that no plan has looked at is made only
//! where a whole list, taken after the last attempt was over, shows nothing that a plan would have to decide about first.

use super::context::Context;
use crate::observed::Listed;
use crate::operation::{Create, Owner};
use crate::plan;
use crate::volume::{CallId, Lineage, VolumeId};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// The volumes that stood there before the next attempt at a create; `None` where the next plan has to decide. `attempts` are
/// those that were made so far; what they made is recorded.
pub(super) async fn ground(cx: &Context, attempts: &[CallId], create: &Create) -> Option<Arc<BTreeSet<VolumeId>>> {
    let stops = cx.stop.is_cancelled() || cx.tally.report().denied;
    let is_approved = cx.state.approved.as_ref().is_some_and(|approved| plan::makes(approved, create));
    if stops || attempts.len() >= plan::ATTEMPTS || !is_approved || cx.is_held(create) {
        return None;
    }
    let deadline = Instant::now() + cx.timeout;
    // Trouble proves nothing, and buys nothing.
    let listed = tokio::time::timeout_at(deadline, cx.sight.list_since(Instant::now())).await.ok()?.ok()?;
    if is_unaccounted(cx, attempts, &listed) {
        return None;
    }
    // What was gone may be there again.
    for id in create.gone.values() {
        match tokio::time::timeout_at(deadline, cx.client.look_for(id)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(_)) | Err(_)) | Err(_) => return None,
        }
    }
    Some(Arc::new(listed.volumes.keys().cloned().collect()))
}

/// Whether a list shows a volume of this state for which nothing accounts.
fn is_unaccounted(cx: &Context, attempts: &[CallId], listed: &Listed) -> bool {
    let mut recorded = cx.calls.recorded();
    recorded.extend(cx.state.volumes.values().map(|volume| volume.id.clone()));
    let under_way = |call: &CallId| cx.state.operations.contains_key(call) || cx.calls.has(call);
    let lineage = &cx.state.lineage;
    let accounted = Accounted { lineage, attempts, recorded: &recorded, under_way: &under_way };
    accounted.leaves_out(listed).is_some()
}

/// What accounts for the volumes of this state that a list may show.
struct Accounted<'a> {
    lineage: &'a Lineage,
    /// The calls that were made of the create so far.
    attempts: &'a [CallId],
    recorded: &'a BTreeSet<VolumeId>,
    /// Whether another call of this run, or an open one, may have made it.
    under_way: &'a dyn Fn(&CallId) -> bool,
}

impl Accounted<'_> {
    /// A volume of this state for which nothing accounts: what an attempt made after all, or a call that the state does not
    /// know, or one that is over.
    fn leaves_out<'l>(&self, listed: &'l Listed) -> Option<&'l VolumeId> {
        let ours = |owner: &Owner| owner.lineage == *self.lineage;
        let unaccounted = |owner: Owner| self.attempts.contains(&owner.call) || !(self.under_way)(&owner.call);
        let mut volumes = listed.volumes.values().filter(|volume| !self.recorded.contains(&volume.id));
        let found = volumes.find(|volume| {
            let owners = volume.tags.values().filter_map(|value| Owner::read(value));
            owners.filter(ours).any(unaccounted)
        });
        found.map(|volume| &volume.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::ObservedVolume;
    use crate::volume::StackName;

    fn call(number: u8) -> CallId {
        CallId::from_hash(&[number; 32])
    }

    fn id(number: u8) -> VolumeId {
        VolumeId::new(format!("v-{number}")).unwrap()
    }

    #[test]
    fn whatever_a_plan_would_have_to_decide_about_first_keeps_a_call_from_being_made_anew() {
        let (own, other) = (Lineage::from_random([1; 5]), Lineage::from_random([2; 5]));
        let volume = |number: u8, lineage: &Lineage, of: u8| {
            let owner = Owner { stack: StackName::new("shop").unwrap(), lineage: lineage.clone(), call: call(of) };
            let tags = [("any".to_owned(), owner.value())].into();
            ObservedVolume { tags, ..ObservedVolume::of(id(number)) }
        };
        let listed = |volumes: Vec<ObservedVolume>| Listed {
            volumes: volumes.into_iter().map(|volume| (volume.id.clone(), volume)).collect(),
            dated: None,
            whole: true,
            missing_of: None,
        };
        // Calls 1 and 2 are the attempts so far, 3 is under way, and volumes 1 and 9 are recorded.
        let (attempts, recorded) = ([call(1), call(2)], BTreeSet::from([id(1), id(9)]));
        let under_way = |asked: &CallId| [call(1), call(2), call(3)].contains(asked);
        let accounted = Accounted { lineage: &own, attempts: &attempts, recorded: &recorded, under_way: &under_way };
        let plain = ObservedVolume::of(id(8));
        let fine = vec![volume(1, &own, 1), volume(3, &own, 3), volume(4, &other, 4), volume(9, &own, 7), plain];
        assert_eq!(accounted.leaves_out(&listed(fine.clone())), None);
        for odd in [
            // What an attempt made after all, of a call that nothing knows, and of one that is over.
            volume(5, &own, 2),
            volume(6, &own, 1),
            volume(7, &own, 7),
        ] {
            let with = listed(fine.iter().cloned().chain([odd.clone()]).collect());
            assert_eq!(accounted.leaves_out(&with), Some(&odd.id));
        }
    }
}
