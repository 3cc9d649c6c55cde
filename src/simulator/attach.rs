//! Which volume is which device of a server.
//!
//! A volume takes the first device that is free behind the system disk, `/dev/vdb` and on, and keeps it until it is
//! detached (a choice: the reference only shows such names).

use super::volume::{Attachment, Volume};
use std::collections::{BTreeSet, HashMap};

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
            None => Attachment { server: server.clone(), at, slot: self.take(server) },
        };
        volume.attachments = Some(servers.iter().map(attach).collect());
    }

    /// Gives back the devices of a volume that is gone.
    pub(super) fn detach(&mut self, volume: &Volume) {
        self.free(volume.attached());
    }

    fn take(&mut self, server: &str) -> u32 {
        let taken = self.0.entry(server.to_owned()).or_default();
        let first = (0..).find(|slot| !taken.contains(slot)).unwrap_or_default();
        taken.insert(first);
        first
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

/// The name of a device: `/dev/vdb` is the first one.
pub(super) fn device(slot: u32) -> String {
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
        assert_eq!([0, 1, 24, 25, 26].map(device), ["/dev/vdb", "/dev/vdc", "/dev/vdz", "/dev/vdaa", "/dev/vdab"]);
    }
}
