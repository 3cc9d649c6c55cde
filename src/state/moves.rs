//! Other addresses for what is recorded: the volumes themselves, the operations that are open, and where late volumes of
//! ended create calls belong. Ids, tokens and bodies stay as they are.

use super::change::FoldError;
use super::model::State;
use crate::operation::Operation;
use crate::volume::Address;
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// Gives all of these their other addresses, at once. A create call that would be taken apart stays where it is.
    ///
    /// # Errors
    /// [`FoldError::Taken`] where another volume is recorded there and does not move itself.
    pub(super) fn move_all(&mut self, to: &BTreeMap<Address, Address>) -> Result<(), FoldError> {
        for (from, to_address) in to {
            let (Some(volume), Some(other)) = (self.volumes.get(from), self.volumes.get(to_address)) else { continue };
            if !to.contains_key(to_address) {
                let (recorded, id) = (other.id.clone(), volume.id.clone());
                return Err(FoldError::Taken { address: to_address.clone(), recorded, id });
            }
        }
        let place = |address: Address| to.get(&address).cloned().unwrap_or(address);
        self.volumes = std::mem::take(&mut self.volumes).into_iter().map(|(at, volume)| (place(at), volume)).collect();
        self.protected = std::mem::take(&mut self.protected).into_iter().map(place).collect();
        for operation in self.operations.values_mut() {
            if let Some(moved) = operation.moved(to) {
                *operation = moved;
            }
        }
        for call in self.ended.values_mut() {
            let moved: Vec<_> =
                call.slots.iter().filter_map(|slot| Some((slot, to.get(&call.address(slot))?))).collect();
            call.moved.extend(moved.into_iter().map(|(slot, address)| (slot, address.clone())));
            let (key, here) = (&call.key, &mut call.moved);
            here.retain(|slot, address| address.key != *key || address.slot != *slot);
        }
        Ok(())
    }

    /// The addresses about which anything is known: recorded, of an open operation, or of an ended create call.
    pub fn known_addresses(&self) -> BTreeSet<Address> {
        let open = self.operations.values().flat_map(Operation::addresses);
        let ended = self.ended.values().flat_map(|call| call.addresses().collect::<Vec<_>>());
        self.volumes.keys().cloned().chain(open).chain(ended).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::state::samples::{address, at, call_id, changes, created, empty, folded, intent};
    use crate::state::{Change, FoldError};

    fn moved(pairs: &[(&str, &str)]) -> Change {
        Change::Moved { addresses: pairs.iter().map(|(from, to)| (address(from), address(to))).collect() }
    }

    #[test]
    fn a_volume_its_protection_and_the_place_of_its_call_move_together() {
        let call = call_id(1);
        let mut state = folded(
            empty(),
            &[
                intent(call.clone(), "web", 1..=2, 40),
                created(call.clone(), "web", 1..=2),
                Change::Done { call: call.clone(), at: at(9) },
            ],
        );
        state.fold(Change::Protected { address: address("web[1]") }).unwrap();
        let before = state.volumes[&address("web[1]")].clone();
        state.fold(moved(&[("web[1]", "db[3]")])).unwrap();
        assert_eq!(state.volumes[&address("db[3]")], before, "but for the address, nothing of it is another");
        assert!(!state.volumes.contains_key(&address("web[1]")) && state.volumes.contains_key(&address("web[2]")));
        assert_eq!(state.protected, [address("db[3]")].into());
        let places = |state: &crate::state::State| state.ended[&call].addresses().collect::<Vec<_>>();
        assert_eq!(places(&state), [address("db[3]"), address("web[2]")]);
        // On and back again.
        state.fold(moved(&[("db[3]", "x[1]")])).unwrap();
        assert_eq!(places(&state), [address("x[1]"), address("web[2]")]);
        state.fold(moved(&[("x[1]", "web[1]")])).unwrap();
        assert!(state.ended[&call].moved.is_empty());
    }

    #[test]
    fn an_open_call_moves_with_its_slots() {
        let call = call_id(1);
        let mut state = folded(empty(), &[intent(call.clone(), "web", 1..=2, 40)]);
        state.fold(moved(&[("web[1]", "db[1]"), ("web[2]", "db[2]")])).unwrap();
        assert_eq!(state.operations[&call].addresses(), ["db[1]", "db[2]"].map(address));
        // What it makes is recorded where it has moved to.
        state.fold(created(call, "web", 1..=2)).unwrap();
        assert_eq!(state.volumes.keys().cloned().collect::<Vec<_>>(), ["db[1]", "db[2]"].map(address));
    }

    #[test]
    fn nothing_moves_onto_another_volume() {
        let call = call_id(1);
        let mut state = folded(empty(), &[intent(call.clone(), "web", 1..=2, 40), created(call, "web", 1..=2)]);
        let before = state.clone();
        let refused = state.fold(moved(&[("web[1]", "web[2]")]));
        assert!(matches!(refused, Err(FoldError::Taken { .. })), "{refused:?}");
        assert_eq!(state, before);
        let (one, two) = (state.volumes[&address("web[1]")].id.clone(), state.volumes[&address("web[2]")].id.clone());
        state.fold(moved(&[("web[1]", "web[2]"), ("web[2]", "web[1]")])).unwrap();
        assert_eq!((&state.volumes[&address("web[2]")].id, &state.volumes[&address("web[1]")].id), (&one, &two));
    }

    #[test]
    fn what_is_given_up_is_known_by_its_id_alone() {
        let mut state = folded(empty(), &changes());
        let (address, volume) = state.volumes.iter().next().map(|(at, volume)| (at.clone(), volume.clone())).unwrap();
        state.fold(Change::Protected { address: address.clone() }).unwrap();
        state.fold(Change::Released { address: address.clone(), id: volume.id.clone() }).unwrap();
        assert!(!state.volumes.contains_key(&address) && !state.protected.contains(&address));
        assert_eq!(state.released, [volume.id.clone()].into());
        let again = state.fold(Change::Released { address, id: volume.id });
        assert!(matches!(again, Err(FoldError::NotThere { .. })), "{again:?}");
    }
}
