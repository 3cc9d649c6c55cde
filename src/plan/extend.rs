//! Which volumes become larger, and by which calls.

use super::planner::Planner;
use super::steps::Step;
use super::value::{FieldChange, Value};
use super::why::Why;
use crate::manifest::DesiredVolume;
use crate::observed::{ObservedVolume, Status};
use crate::operation::{Extend, Growth, MAX_BATCH, Way};
use crate::state::Recorded;
use crate::volume::{Address, SizeGb};
use std::collections::BTreeMap;

/// A volume that shall become larger.
#[derive(Debug)]
pub(super) struct Growing {
    address: Address,
    growth: Growth,
    /// Whether its order pays itself, where it is paid in advance.
    order: Option<bool>,
}

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
        let is_prepaid = volume.base.spec.prepaid.is_some() || seen.is_some_and(|seen| seen.prepaid);
        let pays_itself = wish.spec.prepaid.is_some_and(|prepaid| prepaid.auto_pay);
        let growth = Growth { id: volume.id.clone(), agreed: volume.base.spec.size, from: *from, to };
        self.growing.push(Growing { address: address.clone(), growth, order: is_prepaid.then_some(pays_itself) });
        Ok(())
    }

    /// Cuts what shall become larger into calls: of those that are paid by use up to a hundred in one, whichever keys they
    /// have, and an order for each that is prepaid.
    pub(super) fn extend(&mut self) {
        let mut by_use = Vec::new();
        for Growing { address, growth, order } in std::mem::take(&mut self.growing) {
            match order {
                None => by_use.push((address, growth)),
                Some(auto_pay) => {
                    let volumes = BTreeMap::from([(address, growth)]);
                    self.second.push(Step::Extend(Extend { volumes, way: Way::Order { auto_pay } }));
                }
            }
        }
        for chunk in by_use.chunks(MAX_BATCH) {
            let way = if chunk.len() == 1 { Way::Single } else { Way::Batch };
            self.second.push(Step::Extend(Extend { volumes: chunk.iter().cloned().collect(), way }));
        }
    }
}
