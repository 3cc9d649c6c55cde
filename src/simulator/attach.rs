//! Which volume is which device of a server.
//!
//! A volume takes the first device that is free behind the system disk, `/dev/vdb` and on, and keeps it until it is
//! detached (a choice: the reference only shows such names).

use super::act::Place;
use super::ids;
use super::volume::{Attachment, Volume};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The devices that are taken, by server.
#[derive(Debug, Default)]
pub(super) struct Devices(HashMap<String, BTreeSet<u32>>);

impl Devices {
    /// Attaches the volume to these servers and no others. Where it was attached before it stays as it is.
    pub(super) fn attach(&mut self, volume: &mut Volume, servers: &[String], at: i64) {
        let before = volume.attachments.take().unwrap_or_default();
        let (kept, left): (Vec<_>, Vec<_>) = before.into_iter().partition(|it| servers.contains(&it.server));
        self.free(&left);
        let attach = |server: &String| match kept.iter().find(|it| it.server == *server) {
            Some(kept) => kept.clone(),
            None => {
                let slot = self.take(server, None);
                Attachment { server: server.clone(), at, slot, device: None, host_name: None }
            }
        };
        volume.attachments = Some(servers.iter().map(attach).collect());
    }

    /// Attaches the volume to one more server. The name of the device is the one that was asked for.
    pub(super) fn join(&mut self, volume: &mut Volume, to: &Place, at: i64) {
        let Place { server, host_name, device } = to.clone();
        let slot = self.take(&server, slot_of(&device));
        let device = Some(device).filter(|it| *it != name(slot));
        volume.attachments.get_or_insert_default().push(Attachment { server, at, slot, device, host_name });
    }

    /// Detaches the volume from that server.
    pub(super) fn leave(&mut self, volume: &mut Volume, server: &str) {
        let before = volume.attachments.take().unwrap_or_default();
        let (left, kept): (Vec<_>, Vec<_>) = before.into_iter().partition(|it| it.server == server);
        self.free(&left);
        volume.attachments = Some(kept);
    }

    /// Gives back the devices of a volume that is gone.
    pub(super) fn detach(&mut self, volume: &Volume) {
        self.free(volume.attached());
    }

    /// Takes that device of a server, where it is free, or the first that is.
    fn take(&mut self, server: &str, wanted: Option<u32>) -> u32 {
        let taken = self.0.entry(server.to_owned()).or_default();
        let free = wanted.into_iter().chain(0..).find(|slot| !taken.contains(slot)).unwrap_or_default();
        taken.insert(free);
        free
    }

    fn free(&mut self, attachments: &[Attachment]) {
        for Attachment { server, slot, .. } in attachments {
            if let Some(taken) = self.0.get_mut(server) {
                taken.remove(slot);
                if taken.is_empty() {
                    self.0.remove(server);
                }
            }
        }
    }
}

/// The name of the device that a volume is there.
pub(super) fn device(of: &Attachment) -> String {
    of.device.clone().unwrap_or_else(|| name(of.slot))
}

/// The id of an attachment of that volume.
pub(super) fn id(volume: Uuid, of: &Attachment) -> Uuid {
    ids::derived(&[volume.as_bytes(), of.server.as_bytes(), &of.at.to_be_bytes()])
}

/// Which device such a name means; `None` where it is none of those that are given here.
fn slot_of(device: &str) -> Option<u32> {
    let letters = device.strip_prefix("/dev/vd")?;
    let number = letters.bytes().try_fold(0_u32, |sum, letter| {
        let digit = letter.checked_sub(b'a').filter(|it| *it < 26)?;
        sum.checked_mul(26)?.checked_add(u32::from(digit) + 1)
    })?;
    // Servers have a few dozen devices; a name far behind them would only cost memory.
    number.checked_sub(2).filter(|slot| *slot < 26 * 26)
}

/// The name of a device: `/dev/vdb` is the first one.
fn name(slot: u32) -> String {
    // Letters count as the columns of a table do: a to z, then aa. The system disk is a.
    let (mut number, mut letters) = (u64::from(slot) + 2, String::new());
    while number > 0 {
        number -= 1;
        letters.insert(0, char::from(b"abcdefghijklmnopqrstuvwxyz"[(number % 26) as usize]));
        number /= 26;
    }
    format!("/dev/vd{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_on_and_on() {
        assert_eq!([0, 1, 24, 25, 26].map(name), ["/dev/vdb", "/dev/vdc", "/dev/vdz", "/dev/vdaa", "/dev/vdab"]);
    }

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for slot in 0..26 * 26 {
            assert_eq!(slot_of(&name(slot)), Some(slot));
        }
        for other in
            ["", "/dev/vd", "/dev/vda", "/dev/sdb", "/dev/vdB", "/dev/vd1", "/dev/vdzzzzzzzzzzzzzzzz", "/dev/vdé"]
        {
            assert_eq!(slot_of(other), None, "{other}");
        }
    }
}
