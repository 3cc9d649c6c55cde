//! Which volumes become larger, and by which calls.

use super::planner::{Growing, Planner};
use super::steps::Step;
use super::value::{FieldChange, Value};
use super::why::Why;
use crate::manifest::DesiredVolume;
use crate::observed::{ObservedVolume, Status};
use crate::operation::{Extend, Growth, MAX_BATCH, Way};
use crate::state::Recorded;
use crate::volume::{Address, SizeGb};
use std::collections::BTreeMap;

impl Planner<'_> {
    /// Takes up the wish for a larger size, or refuses it where the service would.
    ///
    /// # Errors
    /// Why it is refused.
    pub(super) fn grow(
        &mut self,
        address: &Address,
        volume: &Recorded,
        (wish, seen): (&DesiredVolume, Option<&ObservedVolume>),
        change: &FieldChange,
    ) -> Result<(), Why> {
        let (Some(Value::Number(from)), Some(Value::Number(to))) = (&change.from, &change.to) else { return Ok(()) };
        let Ok(to) = SizeGb::new(*to) else { return Ok(()) };
        if let Some(seen) = seen {
            // Only these can be extended, and a shared volume that is attached cannot (EVS.1064, EVS.1065).
            match &seen.status {
                Status::Available => {}
                Status::InUse if seen.multiattach == Some(true) => return Err(Why::SharedInUse),
                Status::InUse => {}
                status => return Err(Why::NotExtendable { status: status.clone() }),
            }
        }
        let growth = Growth { id: volume.id.clone(), agreed: volume.base.spec.size, from: *from, to };
        self.growing.push(Growing { address: address.clone(), growth, order: order_pays(volume, wish, seen) });
        Ok(())
    }

    /// Adds the calls that extend what shall become larger.
    pub(super) fn extend(&mut self) {
        let growing = std::mem::take(&mut self.growing);
        self.second.extend(calls(growing).into_iter().map(Step::Extend));
    }
}

/// Whether the order that makes a volume larger pays itself; `None` where it takes none, since it is not paid in advance.
pub(super) fn order_pays(volume: &Recorded, wish: &DesiredVolume, seen: Option<&ObservedVolume>) -> Option<bool> {
    let is_prepaid = volume.base.spec.prepaid.is_some() || seen.is_some_and(|seen| seen.prepaid);
    is_prepaid.then(|| wish.specs.common().prepaid.is_some_and(|prepaid| prepaid.auto_pay))
}

/// Cuts what shall become larger into calls: an order for each that is prepaid, and of those that are paid by use up to a
/// hundred in one, whichever keys they have.
fn calls(growing: Vec<Growing>) -> Vec<Extend> {
    let (mut calls, mut by_use) = (Vec::new(), Vec::new());
    for Growing { address, growth, order } in growing {
        match order {
            None => by_use.push((address, growth)),
            Some(auto_pay) => {
                let volumes = BTreeMap::from([(address, growth)]);
                calls.push(Extend { volumes, way: Way::Order { auto_pay } });
            }
        }
    }
    for chunk in by_use.chunks(MAX_BATCH) {
        let way = if chunk.len() == 1 { Way::Single } else { Way::Batch };
        calls.push(Extend { volumes: chunk.iter().cloned().collect(), way });
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Key, Slot, VolumeId};
    use proptest::prelude::*;

    fn growing(number: u32, order: Option<bool>) -> Growing {
        let address = Address { key: Key::new(format!("k-{}", number % 7)).unwrap(), slot: Slot::new(number).unwrap() };
        let size = |gb| SizeGb::new(gb).unwrap();
        let id = VolumeId::new(format!("v-{number}")).unwrap();
        Growing { address, growth: Growth { id, agreed: Some(size(20)), from: 20, to: size(40) }, order }
    }

    proptest! {
        /// Each volume is in one call, a prepaid one alone in its own, and no call of the others could be spared.
        #[test]
        fn each_volume_is_in_one_call(orders in proptest::collection::vec(proptest::option::of(any::<bool>()), 0..350)) {
            let all = (1..).zip(&orders).map(|(number, order)| growing(number, *order)).collect();
            let calls = calls(all);
            let mut seen: Vec<&VolumeId> =
                calls.iter().flat_map(|call| call.volumes.values()).map(|growth| &growth.id).collect();
            seen.sort();
            seen.dedup();
            prop_assert_eq!(seen.len(), orders.len());
            let by_use = orders.iter().filter(|order| order.is_none()).count();
            let (by_order, others): (Vec<&Extend>, Vec<&Extend>) = calls.iter().partition(|call| call.way.is_order());
            prop_assert_eq!((by_order.len(), others.len()), (orders.len() - by_use, by_use.div_ceil(MAX_BATCH)));
            prop_assert!(by_order.iter().all(|call| call.volumes.len() == 1));
            for call in others {
                let way = if call.volumes.len() == 1 { Way::Single } else { Way::Batch };
                prop_assert!(call.way == way && call.volumes.len() <= MAX_BATCH);
            }
            let pays_itself = |call: &&Extend| call.way == Way::Order { auto_pay: true };
            let asked = orders.iter().filter(|order| **order == Some(true)).count();
            prop_assert_eq!(calls.iter().filter(pays_itself).count(), asked, "only what the manifest says pays itself");
        }
    }
}
